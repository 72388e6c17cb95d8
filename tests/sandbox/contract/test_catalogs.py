"""Catalogs and products (v3), as suites that ran against the live API found them."""

import pytest
from support.json_shapes import COUNTRY, Map, faults

pytestmark = pytest.mark.anyio

CATALOG_ROW = {"catalogUid": str, "title": str}
CATALOG = {
    **CATALOG_ROW,
    "productAttributes": [
        {
            "productAttributeUid": str,
            "title": str,
            "values": [{"productAttributeValueUid": str, "title": str}],
        }
    ],
}
MEASURE = {"value": (float, str), "measureUnit": str}
ROW = {
    "productUid": str,
    "attributes": Map(str),
    "weight": {"value": float, "measureUnit": str},
    "dimensions": Map(MEASURE),
    "supportedCountries": [COUNTRY],
}
PRODUCT = {
    **ROW,
    "notSupportedCountries": [COUNTRY],
    "isStockable": bool,
    "isPrintable": bool,
}
# Every product uid that stands in the documents.
DOCUMENTED = (
    "8pp-accordion-fold_pf_dl_pt_100-lb-text-coated-silk_cl_4-4_ft_8pp-accordion-fold-ver_ver",
    "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_2xl_gco_white_gpr_4-0",
    "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_m_gco_navy_gpr_4-0",
    "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_s_gco_white_gpr_4-4",
    (
        "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_heavy-weight_gsi_xl_gco_white"
        "_gpr_chstl-emb"
    ),
    "blank-envelopes_pf_a7-env_pt_120-g-env",
    "cards_pf_5r_pt_100-lb-cover-coated-silk_cl_4-4_hor",
    "cards_pf_bb_pt_110-lb-cover-uncoated_cl_4-0_hor",
    "cards_pf_bx_pt_110-lb-cover-uncoated_cl_4-4_hor",
    "flat_130x180-mm-5r_170-gsm-65lb-uncoated_4-0_ver",
    "flat_product_pf_a4_pt_200-gsm-uncoated_cl_4-0_ct_none_prt_none_sft_none_set_none_hor",
    (
        "frame_and_poster_product_frs_300x400-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass"
        "__pf_300x400-mm_pt_170-gsm-coated-silk_cl_4-0_ct_none_prt_none_hor"
    ),
    "frame_product_frs_10x10-inch_frc_oak_frm_wood_frp_w13xt22-mm_gt_plexiglass",
    "frame_product_frs_279x432-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass",
    "frame_product_frs_500x500-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass",
    "large-posters_pf_500x700-mm_pt_170-gsm-coated-silk_cl_4-0_ver",
    "mug_product_msz_15-oz_mmat_ceramic-white_cl_4-0",
    "phonecase_apple_iphone-13promax_flexi_transparent_satin",
    (
        "photobooks-hardcover_pf_210x280-mm-8x11-inch_pt_170-gsm-65lb-coated-silk_cl_4-4_ccl_4-4"
        "_bt_glued-left_ct_matt-lamination_prt_1-0_cpt_130-gsm-65-lb-cover-coated-silk_ver"
    ),
    "wall_hanger_product_whs_290-mm_whc_white_whm_wood_whp_w14xt20-mm",
)
PAGES = (None, {}, {"limit": "2"}, {"offset": "1"}, {"limit": "1", "offset": "1"})


async def catalogs(api):
    return [row["catalogUid"] for row in (await api.get("/v3/catalogs")).json()["data"]]


async def searched(api, catalog, **body):
    answer = await api.post(f"/v3/catalogs/{catalog}/products:search", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("query", PAGES, ids=str)
async def test_catalogs_are_an_envelope_with_and_without_paging(api, query):
    answer = await api.get("/v3/catalogs", params=query)
    assert answer.status_code == 200
    shape = {"data": [CATALOG_ROW], "pagination": {"total": int, "offset": int}}
    assert faults(answer.json(), shape) == []
    assert answer.json()["pagination"]["offset"] == int((query or {}).get("offset", 0))


async def test_pages_of_catalogs_make_up_the_whole(api):
    whole = (await api.get("/v3/catalogs")).json()
    total, paged = whole["pagination"]["total"], []
    assert len(whole["data"]) == total > 1
    for offset in range(total + 1):
        page = (await api.get("/v3/catalogs", params={"limit": 1, "offset": offset})).json()
        assert page["pagination"] == {"total": total, "offset": offset}
        paged += page["data"]
    assert paged == whole["data"]


async def test_each_listed_catalog_can_be_got(api):
    for catalog in await catalogs(api):
        answer = await api.get(f"/v3/catalogs/{catalog}")
        assert (answer.status_code, faults(answer.json(), CATALOG)) == (200, [])
        assert answer.json()["catalogUid"] == catalog


async def test_an_unknown_catalog_is_not_found(api):
    for answer in (
        await api.get("/v3/catalogs/no-such-catalog"),
        await api.post("/v3/catalogs/no-such-catalog/products:search", json={}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "sent",
    [{}, {"headers": {"content-type": "application/json"}}, {"content": b"{}"}, {"json": {}}],
    ids=["no body", "no body of JSON", "an object", "an object of JSON"],
)
async def test_a_product_search_takes_an_empty_body(api, sent):
    answer = await api.post("/v3/catalogs/posters/products:search", **sent)
    assert answer.status_code == 200
    assert len(answer.json()["products"]) > 0


async def test_rows_and_hits_of_a_search_are_as_documented(api):
    for catalog in await catalogs(api):
        answer = await searched(api, catalog, limit=5)
        shape = {"products": [ROW], "hits": {"attributeHits": Map(Map(int))}}
        assert faults(answer, shape) == []
        assert len(answer["products"]) > 0


async def test_attributes_of_a_product_are_those_of_its_catalog(api):
    for uid in await catalogs(api):
        known = {}
        for attribute in (await api.get(f"/v3/catalogs/{uid}")).json()["productAttributes"]:
            values = {value["productAttributeValueUid"] for value in attribute["values"]}
            known[attribute["productAttributeUid"]] = values
        for row in (await searched(api, uid, limit=20))["products"]:
            assert all(value in known[name] for name, value in row["attributes"].items())


async def test_an_unknown_filter_finds_nothing_and_is_no_error(api):
    answer = await searched(api, "posters", attributeFilters={"NoSuchAttribute": ["x"]})
    assert answer["products"] == []
    nothing = await searched(api, "posters", attributeFilters={"Orientation": ["no-such-value"]})
    assert nothing["products"] == []


async def test_filters_of_a_search_hold_together(api):
    wanted = {"Orientation": ["hor"], "CoatingType": ["none"]}
    rows = (await searched(api, "posters", attributeFilters=wanted))["products"]
    assert rows
    found = {(row["attributes"]["Orientation"], row["attributes"]["CoatingType"]) for row in rows}
    assert found == {("hor", "none")}
    either = {"Orientation": ["hor", "ver"]}
    rows = (await searched(api, "posters", attributeFilters=either, limit=100))["products"]
    assert {row["attributes"]["Orientation"] for row in rows} == {"hor", "ver"}


async def test_pages_of_a_search_make_up_the_whole(api):
    for catalog in await catalogs(api):
        uids, offset = [], 0
        while rows := (await searched(api, catalog, limit=100, offset=offset))["products"]:
            uids += [row["productUid"] for row in rows]
            offset += len(rows)
            assert len(rows) <= 100
        assert len(uids) == len(set(uids)) == offset > 0


async def test_no_page_of_a_search_has_more_than_100_rows(api):
    answer = await api.post("/v3/catalogs/posters/products:search", json={"limit": 1000})
    assert answer.status_code == 400 or len(answer.json()["products"]) <= 100


async def test_each_found_product_can_be_got(api):
    for catalog in await catalogs(api):
        for row in (await searched(api, catalog, limit=3))["products"]:
            answer = await api.get(f"/v3/products/{row['productUid']}")
            assert (answer.status_code, faults(answer.json(), PRODUCT)) == (200, [])
            product = answer.json()
            assert product["dimensions"] == row["dimensions"] != {}
            assert not set(product["supportedCountries"]) & set(product["notSupportedCountries"])


async def test_a_measure_is_a_number_or_a_text(api):
    kinds = {}
    for catalog in await catalogs(api):
        for row in (await searched(api, catalog, limit=3))["products"]:
            product = (await api.get(f"/v3/products/{row['productUid']}")).json()
            for name, measure in product["dimensions"].items():
                kinds.setdefault(type(measure["value"]), set()).add(name)
    assert kinds[str] & {"Color HEX Code", "Fabric Composition"}
    assert kinds[float] | kinds.get(int, set()) >= {"Width", "Height"}


async def test_page_counts_belong_to_products_of_many_pages_alone(api):
    with_pages = []
    for catalog in await catalogs(api):
        (row,) = (await searched(api, catalog, limit=1))["products"]
        product = (await api.get(f"/v3/products/{row['productUid']}")).json()
        if "validPageCounts" in product:
            assert faults(product["validPageCounts"], [int]) == []
            with_pages.append(catalog)
    assert 0 < len(with_pages) < len(await catalogs(api))


async def test_a_product_that_is_no_product_is_not_found(api):
    for path in ("/v3/products/no such product", "/v3/products/no such product/prices"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("uid", DOCUMENTED, ids=range(len(DOCUMENTED)))
async def test_a_uid_of_the_documents_has_a_product_and_a_price(api, uid):
    product = await api.get(f"/v3/products/{uid}")
    assert product.status_code == 200, product.text
    assert faults(product.json(), PRODUCT) == []
    assert product.json()["productUid"] == uid
    pages = {}
    if counts := product.json().get("validPageCounts"):
        pages = {"pageCount": counts[0]}
    prices = await api.get(f"/v3/products/{uid}/prices", params=pages)
    assert prices.status_code == 200, prices.text
    assert all(row["price"] > 0 for row in prices.json())
    assert prices.json()


@pytest.mark.parametrize(
    "kind",
    [
        *("poster", "frame", "card", "photobook", "mug"),
        "t-shirt",
        "hoodie",
    ],
)
async def test_the_built_in_world_has_products_of_a_kind(api, kind):
    for catalog in await catalogs(api):
        rows = (await searched(api, catalog, limit=100))["products"]
        if any(kind in row["productUid"] for row in rows):
            return
    raise AssertionError(kind)


COVERS = {
    "width": float,
    "height": float,
    "left": float,
    "top": float,
}


async def test_dimensions_of_a_cover_are_as_documented(api):
    seen = 0
    for catalog in await catalogs(api):
        (row,) = (await searched(api, catalog, limit=1))["products"]
        path = f"/v3/products/{row['productUid']}"
        counts = (await api.get(path)).json().get("validPageCounts")
        if not counts:
            continue
        answer = await api.get(f"{path}/cover-dimensions", params={"pageCount": counts[0]})
        shape = {
            "productUid": str,
            "pagesCount": int,
            "measureUnit": {"mm"},
            "contentBackSize": COVERS,
            "spineSize": COVERS,
            "contentFrontSize": COVERS,
        }
        assert (answer.status_code, faults(answer.json(), shape)) == (200, [])
        # Live answers counted four pages more than was asked for.
        assert answer.json()["pagesCount"] == counts[0] + 4
        assert (await api.get(f"{path}/cover-dimensions")).status_code == 400
        seen += 1
    assert seen > 0


async def test_hits_count_the_products_that_are_found(api):
    filters = {"Orientation": ["hor"]}
    found, offset = [], 0
    while True:
        page = await searched(api, "posters", attributeFilters=filters, limit=100, offset=offset)
        if not page["products"]:
            break
        found += page["products"]
        hits = page["hits"]["attributeHits"]
        offset += 100
    assert hits["Orientation"] == {"hor": len(found)}
    formats = [row["attributes"]["PaperFormat"] for row in found]
    assert hits["PaperFormat"] == {name: formats.count(name) for name in set(formats)}
