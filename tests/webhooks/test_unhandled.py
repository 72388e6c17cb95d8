"""An event that no function takes is never answered 2xx, unless `accept_unhandled` is set."""

import json

import pytest

from gelato_async.sandbox import Sandbox
from gelato_async.webhooks import (
    Event,
    MemoryStore,
    OrderItemStatusUpdated,
    OrderStatusUpdated,
    StoreProductEvent,
    UnknownEvent,
    WebhookReceiver,
)

pytestmark = pytest.mark.anyio
SECRET = "a-long-secret"
NEWS = b'{"event": "moon_phase_updated", "id": "1", "comment": "Ada moved"}'


@pytest.fixture
def receiver():
    def make(*classes, **options):
        made = WebhookReceiver(secrets=SECRET, **options)
        made.seen = []
        if classes:

            @made.on(*classes)
            async def note(event):
                made.seen.append(event)

        return made

    return make


@pytest.mark.parametrize("classes", [(), (OrderItemStatusUpdated, StoreProductEvent)], ids=len)
async def test_an_event_that_no_function_takes_is_refused(receiver, body, headers, classes, caplog):
    made = receiver(*classes)
    answer = await made.receive(headers, body(comment="Ada"))
    assert (answer.status, answer.is_success) == (501, False)
    assert answer.reason == "No function takes this event"
    assert made.seen == []
    assert "No function takes event 'order_status_updated'" in caplog.text
    assert "Ada" not in caplog.text


async def test_news_and_the_test_button_are_refused_too(receiver, sample, headers):
    made = receiver(OrderStatusUpdated)
    assert (await made.receive(headers, NEWS)).status == 501
    button = json.dumps(sample("test_button")).encode()
    assert (await made.receive(headers, button)).status == 501


async def test_a_known_event_without_its_subject_is_refused_and_logged(
    receiver, body, headers, caplog
):
    made = receiver(StoreProductEvent)
    answer = await made.receive(headers, body("store_product_deleted", storeProductId=None))
    assert (answer.status, made.seen) == (501, [])
    assert "is not as documented: storeProductId" in caplog.text


@pytest.mark.parametrize("kind", [Event, UnknownEvent])
async def test_a_function_for_news_takes_it(receiver, headers, kind):
    made = receiver(kind)
    assert (await made.receive(headers, NEWS)).status == 200
    assert [event.event for event in made.seen] == ["moon_phase_updated"]


async def test_a_receiver_can_accept_what_no_function_takes(receiver, body, headers, caplog):
    made = receiver(OrderItemStatusUpdated, accept_unhandled=True)
    answer = await made.receive(headers, body())
    assert (answer.status, answer.reason) == (200, "Accepted without being handled")
    assert (await made.receive(headers, NEWS)).status == 200
    assert (made.seen, caplog.text) == ([], "")
    assert (await made.receive(headers, body("order_item_status_updated"))).reason == "Handled"
    assert (await made.receive(headers, b"garbage")).status == 400
    assert (await made.receive({}, body())).status == 401


@pytest.mark.parametrize("accept", [False, True])
async def test_what_was_not_handled_is_not_recorded(receiver, body, headers, accept):
    store = MemoryStore()
    await receiver(store=store, accept_unhandled=accept).receive(headers, body())
    made = receiver(OrderStatusUpdated, store=store)
    assert (await made.receive(headers, body())).reason == "Handled"
    assert len(made.seen) == 1


def test_a_function_that_comes_later_takes_a_later_delivery(receiver, served):
    made = receiver(OrderItemStatusUpdated)
    options = {"webhook_header": ("X-Webhook-Secret", SECRET), "webhook_retry_seconds": 0.05}
    with (
        served(made) as url,
        Sandbox(speed=0.0, webhook_url=f"{url}/webhooks", **options) as sandbox,
    ):
        sandbox.send_webhook({"event": "moon_phase_updated", "id": "1"})
        sandbox.wait_for_webhooks()
        assert sandbox.webhooks()[0].answers == (501, 501, 501)
        made.on(UnknownEvent)(noted(made.seen))
        sandbox.send_webhook({"event": "moon_phase_updated", "id": "1"})
        sandbox.wait_for_webhooks()
        assert sandbox.webhooks()[1].is_delivered
    assert [event.id for event in made.seen] == ["1"]


def noted(seen):
    async def note(event):
        seen.append(event)

    return note
