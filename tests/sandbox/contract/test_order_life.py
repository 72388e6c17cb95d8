"""The life of an order (v4): drafts, changes, cancellations, references, split orders."""

import itertools

import pytest

pytestmark = pytest.mark.anyio


def split(**changes):
    return {"metadata": [{"key": "sandbox", "value": "split"}]} | changes


async def test_a_reference_may_be_used_twice(make, found):
    first, second = await make(), await make()
    assert first["id"] != second["id"]
    rows = await found(orderReferenceId="ref-1")
    assert {row["id"] for row in rows} == {first["id"], second["id"]}
    assert [row["connectedOrderIds"] for row in rows] == [[], []]


async def test_the_reference_of_a_canceled_order_can_be_used_again(api, make, fetch):
    first = await make()
    assert (await api.post(f"/v4/orders/{first['id']}:cancel")).status_code == 200
    second = await make()
    assert (await fetch(first["id"]))["fulfillmentStatus"] == "canceled"
    assert (await fetch(second["id"]))["fulfillmentStatus"] != "canceled"


@pytest.mark.parametrize("value", ["shop-1", "shop/1 ü", 1001, 10.5], ids=str)
async def test_references_are_texts_or_numbers(api, order, item, value):
    body = order(value, items=[item(itemReferenceId=value)], customerReferenceId=value)
    made = (await api.post("/v4/orders", json=body)).json()
    assert str(made["orderReferenceId"]) == str(value)
    assert str(made["customerReferenceId"]) == str(value)
    assert str(made["items"][0]["itemReferenceId"]) == str(value)
    answer = await api.post("/v4/orders:search", json={"orderReferenceId": value})
    assert [row["id"] for row in answer.json()["orders"]] == [made["id"]]


async def test_a_number_and_its_text_are_one_reference(make, found):
    made = await make(reference=1001)
    rows = await found(orderReferenceId="1001")
    assert [row["id"] for row in rows] == [made["id"]]


async def test_what_a_get_shows_is_what_the_create_answered(make, fetch):
    made = await make()
    assert await fetch(made["id"]) == made
    assert (made["fulfillmentStatus"], made["financialStatus"]) == ("created", "pending")
    assert (made["channel"], made["orderType"]) == ("api", "order")


async def test_statuses_come_in_the_documented_order(app, make, fetch):
    order_id, met = (await make())["id"], []
    for _ in range(300):
        status = (await fetch(order_id))["fulfillmentStatus"]
        if status not in met:
            met.append(status)
        app.advance(4)
    expected = ["created", "uploading", "passed", "in_production", "printed", "shipped"]
    assert met == [*expected, "in_transit", "delivered"]


async def test_each_item_has_the_status_of_its_order(app, make, fetch, item):
    order_id = (await make(items=[item(1), item(2)]))["id"]
    for _ in range(8):
        seen = await fetch(order_id)
        assert {one["fulfillmentStatus"] for one in seen["items"]} == {seen["fulfillmentStatus"]}
        app.advance(90)


async def test_dates_never_go_back(app, make, fetch):
    order_id = (await make())["id"]
    before = await fetch(order_id)
    app.advance(100)
    after = await fetch(order_id)
    assert after["updatedAt"] >= before["updatedAt"] >= before["createdAt"]
    assert (after["createdAt"], after["orderedAt"]) == (before["createdAt"], before["orderedAt"])


async def test_a_draft_has_shipment_and_receipts_and_is_not_made(app, make, fetch):
    draft = await make(orderType="draft")
    assert (draft["orderType"], draft["fulfillmentStatus"]) == ("draft", "draft")
    assert draft["financialStatus"] == "draft"
    app.advance(100_000)
    seen = await fetch(draft["id"])
    assert seen["fulfillmentStatus"] == "draft"
    assert seen["shipment"]["price"] > 0
    assert seen["receipts"][0]["total"] > 0
    assert seen["shipment"]["packages"] == []


async def test_a_deleted_draft_answers_json_and_is_gone(api, make, found):
    draft = await make(orderType="draft")
    answer = await api.delete(f"/v4/orders/{draft['id']}")
    assert (answer.status_code, answer.json()) == (200, {})
    gone = await api.get(f"/v4/orders/{draft['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "NOT_FOUND")
    assert (await api.delete(f"/v4/orders/{draft['id']}")).status_code == 404
    assert await found(ids=[draft["id"]]) == []


@pytest.mark.parametrize("becomes", ["order at once", "order by a patch", "canceled order"])
async def test_deleting_what_is_no_draft_is_refused(api, make, becomes):
    made = await make(orderType="order" if becomes == "order at once" else "draft")
    path = f"/v4/orders/{made['id']}"
    if becomes == "order by a patch":
        await api.patch(path, json={"orderType": "order"})
    elif becomes == "canceled order":
        made = await make()
        path = f"/v4/orders/{made['id']}"
        await api.post(f"{path}:cancel")
    refused = await api.delete(path)
    assert 400 <= refused.status_code < 500
    assert refused.json()["message"]
    assert (await api.get(path)).status_code == 200


async def test_a_patch_turns_a_draft_into_an_order(app, api, make, fetch):
    draft = await make(orderType="draft")
    app.advance(1000)
    answer = await api.patch(f"/v4/orders/{draft['id']}", json={"orderType": "order"})
    patched = answer.json()
    assert (answer.status_code, patched["orderType"]) == (200, "order")
    assert (patched["fulfillmentStatus"], patched["financialStatus"]) == ("created", "pending")
    assert patched.keys() == draft.keys()
    assert [one["id"] for one in patched["items"]] == [one["id"] for one in draft["items"]]
    assert patched["orderedAt"] >= draft["createdAt"]
    assert await fetch(draft["id"]) == patched


async def test_a_patch_removes_what_it_does_not_list(api, make, item, fetch):
    other = {"type": "default", "url": "https://files.example.com/another.pdf"}
    draft = await make(orderType="draft", items=[item(1), item(2, quantity=3), item(3)])
    first, second, _ = draft["items"]
    body = {
        "orderType": "order",
        "items": [{"id": first["id"], "files": [other]}, {"id": second["id"]}],
    }
    patched = (await api.patch(f"/v4/orders/{draft['id']}", json=body)).json()
    changed, kept = patched["items"]
    assert (changed["id"], changed["files"]) == (first["id"], [other])
    assert {**second, "fulfillmentStatus": "created"} == kept
    assert await fetch(draft["id"]) == patched
    products = [line for line in patched["receipts"][0]["items"] if line["type"] == "product"]
    assert [line["referenceId"] for line in products] == [first["id"], second["id"]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"orderType": "draft"},
        {"orderType": "order", "items": []},
        {"orderType": "order", "items": [{"id": "another-item"}]},
        {"orderType": "order", "items": [{}]},
    ],
    ids=str,
)
async def test_a_patch_that_is_wrong_changes_nothing(api, make, fetch, body):
    draft = await make(orderType="draft")
    refused = await api.patch(f"/v4/orders/{draft['id']}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
    assert await fetch(draft["id"]) == draft


async def test_an_order_that_is_no_draft_cannot_be_patched(api, make):
    made = await make()
    refused = await api.patch(f"/v4/orders/{made['id']}", json={"orderType": "order"})
    assert 400 <= refused.status_code < 500
    missing = await api.patch("/v4/orders/no-such-id", json={"orderType": "order"})
    assert missing.status_code == 404


@pytest.mark.parametrize(
    "sent", [{}, {"json": {}}, {"headers": {"content-type": "application/json"}}], ids=str
)
async def test_a_cancel_needs_no_body(api, make, fetch, sent):
    made = await make()
    answer = await api.post(f"/v4/orders/{made['id']}:cancel", **sent)
    assert answer.status_code == 200
    seen = await fetch(made["id"])
    assert (seen["fulfillmentStatus"], seen["financialStatus"]) == ("canceled", "canceled")
    assert {one["fulfillmentStatus"] for one in seen["items"]} == {"canceled"}


async def test_an_order_is_canceled_until_it_is_printed(app, api, make, fetch):
    order_id, answers = (await make())["id"], {}
    for _ in range(100):
        status = (await fetch(order_id))["fulfillmentStatus"]
        if status in {"printed", "shipped", "in_transit", "delivered"}:
            refused = await api.post(f"/v4/orders/{order_id}:cancel")
            answers[status] = refused.status_code
        app.advance(10)
    assert set(answers.values()) == {409}
    assert "printed" in answers
    early = (await make())["id"]
    app.advance(60)
    assert (await fetch(early))["fulfillmentStatus"] == "in_production"
    assert (await api.post(f"/v4/orders/{early}:cancel")).status_code == 200


async def test_what_does_not_exist_cannot_be_canceled(api):
    missing = await api.post("/v4/orders/37365096-6628-4538-a9c2-fbf9892deb85:cancel")
    assert (missing.status_code, missing.json()["code"]) == (404, "NOT_FOUND")


async def test_a_conflict_is_in_the_dialect_of_all_errors(app, api, make):
    made = await make()
    app.advance(200)
    refused = await api.post(f"/v4/orders/{made['id']}:cancel")
    assert refused.status_code == 409
    assert set(refused.json()) >= {"code", "message", "requestId"}
    assert refused.json()["code"] == "CONFLICT"


async def test_parts_of_a_split_order_name_each_other_and_themselves(make, fetch, found, item):
    made = await make(items=[item(1), item(2), item(3)], **split())
    ids = made["connectedOrderIds"]
    assert made["id"] in ids
    assert len(ids) > 1
    parts = [await fetch(order_id) for order_id in ids]
    assert {tuple(part["connectedOrderIds"]) for part in parts} == {tuple(ids)}
    assert {part["orderReferenceId"] for part in parts} == {"ref-1"}
    items = [one["itemReferenceId"] for part in parts for one in part["items"]]
    assert sorted(items) == ["item-1", "item-2", "item-3"]
    rows = await found(orderReferenceId="ref-1")
    assert sorted(row["id"] for row in rows) == sorted(ids)
    assert {tuple(row["connectedOrderIds"]) for row in rows} == {tuple(ids)}


async def test_each_part_of_a_split_order_is_canceled_alone(api, make, fetch, item):
    ids = (await make(items=[item(1), item(2)], **split()))["connectedOrderIds"]
    await api.post(f"/v4/orders/{ids[0]}:cancel")
    statuses = [(await fetch(order_id))["fulfillmentStatus"] for order_id in ids]
    assert statuses[0] == "canceled"
    assert "canceled" not in statuses[1:]


async def test_parts_of_a_split_order_are_charged_apart(make, fetch, item):
    ids = (await make(items=[item(1, quantity=4), item(2)], **split()))["connectedOrderIds"]
    for order_id in ids:
        part = await fetch(order_id)
        (receipt,) = part["receipts"]
        assert receipt["orderId"] == order_id
        assert receipt["productsPrice"] == pytest.approx(sum(x["price"] for x in part["items"]))


async def test_ids_of_orders_are_never_repeated(make, item):
    made = [await make(items=[item(1), item(2)]) for _ in range(3)]
    ids = [one["id"] for one in made]
    ids += [one["id"] for order in made for one in order["items"]]
    ids += [order["shipment"]["id"] for order in made]
    ids += [line["id"] for order in made for line in order["receipts"][0]["items"]]
    assert not any(first == second for first, second in itertools.combinations(ids, 2))
