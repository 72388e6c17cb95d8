"""An order that is shipped without tracking has no tracking code, nor an event of one."""

import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture
def api(serve):
    return serve(webhook_url="http://127.0.0.1:9/webhooks")


@pytest.fixture
def mexican(order):
    body = order(items=2)
    body["shippingAddress"] |= {"country": "MX", "state": ""}
    return body


async def shipped(api, body):
    made = (await api.gelato.post("orders", json=body)).json()
    api.app.advance(200)
    return (await api.gelato.get(f"orders/{made['id']}")).json()


def events(api, name):
    return [sent.event for sent in api.app.webhooks() if sent.event["event"] == name]


@pytest.mark.parametrize("wish", [False, True])
async def test_no_tracking_no_code(api, order, mexican, asks_for, wish):
    untracked = mexican | {"shipmentMethodUid": "sandbox_letter"}
    if wish:
        untracked = order(**asks_for("no_tracking"))
    seen = await shipped(api, untracked)
    (package,) = seen["shipment"]["packages"]
    assert (package["trackingCode"], package["trackingUrl"]) == (None, None)
    assert package["orderItemIds"] == [item["id"] for item in seen["items"]]
    assert events(api, "order_item_tracking_code_updated") == []
    status = events(api, "order_status_updated")[-1]
    (fulfillment,) = status["items"][0]["fulfillments"]
    assert (status["fulfillmentStatus"], fulfillment["trackingCode"]) == ("shipped", None)


async def test_a_tracked_order_has_its_code_everywhere(api, mexican):
    seen = await shipped(api, mexican | {"shipmentMethodUid": "sandbox_post"})
    (package,) = seen["shipment"]["packages"]
    codes = events(api, "order_item_tracking_code_updated")
    assert [event["trackingCode"] for event in codes] == [package["trackingCode"]] * 2
    assert package["trackingCode"]


async def test_tracking_is_not_found_again_by_a_changed_draft(api, order, asks_for):
    draft = order(orderType="draft", **asks_for("no_tracking"))
    made = (await api.gelato.post("orders", json=draft)).json()
    await api.gelato.patch(f"orders/{made['id']}", json={"orderType": "order"})
    api.app.advance(200)
    now = (await api.gelato.get(f"orders/{made['id']}")).json()
    assert now["shipment"]["packages"][0]["trackingCode"] is None


@pytest.mark.parametrize("wish", ["capability", "on_hold", "returned", "canceled"])
async def test_an_early_end_is_an_event_with_its_reason(api, order, asks_for, wish):
    made = (await api.gelato.post("orders", json=order(**asks_for(wish)))).json()
    api.app.advance(2000)
    last = events(api, "order_status_updated")[-1]
    now = (await api.gelato.get(f"orders/{made['id']}")).json()
    assert last["fulfillmentStatus"] == now["fulfillmentStatus"]
    assert last["comment"] == (now["refusalReason"] or "")
    assert all(not event["comment"] for event in events(api, "order_status_updated")[:-1])
    api.app.advance(2000)
    assert events(api, "order_status_updated")[-1] == last


async def test_a_forced_failure_is_an_event_with_its_reason(api, order):
    made = (await api.gelato.post("orders", json=order())).json()
    body = {"fulfillmentStatus": "failed", "refusalReason": "The file is damaged."}
    await api.nobody.post(f"/_sandbox/orders/{made['id']}/status", json=body)
    assert events(api, "order_status_updated")[-1]["comment"] == "The file is damaged."
