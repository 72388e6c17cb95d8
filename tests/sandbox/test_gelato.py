import re

import pytest

pytestmark = pytest.mark.anyio


async def created(api, body):
    answer = await api.gelato.post("orders", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_create_answers_the_whole_order_and_get_the_same(anyone, order):
    made = await created(anyone, order(items=2, returnAddress={"companyName": "Sender"}))
    assert made["fulfillmentStatus"] == "created"
    assert made["financialStatus"] == "pending"
    assert made["orderReferenceId"] == "ref-1"
    assert made["shippingAddress"]["orderId"] == made["id"]
    assert made["returnAddress"]["companyName"] == "Sender"
    assert made["connectedOrderIds"] == []
    assert len({item["id"] for item in made["items"]}) == 2
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", made["createdAt"])
    assert (await anyone.gelato.get(f"orders/{made['id']}")).json() == made


async def test_the_receipt_adds_up(anyone, order):
    (receipt,) = (await created(anyone, order(items=3)))["receipts"]
    assert receipt["total"] == pytest.approx(sum(line["price"] for line in receipt["items"]))
    assert receipt["totalInclVat"] == pytest.approx(receipt["total"] + receipt["totalVat"])
    parts = ("products", "shipping", "packaging")
    assert receipt["totalInclVat"] == pytest.approx(
        sum(receipt[f"{part}PriceInclVat"] for part in parts)
    )


async def test_references_may_be_numbers(anyone, order):
    assert (await created(anyone, order(17)))["orderReferenceId"] == "17"


async def test_two_creates_with_one_reference_make_two_orders(anyone, order):
    first, second = await created(anyone, order()), await created(anyone, order())
    assert first["id"] != second["id"]
    assert anyone.app.audit().duplicates == ("ref-1",)


async def test_a_quote_prices_products_and_offers_shipments(anyone, order):
    body = order()
    request = {
        "orderReferenceId": "q",
        "customerReferenceId": "c",
        "currency": "EUR",
        "recipient": body["shippingAddress"],
        "products": [
            body["items"][0] | {"pageCount": 4},
            body["items"][0] | {"itemReferenceId": "other"},
        ],
    }
    answer = (await anyone.gelato.post("/orders:quote", json=request)).json()
    (quote,) = answer["quotes"]
    assert quote["itemReferenceIds"] == ["item-1", "other"]
    assert quote["fulfillmentCountry"] == "US"
    assert {method["type"] for method in quote["shipmentMethods"]} == {
        "normal",
        "express",
    }
    assert [product.get("pageCount") for product in quote["products"]] == [4, None]
    assert (await anyone.gelato.post("/orders:quote", json={})).status_code == 400


async def test_an_unknown_id_is_not_found_in_gelatos_words(anyone):
    answer = await anyone.gelato.get("orders/nope")
    assert answer.status_code == 404
    assert answer.json().keys() == {"code", "message", "requestId", "details"}
    assert answer.json()["code"] == "NOT_FOUND"


@pytest.mark.parametrize("encoded", ["a%2Fb", "a%3Acancel", "%2E%2E"])
async def test_an_encoded_id_stays_one_id(anyone, encoded):
    assert (await anyone.gelato.get(f"orders/{encoded}")).json()["message"] == "Order not found"


async def test_an_order_is_canceled_once(anyone, order):
    made = await created(anyone, order())
    answer = await anyone.gelato.post(f"orders/{made['id']}:cancel")
    assert (answer.status_code, answer.content) == (200, b"{}")
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert (now["fulfillmentStatus"], now["financialStatus"]) == ("canceled", "canceled")
    assert (await anyone.gelato.post(f"orders/{made['id']}:cancel")).status_code == 409


async def test_a_printed_order_cannot_be_canceled(anyone, order):
    made = await created(anyone, order())
    anyone.app.advance(119)
    assert (await anyone.gelato.get(f"orders/{made['id']}")).json()[
        "fulfillmentStatus"
    ] == "in_production"
    anyone.app.advance(1)
    answer = await anyone.gelato.post(f"orders/{made['id']}:cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")


async def test_the_life_cycle_ends_with_a_tracked_delivery(anyone, order):
    made = await created(anyone, order())
    seen = [made["fulfillmentStatus"]]
    for seconds in (5, 10, 45, 60, 60, 120, 300):
        anyone.app.advance(seconds)
        now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
        assert now["items"][0]["fulfillmentStatus"] == now["fulfillmentStatus"]
        seen.append(now["fulfillmentStatus"])
    assert seen == [
        "created",
        "uploading",
        "passed",
        "in_production",
        "printed",
        "shipped",
        "in_transit",
        "delivered",
    ]
    assert now["financialStatus"] == "paid"
    assert now["shipment"]["packages"][0]["orderItemIds"] == [made["items"][0]["id"]]
    assert (
        now["shipment"]["packages"][0]["trackingCode"]
        in now["shipment"]["packages"][0]["trackingUrl"]
    )


async def test_speed_moves_the_life_cycle(serve, order, travel):
    api = serve(speed=60.0)
    made = await created(api, order())
    travel(10)
    now = (await api.gelato.get(f"orders/{made['id']}")).json()
    assert now["fulfillmentStatus"] == "delivered"
    assert now["updatedAt"] > made["updatedAt"]


async def test_a_draft_waits_until_it_is_ordered(anyone, order):
    draft = await created(anyone, order(orderType="draft", items=3))
    anyone.app.advance(1000)
    draft = (await anyone.gelato.get(f"orders/{draft['id']}")).json()
    assert (draft["fulfillmentStatus"], draft["financialStatus"], draft["orderedAt"]) == (
        "draft",
        "draft",
        None,
    )
    kept, changed, _ = draft["items"]
    items = [
        {"id": kept["id"]},
        {"id": changed["id"], "files": [{"url": "https://files.example.com/new.pdf"}]},
    ]
    patched = (
        await anyone.gelato.patch(
            f"orders/{draft['id']}", json={"orderType": "order", "items": items}
        )
    ).json()
    assert [item["id"] for item in patched["items"]] == [kept["id"], changed["id"]]
    assert [item["fileUrl"] for item in patched["items"]] == [
        kept["fileUrl"],
        "https://files.example.com/new.pdf",
    ]
    assert (patched["orderType"], patched["fulfillmentStatus"]) == ("order", "created")
    assert (
        await anyone.gelato.patch(f"orders/{draft['id']}", json={"orderType": "order"})
    ).status_code == 409


async def test_a_draft_patched_without_items_keeps_them(anyone, order):
    draft = await created(anyone, order(orderType="draft", items=2))
    patched = (
        await anyone.gelato.patch(f"orders/{draft['id']}", json={"orderType": "order"})
    ).json()
    assert [item["id"] for item in patched["items"]] == [item["id"] for item in draft["items"]]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({}, "orderType"),
        ({"orderType": "draft"}, "orderType"),
        ({"orderType": "order", "items": []}, "items"),
        ({"orderType": "order", "items": [{"id": "unknown"}]}, "items[0].id"),
        ({"orderType": "order", "items": ["text"]}, "items[0]"),
        ({"orderType": "order", "items": [{"files": [{}]}]}, "items[0].files[0].url"),
    ],
)
async def test_a_wrong_patch_is_refused(anyone, order, change, path):
    draft = await created(anyone, order(orderType="draft"))
    answer = await anyone.gelato.patch(f"orders/{draft['id']}", json=change)
    assert answer.status_code == 400
    assert path in [detail["path"] for detail in answer.json()["details"]]


async def test_only_drafts_are_deleted_and_then_gone(anyone, order):
    draft = await created(anyone, order(orderType="draft"))
    firm = await created(anyone, order("other"))
    answer = await anyone.gelato.delete(f"orders/{draft['id']}")
    assert (answer.status_code, answer.json()) == (200, {})
    assert (await anyone.gelato.get(f"orders/{draft['id']}")).status_code == 404
    assert (await anyone.gelato.delete(f"orders/{firm['id']}")).status_code == 409
    await created(anyone, order())
    assert anyone.app.audit().duplicates == ()


async def test_a_forced_status_decides_what_is_a_draft(anyone, order):
    made, draft = await created(anyone, order()), await created(anyone, order(orderType="draft"))
    anyone.app.force_status(made["id"], "draft")
    anyone.app.force_status(draft["id"], "shipped")
    paths, patch = [f"orders/{one['id']}" for one in (made, draft)], {"orderType": "order"}
    answers = [await anyone.gelato.patch(path, json=patch) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[0].json()["fulfillmentStatus"] == "created"
    anyone.app.force_status(made["id"], "draft")
    assert (await anyone.gelato.get(paths[0])).json()["fulfillmentStatus"] == "draft"
    deleted = [await anyone.gelato.delete(path) for path in paths]
    assert [answer.status_code for answer in deleted] == [200, 409]


async def test_a_split_order_is_two_connected_orders_of_one_commit(anyone, order, asks_for):
    first = await created(anyone, order(items=3, **asks_for("split")))
    assert [item["itemReferenceId"] for item in first["items"]] == ["item-1"]
    assert first["id"] == first["connectedOrderIds"][0]
    second = (await anyone.gelato.get(f"orders/{first['connectedOrderIds'][1]}")).json()
    assert [item["itemReferenceId"] for item in second["items"]] == ["item-2", "item-3"]
    assert second["connectedOrderIds"] == first["connectedOrderIds"]
    audit = anyone.app.audit()
    assert audit.orders["gelato"] == {"ref-1": (tuple(first["connectedOrderIds"]),)}
    assert (audit.commits, audit.duplicates) == (1, ())


async def test_a_share_of_the_orders_is_split_by_seed(serve, order):
    def parts(api):
        return [len(ids) for ((ids),) in api.app.audit().orders["gelato"].values()]

    runs = [serve(split=0.5, seed=3), serve(split=0.5, seed=3), serve(split=0.5, seed=4)]
    for api in runs:
        for number in range(20):
            await created(api, order(f"ref-{number}", items=2))
    assert set(parts(runs[0])) == {1, 2}
    assert parts(runs[0]) == parts(runs[1]) != parts(runs[2])


async def test_an_order_is_refused_on_request(anyone, order, asks_for):
    made = await created(anyone, order(**asks_for("missing_retail_prices")))
    assert made["refusalReasonCode"] is None
    anyone.app.advance(5)
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert (now["fulfillmentStatus"], now["financialStatus"]) == ("failed", "canceled")
    assert now["refusalReasonCode"] == "missing_retail_prices"
    await created(anyone, order())
    assert anyone.app.audit().duplicates == ()
