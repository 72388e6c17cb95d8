import re
from itertools import pairwise

import pytest

pytestmark = pytest.mark.anyio

BOOK = (
    "photobooks-hardcover_pf_210x280-mm-8x11-inch_pt_170-gsm-65lb-coated-silk_cl_4-4_ccl_4-4"
    "_bt_glued-left_ct_matt-lamination_prt_1-0_cpt_130-gsm-65-lb-cover-coated-silk_ver"
)
MUG = "mug_product_msz_11-oz_mmat_ceramic-white_cl_4-0"
STOCK = "/v3/stock/region-availability"
SEARCH = "/v3/catalogs/posters/products:search"


@pytest.fixture
def api(anyone):
    anyone.nobody.headers["X-API-KEY"] = "sandbox-key"
    return anyone.nobody


async def got(api, path, **query):
    answer = await api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def posted(api, path, body):
    answer = await api.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_catalogs_come_in_pages(api):
    every = (await got(api, "/v3/catalogs"))["data"]
    assert {frozenset(catalog) for catalog in every} == {frozenset({"catalogUid", "title"})}
    assert await got(api, "/v3/catalogs", limit="2", offset="1") == {
        "data": every[1:3],
        "pagination": {"total": len(every), "offset": 1},
    }
    assert (await got(api, "/v3/catalogs", offset="99"))["data"] == []
    assert (await got(api, "/v3/catalogs", limit="3"))["data"] == every[:3]


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "many"}, {"limit": "101"}, {"offset": "-1"}]
)
async def test_a_page_of_catalogs_that_cannot_be_is_refused(api, query):
    answer = await api.get("/v3/catalogs", params=query)
    assert (answer.status_code, answer.json()["details"][0]["path"]) == (400, *query)


async def test_products_are_made_of_the_values_of_their_catalog(api):
    for catalog in (await got(api, "/v3/catalogs"))["data"]:
        path = f"/v3/catalogs/{catalog['catalogUid']}"
        values = {
            attribute["productAttributeUid"]: [
                value["productAttributeValueUid"] for value in attribute["values"]
            ]
            for attribute in (await got(api, path))["productAttributes"]
        }
        found = await posted(api, f"{path}/products:search", {"limit": 100})
        for product in found["products"]:
            assert product["attributes"].keys() == values.keys()
            assert all(value in values[name] for name, value in product["attributes"].items())
        assert found["hits"]["attributeHits"].keys() == values.keys()


async def test_a_thousand_products_are_the_same_at_every_look(api, serve):
    other = serve().nobody
    other.headers["X-API-KEY"] = "sandbox-key"
    rows = []
    while page := (await posted(api, SEARCH, {"limit": 100, "offset": len(rows)}))["products"]:
        rows += page
    assert len(rows) == len({row["productUid"] for row in rows}) == 1152
    assert (await posted(other, SEARCH, {"limit": 100}))["products"] == rows[:100]


@pytest.mark.parametrize(
    ("catalog", "is_stockable", "is_printable"),
    [
        ("cards", False, True),
        ("envelopes", True, False),
        ("framed-posters", True, True),
        ("frames", True, False),
        ("hoodies", False, True),
        ("mugs", False, True),
        ("multipage-brochures", False, True),
        ("photobooks", False, True),
        ("posters", False, True),
        ("t-shirts", False, True),
        ("wall-hangers", True, False),
    ],
)
async def test_a_row_and_the_product_itself_agree(api, catalog, is_stockable, is_printable):
    path = f"/v3/catalogs/{catalog}/products:search"
    (row,) = (await posted(api, path, {"limit": 1, "offset": 1}))["products"]
    product = await got(api, f"/v3/products/{row['productUid']}")
    for key in ("productUid", "attributes", "weight", "dimensions", "supportedCountries"):
        assert row[key] == product[key]
    assert row["dimensions"].keys() >= {"Width", "Height", "Thickness"}
    assert row["weight"]["value"] > 0
    assert ("validPageCounts" in product) is (catalog in {"multipage-brochures", "photobooks"})
    assert not {*product["supportedCountries"]} & {*product["notSupportedCountries"]}
    assert (product["isStockable"], product["isPrintable"]) == (is_stockable, is_printable)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (None, 1152),
        ([], 1152),
        ({}, 1152),
        ({"Orientation": []}, 1152),
        ({"Orientation": ["hor"]}, 576),
        ({"Orientation": ["hor", "ver"]}, 1152),
        ({"Orientation": ["hor", "askew"]}, 576),
        ({"Orientation": ["hor"], "PaperFormat": ["A1", "A2"]}, 96),
        ({"Orientation": ["askew"]}, 0),
        ({"Scent": ["lemon"]}, 0),
    ],
)
async def test_filters_are_all_passed_and_counted(api, filters, count):
    found = await posted(api, SEARCH, {"attributeFilters": filters})
    assert len(found["products"]) == min(count, 50)
    if count:
        assert sum(found["hits"]["attributeHits"]["ColorType"].values()) == count
    else:
        assert "hits" not in found


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": "50"}, "limit"),
        ({"limit": True}, "limit"),
        ({"offset": -1}, "offset"),
        ({"offset": 1.5}, "offset"),
        ({"attributeFilters": "hor"}, "attributeFilters"),
        ({"attributeFilters": ["hor"]}, "attributeFilters"),
        ({"attributeFilters": {"Orientation": "hor"}}, "attributeFilters.Orientation"),
        ({"attributeFilters": {"Orientation": [1]}}, "attributeFilters.Orientation"),
    ],
)
async def test_a_wrong_search_is_refused(api, body, path):
    answer = await api.post(SEARCH, json=body)
    assert answer.status_code == 400
    assert [problem["path"] for problem in answer.json()["details"]] == [path]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v3/catalogs/nothing"),
        ("POST", "/v3/catalogs/nothing/products:search"),
        ("GET", "/v3/products/nothing"),
        ("GET", "/v3/products/nothing/prices"),
        ("GET", "/v3/products/nothing/cover-dimensions"),
        ("GET", f"/v3/products/{MUG}/cover-dimensions"),
    ],
)
async def test_a_404_is_in_gelatos_dialect(api, method, path):
    answer = await api.request(method, path, json={} if method == "POST" else None)
    assert answer.status_code == 404
    assert answer.json().keys() == {"code", "message", "requestId", "details"}
    assert answer.json()["code"] == "NOT_FOUND"


async def test_the_key_is_asked_for(anyone):
    for path in ("/v3/catalogs", f"/v3/products/{MUG}", "/v1/shipment-methods"):
        assert (await anyone.nobody.get(path)).status_code == 401


async def test_a_cover_is_answered_for_four_pages_more(api):
    cover = await got(api, f"/v3/products/{BOOK}/cover-dimensions", pageCount="34")
    assert (cover["productUid"], cover["pagesCount"], cover["measureUnit"]) == (BOOK, 38, "mm")
    names = ("contentBackSize", "jointBackSize", "spineSize", "jointFrontSize", "contentFrontSize")
    for left, right in pairwise(cover[name] for name in names):
        assert left["left"] + left["width"] == pytest.approx(right["left"])
    soft = await got(
        api, f"/v3/products/{BOOK.replace('hard', 'soft')}/cover-dimensions", pageCount="34"
    )
    assert {name for name in soft if name.endswith("Size")} == {
        "bleedSize",
        "contentBackSize",
        "spineSize",
        "contentFrontSize",
    }


@pytest.mark.parametrize("what", ["cover-dimensions", "prices"])
@pytest.mark.parametrize(
    "query", [{}, {"pageCount": "31"}, {"pageCount": "many"}, {"pageCount": ""}]
)
async def test_a_page_count_must_be_one_that_a_book_can_have(api, what, query):
    answer = await api.get(f"/v3/products/{BOOK}/{what}", params=query)
    assert (answer.status_code, answer.json()["details"][0]["path"]) == (400, "pageCount")


@pytest.mark.parametrize(
    ("query", "countries", "currencies"),
    [
        ({}, {"DE", "GB", "SE", "US"}, {"EUR", "GBP", "SEK", "USD"}),
        ({"country": "NO"}, {"NO"}, {"EUR", "GBP", "SEK", "USD"}),
        ({"country": "", "currency": "USD"}, {"DE", "GB", "SE", "US"}, {"USD"}),
        ({"country": "NO", "currency": "SEK"}, {"NO"}, {"SEK"}),
        ({"country": "AX"}, set(), set()),
        ({"currency": "XYZ"}, set(), set()),
    ],
)
async def test_prices_are_of_what_was_asked_for(api, query, countries, currencies):
    rows = await got(api, f"/v3/products/{MUG}/prices", pageCount="8", **query)
    assert {row["country"] for row in rows} == countries
    assert {row["currency"] for row in rows} == currencies
    assert all(row["pageCount"] is None and row["productUid"] == MUG for row in rows)


async def test_more_copies_cost_more_and_less_by_the_copy(api):
    rows = await got(api, f"/v3/products/{MUG}/prices", country="SE", currency="SEK")
    for few, many in pairwise(rows):
        assert few["price"] < many["price"]
        assert few["price"] / few["quantity"] > many["price"] / many["quantity"]


async def test_a_book_costs_more_with_more_pages(api):
    thin, thick = [
        await got(api, f"/v3/products/{BOOK}/prices", pageCount=pages, country="SE", currency="SEK")
        for pages in ("24", "100")
    ]
    assert {row["pageCount"] for row in thin} == {24}
    assert all(few["price"] < many["price"] for few, many in zip(thin, thick, strict=True))


@pytest.mark.parametrize("country", ["UK", "se", "Sweden"])
async def test_a_country_that_is_no_code_is_refused(api, country):
    for path in (f"/v3/products/{MUG}/prices", "/v1/shipment-methods"):
        answer = await api.get(path, params={"country": country})
        assert (answer.status_code, answer.json()["details"][0]["path"]) == (400, "country")


async def test_stock_has_every_region_and_dates_that_lie_ahead(serve):
    api = serve(wall=lambda: 1_700_000_000.0).nobody
    api.headers["X-API-KEY"] = "sandbox-key"
    frames = (await posted(api, "/v3/catalogs/frames/products:search", {}))["products"]
    uids = [*(frame["productUid"] for frame in frames), MUG, "nothing"]
    rows = (await posted(api, STOCK, {"products": uids}))["productsAvailability"]
    assert [row["productUid"] for row in rows] == uids
    regions = ["US-CA", "EU", "OC", "AS", "SA", "UK", "ROW"]
    assert all([one["stockRegionUid"] for one in row["availability"]] == regions for row in rows)
    assert {one["status"] for one in rows[-2]["availability"]} == {"non-stockable"}
    assert {one["status"] for one in rows[-1]["availability"]} == {"not-supported"}
    for one in (one for row in rows for one in row["availability"]):
        awaited = one["status"] == "out-of-stock-replenishable"
        assert (one["replenishmentDate"] is not None) is awaited
        assert not awaited or "2023-11-21" <= one["replenishmentDate"] <= "2023-12-11"
    assert (await posted(api, STOCK, {"products": uids}))["productsAvailability"] == rows


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (
            {},
            "invalid_request_products_not_provided",
            "No products provided, at least one is required.",
        ),
        (
            {"products": []},
            "invalid_request_products_not_provided",
            "No products provided, at least one is required.",
        ),
        (
            {"products": ["uid"] * 273},
            "invalid_request_too_many_products",
            "Too many products requested: 273 of maximum 250.",
        ),
    ],
)
async def test_stock_refuses_in_a_dialect_of_its_own(api, body, code, message):
    answer = await api.post(STOCK, json=body)
    assert answer.status_code == 400
    assert answer.json() == {"code": code, "message": message}


async def test_stock_refuses_a_wrong_key_in_its_own_dialect(api):
    answer = await api.post(STOCK, json={"products": [MUG]}, headers={"X-API-KEY": "wrong"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_api_key_provided")


@pytest.mark.parametrize("products", ["uid", [1], [None], {"uid": 1}])
async def test_stock_wants_a_list_of_texts(api, products):
    answer = await api.post(STOCK, json={"products": products})
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


async def test_methods_are_those_that_go_to_a_country(api):
    every = (await got(api, "/v1/shipment-methods"))["shipmentMethods"]
    german = (await got(api, "/v1/shipment-methods", country="DE"))["shipmentMethods"]
    assert german == [one for one in every if "DE" in one["supportedCountries"]]
    assert {method["type"] for method in every} == {"normal", "express", "pallet"}
    mexican = (await got(api, "/v1/shipment-methods", country="MX"))["shipmentMethods"]
    assert [method["shipmentMethodUid"] for method in mexican] == ["sandbox_post", "sandbox_letter"]
    assert all(
        re.fullmatch("[A-Z]{2}", country)
        for method in every
        for country in method["supportedCountries"]
    )


def asked(*products, **changes):
    return {"country": "DE", "currency": "EUR", "products": list(products)} | changes


async def test_shipping_is_priced_for_each_product_and_quantity(api):
    body = asked(
        {"productUid": MUG, "quantities": [1, 9]},
        {"productUid": BOOK, "quantities": [3], "pageCount": 34},
    )
    mug, book = (await posted(api, "/v1/prices:search", body))["prices"]
    assert [row["quantity"] for row in mug["quantities"]] == [1, 9]
    assert [row["pageCount"] for row in (*mug["quantities"], *book["quantities"])] == [
        None,
        None,
        34,
    ]
    for method in book["quantities"][0]["methods"]:
        assert method["minPrice"] < method["avgPrice"]
        assert method.keys() == {
            "shipmentMethodUid",
            "type",
            "minPrice",
            "avgPrice",
            "minDays",
            "maxDays",
            "hasFlatRate",
        }


@pytest.mark.parametrize(
    ("wanted", "excluded"), [("isPrivate", "sandbox_pallet"), ("hasTracking", "sandbox_letter")]
)
async def test_shipping_prices_are_of_the_methods_that_suit(api, wanted, excluded):
    async def methods(**changes):
        body = asked({"productUid": MUG, "quantities": [1]}, **changes)
        (row,) = (await posted(api, "/v1/prices:search", body))["prices"]
        return {method["shipmentMethodUid"] for method in row["quantities"][0]["methods"]}

    assert await methods() - await methods(**{wanted: True}) == {excluded}


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {"country", "currency", "products"}),
        (asked(country="UK"), {"country", "products"}),
        (asked("mug"), {"products[0]"}),
        (asked({}), {"products[0].productUid", "products[0].quantities"}),
        (asked({"productUid": MUG, "quantities": []}), {"products[0].quantities"}),
        (asked({"productUid": MUG, "quantities": [1, 0]}), {"products[0].quantities"}),
        (asked({"productUid": MUG, "quantities": [True]}), {"products[0].quantities"}),
        (asked({"productUid": MUG, "quantities": 1}), {"products[0].quantities"}),
        (asked({"productUid": BOOK, "quantities": [1]}), {"products[0].pageCount"}),
        (
            asked({"productUid": BOOK, "quantities": [1], "pageCount": 31}),
            {"products[0].pageCount"},
        ),
        (asked({"productUid": MUG, "quantities": [1]}, isPrivate="yes"), {"isPrivate"}),
    ],
)
async def test_a_wrong_request_for_prices_is_refused(api, body, paths):
    answer = await api.post("/v1/prices:search", json=body)
    assert answer.status_code == 400
    assert {problem["path"] for problem in answer.json()["details"]} == paths


async def test_shipping_of_an_unknown_product_cannot_be_priced(api):
    answer = await api.post(
        "/v1/prices:search", json=asked({"productUid": "nothing", "quantities": [1]})
    )
    assert answer.status_code == 404
