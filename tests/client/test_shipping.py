import json

import pytest

from gelato_async import BadRequestError, GelatoClient, NotFoundError, Unlimited, ValidationError
from gelato_async.client.products import Products
from gelato_async.client.shipping import Shipping
from gelato_async.models.shipping import ShippingPricesProduct, ShippingPricesRequest
from gelato_async.sandbox import Sandbox

pytestmark = pytest.mark.anyio

EVERY_METHOD = {
    *("sandbox_post", "sandbox_letter", "sandbox_parcel", "sandbox_express", "sandbox_pallet"),
    *("dhl_parcel", "tnt_global_pack"),
}
MUG = "mugs_msz_11-oz_mmat_ceramic-white"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(rate_limit=None, speed=0.0) as running:
        yield running


@pytest.fixture
async def client(sandbox):
    async with GelatoClient(sandbox.api_key, base_url=sandbox.url, limiter=Unlimited()) as client:
        yield client


@pytest.fixture
def shipping(client):
    return Shipping(client.engine)


def asked(*products, country="SE", currency="SEK", **changes):
    return ShippingPricesRequest(country=country, currency=currency, products=products, **changes)


def product(uid=MUG, quantities=(1,), **changes):
    return ShippingPricesProduct(product_uid=uid, quantities=quantities, **changes)


async def test_methods_are_those_to_a_country(shipping):
    every = await shipping.methods()
    to_mexico = await shipping.methods("MX")
    assert {method.type for method in every} == {"normal", "express", "pallet"}
    assert [method.shipment_method_uid for method in to_mexico] == [
        "sandbox_post",
        "sandbox_letter",
    ]
    assert all("MX" in method.supported_countries for method in to_mexico)
    assert await shipping.methods(country="AX") == ()


@pytest.mark.parametrize("country", ["UK", "se", "Sweden", ""])
async def test_a_country_that_is_no_code_is_refused_before_it_is_sent(sandbox, shipping, country):
    before = sandbox.audit().requests
    with pytest.raises(ValidationError) as caught:
        await shipping.methods(country)
    assert [problem.path for problem in caught.value.problems] == ["country"]
    assert sandbox.audit().requests == before


async def test_shipping_is_priced_by_product_quantity_and_method(shipping):
    answer = await shipping.prices(asked(product(quantities=[1, 50])))
    (row,) = answer.prices
    one, fifty = row.quantities
    assert (row.product_uid, one.quantity, fifty.quantity, one.page_count) == (MUG, 1, 50, None)
    assert [method.shipment_method_uid for method in one.methods] == [
        "sandbox_post",
        "sandbox_letter",
        "sandbox_parcel",
        "dhl_global_parcel",
        "tnt_global_pack",
    ]
    for light, heavy in zip(one.methods, fifty.methods, strict=True):
        assert (light.min_price == heavy.min_price) is heavy.has_flat_rate
        assert light.min_price <= heavy.min_price < heavy.avg_price
        assert light.min_days <= light.max_days
    assert [method.has_flat_rate for method in one.methods] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("changes", "methods"),
    [
        ({"country": "DE"}, EVERY_METHOD),
        ({"country": "DE", "is_private": True}, EVERY_METHOD - {"sandbox_pallet"}),
        ({"country": "DE", "has_tracking": True}, EVERY_METHOD - {"sandbox_letter"}),
        ({"country": "MX"}, {"sandbox_letter", "sandbox_post"}),
        ({"country": "DE", "is_business": True}, EVERY_METHOD - {"sandbox_letter"}),
        ({"country": "DE", "is_private": False, "has_tracking": False}, EVERY_METHOD),
        ({"country": "AX"}, set()),
    ],
)
async def test_methods_are_narrowed_down(shipping, changes, methods):
    answer = await shipping.prices(asked(product(), **changes))
    assert {
        method.shipment_method_uid for method in answer.prices[0].quantities[0].methods
    } == methods


async def test_a_multi_page_product_needs_its_pages(client, shipping):
    book = await anext(aiter(Products(client.engine).search("photobooks")))
    answer = await shipping.prices(asked(product(book.product_uid, page_count=34)))
    assert answer.prices[0].quantities[0].page_count == 34
    with pytest.raises(BadRequestError) as caught:
        await shipping.prices(asked(product(), product(book.product_uid)))
    assert caught.value.details[0]["path"] == "products[1].pageCount"


async def test_an_unknown_product_is_an_error(shipping):
    with pytest.raises(NotFoundError) as caught:
        await shipping.prices(asked(product("nonsense")))
    assert "nonsense" in str(caught.value)


async def test_what_the_client_lets_through_the_sandbox_refuses(client):
    loose = Shipping(client.with_options(validate=False).engine)
    with pytest.raises(BadRequestError) as caught:
        await loose.prices(asked(product(quantities=[0]), country="UK", currency=""))
    assert {problem["path"] for problem in caught.value.details} == {
        "country",
        "currency",
        "products[0].quantities",
    }
    assert json.loads(caught.value.body)["code"] == "BAD_REQUEST"
