"""Catalogs, products and shipment methods that are not the built-in ones."""

import pytest

from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.built_in import CURRENCIES
from gelato_async.sandbox.catalog.built_in_catalogs import CATALOGS
from gelato_async.sandbox.catalog.built_in_methods import SHIPMENT_METHODS
from gelato_async.sandbox.catalog.countries import SUPPORTED
from gelato_async.sandbox.catalog.entities import (
    Attribute,
    Catalog,
    Discount,
    Measure,
    Price,
    PriceRule,
    Product,
    ShipmentMethod,
    Stock,
)
from gelato_async.sandbox.catalog.product_prices import prices

FRAME = "frame_product_frs_300x400-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass"


def own(*products, catalogs=CATALOGS, methods=SHIPMENT_METHODS, **options):
    return Assortment(catalogs, products, CURRENCIES, methods, **{"any_products": False} | options)


def test_a_uid_and_a_price_are_enough_for_a_product():
    mine = own(Product(uid="My own thing", prices=(Price(price=10.0, currency="USD"),)))
    product = mine.product("My own thing")
    assert mine.line_price(product, 3, None, "SE", "USD") == 30.0
    assert mine.line_price(product, 3, None, "SE", "EUR") == round(30 / 1.08, 2)
    assert product.catalog == "general"
    assert (product.weight > 0, product.supported_countries) == (True, SUPPORTED)


def test_a_price_of_one_copy_has_the_discounts_of_the_catalog():
    mine = own(Product(uid=FRAME, price=10.0))
    product = mine.product(FRAME)
    assert mine.line_price(product, 1, None, "DE", "USD") == 10.8
    assert mine.line_price(product, 10, None, "DE", "EUR") == 90.0


@pytest.mark.parametrize("amount", [-0.01, float("inf"), float("nan")])
def test_an_amount_is_a_number_of_at_least_0(amount):
    for build in (
        lambda: Price(price=amount),
        lambda: PriceRule(base=amount),
        lambda: Product(uid="mine", price=amount),
        lambda: Product(uid="mine", weight=amount),
    ):
        with pytest.raises(ValueError, match="must be"):
            build()


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_measure_can_be_written_as_json(value):
    with pytest.raises(ValueError, match="must be a finite number"):
        Measure(value=value)
    assert Measure(value=-1.5).value == -1.5


def test_a_product_of_a_catalog_may_have_a_price_of_its_own():
    mine = own(Product(uid=FRAME, prices=(Price(price=1.0),)))
    products = mine.products_of("frames")
    assert [product.uid for product in products].count(FRAME) == 1
    assert len(products) == len(own().products_of("frames"))
    assert products[0].attributes["FrameColor"] == "black"
    assert mine.line_price(mine.product(FRAME), 100, None, "DE", "EUR") == 100.0


@pytest.mark.parametrize(
    ("pages", "country", "currency", "quantity", "price"),
    [
        (None, "DE", "EUR", 1, 10.0),
        (None, "DE", "EUR", 9, 90.0),
        (None, "DE", "EUR", 10, 80.0),
        (None, "DE", "EUR", 11, 88.0),
        (None, "US", "USD", 10, 150.0),
        (None, "US", "EUR", 1, 13.89),
        (None, "GB", "GBP", 1, 8.6),
        (None, "SE", "SEK", 1, 100.0),
        (None, "SE", "NOK", 1, 117.0),
    ],
)
def test_the_price_that_is_most_exact_counts(pages, country, currency, quantity, price):
    prices = (
        Price(price=80.0, quantity=10),
        Price(price=10.0),
        Price(price=100.0, currency="SEK"),
        Price(price=15.0, currency="USD", country="US"),
    )
    mine = own(Product(uid="mine", prices=prices))
    product = mine.product("mine")
    assert mine.line_price(product, quantity, pages, country, currency) == price


def test_prices_may_be_of_page_counts_and_of_countries_alone():
    prices = (
        Price(price=5.0, page_count=10, country="DE"),
        Price(price=7.0, page_count=20, country="DE"),
    )
    mine = own(Product(uid="mine", prices=prices))
    product = mine.product("mine")
    assert product.page_counts == (10, 20)
    assert mine.line_price(product, 2, 20, "DE", "EUR") == 14.0
    assert mine.line_price(product, 2, None, "DE", "EUR") == 10.0
    with pytest.raises(LookupError):
        mine.line_price(product, 2, 20, "SE", "EUR")


@pytest.mark.parametrize(
    ("own_prices", "countries", "currencies", "row"),
    [
        ([], {"DE", "GB", "SE", "US"}, {"EUR", "GBP", "SEK", "USD"}, None),
        (
            [Price(price=9.5, currency="NOK", quantity=3)],
            {"DE", "GB", "SE", "US"},
            {"NOK"},
            {"quantity": 3, "price": 9.5, "currency": "NOK"},
        ),
        (
            [Price(price=1.0), Price(price=2.0, country="IT")],
            {"DE", "GB", "IT", "SE", "US"},
            {"EUR"},
            {"country": "IT", "price": 2.0},
        ),
        ([Price(price=2.0, country="IT")], {"IT"}, {"EUR"}, {"country": "IT", "price": 2.0}),
        (
            [Price(price=2.0, country="IT", page_count=8)],
            {"IT"},
            {"EUR"},
            {"pageCount": 8, "price": 2.0},
        ),
    ],
)
def test_the_rows_of_prices_are_a_products_own(own_prices, countries, currencies, row):
    mine = own(Product(uid="mine", prices=tuple(own_prices)))
    rows = prices(mine, mine.product("mine"), {"pageCount": "8"})
    assert {row["country"] for row in rows} == countries
    assert {row["currency"] for row in rows} == currencies
    assert row is None or any(row.items() <= one.items() for one in rows)


def test_prices_are_of_where_a_product_is_delivered():
    mine = own(Product(uid="mine", supported_countries=("IT", "SE")))
    product = mine.product("mine")
    assert {row["country"] for row in prices(mine, product, {})} == {"SE"}
    assert prices(mine, product, {"country": "DE"}) == []
    only = own(Product(uid="mine", supported_countries=("IT",)))
    assert {row["country"] for row in prices(only, only.product("mine"), {})} == {"IT"}


@pytest.mark.parametrize(
    "countries",
    [
        {"supported_countries": ("AX", "IT")},
        {"not_supported_countries": ("US",)},
        {"supported_countries": ("IT",), "not_supported_countries": ("US",)},
    ],
    ids=str,
)
def test_no_country_is_both_supported_and_not(countries):
    product = own(Product(uid="mine", **countries)).product("mine")
    assert not set(product.supported_countries) & set(product.not_supported_countries)
    assert "IT" in product.supported_countries
    for name, given in countries.items():
        assert getattr(product, name) == given


def test_a_price_rule_may_be_without_discounts():
    rule = PriceRule(base=2.0, discounts=())
    mine = own(
        Product(uid="mine", catalog="all"), catalogs=[Catalog(uid="all", title="", price=rule)]
    )
    assert mine.line_price(mine.product("mine"), 7, None, "DE", "EUR") == 14.0
    assert [product.uid for product in mine.products_of("all")] == ["mine"]


def test_discounts_count_in_any_order():
    discounts = (Discount(quantity=10, factor=0.5), Discount(quantity=1, factor=1.0))
    rule = PriceRule(base=10.0, discounts=discounts)
    mine = own(
        Product(uid="mine", catalog="all"), catalogs=[Catalog(uid="all", title="", price=rule)]
    )
    product = mine.product("mine")
    found = [mine.line_price(product, quantity, None, "DE", "EUR") for quantity in (1, 9, 10)]
    assert found == [10.0, 90.0, 50.0]


@pytest.mark.parametrize("days", [-1, 10_001])
def test_days_are_those_that_dates_have_room_for(days):
    method = {"uid": "slow", "name": "Slow", "type": "normal", "price": 1.0}
    for build in (
        lambda: Stock(status="out-of-stock-replenishable", replenishment_days=days),
        lambda: ShipmentMethod(**method, min_days=days, max_days=10_000),
        lambda: ShipmentMethod(**method, min_days=0, max_days=days),
    ):
        with pytest.raises(ValueError, match=r"_days' must be"):
            build()


def test_attributes_outside_the_uid_have_their_first_value():
    size = Attribute(uid="Size", title="", values={"S": "", "M": ""})
    kind = Attribute(uid="Kind", title="", values={"new": "", "old": ""})
    pens = Catalog(
        uid="pens",
        title="",
        price=PriceRule(base=1.0, discounts=(Discount(quantity=1, factor=1.0),)),
        product_uids="PEN_{Size}_{Size}",
        attributes=(size, kind),
        dimensions={"Ink": Measure(value="blue"), "Width": Measure(value="thin")},
    )
    mine = own(catalogs=[pens])
    assert [product.uid for product in mine.products_of("pens")] == ["pen_s_s", "pen_m_m"]
    assert mine.product("pen_m_m").attributes == {"Size": "M", "Kind": "new"}
    assert mine.product("pen_m_m").weight == 0
    assert mine.product("pen_m_s") is None


@pytest.mark.parametrize(
    ("product", "message"),
    [
        (Product(uid="mine", catalog="nothing"), "no catalog is named nothing"),
        (Product(uid="mine", prices=(Price(price=1, currency="XYZ"),)), "XYZ has no rate"),
    ],
)
def test_products_must_fit_the_rest(product, message):
    with pytest.raises(ValueError, match=message):
        own(product)


def test_a_catalog_has_no_more_products_than_can_be_searched():
    names = [f"A{number}" for number in range(5)]
    attributes = []
    for name in names:
        attributes.append(Attribute(uid=name, title="", values=dict.fromkeys("abcdefghij", "")))
    rest = {"uid": "pens", "title": "", "price": PriceRule(base=1.0), "attributes": attributes}
    Catalog(product_uids="pen_{A0}{A1}{A2}{A3}", **rest)
    with pytest.raises(ValueError, match=r"100,000 combinations are too many, .* be 10,000"):
        Catalog(product_uids="pen_{A0}{A1}{A2}{A3}{A4}", **rest)


@pytest.mark.parametrize("form", ["pen_{Size}", "pen_{}", "pen_{Size", "pen_{The Size}"])
def test_the_form_of_uids_names_attributes(form):
    with pytest.raises(ValueError, match="product_uids of pens"):
        Catalog(uid="pens", title="", price=PriceRule(base=1.0), product_uids=form)


def test_a_number_in_the_form_of_uids_is_no_attribute():
    number = Attribute(uid="0", title="", values={"A": ""})
    rest = {"uid": "pens", "title": "", "price": PriceRule(base=1.0), "attributes": (number,)}
    with pytest.raises(ValueError, match="braces are for attributes"):
        Catalog(product_uids="pen_{0}", **rest)


def test_stock_is_a_products_own_where_it_has_some():
    awaited = Stock(status="out-of-stock-replenishable", replenishment_days=3)
    mine = own(Product(uid="mine", stock={"EU": awaited}))
    product = mine.product("mine")
    assert mine.is_stockable(product)
    assert mine.stock(product, "EU") == awaited
    assert mine.stock(product, "UK") == Stock(status="in-stock")


def test_the_cheapest_method_for_a_weight_comes_first():
    quick = ShipmentMethod(
        uid="quick", name="Quick", type="express", price=9.0, min_days=1, max_days=1
    )
    slow = ShipmentMethod(
        uid="slow", name="Slow", type="pick_up", price=1.0, per_kilogram=8.0, min_days=1, max_days=9
    )
    mine = own(methods=[quick, slow])
    assert [method.uid for method in mine.methods("DE")] == ["slow", "quick"]
    assert [method.uid for method in mine.methods("DE", 2000)] == ["quick", "slow"]
    assert mine.chosen_method(None, "DE", 2000) == mine.methods("DE", 2000)[0]
    assert mine.shipping_price(slow, 250, "USD") == round(3 * 1.08, 2)
