from datetime import date
from decimal import Decimal

import pytest
from support.golden import (
    BACKEND,
    SAMPLES,
    broken,
    parse,
    refused_keys,
    sample,
    shown,
    unread,
    with_news,
)

from gelato_async import (
    AuthenticationError,
    BadRequestError,
    DecodeError,
    Problem,
    ServerError,
    ValidationError,
)
from gelato_async.backends.gelato.products import ROUTES, RULES
from gelato_async.core.operations.base import Kind
from gelato_async.core.operations.products import (
    GetAvailability,
    GetCatalog,
    GetCoverDimensions,
    GetPrices,
    GetProduct,
    ListCatalogs,
    SearchProducts,
)
from gelato_async.models.enums import StockStatus
from gelato_async.models.product import CoverArea, Measure
from gelato_async.models.stock_regions import StockRegion

ODD_UID = "a/b å?x#y"
FILTERS = {"Orientation": ["hor", "ver"], "CoatingType": ("none",), "Variable": []}
REQUESTS = {
    "catalogs": ListCatalogs(),
    "catalogs_next_page": ListCatalogs(limit=100, offset=20),
    "catalog": GetCatalog(ODD_UID),
    "search": SearchProducts("posters"),
    "search_filtered": SearchProducts(ODD_UID, attribute_filters=FILTERS, limit=50, offset=150),
    "get": GetProduct(ODD_UID),
    "cover_dimensions": GetCoverDimensions("albums_linen", page_count=60),
    "cover_dimensions_without_pages": GetCoverDimensions("albums_linen"),
    "prices": GetPrices("albums_linen"),
    "prices_filtered": GetPrices("albums_linen", country="GB", currency="GBP", page_count=60),
    "availability": GetAvailability(["frames_black", ODD_UID]),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_an_operation_becomes_the_documented_request(name):
    assert shown(REQUESTS[name]) == sample(f"products/request_{name}")


def test_every_route_and_every_rule_has_its_sample():
    assert {type(operation) for operation in REQUESTS.values()} == ROUTES.keys()
    assert {path.stem for path in SAMPLES.glob("products/request_*")} == {
        f"request_{name}" for name in REQUESTS
    }
    assert {path.stem for path in SAMPLES.glob("products/answer_*")} == ANSWERS.keys()
    assert RULES.keys() <= ROUTES.keys()


def test_questions_change_nothing_and_may_be_repeated():
    assert {operation.kind for operation in ROUTES} == {Kind.READ}


@pytest.mark.parametrize(
    "operation", [GetCatalog, SearchProducts, GetProduct, GetCoverDimensions, GetPrices]
)
@pytest.mark.parametrize("uid", ["", " ", ".", ".."])
def test_a_uid_that_addresses_something_else_is_refused(operation, uid):
    with pytest.raises(ValidationError) as caught:
        BACKEND.prepare(operation(uid))
    assert [problem.path for problem in caught.value.problems] in (["catalog_uid"], ["product_uid"])


def test_a_request_does_not_change_with_the_callers_lists():
    filters, uids = {"Orientation": ["hor"]}, ["one"]
    search, stock = SearchProducts("posters", attribute_filters=filters), GetAvailability(uids)
    filters["Orientation"].append("ver")
    filters["CoatingType"] = ["none"]
    uids.append("two")
    assert search.attribute_filters == {"Orientation": ("hor",)}
    assert stock.products == ("one",)


@pytest.mark.parametrize(
    "make",
    [
        lambda: GetAvailability("one-uid"),
        lambda: SearchProducts("posters", attribute_filters={"Orientation": "hor"}),
        lambda: GetProduct(7),
        lambda: GetCatalog(None),
    ],
)
def test_a_single_text_is_not_a_list_nor_a_number_a_uid(make):
    with pytest.raises(TypeError):
        make()


# rules

BROKEN = [
    (ListCatalogs(limit=0), "limit"),
    (ListCatalogs(offset=-1), "offset"),
    (SearchProducts("posters", limit=0), "limit"),
    (SearchProducts("posters", limit=101), "limit"),
    (SearchProducts("posters", limit="50"), "limit"),
    (SearchProducts("posters", limit=True), "limit"),
    (SearchProducts("posters", offset=-1), "offset"),
    (GetCoverDimensions("albums", page_count=0), "pageCount"),
    (GetCoverDimensions("albums", page_count="34"), "pageCount"),
    (GetPrices("albums", country="UK"), "country"),
    (GetPrices("albums", country="se"), "country"),
    (GetPrices("albums", country=""), "country"),
    (GetPrices("albums", page_count=-4), "pageCount"),
    (GetAvailability([]), "products"),
    (GetAvailability([f"uid-{n}" for n in range(251)]), "products"),
    (GetAvailability(["one", ""]), "products[1]"),
]


@pytest.mark.parametrize(
    ("operation", "path"), BROKEN, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_broken_rule_is_the_only_problem_with_its_path(operation, path):
    assert broken(operation) == [path]


def test_every_rule_of_the_table_is_broken_by_a_case():
    told = {
        (type(operation), path.replace("[0]", "[]").replace("[1]", "[]"))
        for operation, path in BROKEN
    }
    assert told == {(kind, rule.path) for kind, table in RULES.items() for rule in table}


@pytest.mark.parametrize(
    "operation",
    [
        SearchProducts("posters", limit=100, offset=0),
        SearchProducts("posters", limit=1),
        GetPrices("albums", country="GB", currency="XYZ", page_count=1),
        GetAvailability([f"uid-{n}" for n in range(250)]),
    ],
)
def test_what_the_documents_allow_passes(operation):
    assert broken(operation) == []


# answers

ANSWERS = {
    "answer_catalogs_bare": ListCatalogs(),
    "answer_catalogs_page": ListCatalogs(),
    "answer_catalog": GetCatalog("calendars"),
    "answer_products": SearchProducts("calendars"),
    "answer_product": GetProduct("calendars_a3"),
    "answer_cover_dimensions": GetCoverDimensions("albums", page_count=60),
    "answer_prices": GetPrices("calendars_a3"),
    "answer_availability": GetAvailability(["one"]),
}
NEEDED = {
    "answer_catalogs_bare": {"catalogUid"},
    "answer_catalogs_page": {"catalogUid"},
    "answer_catalog": {"catalogUid", "productAttributeUid", "productAttributeValueUid"},
    "answer_products": {"productUid"},
    "answer_product": {"productUid"},
    "answer_cover_dimensions": {"productUid"},
    "answer_prices": {"productUid"},
    "answer_availability": {"productUid", "stockRegionUid"},
}
BARE = {"answer_catalogs_bare": "data", "answer_prices": "prices"}
answers = pytest.mark.parametrize("name", ANSWERS)


def read(name, change=lambda found: found):
    """An answer as it is read, and what it is read from: a bare list counts as an object."""
    found = change(sample(f"products/{name}"))
    return ({BARE[name]: found} if name in BARE else found), parse(ANSWERS[name], found)


@answers
def test_every_documented_key_reaches_an_attribute(name):
    found, answer = read(name)
    assert list(unread(found, answer)) == []
    assert answer.raw == found


@answers
def test_only_what_identifies_a_thing_is_required(name):
    assert refused_keys(ANSWERS[name], sample(f"products/{name}")) == NEEDED[name]


@answers
def test_unknown_keys_anywhere_are_ignored(name):
    found, answer = read(name, with_news)
    assert [path for path in unread(found, answer) if "brandNew" not in path] == []
    assert answer.raw == found


def test_catalogs_are_read_from_a_bare_list_and_from_a_page():
    bare, page = read("answer_catalogs_bare")[1], read("answer_catalogs_page")[1]
    assert bare.catalogs == page.catalogs
    assert [(one.catalog_uid, one.title, one.product_attributes) for one in bare.catalogs] == [
        ("calendars", "Calendars", ()),
        ("tote-bags", "Tote bags", ()),
    ]
    assert bare.catalogs[0].raw == {"catalogUid": "calendars", "title": "Calendars"}
    assert bare.pagination is None
    assert (page.pagination.total, page.pagination.offset) == (7, 2)


@pytest.mark.parametrize(
    ("pagination", "count", "last"),
    [
        (None, 2, True),
        ({"total": 2}, 2, True),
        ({"total": 3}, 2, False),
        ({"total": None}, 2, False),
        ({}, 2, False),
    ],
)
def test_a_page_of_catalogs_knows_whether_it_is_the_last(pagination, count, last):
    page = parse(ListCatalogs(), {"data": [{"catalogUid": "a"}, None], "pagination": pagination})
    assert page.ends_at(count) is last
    assert page.length == 2
    assert [catalog.catalog_uid for catalog in page.catalogs] == ["a"]


def test_a_catalog_is_read_with_its_attributes():
    _, catalog = read("answer_catalog")
    values = {
        one.product_attribute_uid: [v.product_attribute_value_uid for v in one.values]
        for one in catalog.product_attributes
    }
    assert values == {"Orientation": ["hor", "ver"], "BindingType": ["wire-o"]}
    assert catalog.product_attributes[1].title == "Binding"
    assert catalog.product_attributes[0].values[1].title == "Tall"


def test_a_page_of_products_is_read_with_its_types():
    _, page = read("answer_products")
    calendar, bag = page.products
    assert page.length == 2
    assert calendar.attributes["PaperFormat"] == "A3"
    assert calendar.weight == Measure(value=311.75, measure_unit="grams")
    assert calendar.dimensions["Thickness"] == Measure(value=2.4125, measure_unit="mm")
    assert calendar.dimensions["Height"].value == "420.0"
    assert (calendar.supported_countries, bag.supported_countries) == ((), ("GB", "US"))
    assert (calendar.is_stockable, calendar.valid_page_counts) == (None, ())
    assert page.hits.attribute_hits == {
        "Orientation": {"hor": 12, "ver": 341},
        "BindingType": {"wire-o": 353, "none": 0},
    }


@pytest.mark.parametrize(
    ("hits", "shown_hits"),
    [
        ({}, None),
        ({"hits": None}, None),
        ({"hits": []}, None),
        ({"hits": {"attributeHits": []}}, {}),
        ({"hits": {"attributeHits": {"A": [], "B": {"x": 2}}}}, {"A": {}, "B": {"x": 2}}),
    ],
)
def test_hits_may_be_missing_or_one_of_phps_empty_maps(hits, shown_hits):
    page = parse(SearchProducts("posters"), {"products": [], **hits})
    assert (page.hits and page.hits.attribute_hits) == shown_hits


def test_maps_of_a_product_may_be_phps_empty_list():
    product = parse(
        GetProduct("p"), {"productUid": "p", "attributes": [], "dimensions": [], "weight": []}
    )
    assert (product.attributes, product.dimensions, product.weight) == ({}, {}, None)


def test_a_product_is_read_with_its_types():
    _, product = read("answer_product")
    assert product.supported_countries == ("SE", "NO")
    assert product.not_supported_countries == ("BM", "IS", "AX")
    assert (product.is_stockable, product.is_printable) == (False, True)
    assert product.valid_page_counts == (14, 26, 28)
    assert product.dimensions == {}


def test_the_numbers_of_a_cover_may_be_texts():
    _, cover = read("answer_cover_dimensions")
    assert (cover.pages_count, cover.measure_unit) == (64, "mm")
    assert cover.wraparound_inside_size == CoverArea(
        width=558.5, height=294.0, left=0.0, top=0.0, thickness=18.0
    )
    assert cover.content_back_size == CoverArea(width=241.0, height=254.0, left=20.0, top=20.0)
    assert (cover.spine_size.left, cover.bleed_size.left, cover.joint_front_size.width) == (
        270.0,
        -3.0,
        9.0,
    )


def test_an_area_that_a_product_does_not_have_is_none():
    cover = parse(
        GetCoverDimensions("p"),
        {"productUid": "p", "spineSize": {"width": 4}, "flapSize": {"width": 9}},
    )
    assert cover.wraparound_edge_size is None
    assert cover.spine_size == CoverArea(width=4.0)
    assert cover.raw["flapSize"] == {"width": 9}


def test_prices_are_read_with_the_digits_that_they_show():
    _, answer = read("answer_prices")
    assert [row.price for row in answer.prices] == [Decimal("6.27"), Decimal("1033.418720")]
    assert [row.page_count for row in answer.prices] == [None, 26]
    assert (answer.prices[0].country, answer.prices[0].currency, answer.prices[1].quantity) == (
        "SE",
        "SEK",
        250,
    )
    assert answer.prices[1].raw["price"] == "1033.418720"


def test_no_prices_are_an_empty_tuple():
    assert parse(GetPrices("p"), []).prices == ()


def test_stock_is_read_by_region_and_country():
    _, answer = read("answer_availability")
    frame, mug, nothing = answer.products_availability
    europe = frame.for_region(StockRegion.EUROPE)
    assert europe.status is StockStatus.OUT_OF_STOCK_REPLENISHABLE
    assert europe.replenishment_date == date(2027, 3, 14)
    assert frame.in_country("SE") == europe
    assert frame.for_region("US-CA").replenishment_date is None
    assert frame.in_country("CA").status == "in-stock"
    assert frame.in_country("SA") == frame.for_region("ROW")
    assert frame.in_country("AX") is None
    assert mug.in_country("US") is None
    assert mug.in_country("GB").status is StockStatus.NON_STOCKABLE
    assert nothing.for_region("EU").status is StockStatus.NOT_SUPPORTED


def test_the_typo_of_the_documents_and_new_words_survive():
    _, answer = read("answer_availability")
    typo = answer.products_availability[0].in_country("GB").status
    assert (typo, typo.is_known) == ("in-of-stock", False)
    found = {
        "productsAvailability": [
            {"productUid": "p", "availability": [{"stockRegionUid": "MOON", "status": "x"}]}
        ]
    }
    (row,) = parse(GetAvailability(["p"]), found).products_availability[0].availability
    assert (row.stock_region_uid, row.stock_region_uid.is_known, row.status.is_known) == (
        "MOON",
        False,
        False,
    )
    assert row.stock_region_uid.countries == frozenset()


def test_the_five_documented_statuses_are_known():
    assert {*StockStatus} == {
        "in-stock",
        "out-of-stock-replenishable",
        "out-of-stock",
        "non-stockable",
        "not-supported",
    }


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_request_too_many_products", BadRequestError),
        (400, "invalid_request_products_not_provided", BadRequestError),
        (401, "invalid_api_key_provided", AuthenticationError),
        (500, "internal_server_error", ServerError),
    ],
)
def test_the_errors_of_stock_keep_their_lower_case_codes(status, code, kind):
    with pytest.raises(kind) as caught:
        parse(GetAvailability(["p"]), {"code": code, "message": "In its own words."}, status)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert "In its own words." in str(caught.value)


def test_a_row_without_its_uid_is_a_problem_with_its_path():
    with pytest.raises(DecodeError) as caught:
        parse(GetPrices("p"), [{"productUid": "p"}, {"price": 1}])
    assert caught.value.problems == (Problem("prices[1].productUid", "missing"),)
