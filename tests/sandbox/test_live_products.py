"""Products of the sandbox, as the live API was seen to answer them."""

import pytest

pytestmark = pytest.mark.anyio

KEY = {"X-API-KEY": "sandbox-key"}
BOOK = (
    "photobooks-hardcover_pf_210x280-mm-8x11-inch_pt_170-gsm-65lb-coated-silk_cl_4-4_ccl_4-4"
    "_bt_glued-left_ct_matt-lamination_prt_1-0_cpt_130-gsm-65-lb-cover-coated-silk_ver"
)
HANGER = "wall_hanger_product_whs_290-mm_whc_white_whm_wood_whp_w14xt20-mm"
DOCUMENTED = (
    "8pp-accordion-fold_pf_dl_pt_100-lb-text-coated-silk_cl_4-4_ft_8pp-accordion-fold-ver_ver",
    BOOK,
    HANGER,
    "phonecase_apple_iphone-13promax_flexi_transparent_satin",
)
SEARCH = "/v3/catalogs/frames/products:search"


@pytest.mark.parametrize("query", [{}, {"limit": "2"}, {"offset": "1"}], ids=str)
async def test_catalogs_come_with_their_pagination_always(anyone, query):
    answer = (await anyone.nobody.get("/v3/catalogs", params=query, headers=KEY)).json()
    assert answer.keys() == {"data", "pagination"}
    assert answer["pagination"]["offset"] == int(query.get("offset", 0))
    assert answer["pagination"]["total"] >= len(answer["data"]) > 0


async def test_the_documented_catalogs_are_among_them(anyone):
    rows = (await anyone.nobody.get("/v3/catalogs", headers=KEY)).json()["data"]
    listed = {row["catalogUid"] for row in rows}
    assert listed >= {"cards", "posters", "multipage-brochures"}


async def test_a_product_search_takes_a_body_of_no_bytes(anyone):
    empty = await anyone.nobody.post(SEARCH, headers=KEY)
    assert empty.status_code == 200
    whole = await anyone.nobody.post(SEARCH, headers=KEY, json={})
    assert empty.json() == whole.json()
    assert (await anyone.gelato.post("orders")).status_code == 400


@pytest.mark.parametrize(
    ("catalog", "name"),
    [
        ("frames", "Color HEX Code"),
        ("t-shirts", "Color HEX Code"),
        ("t-shirts", "Fabric Composition"),
        ("hoodies", "Fabric Composition"),
    ],
)
async def test_get_product_carries_dimensions_and_some_are_texts(anyone, catalog, name):
    path = f"/v3/catalogs/{catalog}/products:search"
    (row, *_) = (await anyone.nobody.post(path, headers=KEY)).json()["products"]
    product = (await anyone.nobody.get(f"/v3/products/{row['productUid']}", headers=KEY)).json()
    assert product["dimensions"] == row["dimensions"]
    assert product["dimensions"]["Width"]["measureUnit"] == "mm"
    assert product["dimensions"][name].keys() == {"value", "measureUnit"}
    assert isinstance(product["dimensions"][name]["value"], str)


async def test_a_documented_example_uid_is_a_product(anyone):
    for uid in DOCUMENTED:
        answer = await anyone.nobody.get(f"/v3/products/{uid}", headers=KEY)
        assert (answer.status_code, answer.json()["productUid"]) == (200, uid)


async def test_only_catalogs_have_products_where_the_option_says_so(serve):
    strict = serve(products="catalog").nobody
    codes = []
    for uid in DOCUMENTED:
        codes.append((await strict.get(f"/v3/products/{uid}", headers=KEY)).status_code)
    assert codes == [404, 200, 200, 404]


async def test_the_documented_cover_is_answered(anyone):
    path = f"/v3/products/{BOOK}/cover-dimensions"
    cover = (await anyone.nobody.get(path, params={"pageCount": 34}, headers=KEY)).json()
    assert cover["pagesCount"] == 38
    sizes = {}
    for name, area in cover.items():
        if name.endswith("Size"):
            sizes[name] = tuple(area.values())
    assert sizes == {
        "wraparoundInsideSize": (468, 325, 0, 0, 17),
        "wraparoundEdgeSize": (434, 291, 17, 17, 3),
        "contentBackSize": (203, 285, 20, 20),
        "jointBackSize": (8, 285, 223, 20),
        "spineSize": (6, 285, 231, 20),
        "jointFrontSize": (8, 285, 237, 20),
        "contentFrontSize": (203, 285, 245, 20),
    }


async def test_stock_of_the_documented_products_is_as_documented(anyone):
    body = {"products": [HANGER, "non-existing-product-uid"]}
    answer = await anyone.nobody.post("/v3/stock/region-availability", json=body, headers=KEY)
    hanger, nothing = answer.json()["productsAvailability"]
    statuses = {row["stockRegionUid"]: row["status"] for row in hanger["availability"]}
    assert statuses == {
        "US-CA": "in-stock",
        "EU": "out-of-stock-replenishable",
        "OC": "in-stock",
        "AS": "out-of-stock",
        "SA": "out-of-stock",
        "UK": "in-stock",
        "ROW": "in-stock",
    }
    assert {row["status"] for row in nothing["availability"]} == {"not-supported"}
