"""The receiver against the sandbox: what Gelato does to a shop, over real sockets."""

import json
import random
import threading
from collections import Counter

import anyio
import httpx
import pytest

from gelato_async import GelatoClient, Unlimited
from gelato_async.sandbox import Sandbox
from gelato_async.webhooks import (
    Event,
    MemoryStore,
    OrderStatusUpdated,
    SqliteStore,
    WebhookReceiver,
)

pytestmark = pytest.mark.system

SECRET = "a-long-secret"
KINDS = (
    "order_status_updated",
    "order_item_status_updated",
    "order_item_tracking_code_updated",
    "moon_phase_updated",
)


def some_events():
    """Ids are shared by two kinds of event, by two orders, and by two items of an order."""
    events = []
    for number in range(25):
        for kind in KINDS:
            for order in ("a", "b"):
                item = {} if kind == "order_status_updated" else {"itemReferenceId": "i"}
                events.append(
                    {"event": kind, "id": f"e{number}", "orderId": f"{number}-{order}", **item}
                )
    return events


def sandbox_for(url, **options):
    defaults = {
        "speed": 0.0,
        "webhook_header": ("X-Webhook-Secret", SECRET),
        "webhook_retry_seconds": 0.05,
    }
    return Sandbox(webhook_url=f"{url}/webhooks/gelato", **(defaults | options))


def keys(receiver):
    return Counter(event.deduplication_key for event in receiver.seen)


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    if request.param == "memory":
        yield MemoryStore()
        return
    store = SqliteStore(tmp_path / "webhooks.sqlite")
    yield store
    anyio.run(store.aclose)


def test_shuffled_duplicated_events_are_each_handled_once(make, served, store):
    receiver, events = make(store=store), some_events()
    failed, lock = set(), threading.Lock()

    @receiver.on(Event)
    async def fails_the_first_time_for_some(event):
        with lock:
            if event.id.endswith("7") and event.deduplication_key not in failed:
                failed.add(event.deduplication_key)
                raise RuntimeError("once")

    handled = []
    receiver.on(Event)(async_note(handled))
    with (
        served(receiver) as url,
        sandbox_for(url, webhook_duplicates=1.0, webhook_shuffle=True, seed=4) as sandbox,
    ):
        for event in events:
            sandbox.send_webhook(event)
        sandbox.wait_for_webhooks(120)
        deliveries = sandbox.webhooks()
    assert len(deliveries) == 2 * len(events) == 400
    assert all(delivery.is_delivered for delivery in deliveries)
    assert len(handled) == len(set(handled)) == 200
    assert len(failed) == 16
    assert [event.raw for event in receiver.seen[:200]] != events[:200]


def async_note(handled):
    async def note(event):
        handled.append(event.deduplication_key)

    return note


@pytest.mark.anyio
async def test_events_received_twice_and_at_once_are_each_handled_once(make, headers):
    receiver, bodies = make(), [json.dumps(event).encode() for event in some_events() * 2]
    random.Random(7).shuffle(bodies)
    limiter = anyio.CapacityLimiter(50)

    async def deliver(body):
        async with limiter:
            while (await receiver.receive(headers, body)).status != 200:
                await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        for body in bodies:
            tasks.start_soon(deliver, body)
    assert len(keys(receiver)) == len(receiver.seen) == 200


def test_with_a_wrong_secret_nothing_is_handled(make, served):
    receiver = make()
    with (
        served(receiver) as url,
        sandbox_for(url, webhook_header=("X-Webhook-Secret", "wrong")) as sandbox,
    ):
        sandbox.send_webhook({"event": "moon_phase_updated", "id": "1"})
        sandbox.wait_for_webhooks()
        (delivery,) = sandbox.webhooks()
    assert (delivery.answers, delivery.is_lost, receiver.seen) == ((401, 401, 401), True, [])


def test_garbage_and_a_large_body_are_not_handled(make, served):
    receiver = make()
    with served(receiver) as url, sandbox_for(url) as sandbox:
        sandbox.send_webhook({"garbage": True})
        sandbox.send_webhook({"event": "moon_phase_updated", "id": "1", "phase": "x" * 10_485_760})
        sandbox.wait_for_webhooks(60)
        garbage, large = sandbox.webhooks()
    assert garbage.answers == (400, 400, 400)
    assert large.answers == (413, 413, 413)
    assert receiver.seen == []


def test_a_file_remembers_for_the_next_process(make, served, tmp_path):
    event = {"event": "moon_phase_updated", "id": "1"}
    seen = []
    for _ in range(2):
        store = SqliteStore(tmp_path / "webhooks.sqlite")
        receiver = make(store=store)
        with served(receiver) as url, sandbox_for(url) as sandbox:
            sandbox.send_webhook(event)
            sandbox.wait_for_webhooks()
            assert sandbox.webhooks()[0].is_delivered
        anyio.run(store.aclose)
        seen.append(len(receiver.seen))
    assert seen == [1, 0]


def test_an_event_leads_to_the_order_and_the_order_to_the_truth(served, make_order):
    receiver, saved, clients = WebhookReceiver(secrets=SECRET), {}, []

    @receiver.on(OrderStatusUpdated)
    async def order_changed(event):
        order = await clients[0].orders.get(event.order_id)
        saved[order.order_reference_id] = order.fulfillment_status

    with (
        served(receiver) as url,
        sandbox_for(url, webhook_shuffle=True, webhook_duplicates=0.5) as sandbox,
    ):
        clients.append(GelatoClient(sandbox.api_key, base_url=sandbox.url, limiter=Unlimited()))

        async def create():
            async with GelatoClient(sandbox.api_key, base_url=sandbox.url) as gelato:
                await gelato.orders.create(make_order())

        anyio.run(create)
        sandbox.advance(200)
        sandbox.wait_for_webhooks()
        assert saved == {"ref-1": "shipped"}
        sandbox.advance(1000)
        sandbox.wait_for_webhooks()
        assert saved == {"ref-1": "delivered"}


@pytest.mark.anyio
async def test_a_test_may_wait_without_blocking_its_loop(make, served):
    receiver = make()
    with served(receiver) as url, sandbox_for(url) as sandbox:
        async with httpx.AsyncClient(base_url=sandbox.url) as control:
            answer = await control.post(
                "/_sandbox/webhooks", json={"event": "moon_phase_updated", "id": "1"}
            )
            assert answer.status_code == 200
        await anyio.to_thread.run_sync(sandbox.wait_for_webhooks)
    assert [event.id for event in receiver.seen] == ["1"]
