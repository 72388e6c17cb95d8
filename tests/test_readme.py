import gc
import importlib
import json
import subprocess
import sys

import httpx
import pytest
from support.doc_code import code_of, importing_from, listening, served
from support.orders import order_body

from gelato_async.cli.__main__ import main
from gelato_async.sandbox import Sandbox

pytestmark = pytest.mark.system

SNIPPETS = [snippet for snippet in code_of("README.md") if "WebhookReceiver(" not in snippet]
SERVED = [snippet for snippet in code_of("README.md") if "WebhookReceiver(" in snippet]
COMMANDS = [
    line
    for block in code_of("README.md", "console")
    for line in block.splitlines()
    if line.split()[1] in {"orders", "products", "shipping", "stores", "templates"}
]
NAMES = {
    "PRODUCT_UID": "frames_frs_300x400-mm_frc_black_frm_wood",
    "STORE_ID": "my-store",
    "TEMPLATE_ID": "template-poster",
}

ORDER = order_body("FILE-1")


@pytest.fixture(scope="module")
def sandbox():
    # an order is shipped within four seconds, a store product ready in a quarter of one
    with Sandbox(speed=50.0) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def still():
    """A sandbox where nothing moves on."""
    with Sandbox(speed=0.0) as sandbox:
        yield sandbox


@pytest.fixture
def order_id(still, monkeypatch):
    """The id of a new order; the environment leads to its sandbox."""
    for name, value in still.environment.items():
        monkeypatch.setenv(name, value)
    answer = httpx.post(f"{still.url}/v4/orders", json=ORDER, headers={"X-API-KEY": still.api_key})
    return answer.json()["id"]


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_every_python_snippet_runs_as_it_stands(snippet, sandbox, tmp_path):
    (tmp_path / "orders.jsonl").write_text(json.dumps(ORDER) + "\n", encoding="utf-8")
    (tmp_path / "snippet.py").write_text(snippet, encoding="utf-8")
    environment = {**_clean_environment(), **sandbox.environment}
    done = subprocess.run(
        [sys.executable, "-W", "error", "snippet.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_snippets_made_the_orders_they_speak_of(sandbox):
    made = {reference for references in sandbox.audit().orders.values() for reference in references}
    assert {"ORDER-1001", "ORDER-1002", "FILE-1"} <= made


def test_the_receiver_hears_of_an_order_and_fetches_it(order_id, monkeypatch, tmp_path, capsys):
    (snippet,) = SERVED
    (tmp_path / "shop.py").write_text(snippet, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GELATO_WEBHOOK_SECRET", "a-secret")
    with (
        importing_from(tmp_path),
        listening() as (listener, url),
        served(importlib.import_module("shop").receiver, listener),
        Sandbox(webhook_url=f"{url}/", webhook_header=("X-Webhook-Secret", "a-secret")) as sender,
    ):
        sender.send_webhook({"event": "order_status_updated", "id": "e1", "orderId": order_id})
        sender.wait_for_webhooks()
        assert sender.webhooks()[0].answers == (200,)
    assert capsys.readouterr().out == "FILE-1 created\n"


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_that_asks_gelato_is_answered(line, order_id, monkeypatch, tmp_path):
    # it would hide this process's leaks from the tests that come after
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "order.json").write_text(json.dumps(ORDER), encoding="utf-8")
    names = {**NAMES, "ORDER_ID": order_id, "ORDER-1001": "FILE-1"}
    assert main([names.get(word, word) for word in line.split()[1:]]) == 0


def test_the_first_example_has_about_a_dozen_lines():
    lines = [line for line in SNIPPETS[0].splitlines() if line.strip()]
    assert len(lines) <= 12


def _clean_environment() -> dict[str, str]:
    import os

    return {name: value for name, value in os.environ.items() if not name.startswith("GELATO_")}
