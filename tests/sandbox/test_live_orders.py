"""Orders of the sandbox, as the live API was seen to take and answer them."""

import uuid

import pytest

pytestmark = pytest.mark.anyio

KEY = {"X-API-KEY": "sandbox-key"}
ABSENT = [{}, {"state": None}, {"state": ""}, {"state": False}]


async def posted(api, body):
    return await api.gelato.post("orders", json=body)


def quote_of(body):
    moved = {"shippingAddress": "recipient", "items": "products"}
    return {moved.get(name, name): value for name, value in body.items()}


def with_address(body, **changes):
    address = {name: value for name, value in body["shippingAddress"].items() if name != "state"}
    return {**body, "shippingAddress": address | changes}


@pytest.mark.parametrize("state", ABSENT, ids=str)
async def test_a_quote_needs_no_state_and_an_order_does(anyone, order, state):
    body = with_address(order(), **state)
    quote = await anyone.nobody.post("/v4/orders:quote", json=quote_of(body), headers=KEY)
    assert quote.status_code == 200
    refused = await posted(anyone, body)
    assert refused.status_code == 400
    assert [detail["path"] for detail in refused.json()["details"]] == ["shippingAddress.state"]


OPTIONAL = ["companyName", "addressLine2", "state", "postCode", "phone"]
TAX = ["federalTaxId", "stateTaxId", "registrationStateCode", "registrationState"]


async def test_false_is_taken_for_what_an_address_does_not_have(anyone, order):
    none = dict.fromkeys(OPTIONAL + TAX, False)
    body = with_address(order(), country="HK", **none)
    made = await posted(anyone, body)
    assert made.status_code == 200
    answered = made.json()["shippingAddress"]
    assert [answered[name] for name in OPTIONAL] == [""] * len(OPTIONAL)
    assert {answered.get(name) for name in TAX} == {None}
    quote = await anyone.nobody.post("/v4/orders:quote", json=quote_of(body), headers=KEY)
    assert quote.status_code == 200


async def test_false_is_taken_in_a_return_address(anyone, order):
    names = ["addressLine1", "addressLine2", "city", "postCode", "state", "country", "email"]
    made = await posted(anyone, order(returnAddress=dict.fromkeys(names, False)))
    assert made.status_code == 200
    assert {made.json()["returnAddress"][name] for name in names} == {None}


async def test_gelatoconnect_takes_false_too(anyone, order):
    none = dict.fromkeys([*OPTIONAL, *TAX], False) | {"phone": "+46 8 555 01"}
    body = with_address(order(), country="HK", **none)
    made = (await anyone.connect.post("order", json=body)).json()
    answered = (await anyone.connect.get(made["id"])).json()["shippingAddress"]
    assert (answered["state"], answered["postCode"], answered["companyName"]) == ("", "", "")
    update = {"shippingAddress": body["shippingAddress"]}
    assert (await anyone.connect.put(made["id"], json=update)).status_code == 200


@pytest.mark.parametrize("name", ["city", "firstName", "addressLine1"])
async def test_false_is_no_text_elsewhere(anyone, order, name):
    refused = await posted(anyone, with_address(order(), country="SE", **{name: False}))
    assert refused.status_code == 400


async def test_the_id_of_a_billing_entity_is_a_uuid_in_v4_alone(anyone, order):
    made = (await posted(anyone, order())).json()
    assert str(uuid.UUID(made["billingEntity"]["id"])) == made["billingEntity"]["id"]
    connect_id = (await anyone.connect.post("order", json=order())).json()["id"]
    found = (await anyone.connect.get(connect_id)).json()
    assert isinstance(found["billingEntity"]["id"], int)


async def test_the_answer_to_a_deleted_draft_is_json(anyone, order):
    draft = (await posted(anyone, order(orderType="draft"))).json()
    answer = await anyone.gelato.delete(f"orders/{draft['id']}")
    assert (answer.status_code, answer.json()) == (200, {})
