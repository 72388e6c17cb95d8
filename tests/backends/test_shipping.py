from decimal import Decimal

import pytest
from support.golden import SAMPLES, broken, parse, refused_keys, sample, shown, unread, with_news

from gelato_async import UnsupportedError
from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato.shipping import ROUTES, RULES
from gelato_async.core.operations.base import Kind
from gelato_async.core.operations.shipping import ListShipmentMethods, SearchShippingPrices
from gelato_async.models.enums import ShipmentMethodType
from gelato_async.models.shipping import ShippingPricesProduct, ShippingPricesRequest

MUG = ShippingPricesProduct(product_uid="mugs_11-oz", quantities=[1])


def asked(**changes):
    fields = {"country": "SE", "currency": "SEK", "products": [MUG]}
    return SearchShippingPrices(ShippingPricesRequest(**(fields | changes)))


def asked_of(uid="mugs_11-oz", quantities=(1,), **changes):
    return asked(
        products=[ShippingPricesProduct(product_uid=uid, quantities=quantities, **changes)]
    )


REQUESTS = {
    "methods": ListShipmentMethods(),
    "methods_of_a_country": ListShipmentMethods(country="SE"),
    "prices_minimal": asked(),
    "prices": asked(
        country="GB",
        currency="GBP",
        is_business=False,
        is_private=True,
        has_tracking=True,
        products=[
            ShippingPricesProduct(
                product_uid="albums_linen", quantities=(1, 10, 250), page_count=60
            ),
            ShippingPricesProduct(
                product_uid="mugs_11-oz", quantities=[2], extra={"weightLimit": 500}
            ),
        ],
        extra={"incoTerms": "DDP"},
    ),
}
ANSWERS = {"answer_methods": ListShipmentMethods(), "answer_prices": asked()}
NEEDED = {
    "answer_methods": {"shipmentMethodUid"},
    "answer_prices": {"shipmentMethodUid", "productUid"},
}
answers = pytest.mark.parametrize("name", ANSWERS)


@pytest.mark.parametrize("name", REQUESTS)
def test_an_operation_becomes_the_documented_request(name):
    assert shown(REQUESTS[name]) == sample(f"shipping/request_{name}")


def test_every_route_has_its_sample():
    assert {type(operation) for operation in REQUESTS.values()} == ROUTES.keys()
    files = {f"request_{name}" for name in REQUESTS} | ANSWERS.keys()
    assert {path.stem for path in SAMPLES.glob("shipping/*.json")} == files


def test_questions_change_nothing_and_may_be_repeated():
    assert {operation.kind for operation in ROUTES} == {Kind.READ}


def test_gelato_connect_has_no_such_call():
    with pytest.raises(UnsupportedError):
        connect_backend("acme", "key", "secret").prepare(ListShipmentMethods())


BROKEN = [
    (ListShipmentMethods(country="UK"), "country"),
    (ListShipmentMethods(country="Sweden"), "country"),
    (asked(country=""), "country"),
    (asked(country=None), "country"),
    (asked(country="UK"), "country"),
    (asked(currency=" "), "currency"),
    (asked(products=[]), "products"),
    (asked_of(uid=""), "products[0].productUid"),
    (asked_of(quantities=[]), "products[0].quantities"),
    (asked_of(quantities=[None]), "products[0].quantities[0]"),
    (asked_of(quantities=[1, 0]), "products[0].quantities[1]"),
    (asked_of(quantities=[1, 2.5]), "products[0].quantities[1]"),
    (asked_of(page_count=0), "products[0].pageCount"),
]


@pytest.mark.parametrize(
    ("operation", "path"), BROKEN, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_broken_rule_is_the_only_problem_with_its_path(operation, path):
    assert set(broken(operation)) == {path}


def test_every_rule_of_the_table_is_broken_by_a_case():
    told = {
        (type(operation), path.replace("[0]", "[]").replace("[1]", "[]"))
        for operation, path in BROKEN
    }
    assert told == {(kind, rule.path) for kind, table in RULES.items() for rule in table}


@pytest.mark.parametrize(
    "operation",
    [
        asked(country="GB", currency="XYZ"),
        asked(is_business=True, is_private=True),
        asked_of(quantities=range(1, 500)),
    ],
)
def test_what_the_documents_allow_passes(operation):
    assert broken(operation) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: asked_of(quantities="12"),
        lambda: asked(products="mugs"),
        lambda: SearchShippingPrices("mugs"),
    ],
)
def test_a_single_text_is_not_a_list(make):
    with pytest.raises(TypeError):
        make()


@answers
def test_every_documented_key_reaches_an_attribute(name):
    found = sample(f"shipping/{name}")
    answer = parse(ANSWERS[name], found)
    assert list(unread(found, answer)) == []
    assert answer.raw == found


@answers
def test_only_what_identifies_a_thing_is_required(name):
    assert refused_keys(ANSWERS[name], sample(f"shipping/{name}")) == NEEDED[name]


@answers
def test_unknown_keys_anywhere_are_ignored(name):
    found = with_news(sample(f"shipping/{name}"))
    answer = parse(ANSWERS[name], found)
    assert [path for path in unread(found, answer) if "brandNew" not in path] == []
    assert answer.raw == found


def test_methods_are_read_with_their_types():
    letter, pallet = parse(
        ListShipmentMethods(), sample("shipping/answer_methods")
    ).shipment_methods
    assert (letter.type, pallet.type) == (ShipmentMethodType.NORMAL, ShipmentMethodType.PALLET)
    assert (letter.is_private, pallet.is_private, letter.has_tracking) == (True, False, False)
    assert letter.supported_countries == ("FI", "NO", "SE")
    assert pallet.raw["name"] == pallet.name == "Heavy Pallet"


def test_a_type_that_came_later_is_kept():
    found = {"shipmentMethods": [{"shipmentMethodUid": "drone", "type": "by_air"}]}
    (method,) = parse(ListShipmentMethods(), found).shipment_methods
    assert (method.type, method.type.is_known) == ("by_air", False)


def test_prices_are_read_with_the_digits_that_they_show():
    (row,) = parse(asked(), sample("shipping/answer_prices")).prices
    one, many = row.quantities
    assert (one.quantity, one.page_count, many.page_count) == (1, None, 26)
    assert one.methods[0].min_price == Decimal("6.27")
    assert many.methods[0].min_price == Decimal("19.10")
    assert (many.methods[1].min_days, many.methods[1].max_days, one.methods[0].has_flat_rate) == (
        5,
        9,
        True,
    )
