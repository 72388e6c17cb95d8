import builtins
import gc
import importlib
import os
import signal
import socket
import sys
import threading

import httpx
import pytest
import uvicorn

from gelato_async.sandbox import Fault, FaultPlan, Sandbox, SandboxError
from gelato_async.sandbox.http.server import short_collections

KEY = {"X-API-KEY": "sandbox-key"}


def client(sandbox):
    return httpx.Client(base_url=f"{sandbox.url}/v4", headers=KEY)


def troubled(*faults):
    return Sandbox(faults=FaultPlan(faults))


def test_it_serves_from_a_thread_on_a_free_port(order):
    with Sandbox() as sandbox, client(sandbox) as gelato:
        answer = gelato.post("orders", json=order())
        assert answer.status_code == 200
        assert "Date" in answer.headers
        assert {thread.name for thread in threading.enumerate()} >= {"gelato-sandbox"}
    assert "gelato-sandbox" not in {thread.name for thread in threading.enumerate()}
    assert sandbox.audit().commits == 1


@pytest.mark.anyio
async def test_it_serves_beside_any_event_loop(order):
    with Sandbox() as sandbox:
        async with httpx.AsyncClient(base_url=f"{sandbox.url}/v4", headers=KEY) as gelato:
            assert (await gelato.post("orders", json=order())).status_code == 200


def test_it_can_be_stepped_reset_and_entered_again(order):
    sandbox = Sandbox(speed=0)
    with sandbox, client(sandbox) as gelato:
        made = gelato.post("orders", json=order()).json()
    sandbox.advance(60)
    with sandbox, client(sandbox) as gelato:
        assert gelato.get(f"orders/{made['id']}").json()["fulfillmentStatus"] == "in_production"
        sandbox.reset()
        assert gelato.get(f"orders/{made['id']}").status_code == 404


def test_the_environment_leads_a_client_to_it():
    with Sandbox(
        api_key="a", connect_prefix="shop", connect_key="b", connect_secret="c"
    ) as sandbox:
        assert sandbox.environment == {
            "GELATO_API_KEY": "a",
            "GELATO_BASE_URL": sandbox.url,
            "GELATO_CONNECT_PREFIX": "shop",
            "GELATO_CONNECT_API_KEY": "b",
            "GELATO_CONNECT_API_SECRET": "c",
            "GELATO_CONNECT_BASE_URL": sandbox.url,
        }
        assert sandbox.url.startswith("http://127.0.0.1:")


def test_it_has_no_address_before_it_is_started():
    with pytest.raises(SandboxError, match="has not been started"):
        _ = Sandbox().url


def test_a_busy_port_is_named():
    with Sandbox() as first:
        port = int(first.url.rpartition(":")[2])
        with (
            pytest.raises(SandboxError, match=f"Cannot listen on 127.0.0.1:{port}"),
            Sandbox(port=port),
        ):
            pass


def test_it_cannot_be_started_twice_at_once():
    with Sandbox() as sandbox, pytest.raises(SandboxError, match="already running"):
        sandbox.__enter__()


def test_a_failure_at_the_start_is_raised(monkeypatch):
    async def fail(*_, **__):
        raise RuntimeError("no server today")

    monkeypatch.setattr(uvicorn.Server, "startup", fail)
    with pytest.raises(SandboxError, match="no server today"), Sandbox():
        pass


def test_it_serves_over_ipv6(order):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    with Sandbox(host="::1") as sandbox, client(sandbox) as gelato:
        assert gelato.post("orders", json=order()).status_code == 200


def test_connections_are_counted(order):
    with Sandbox() as sandbox:
        for _ in range(2):
            with client(sandbox) as gelato:
                assert gelato.get("orders/a").status_code == 404
                assert gelato.get("orders/a").status_code == 404
        assert (sandbox.audit().connections, sandbox.audit().requests) == (2, 4)


@pytest.mark.parametrize(("when", "commits"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_answers_nothing(order, when, commits):
    with troubled(Fault("drop", count=1, when=when)) as sandbox, client(sandbox) as gelato:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            gelato.post("orders", json=order())
        assert sandbox.audit().commits == commits
        assert gelato.post("orders", json=order()).status_code == 200


@pytest.mark.parametrize(("when", "status", "commits"), [("before", 502, 0), ("after", 200, 1)])
def test_a_truncated_answer_has_its_status_and_half_a_body(order, when, status, commits):
    with troubled(Fault("truncated", count=1, when=when)) as sandbox, client(sandbox) as gelato:
        with gelato.stream("POST", "orders", json=order()) as answer:
            assert answer.status_code == status
            assert int(answer.headers["Content-Length"]) > 100
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                answer.read()
        assert sandbox.audit().commits == commits


def test_an_empty_answer_is_truncated_too(order):
    fault = Fault("truncated", count=1, routes=("*.cancel",))
    with troubled(fault) as sandbox, client(sandbox) as gelato:
        made = gelato.post("orders", json=order()).json()
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            gelato.post(f"orders/{made['id']}:cancel")
        assert gelato.get(f"orders/{made['id']}").json()["fulfillmentStatus"] == "canceled"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_slow_answer_is_a_true_one(order, when):
    with (
        troubled(Fault("slow", delay=0.01, count=1, when=when)) as sandbox,
        client(sandbox) as gelato,
    ):
        assert gelato.post("orders", json=order()).status_code == 200
        assert sandbox.audit().commits == 1


def test_a_create_takes_effect_although_its_client_has_gone(order):
    with Sandbox(latency=0.2) as sandbox:
        with client(sandbox) as gelato, pytest.raises(httpx.ReadTimeout):
            gelato.post("orders", json=order(), timeout=0.02)
        with client(sandbox) as patient:
            patient.get("orders/a")  # takes as long and began later
        assert sandbox.audit().commits == 1


def test_leaving_waits_for_no_request(order):
    left = threading.Event()

    def forsaken(sandbox):
        with client(sandbox) as gelato, pytest.raises(httpx.HTTPError):
            gelato.post("orders", json=order(), timeout=60)
        left.set()

    with Sandbox(latency=3600) as sandbox:
        thread = threading.Thread(target=forsaken, args=(sandbox,))
        thread.start()
        while not sandbox.audit().requests:
            pass
    thread.join()
    assert left.is_set()
    assert sandbox.audit().commits == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_in_the_foreground_until_a_signal(number):
    before = signal.getsignal(number)
    seen = []

    def started(url):
        seen.append(url)
        os.kill(os.getpid(), number)

    sandbox = Sandbox()
    sandbox.run(on_started=started)
    assert seen == [sandbox.url]
    assert signal.getsignal(number) is before


def test_a_process_of_its_own_collects_no_survivor_again():
    watching = list(gc.callbacks)
    try:
        with short_collections():
            kept = [[number] for number in range(1000)]
            gc.collect(1)
            assert not any(kept is found for found in gc.get_objects())
    finally:
        gc.unfreeze()
    assert gc.callbacks == watching
    assert any(kept is found for found in gc.get_objects())


def test_without_the_extra_the_way_to_it_is_named(monkeypatch):
    real_import = builtins.__import__

    def without_uvicorn(name, *rest):
        if name.partition(".")[0] == "uvicorn":
            raise ImportError(name)
        return real_import(name, *rest)

    monkeypatch.delitem(sys.modules, "gelato_async.sandbox.http.server")
    monkeypatch.setattr(builtins, "__import__", without_uvicorn)
    with pytest.raises(ImportError, match=r'pip install "gelato-async\[sandbox\]"'):
        importlib.import_module("gelato_async.sandbox.http.server")


def test_the_public_names_are_sorted_and_exist():
    import gelato_async.sandbox as package

    assert list(package.__all__) == sorted(package.__all__)
    assert all(hasattr(package, name) for name in package.__all__)
