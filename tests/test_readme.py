"""The examples of README.md and of the pages in docs/, as they stand.

Every test has a sandbox of its own, so they may run in any order and on any worker.
"""

import gc
import importlib
import json
import os
import re
import subprocess
import sys

import httpx
import pytest
from support.doc_code import ROOT, code_of, importing_from, listening, served
from support.orders import order_body

from gelato_async.cli.__main__ import main
from gelato_async.sandbox import Sandbox

pytestmark = pytest.mark.system

PAGES = ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
SNIPPETS = [
    pytest.param(snippet, id=f"{page}-{number}")
    for page in PAGES
    for number, snippet in enumerate(code_of(page), 1)
    if page != "docs/webhooks.md"
]
# commands that ask Gelato; the others have tests of their own
COMMANDS = [
    line
    for block in code_of("docs/command-line.md", "console")
    for line in block.splitlines()
    if line.split()[1] in {"orders", "products", "shipping", "stores", "templates"}
]
NAMES = {
    "PRODUCT_UID": "frames_frs_300x400-mm_frc_black_frm_wood",
    "STORE_ID": "my-store",
    "TEMPLATE_ID": "template-poster",
}
ORDER = order_body("FILE-1")


def make_order(sandbox, reference):
    """Make an order past the library; gives its id."""
    body = {**ORDER, "orderReferenceId": reference}
    headers = {"X-API-KEY": sandbox.api_key}
    return httpx.post(f"{sandbox.url}/v4/orders", json=body, headers=headers).json()["id"]


@pytest.fixture
def environment():
    """The environment without the keys of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GELATO_")}


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_python_example_runs_as_it_stands(snippet, environment, tmp_path):
    (tmp_path / "orders.jsonl").write_text(json.dumps(ORDER) + "\n", encoding="utf-8")
    (tmp_path / "snippet.py").write_text(snippet, encoding="utf-8")
    # a store product is ready in a quarter of a second
    with Sandbox(speed=50.0) as sandbox:
        for reference in re.findall(r'\.find\("(.+?)"\)', snippet):
            make_order(sandbox, reference)
            sandbox.advance(200)  # it is shipped
        done = subprocess.run(
            [sys.executable, "-W", "error", "snippet.py"],
            cwd=tmp_path,
            env={**environment, **sandbox.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        orders = sandbox.audit().orders.values()
    assert done.returncode == 0, done.stderr
    assert done.stdout
    wanted = set(re.findall(r'order_reference_id="(.+?)"', snippet))
    if "orders.jsonl" in snippet:
        wanted.add("FILE-1")
    assert wanted <= {reference for references in orders for reference in references}


@pytest.fixture
def still(monkeypatch):
    """A sandbox where nothing moves on; the environment leads to it."""
    with Sandbox(speed=0.0) as sandbox:
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        yield sandbox


def test_the_receiver_gets_an_event_and_fetches_its_order(still, monkeypatch, tmp_path, capsys):
    (snippet,) = code_of("docs/webhooks.md")
    (tmp_path / "shop.py").write_text(snippet, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GELATO_WEBHOOK_SECRET", "a-secret")
    with (
        importing_from(tmp_path),
        listening() as (listener, url),
        served(importlib.import_module("shop").receiver, listener),
        Sandbox(webhook_url=f"{url}/", webhook_header=("X-Webhook-Secret", "a-secret")) as sender,
    ):
        order_id = make_order(still, "FILE-1")
        sender.send_webhook({"event": "order_status_updated", "id": "e1", "orderId": order_id})
        sender.wait_for_webhooks()
        assert sender.webhooks()[0].answers == (200,)
    assert capsys.readouterr().out == "FILE-1 created\n"


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_that_asks_gelato_is_answered(line, still, monkeypatch, tmp_path):
    # it would hide this process's leaks from the tests that come after
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "order.json").write_text(json.dumps(ORDER), encoding="utf-8")
    names = {**NAMES, "ORDER_ID": make_order(still, "FILE-1"), "ORDER-1001": "FILE-1"}
    assert main([names.get(word, word) for word in line.split()[1:]]) == 0


def test_the_first_example_has_about_a_dozen_lines():
    lines = [line for line in code_of("README.md")[0].splitlines() if line.strip()]
    assert len(lines) <= 12
