"""A browser for the page of the sandbox: Chromium as the system has it, driven by playwright.

With CHROMIUM in the environment, a browser that cannot be started is an error, else a skip.
"""

import os
import shutil

import httpx
import pytest
from support.orders import order_body
from support.webhook_shop import sandbox_for, shop

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MILLISECONDS = 30_000
# Without the network there is nothing to update, and no sandbox for root.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-sync",
]


# Playwright holds an event loop in this thread for as long as it runs, so it ends with each module:
# the same process may have tests of other event loops next.
@pytest.fixture(scope="module")
def browser():
    from support.browser import expect, sync_playwright

    paths = map(shutil.which, (os.environ.get("CHROMIUM") or "", *NAMES))
    path = next(filter(None, paths), None)
    if path is None and "CHROMIUM" in os.environ:
        pytest.fail("no Chromium was found", pytrace=False)
    if path is None:
        pytest.skip("no Chromium was found: name it in CHROMIUM")
    # The machine may be busy with other tests.
    expect.set_options(timeout=MILLISECONDS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def receiver():
    """A server for webhooks; its `answers` are given first, and 200 then."""
    with shop() as noted:
        yield noted


@pytest.fixture
def sandbox_options():
    return {}


@pytest.fixture
def sandbox(receiver, sandbox_options):
    """A sandbox whose clock stands still, and which delivers its webhooks to `receiver`."""
    with sandbox_for(receiver, webhook_retry_seconds=0.05, **sandbox_options) as running:
        yield running


@pytest.fixture
def make(sandbox):
    """Make an order by either API, as a client does; gives its id."""

    def make_order(reference="ref-1", *, api="gelato", **changes):
        key, path = sandbox.api_key, "/v4/orders"
        if api == "connect":
            key, path = f"{sandbox.connect_key}:{sandbox.connect_secret}", "/api/sandbox/order"
        body = order_body(reference, **changes)
        answer = client.post(path, json=body, headers={"X-API-KEY": key})
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    with httpx.Client(base_url=sandbox.url) as client:
        yield make_order


@pytest.fixture
def open_page(browser, sandbox):
    """Open the page; whatever it must never do is noted, and is an error at the end."""
    noted, contexts = [], []

    def open_in(width=1280, scheme="light", password=None):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            http_credentials=password and {"username": "anyone", "password": password},
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(MILLISECONDS)
        page.on("dialog", lambda dialog: (noted.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: noted.append(str(error)))
        page.on("console", lambda message: noted.append(message.text))
        page.on("request", lambda request: noted.extend(_elsewhere(request.url, sandbox.url)))
        page.on("popup", lambda popup: noted.append(popup.url))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP', e.blockedURI,"
            " e.violatedDirective))"
        )
        page.goto(f"{sandbox.url}/_sandbox/")
        page.wait_for_function("document.querySelector('#clock').textContent !== ''")
        page.locator("#force-status option").first.wait_for(state="attached")
        return page

    open_in.noted = noted
    yield open_in
    for context in contexts:
        context.close()
    assert noted == []


def _elsewhere(url, origin):
    return [] if url.startswith(f"{origin}/_sandbox/") else [url]
