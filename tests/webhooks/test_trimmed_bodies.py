"""Bodies without an order id still say what they are, by `event` and `orderReferenceId`.

The class is that of the event's name, whatever else is missing.
"""

import json

import pytest

from gelato_async.webhooks import (
    Event,
    OrderDeliveryEstimateUpdated,
    OrderEvent,
    OrderItemStatusUpdated,
    OrderItemTrackingCodeUpdated,
    OrderStatusUpdated,
    UnknownEvent,
    WebhookReceiver,
    parse_event,
)

KINDS = {
    "order_status_updated": OrderStatusUpdated,
    "order_item_status_updated": OrderItemStatusUpdated,
    "order_item_tracking_code_updated": OrderItemTrackingCodeUpdated,
    "order_delivery_estimate_updated": OrderDeliveryEstimateUpdated,
}
GONE = object()
# as a key may lack what it is for
NOTHING = pytest.mark.parametrize(
    "nothing", [GONE, None, "", [], False], ids=["missing", "null", "empty", "list", "false"]
)


def trimmed(name="order_status_updated", **content):
    content = {"event": name, "orderReferenceId": "shop-1001"} | content
    return json.dumps({key: value for key, value in content.items() if value is not GONE})


@NOTHING
@pytest.mark.parametrize("name", KINDS)
def test_an_event_without_an_order_id_is_of_its_class(name, nothing):
    event = parse_event(trimmed(name, orderId=nothing))
    assert type(event) is KINDS[name]
    assert (event.order_id, event.order_reference_id) == (None, "shop-1001")


def test_what_else_the_body_has_is_read():
    items = [{"itemReferenceId": "a", "fulfillmentStatus": "printed"}]
    event = parse_event(trimmed(fulfillmentStatus="printed", items=items))
    assert (event.fulfillment_status, event.items[0].item_reference_id) == ("printed", "a")


@NOTHING
@pytest.mark.parametrize("name", KINDS)
def test_the_name_alone_says_the_class(name, nothing):
    event = parse_event(trimmed(name, orderReferenceId=nothing, itemReferenceId="a"))
    assert type(event) is KINDS[name]
    assert (event.order_id, event.order_reference_id or None) == (None, None)
    assert event.raw["itemReferenceId"] == "a"


def test_a_name_that_no_document_has_is_unknown_still():
    event = parse_event(trimmed("order_repainted"))
    assert (type(event), event.event) == (UnknownEvent, "order_repainted")
    # one of a store says nothing without the id of its subject
    event = parse_event(trimmed("store_product_updated", title="Shirt"))
    assert [problem.path for problem in event.problems] == ["storeProductId"]


def test_an_order_id_is_enough():
    event = parse_event(trimmed(orderReferenceId=GONE, orderId="o-1"))
    assert (type(event), event.order_id) == (OrderStatusUpdated, "o-1")


def test_without_an_order_id_the_reference_distinguishes_events():
    def key(**content):
        return parse_event(trimmed(id="e1", **content)).deduplication_key

    assert key() == key(comment="another")
    assert key() != key(orderReferenceId="shop-1002")
    assert key() != key(orderId="shop-1001")
    # an order's own id is enough, whatever its reference
    assert key(orderId="o-1") == key(orderId="o-1", orderReferenceId="shop-1002")


@NOTHING
def test_without_either_the_whole_body_distinguishes_events(nothing):
    def key(**content):
        return parse_event(trimmed(id="e1", orderReferenceId=nothing, **content)).deduplication_key

    assert key() == key()
    assert key() != key(comment="another")
    assert key() != parse_event(trimmed(id="e1")).deduplication_key


@pytest.mark.anyio
@pytest.mark.parametrize("reference", ["shop-1001", GONE], ids=["reference", "neither"])
@pytest.mark.parametrize("of", [OrderEvent, OrderStatusUpdated, Event])
async def test_a_receiver_gives_it_to_the_functions_for_its_class(reference, of):
    receiver, seen = WebhookReceiver(secrets="a-secret"), []

    @receiver.on(of)
    async def note(event):
        seen.append(type(event))

    body = trimmed(orderReferenceId=reference).encode()
    answer = await receiver.receive({"X-Webhook-Secret": "a-secret"}, body)
    assert (answer.status, seen) == (200, [OrderStatusUpdated])
