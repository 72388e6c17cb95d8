import json
import re

import pytest
from support.webhook_shop import KEY, NOBODY, statuses

from gelato_async.sandbox import Sandbox, SandboxError
from gelato_async.sandbox.orders.life_cycle import AGES, STAGES
from gelato_async.sandbox.stores.built_in_templates import TEMPLATES


@pytest.fixture
def api(serve):
    """The sandbox in memory: what it would send is in `api.events()`."""
    api = serve(webhook_url=NOBODY)

    def emitted(kind=None):
        events = [delivery.event for delivery in api.app.webhooks()]
        return [event for event in events if kind in {None, event["event"]}]

    api.events = emitted
    return api


async def create(api, body, client="gelato", path="orders"):
    answer = await getattr(api, client).post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.anyio
async def test_every_status_is_emitted_in_order_after_any_step(api, order):
    await create(api, order())
    assert statuses(api.events("order_status_updated")) == ["created"]
    api.app.advance(20)
    api.app.advance(0)
    assert statuses(api.events("order_status_updated")) == ["created", "uploading", "passed"]
    api.app.advance(10_000)
    assert statuses(api.events("order_status_updated")) == list(STAGES)
    items = api.events("order_item_status_updated")
    assert [event["status"] for event in items] == list(STAGES)


@pytest.mark.anyio
async def test_an_order_that_begins_again_is_announced_again(api, order):
    made = await create(api, order())
    api.app.advance_to(made["id"], "in_transit")
    api.app.force_status(made["id"], "draft")
    await api.gelato.patch(f"orders/{made['id']}", json={"orderType": "order"})
    before = len(api.events("order_status_updated"))
    api.app.advance_to(made["id"], "passed")
    # With time alone: nothing else happens to the order.
    seen = statuses(api.events("order_status_updated"))
    assert seen[before - 1 :] == ["created", "uploading", "passed"]


@pytest.mark.anyio
async def test_a_change_that_becomes_due_earlier_wakes_the_sender(serve, travel, order):
    api = serve(webhook_url=NOBODY, speed=1.0)
    made = await create(api, order())
    api.app.force_status(made["id"], "uploading")
    travel(6)
    # The sender looks at 5 s, and has nothing to wait for.
    assert api.app.detect_changes() is None
    queued, woken = len(api.app.webhooks()), []
    api.app.on_webhooks = lambda: woken.append(True)
    api.app.force_status(made["id"], None)
    assert (len(api.app.webhooks()), woken) == (queued, [True])
    assert api.app.detect_changes() == pytest.approx(AGES[2] - 6, abs=1)


@pytest.mark.anyio
async def test_events_of_an_order_and_its_items_are_as_documented(api, order):
    made = await create(api, order(items=2))
    first, second, whole = api.events()
    references = {"orderId": made["id"], "orderReferenceId": "ref-1", "storeId": None}
    assert [event["event"] for event in (first, second, whole)] == [
        "order_item_status_updated"
    ] * 2 + ["order_status_updated"]
    assert all(references.items() <= event.items() for event in (first, second, whole))
    assert [event["itemReferenceId"] for event in (first, second)] == ["item-1", "item-2"]
    assert (first["fulfillmentCountry"], first["fulfillmentStateProvince"]) == ("US", "IL")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", first["created"])
    assert whole["items"] == [
        {"itemReferenceId": name, "fulfillmentStatus": "created", "fulfillments": []}
        for name in ("item-1", "item-2")
    ]


@pytest.mark.anyio
async def test_two_kinds_of_event_share_an_id_as_in_the_documents(api, order):
    await create(api, order(items=2))
    first, second, whole = api.events()
    assert first["id"] == whole["id"] != second["id"]


@pytest.mark.anyio
async def test_tracking_codes_are_emitted_as_the_order_is_shipped(api, order):
    made = await create(api, order(items=2))
    api.app.advance(179)
    assert api.events("order_item_tracking_code_updated") == []
    api.app.advance(10_000)
    first, second = api.events("order_item_tracking_code_updated")
    (package,) = (await api.gelato.get(f"orders/{made['id']}")).json()["shipment"]["packages"]
    assert {first["trackingCode"], second["trackingCode"]} == {package["trackingCode"]}
    assert first["productionCountry"] == "US"
    shipped = next(
        event
        for event in api.events("order_status_updated")
        if event["fulfillmentStatus"] == "shipped"
    )
    assert shipped["items"][1]["fulfillments"][0]["trackingUrl"] == package["trackingUrl"]


@pytest.mark.anyio
async def test_an_order_made_abroad_has_no_state(api, order):
    body = order(items=1)
    await create(
        api, order(shippingAddress=body["shippingAddress"] | {"country": "SE", "state": "AB"})
    )
    assert api.events()[0]["fulfillmentCountry"] == "DE"
    assert api.events()[0]["fulfillmentStateProvince"] is None


@pytest.mark.anyio
async def test_a_requested_delay_is_emitted_once_and_is_in_the_order(api, order, asks_for):
    made = await create(api, order(**asks_for("delayed")))
    before = made["shipment"]
    api.app.advance(1_000)
    (event,) = api.events("order_delivery_estimate_updated")
    after = (await api.gelato.get(f"orders/{made['id']}")).json()["shipment"]
    assert event["minDeliveryDate"] == after["minDeliveryDate"] > before["minDeliveryDate"]
    assert event["maxDeliveryDate"] == after["maxDeliveryDate"] > before["maxDeliveryDate"]
    assert after["initialMaxDeliveryDate"] == before["maxDeliveryDate"]


@pytest.mark.anyio
async def test_an_order_without_a_delay_keeps_its_estimate(api, order):
    await create(api, order())
    api.app.advance(1_000)
    assert api.events("order_delivery_estimate_updated") == []


@pytest.mark.anyio
async def test_a_refusal_is_emitted_with_its_reason_and_is_the_last(api, order, asks_for):
    await create(api, order(**asks_for("missing_retail_prices")))
    api.app.advance(1_000)
    events = api.events("order_status_updated")
    assert statuses(events) == ["created", "failed"]
    assert (events[0]["comment"], "retail prices" in events[1]["comment"]) == ("", True)


@pytest.mark.parametrize("after", [0.0, 7.0, 15.0])
@pytest.mark.anyio
async def test_a_refusal_may_come_at_any_age(serve, order, asks_for, after):
    api = serve(webhook_url=NOBODY, refuse_after=after)
    await create(api, order(**asks_for("missing_retail_prices")))
    for _ in range(20):
        api.app.advance(1)
    emitted = statuses(
        delivery.event
        for delivery in api.app.webhooks()
        if delivery.event["event"] == "order_status_updated"
    )
    assert (
        emitted
        == {
            0.0: ["failed"],
            7.0: ["created", "uploading", "failed"],
            15.0: ["created", "uploading", "failed"],
        }[after]
    )


@pytest.mark.anyio
async def test_a_cancellation_is_emitted(api, order):
    made = await create(api, order())
    api.app.advance(6)
    await api.gelato.post(f"orders/{made['id']}:cancel")
    api.app.advance(1_000)
    assert statuses(api.events("order_status_updated")) == ["created", "uploading", "canceled"]


@pytest.mark.anyio
async def test_a_draft_begins_to_live_when_it_is_confirmed(api, order):
    made = await create(api, order(orderType="draft"))
    api.app.advance(1_000)
    await api.gelato.patch(f"orders/{made['id']}", json={"orderType": "order"})
    api.app.advance(6)
    assert statuses(api.events("order_status_updated")) == ["draft", "created", "uploading"]


@pytest.mark.anyio
async def test_a_forced_status_is_emitted_and_so_are_the_next(api, order):
    made = await create(api, order())
    path = f"/_sandbox/orders/{made['id']}/status"
    for status in ("on_hold", "on_hold"):
        await api.nobody.post(path, json={"fulfillmentStatus": status})
    api.app.advance(20)
    await api.nobody.post(path, json={"fulfillmentStatus": None})
    api.app.advance(50)
    assert statuses(api.events("order_status_updated")) == [
        "created",
        "on_hold",
        "passed",
        "in_production",
    ]


@pytest.mark.anyio
async def test_a_status_that_is_handed_back_may_go_backwards(api, order):
    made = await create(api, order())
    path = f"/_sandbox/orders/{made['id']}/status"
    for status in ("returned", "delivered", None, "created", None):
        await api.nobody.post(path, json={"fulfillmentStatus": status})
    api.app.advance(5)
    assert statuses(api.events("order_status_updated")) == [
        "created",
        "returned",
        "delivered",
        "created",
        "uploading",
    ]
    assert len(api.events("order_item_tracking_code_updated")) == 1


@pytest.mark.anyio
async def test_a_late_effect_is_emitted_as_of_its_time(serve, order, travel):
    from gelato_async.sandbox import Fault, FaultPlan

    plan = FaultPlan(
        [
            Fault(
                "status",
                status=503,
                routes=("gelato.cancel",),
                count=1,
                when="after",
                commit_delay=2.0,
            )
        ]
    )
    api = serve(webhook_url=NOBODY, speed=1.0, faults=plan)
    made = await create(api, order())
    await api.gelato.post(f"orders/{made['id']}:cancel")
    travel(30)
    emitted = [delivery.event for delivery in api.app.webhooks()]
    assert statuses(event for event in emitted if event["event"] == "order_status_updated") == [
        "created",
        "canceled",
    ]


@pytest.mark.anyio
async def test_both_parts_of_a_split_order_have_events(api, order, asks_for):
    await create(api, order(items=3, **asks_for("split")))
    first, second = api.events("order_status_updated")
    assert first["orderReferenceId"] == second["orderReferenceId"]
    assert first["orderId"] != second["orderId"]
    assert (len(first["items"]), len(second["items"])) == (1, 2)


@pytest.mark.anyio
async def test_gelato_connect_emits_no_events(api, order):
    await create(api, order(), "connect", "order")
    api.app.advance(1_000)
    assert api.events() == []


@pytest.mark.anyio
async def test_store_products_have_events_until_they_are_published(api):
    template = TEMPLATES[0].id
    store = "/v1/stores/store-1/products"
    headers = KEY | {"Content-Type": "application/json"}
    body = json.dumps({"templateId": template, "title": "Cap", "description": "-"})
    made = (
        await api.nobody.post(f"{store}:create-from-template", content=body, headers=headers)
    ).json()
    assert [(event["event"], event["status"]) for event in api.events()] == [
        ("store_product_created", "created")
    ]
    api.app.advance(20)
    api.app.advance(1000)
    *_, publishing, last = api.events()
    assert (publishing["event"], publishing["status"]) == ("store_product_updated", "publishing")
    assert (last["event"], last["status"], last["storeProductId"]) == (
        "store_product_updated",
        "active",
        made["id"],
    )
    assert len(api.events()) == 5
    whole = (await api.nobody.get(f"{store}/{made['id']}", headers=KEY)).json()
    assert last["externalId"] == whole["externalId"]
    assert {"productId", "productUid"}.isdisjoint(last["variants"][0])


@pytest.mark.anyio
async def test_without_a_url_nothing_is_emitted(anyone, order):
    await create(anyone, order())
    anyone.app.advance(1_000)
    assert anyone.app.webhooks() == ()
    answer = await anyone.nobody.post("/_sandbox/webhooks", json={"event": "a"})
    assert (answer.status_code, "webhook_url" in answer.json()["message"]) == (409, True)
    with pytest.raises(SandboxError, match="webhook_url"):
        Sandbox().send_webhook({"event": "a"})


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_share_of_the_events_comes_twice_by_the_seed(share):
    def deliveries(seed):
        sandbox = Sandbox(webhook_url=NOBODY, webhook_duplicates=share, seed=seed)
        for number in range(100):
            sandbox.send_webhook({"event": "a", "id": number})
        return [delivery.event["id"] for delivery in sandbox.webhooks()]

    assert deliveries(1) == deliveries(1)
    assert len(set(deliveries(1))) == 100
    assert share * 200 - 60 < 2 * (len(deliveries(1)) - 100) < share * 200 + 60
    assert (deliveries(1) == deliveries(2)) is (share != 0.5)


@pytest.mark.parametrize(
    "options",
    [
        {"webhook_url": "ftp://example.com"},
        {"webhook_url": "http://"},
        {"webhook_url": ""},
        {"webhook_url": "127.0.0.1:8000"},
        {"webhook_url": "http://user:word@example.com"},
        {"webhook_url": "http://example.com/a b"},
        {"webhook_url": "http://example.com:port"},
        {"webhook_url": "http://[::1"},
        {"webhook_header": ("", "kept-secret")},
        {"webhook_header": ("X Header", "kept-secret")},
        {"webhook_header": ("X-Header", "")},
        {"webhook_header": ("X-Header", "kept-secret\r\n")},
        {"webhook_retry_seconds": -1},
        {"webhook_duplicates": 1.1},
    ],
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(ValueError, match=r"\w") as refused:
        Sandbox(**options)
    assert "kept-secret" not in str(refused.value)


def test_the_header_is_not_shown():
    assert "kept-secret" not in repr(
        Sandbox(webhook_url=NOBODY, webhook_header=("X-Header", "kept-secret"))
    )
