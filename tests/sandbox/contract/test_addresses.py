"""Addresses: what counts as absent, and whose rules a create and a quote have."""

import pytest

pytestmark = pytest.mark.anyio

ABSENT = (None, "", " ", False)
WITHOUT_STATES = {"country": "SE", "postCode": "61630", "city": "Åby"}


@pytest.mark.parametrize("state", ABSENT, ids=str)
@pytest.mark.parametrize("country", ["US", "CA", "AU"])
async def test_a_quote_needs_no_state_and_a_create_does(api, order, quote, state, country):
    address = {"state": state, "country": country}
    accepted = await api.post("/v4/orders:quote", json=quote(address=address))
    assert accepted.status_code == 200, accepted.text
    refused = await api.post("/v4/orders", json=order(address=address))
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
    assert "state" in refused.text


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        *(("state", None), ("state", ""), ("state", False)),
        *(("companyName", None), ("companyName", "")),
        *(("addressLine2", None), ("addressLine2", "")),
        *(("phone", None), ("phone", "")),
    ],
)
async def test_an_optional_field_may_be_absent(api, order, quote, name, absent):
    address = WITHOUT_STATES | {name: absent}
    made = await api.post("/v4/orders", json=order(address=address))
    assert made.status_code == 200, made.text
    assert made.json()["shippingAddress"][name] in {None, ""}
    quoted = await api.post("/v4/orders:quote", json=quote(address=address))
    assert quoted.status_code == 200, quoted.text


@pytest.mark.parametrize("absent", ABSENT, ids=str)
async def test_a_country_may_have_no_post_codes(api, order, quote, connect, absent):
    address = {"country": "HK", "city": "Hong Kong", "state": absent, "postCode": absent}
    made = await api.post("/v4/orders", json=order(address=address))
    assert made.status_code == 200, made.text
    assert made.json()["shippingAddress"]["postCode"] in {None, ""}
    quoted = await api.post("/v4/orders:quote", json=quote(address=address))
    assert quoted.status_code == 200, quoted.text
    submitted = await connect.post("order", json=order(address=address))
    assert submitted.status_code == 200, submitted.text


@pytest.mark.parametrize("absent", ABSENT, ids=str)
@pytest.mark.parametrize("country", ["US", "SE"])
async def test_where_there_are_post_codes_a_create_needs_one(
    api, connect, order, quote, country, absent
):
    """The document: "Typically required for countries with a postal code"."""
    body = {"address": {"country": country, "postCode": absent}}
    for client, path in ((api, "/v4/orders"), (connect, "order")):
        refused = await client.post(path, json=order(**body))
        assert refused.status_code == 400
        assert "shippingAddress.postCode" in refused.text
    quoted = await api.post("/v4/orders:quote", json=quote(**body))
    assert quoted.status_code == 200, quoted.text


async def test_no_later_answer_shows_false_for_an_absent_field(api, app, order, found, fetch):
    absent = {"state": False, "postCode": False}
    body = order(address={"country": "HK"} | absent, returnAddress={"companyName": "Ours"} | absent)
    made = (await api.post("/v4/orders", json=body)).json()
    app.advance(1000)
    for answer in (made, await fetch(made["id"])):
        for address in (answer["shippingAddress"], answer["returnAddress"]):
            assert not {False} & {address["state"], address["postCode"]}
    (row,) = await found(ids=[made["id"]])
    assert row["country"] == "HK"


@pytest.mark.parametrize(
    "name", ["firstName", "lastName", "addressLine1", "city", "country", "email"]
)
@pytest.mark.parametrize("value", [None, "", False, "  "], ids=str)
async def test_a_required_field_cannot_be_absent(api, order, quote, name, value):
    for path, body in (("/v4/orders", order), ("/v4/orders:quote", quote)):
        refused = await api.post(path, json=body(address={name: value}))
        assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
        assert name in refused.text


@pytest.mark.parametrize("name", ["shippingAddress", "items", "currency", "orderReferenceId"])
@pytest.mark.parametrize("how", ["missing", "null"])
async def test_a_create_requires_what_the_table_does(api, order, name, how):
    body = order()
    del body[name]
    if how == "null":
        body[name] = None
    refused = await api.post("/v4/orders", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
    assert name in refused.text


@pytest.mark.parametrize(
    ("name", "length"),
    [
        *(("firstName", 25), ("lastName", 25), ("companyName", 60), ("addressLine1", 35)),
        *(("addressLine2", 35), ("city", 30), ("postCode", 15), ("state", 35), ("phone", 25)),
    ],
)
async def test_a_field_has_its_documented_length(api, order, name, length):
    longest = await api.post("/v4/orders", json=order(address={name: "1" * length}))
    assert longest.status_code == 200, longest.text
    refused = await api.post("/v4/orders", json=order(address={name: "1" * (length + 1)}))
    assert refused.status_code == 400
    assert name in refused.text


@pytest.mark.parametrize("country", ["UK", "us", "USA", "U", 1])
async def test_a_country_is_written_as_in_iso_3166(api, order, quote, country):
    for path, body in (("/v4/orders", order), ("/v4/orders:quote", quote)):
        refused = await api.post(path, json=body(address={"country": country}))
        assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
        assert "country" in refused.text


@pytest.mark.parametrize("email", ["paul.smith@email.com", "a@b", '"x y"@example.com'])
async def test_an_email_has_something_on_both_sides_of_its_at(api, order, email):
    assert (await api.post("/v4/orders", json=order(address={"email": email}))).is_success
    refused = await api.post("/v4/orders", json=order(address={"email": "no-at.example.com"}))
    assert refused.status_code == 400


async def test_the_local_script_is_required_in_four_countries(api, order):
    latin = {"addressLine1": "1 Chome Ginza Street", "addressLine2": None, "city": "Tokyo"}
    local = {"addressLine1": "銀座1丁目", "addressLine2": "Building 4F", "city": "東京"}
    for country in ("JP", "CN", "KR", "RU"):
        refused = await api.post("/v4/orders", json=order(address=latin | {"country": country}))
        assert refused.status_code == 400
        assert "addressLine1" in refused.text
        assert "city" in refused.text
        accepted = await api.post("/v4/orders", json=order(address=local | {"country": country}))
        assert accepted.status_code == 200, accepted.text


async def test_brazil_requires_its_tax_ids(api, order):
    person = {"country": "BR", "federalTaxId": "123.456.789-09"}
    company = person | {"isBusiness": True, "stateTaxId": "1", "registrationStateCode": "SP"}
    assert (await api.post("/v4/orders", json=order(address={"country": "BR"}))).is_client_error
    for address in (person, company):
        accepted = await api.post("/v4/orders", json=order(address=address))
        assert accepted.status_code == 200, accepted.text
    for name in ("stateTaxId", "registrationStateCode"):
        refused = await api.post("/v4/orders", json=order(address=company | {name: ""}))
        assert refused.status_code == 400
        assert name in refused.text


async def test_any_field_of_a_return_address_may_be_left_out(api, order):
    for returned in ({}, {"companyName": "Ours"}, {"city": "Oslo", "country": "NO"}):
        accepted = await api.post("/v4/orders", json=order(returnAddress=returned))
        assert accepted.status_code == 200, accepted.text
        answered = accepted.json()["returnAddress"]
        assert {name: answered[name] for name in returned} == returned
        # Of the field notes: a return address of an answer has these keys too.
        assert {"id", "orderId", "lastName"} <= answered.keys()
    refused = await api.post("/v4/orders", json=order(returnAddress={"companyName": "x" * 61}))
    assert refused.status_code == 400
