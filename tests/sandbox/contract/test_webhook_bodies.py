"""The bodies of webhooks, key by key, as the documents' tables and examples have them."""

import pytest
from support.json_shapes import COUNTRY, DAY, LONG_DATE, SHORT_DATE, URL, UUID, faults

pytestmark = pytest.mark.anyio

TEXT = (str, None)
STATUS = str
REFERENCES = {"id": str, "orderId": UUID, "storeId": None, "orderReferenceId": str}
PARCEL = {
    "trackingCode": str,
    "trackingUrl": URL,
    "shipmentMethodName": str,
    "shipmentMethodUid": str,
}
PLACE = {
    "fulfillmentCountry": COUNTRY,
    "fulfillmentStateProvince": TEXT,
    "fulfillmentFacilityId": UUID,
}
ITEM = {"itemReferenceId": str, "fulfillmentStatus": STATUS, "fulfillments": [PARCEL | PLACE]}
VARIANT = {
    "id": UUID,
    "title": str,
    "externalId": TEXT,
    "connectionStatus": {"created", "connected", "not_connected", "ignored"},
}
PRODUCT = {
    "id": str,
    "storeProductId": UUID,
    "storeId": str,
    "externalId": TEXT,
    "title": str,
    "description": str,
    "previewUrl": TEXT,
    "externalPreviewUrl": TEXT,
    "externalThumbnailUrl": TEXT,
    "publishingErrorCode": TEXT,
    "status": str,
    "publishedAt": (LONG_DATE, SHORT_DATE, None),
    "createdAt": SHORT_DATE,
    "updatedAt": SHORT_DATE,
    "variants": [VARIANT],
    "productVariantOptions": [{"name": str, "values": [str]}],
}
SHAPES = {
    "order_status_updated": {
        **REFERENCES,
        "fulfillmentStatus": STATUS,
        "items": [ITEM],
        "comment": str,
    },
    "order_item_status_updated": {
        **REFERENCES,
        **PLACE,
        "itemReferenceId": str,
        "status": STATUS,
        "comment": str,
        "created": LONG_DATE,
    },
    "order_item_tracking_code_updated": {
        **REFERENCES,
        **PARCEL,
        "itemReferenceId": str,
        "productionCountry": COUNTRY,
        "productionStateProvince": TEXT,
        "productionFacilityId": UUID,
        "created": LONG_DATE,
    },
    "order_delivery_estimate_updated": {
        **REFERENCES,
        "minDeliveryDate": DAY,
        "maxDeliveryDate": DAY,
        "created": LONG_DATE,
    },
    "store_product_created": PRODUCT,
    "store_product_updated": PRODUCT,
    "store_product_deleted": {"id": str, "storeProductId": UUID},
}


@pytest.fixture
def options():
    # Nothing is delivered: what is queued is looked at.
    return {"webhook_url": "http://127.0.0.1:1/webhooks"}


@pytest.fixture
def events(app):
    def queued(name=None):
        found = [delivery.event for delivery in app.webhooks()]
        return [event for event in found if name in {None, event["event"]}]

    return queued


async def tracked(api):
    rows = (await api.get("/v1/shipment-methods", params={"country": "US"})).json()
    return next(
        row["shipmentMethodUid"]
        for row in rows["shipmentMethods"]
        if row["hasTracking"] and row["isPrivate"]
    )


async def test_events_of_a_whole_life_are_as_documented(app, api, make, item, events):
    wishes = {"metadata": [{"key": "sandbox", "value": "delayed"}]}
    method = await tracked(api)
    await make(items=[item(1), item(2)], shipmentMethodUid=method, **wishes)
    product = {"templateId": "template-t-shirt", "title": "Harbour shirt"}
    path = "/v1/stores/store-1/products"
    made = (await api.post(f"{path}:create-from-template", json=product)).json()
    for _ in range(200):
        app.advance(20)
    await api.delete(f"{path}/{made['id']}")
    seen = {}
    for event in events():
        seen.setdefault(event["event"], []).append(event)
        assert faults(event, SHAPES[event["event"]]) == []
    assert seen.keys() == SHAPES.keys()


async def test_each_status_of_an_order_has_its_event(app, make, events):
    made = await make()
    for _ in range(100):
        app.advance(10)
    found = events("order_status_updated")
    assert {event["orderId"] for event in found} == {made["id"]}
    assert [event["fulfillmentStatus"] for event in found] == [
        *("created", "uploading", "passed", "in_production"),
        *("printed", "shipped", "in_transit", "delivered"),
    ]
    assert {event["comment"] for event in found} == {""}


async def test_each_item_has_events_of_its_own(app, make, item, events):
    await make(items=[item(1), item(2)])
    app.advance(20)
    statuses = {}
    for event in events("order_item_status_updated"):
        statuses.setdefault(event["itemReferenceId"], []).append(event["status"])
    assert statuses["item-1"] == statuses["item-2"]
    assert "passed" in statuses["item-1"]


async def test_a_tracking_code_is_that_of_the_order(app, api, make, fetch, events):
    made = await make(shipmentMethodUid=await tracked(api))
    app.advance(1000)
    (event,) = events("order_item_tracking_code_updated")
    (package,) = (await fetch(made["id"]))["shipment"]["packages"]
    assert (event["trackingCode"], event["trackingUrl"]) == (
        package["trackingCode"],
        package["trackingUrl"],
    )
    shipped = events("order_status_updated")[-1]
    (row,) = shipped["items"][0]["fulfillments"]
    assert row["trackingCode"] == package["trackingCode"]


async def test_an_untracked_order_has_no_event_of_a_code(app, api, make, card, events):
    rows = (await api.get("/v1/shipment-methods")).json()["shipmentMethods"]
    untracked = next(row for row in rows if not row["hasTracking"])
    address = {"country": untracked["supportedCountries"][0]}
    method = untracked["shipmentMethodUid"]
    await make(items=[card], address=address, shipmentMethodUid=method)
    app.advance(1000)
    assert events("order_item_tracking_code_updated") == []
    for event in events("order_status_updated"):
        codes = [row.get("trackingCode") for one in event["items"] for row in one["fulfillments"]]
        assert not any(codes)


async def test_parts_of_a_split_order_have_events_of_their_own(app, make, item, events):
    wish = [{"key": "sandbox", "value": "split"}]
    made = await make(items=[item(1), item(2)], metadata=wish)
    app.advance(20)
    passed = [one for one in events("order_status_updated") if one["fulfillmentStatus"] == "passed"]
    assert {event["orderId"] for event in passed} == set(made["connectedOrderIds"])
    assert {event["orderReferenceId"] for event in passed} == {"ref-1"}
    assert [len(event["items"]) for event in passed] == [1, 1]


async def test_a_failure_says_its_reason_in_the_comment(app, make, fetch, events):
    wish = [{"key": "sandbox", "value": "missing_retail_prices"}]
    made = await make(metadata=wish)
    app.advance(60)
    event = events("order_status_updated")[-1]
    assert event["fulfillmentStatus"] == "failed"
    assert event["comment"] == (await fetch(made["id"]))["refusalReason"] != ""


async def test_a_forced_failure_says_its_reason_too(api, make, fetch, events):
    made = await make()
    await api.post(f"/_sandbox/orders/{made['id']}/status", json={"fulfillmentStatus": "failed"})
    event = events("order_status_updated")[-1]
    assert event["fulfillmentStatus"] == "failed"
    assert event["comment"] == (await fetch(made["id"]))["refusalReason"] != ""


async def test_a_cancellation_is_an_event(api, make, events):
    made = await make()
    await api.post(f"/v4/orders/{made['id']}:cancel")
    assert events("order_status_updated")[-1]["fulfillmentStatus"] == "canceled"


async def test_a_numeric_reference_is_a_text_in_events(make, app, events):
    await make(reference=1001)
    app.advance(20)
    assert {event["orderReferenceId"] for event in events()} == {"1001"}


async def test_events_of_one_kind_have_ids_of_their_own(make, app, events):
    for number in range(3):
        await make(reference=f"ref-{number}")
    app.advance(1000)
    for name in SHAPES:
        ids = [event["id"] for event in events(name)]
        assert len(ids) == len(set(ids))


async def test_connect_has_no_webhooks(app, connect, order, events):
    assert (await connect.post("order", json=order())).status_code == 200
    app.advance(1000)
    assert events() == []
