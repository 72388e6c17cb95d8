"""Prices and shipment methods of the sandbox, as the live API was seen to answer them."""

import pytest

pytestmark = pytest.mark.anyio

KEY = {"X-API-KEY": "sandbox-key"}
FRAME = "frame_product_frs_300x400-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass"


@pytest.fixture
def methods_of(anyone):
    """Return the uids and types of the methods to a country, as both shipment routes name them."""

    async def methods(country):
        listed = await anyone.nobody.get(
            "/v1/shipment-methods", params={"country": country}, headers=KEY
        )
        product = {"productUid": FRAME, "quantities": [1]}
        body = {"country": country, "currency": "EUR", "products": [product]}
        priced = await anyone.nobody.post("/v1/prices:search", json=body, headers=KEY)
        (row,) = priced.json()["prices"][0]["quantities"]
        return (
            {(one["shipmentMethodUid"], one["type"]) for one in listed.json()["shipmentMethods"]},
            {(one["shipmentMethodUid"], one["type"]) for one in row["methods"]},
        )

    return methods


async def prices_of(anyone, uid, **query):
    answer = await anyone.nobody.get(f"/v3/products/{uid}/prices", params=query, headers=KEY)
    assert answer.status_code == 200
    return answer.json()


async def test_prices_without_country_are_of_several(anyone):
    rows = await prices_of(anyone, FRAME)
    assert len({row["country"] for row in rows}) > 1
    assert len({row["currency"] for row in rows}) > 1
    assert len({row["quantity"] for row in rows}) > 1


async def test_a_hundred_frames_cost_less_than_a_hundred_times_one(anyone):
    rows = await prices_of(anyone, FRAME, country="DE", currency="EUR")
    prices = {row["quantity"]: row["price"] for row in rows}
    assert prices[100] == round(100 * 0.75 * (14 + 21 * 0.3 * 0.4), 2)
    assert prices[100] < 100 * prices[1]
    assert all(price == round(price, 2) for price in prices.values())


@pytest.mark.parametrize("currency", ["EUR", "JPY", "HRK", "RUB", "AED", "CLP"])
async def test_a_documented_currency_has_prices_and_shipping(anyone, currency):
    rows = await prices_of(anyone, FRAME, country="DE", currency=currency)
    assert {row["currency"] for row in rows} == {currency}
    product = {"productUid": FRAME, "quantities": [1]}
    body = {"country": "DE", "currency": currency, "products": [product]}
    answer = await anyone.nobody.post("/v1/prices:search", json=body, headers=KEY)
    assert answer.json()["prices"][0]["quantities"][0]["methods"]


async def test_an_unknown_currency_has_neither(anyone):
    assert await prices_of(anyone, FRAME, country="DE", currency="XYZ") == []
    product = {"productUid": FRAME, "quantities": [1]}
    body = {"country": "DE", "currency": "XYZ", "products": [product]}
    answer = await anyone.nobody.post("/v1/prices:search", json=body, headers=KEY)
    assert answer.json()["prices"][0]["quantities"][0]["methods"] == []


@pytest.mark.parametrize("country", ["DE", "SE", "US", "MX", "CN"])
async def test_both_routes_offer_what_a_country_has(methods_of, country):
    listed, priced = await methods_of(country)
    assert listed == priced
    assert {kind for _, kind in listed} <= {"normal", "express", "pallet"}
    assert "normal" in {kind for _, kind in listed}


async def test_a_country_without_delivery_has_no_method(methods_of):
    assert await methods_of("AX") == (set(), set())


@pytest.mark.parametrize("wanted", ["isBusiness", "isPrivate", "hasTracking"])
async def test_methods_suit_the_recipient(anyone, wanted):
    product = {"productUid": FRAME, "quantities": [1]}
    body = {"country": "DE", "currency": "EUR", "products": [product], wanted: True}
    answer = await anyone.nobody.post("/v1/prices:search", json=body, headers=KEY)
    offered = answer.json()["prices"][0]["quantities"][0]["methods"]
    query = {"country": "DE"}
    listed = await anyone.nobody.get("/v1/shipment-methods", params=query, headers=KEY)
    methods = listed.json()["shipmentMethods"]
    suiting = {one["shipmentMethodUid"] for one in methods if one[wanted]}
    assert {one["shipmentMethodUid"] for one in offered} == suiting
    assert len(offered) == len(suiting)
    assert len(suiting) < len(methods)


async def test_a_quantity_is_at_most_a_million(anyone):
    product = {"productUid": FRAME, "quantities": [10**400]}
    body = {"country": "DE", "currency": "EUR", "products": [product]}
    answer = await anyone.nobody.post("/v1/prices:search", json=body, headers=KEY)
    assert answer.status_code == 400
