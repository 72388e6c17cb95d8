"""Which methods an order may name: those of its country that suit its recipient.

The document's *shipment-methods* say of each method whether it is "suitable for shipping to
business addresses" and "to residential addresses", and in which countries it is "available as a
delivery option". *Create order*: a comma-separated list of methods is resolved to the cheapest.
"""

import pytest

pytestmark = pytest.mark.anyio

DOCUMENTED = {
    "dhl_global_parcel": ("DHL Global Parcel", {"AT", "GB", "NG", "SK"}, {"DE", "US"}),
    "dhl_parcel": ("DHL Parcel", {"DE"}, {"AT", "US"}),
    "tnt_parcel": ("PostNL Standard", {"NL"}, {"DE", "BE"}),
    "tnt_global_pack": ("PostNL Global Pack", {"DE", "JP", "US"}, {"GB", "MX", "NL"}),
}
GERMAN = {"country": "DE", "state": None}


@pytest.fixture
def listed(api):
    async def get(**query):
        answer = await api.get("/v1/shipment-methods", params=query)
        return {one["shipmentMethodUid"]: one for one in answer.json()["shipmentMethods"]}

    return get


@pytest.fixture
def fate(app, make, fetch):
    async def follow(**changes):
        made = await make(**changes)
        app.advance(10)
        return (await fetch(made["id"]))["refusalReasonCode"]

    return follow


@pytest.mark.parametrize("is_business", [True, False, None], ids=str)
async def test_only_methods_that_suit_the_recipient_are_offered(api, quote, listed, is_business):
    body = quote(address=GERMAN | {"isBusiness": is_business})
    (quoted,) = (await api.post("/v4/orders:quote", json=body)).json()["quotes"]
    offered = {one["shipmentMethodUid"] for one in quoted["shipmentMethods"]}
    name = "isBusiness" if is_business else "isPrivate"
    methods = await listed(country="DE")
    assert offered == {uid for uid, one in methods.items() if one[name]}
    assert offered < methods.keys()
    product = {"productUid": body["products"][0]["productUid"], "quantities": [1]}
    wanted = {"country": "DE", "currency": "USD", "products": [product], name: True}
    answer = await api.post("/v1/prices:search", json=wanted)
    priced = answer.json()["prices"][0]["quantities"][0]["methods"]
    assert {one["shipmentMethodUid"] for one in priced} == offered


@pytest.mark.parametrize(
    ("uid", "suits_business"), [("sandbox_letter", False), ("sandbox_pallet", True)]
)
async def test_an_order_fails_that_names_a_method_of_other_recipients(fate, uid, suits_business):
    for is_business in (True, False):
        address = GERMAN | {"isBusiness": is_business}
        code = await fate(address=address, shipmentMethodUid=uid)
        expected = None if is_business is suits_business else "unknown_shipment_method"
        assert code == expected


async def test_the_documented_methods_are_listed(listed):
    methods = await listed()
    for uid, (name, inside, outside) in DOCUMENTED.items():
        assert methods[uid]["name"] == name
        assert methods[uid]["hasTracking"] is True
        assert inside <= set(methods[uid]["supportedCountries"])
        assert not outside & set(methods[uid]["supportedCountries"])


@pytest.mark.parametrize("uid", DOCUMENTED)
async def test_a_documented_method_is_used_in_its_countries_alone(fate, make, uid):
    for country in ("DE", "US", "NL", "AT", "MX"):
        _, inside, outside = DOCUMENTED[uid]
        address = {"country": country}
        if country in inside:
            shipment = (await make(address=address, shipmentMethodUid=uid))["shipment"]
            assert shipment["shipmentMethodUid"] == uid
            assert shipment["shipmentMethodName"] == DOCUMENTED[uid][0]
        if country in outside:
            code = await fate(address=address, shipmentMethodUid=uid)
            assert code == "unknown_shipment_method"


async def test_a_method_that_no_document_lists_may_exist(fate, make):
    assert await fate(shipmentMethodUid="ups_surepost") is None
    made = await make(shipmentMethodUid="dhl_parcel,ups_surepost")
    assert made["shipment"]["shipmentMethodUid"] == "ups_surepost"
    assert made["shipmentMethodUid"] == "ups_surepost"


@pytest.mark.parametrize(
    ("uid", "code"), [("ups_surepost", None), ("upsidedown", "unknown_shipment_method")]
)
async def test_a_carriers_name_is_a_whole_word(fate, uid, code):
    assert await fate(shipmentMethodUid=uid) == code
