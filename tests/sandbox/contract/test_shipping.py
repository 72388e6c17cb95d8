"""Shipment methods and their prices (v1), and what a quote offers."""

import pytest
from support.json_shapes import COUNTRY, CURRENCY, DAY, faults

pytestmark = pytest.mark.anyio

METHOD = {
    "shipmentMethodUid": str,
    "type": {"normal", "express", "pallet"},
    "name": str,
    "isBusiness": bool,
    "isPrivate": bool,
    "hasTracking": bool,
    "supportedCountries": [COUNTRY],
}
PRICED = {
    "shipmentMethodUid": str,
    "type": {"normal", "express", "pallet"},
    "minPrice": float,
    "avgPrice": float,
    "minDays": int,
    "maxDays": int,
    "hasFlatRate": bool,
}
OFFER = {
    "name": str,
    "shipmentMethodUid": str,
    "price": (float, None),
    "currency": CURRENCY,
    "minDeliveryDays": int,
    "maxDeliveryDays": int,
    "minDeliveryDate": DAY,
    "maxDeliveryDate": DAY,
    "type": {"normal", "standard", "express", "pick_up", "pallet"},
    "isPrivate": bool,
    "isBusiness": bool,
    "totalWeight": (int, float),
    "numberOfParcels": int,
}
COUNTRIES = ("US", "DE", "GB", "SE", "JP", "AU", "BR")


@pytest.fixture
def methods(api):
    async def get(**query):
        answer = await api.get("/v1/shipment-methods", params=query)
        assert answer.status_code == 200, answer.text
        assert faults(answer.json(), {"shipmentMethods": [METHOD]}) == []
        return answer.json()["shipmentMethods"]

    return get


@pytest.fixture
async def mug(api):
    answer = await api.post("/v3/catalogs/mugs/products:search", json={"limit": 1})
    return answer.json()["products"][0]["productUid"]


@pytest.fixture
def priced(api, mug):
    """Search the prices of one product, and return the methods for one quantity."""

    async def search(quantity=1, **body):
        body = {"currency": "EUR", "country": "DE"} | body
        body["products"] = [{"productUid": mug, "quantities": [quantity]}]
        answer = await api.post("/v1/prices:search", json=body)
        assert answer.status_code == 200, answer.text
        quantities = {"quantity": int, "pageCount": (int, None), "methods": [PRICED]}
        shape = {"prices": [{"productUid": str, "quantities": [quantities]}]}
        assert faults(answer.json(), shape) == []
        return answer.json()["prices"][0]["quantities"][0]["methods"]

    return search


@pytest.fixture
def offers(api, quote):
    """Quote an order, and return the methods that the quote offers."""

    async def ask(**changes):
        answer = await api.post("/v4/orders:quote", json=quote(**changes))
        assert answer.status_code == 200, answer.text
        (one,) = answer.json()["quotes"]
        assert faults(one["shipmentMethods"], [OFFER]) == []
        return one["shipmentMethods"]

    return ask


def uids(rows):
    return {row["shipmentMethodUid"] for row in rows}


async def test_methods_are_those_of_the_country_asked_for(methods):
    every = await methods()
    assert len(uids(every)) == len(every) > 1
    for country in COUNTRIES:
        expected = [one for one in every if country in one["supportedCountries"]]
        assert await methods(country=country) == expected
        assert expected


async def test_no_price_is_of_a_method_that_a_country_lacks(methods, priced):
    for country in COUNTRIES:
        listed = uids(await methods(country=country))
        found = await priced(country=country)
        assert uids(found) <= listed
        assert found


async def test_no_quote_offers_a_method_that_a_country_lacks(methods, offers):
    for country in COUNTRIES:
        address = {"country": country}
        if country == "BR":
            address["federalTaxId"] = "123.456.789-09"
        if country == "JP":
            address |= {"city": "東京", "addressLine1": "銀座", "addressLine2": None}
        offered = await offers(address=address)
        assert uids(offered) <= uids(await methods(country=country))
        assert offered


async def test_tracked_and_private_methods_can_be_asked_for(methods, priced):
    by_uid = {one["shipmentMethodUid"]: one for one in await methods()}
    tracked = uids(await priced(hasTracking=True))
    assert tracked
    assert all(by_uid[uid]["hasTracking"] for uid in tracked)
    assert not all(one["hasTracking"] for one in by_uid.values())
    private = uids(await priced(isPrivate=True))
    assert private
    assert all(by_uid[uid]["isPrivate"] for uid in private)
    assert all(by_uid[uid]["isBusiness"] for uid in uids(await priced(isBusiness=True)))


async def test_prices_and_days_are_in_order(priced):
    for one in await priced():
        assert 0 <= one["minPrice"] <= one["avgPrice"]
        assert 0 < one["minDays"] <= one["maxDays"]


@pytest.mark.parametrize("missing", ["country", "currency", "products"])
async def test_prices_require_country_currency_and_products(api, mug, missing):
    body = {"currency": "EUR", "country": "DE"}
    body["products"] = [{"productUid": mug, "quantities": [1]}]
    del body[missing]
    answer = await api.post("/v1/prices:search", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
    assert missing in answer.text


@pytest.mark.parametrize("quantities", [[0], [-1], [], None, ["1"]], ids=str)
async def test_prices_require_quantities_of_at_least_one(api, mug, quantities):
    body = {"currency": "EUR", "country": "DE"}
    body["products"] = [{"productUid": mug, "quantities": quantities}]
    assert (await api.post("/v1/prices:search", json=body)).status_code == 400


async def test_a_quote_is_as_documented(api, quote, item):
    body = quote(items=[item(1, quantity=2), item(2)])
    answer = (await api.post("/v4/orders:quote", json=body)).json()
    product = {
        "itemReferenceId": str,
        "productUid": str,
        "quantity": int,
        "price": float,
        "currency": CURRENCY,
    }
    one = {
        "id": str,
        "itemReferenceIds": [str],
        "fulfillmentCountry": COUNTRY,
        "shipmentMethods": [OFFER],
        "products": [product],
    }
    assert faults(answer, {"orderReferenceId": str, "quotes": [one]}) == []
    assert answer["orderReferenceId"] == body["orderReferenceId"]
    quoted = [name for each in answer["quotes"] for name in each["itemReferenceIds"]]
    assert sorted(quoted) == ["item-1", "item-2"]


async def test_a_quote_takes_one_quote_as_its_wish(api, quote, item):
    body = quote(items=[item(1), item(2)]) | {"allowMultipleQuotes": False}
    answer = await api.post("/v4/orders:quote", json=body)
    assert (answer.status_code, len(answer.json()["quotes"])) == (200, 1)


async def test_an_order_without_a_method_has_the_cheapest(make, offers):
    cheapest = min(await offers(), key=lambda one: one["price"])
    for wanted in ({}, {"shipmentMethodUid": "cheapest"}, {"shipmentMethodUid": None}):
        shipment = (await make(**wanted))["shipment"]
        assert shipment["shipmentMethodUid"] == cheapest["shipmentMethodUid"]
        assert shipment["isCheapest"] is True


async def test_the_cheapest_of_several_methods_wins(make, offers):
    every = sorted(await offers(), key=lambda one: one["price"])
    dear, cheap = every[-1], every[0]
    assert dear["price"] > cheap["price"]
    wanted = f"{dear['shipmentMethodUid']},{cheap['shipmentMethodUid']}"
    shipment = (await make(shipmentMethodUid=wanted))["shipment"]
    assert shipment["shipmentMethodUid"] == cheap["shipmentMethodUid"]
    shipment = (await make(shipmentMethodUid=dear["shipmentMethodUid"]))["shipment"]
    assert shipment["shipmentMethodUid"] == dear["shipmentMethodUid"]
    assert shipment["isCheapest"] is False


@pytest.mark.parametrize("kind", ["normal", "express"])
async def test_a_kind_of_method_can_be_wished_for(make, offers, kind):
    every = {one["shipmentMethodUid"]: one for one in await offers()}
    chosen = (await make(shipmentMethodUid=kind))["shipment"]["shipmentMethodUid"]
    assert every[chosen]["type"] == kind


async def test_the_kind_standard_is_accepted_by_a_create(make, offers):
    chosen = (await make(shipmentMethodUid="standard"))["shipment"]["shipmentMethodUid"]
    assert chosen in uids(await offers())


async def test_only_a_tracked_order_has_a_tracking_code(app, make, fetch, methods, card):
    made = {}
    for method in await methods():
        if method["isPrivate"]:
            address = {"country": method["supportedCountries"][0]}
            wanted = {"address": address, "shipmentMethodUid": method["shipmentMethodUid"]}
            order = await make(items=[card], **wanted)
            assert order["shipment"]["shipmentMethodUid"] == method["shipmentMethodUid"]
            made[order["id"]] = method["hasTracking"]
    assert set(made.values()) == {True, False}
    app.advance(1000)
    for order_id, is_tracked in made.items():
        packages = (await fetch(order_id))["shipment"]["packages"]
        codes = [one.get("trackingCode") for one in packages]
        assert bool(packages and all(codes)) is is_tracked
        assert any(codes) is is_tracked
