"""What can be bought in the sandbox: uids, price lists, weights and shipment methods."""

import pytest

from gelato_async.sandbox import SandboxData
from gelato_async.sandbox.catalog.assortment import CUSTOMER_PRODUCT
from gelato_async.sandbox.catalog.built_in_catalogs import CATALOGS
from gelato_async.sandbox.catalog.countries import NOT_SUPPORTED, REGIONS, SUPPORTED, region_of
from gelato_async.sandbox.catalog.entities import Measure, Stock

FRAME = "frame_product_frs_300x400-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass"
BOOK = (
    "photobooks-hardcover_pf_210x280-mm-8x11-inch_pt_170-gsm-65lb-coated-silk_cl_4-4_ccl_4-4"
    "_bt_glued-left_ct_matt-lamination_prt_1-0_cpt_130-gsm-65-lb-cover-coated-silk_ver"
)
# the examples of the documents that are in the sandbox's catalogs, and their catalogs
CATALOGED = {
    "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_2xl_gco_white_gpr_4-0": (
        "t-shirts"
    ),
    "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_s_gco_navy_gpr_4-0": (
        "t-shirts"
    ),
    "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_heavy-weight_gsi_xl_gco_white"
    "_gpr_chstl-emb": "t-shirts",
    "blank-envelopes_pf_a7-env_pt_120-g-env": "envelopes",
    "cards_pf_5r_pt_100-lb-cover-coated-silk_cl_4-4_hor": "cards",
    "cards_pf_bb_pt_110-lb-cover-uncoated_cl_4-0_hor": "cards",
    "cards_pf_bx_pt_110-lb-cover-uncoated_cl_4-4_hor": "cards",
    "flat_product_pf_a4_pt_200-gsm-uncoated_cl_4-0_ct_none_prt_none_sft_none_set_none_hor": (
        "posters"
    ),
    "frame_and_poster_product_frs_300x400-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass"
    "__pf_300x400-mm_pt_170-gsm-coated-silk_cl_4-0_ct_none_prt_none_hor": "framed-posters",
    "frame_product_frs_279x432-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass": "frames",
    "frame_product_frs_500x500-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass": "frames",
    "mug_product_msz_15-oz_mmat_ceramic-white_cl_4-0": "mugs",
    BOOK: "photobooks",
    "wall_hanger_product_whs_290-mm_whc_white_whm_wood_whp_w14xt20-mm": "wall-hangers",
}
# further ones, and what the projects of others call their products
OF_DOCUMENTED_SHAPE = {
    "8pp-accordion-fold_pf_dl_pt_100-lb-text-coated-silk_cl_4-4_ft_8pp-accordion-fold-ver_ver": (
        "general"
    ),
    "apparel_product_gca_hoodie_gsc_zip_gcu_men_gqa_prime_gsi_m_gco_green_gpr_0-4": "hoodies",
    "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_heavy-weight_gsi_x_gco_black"
    "_gpr_chstl-emb": "t-shirts",
    "flat_130x180-mm-5r_170-gsm-65lb-uncoated_4-0_ver": "posters",
    "flat_product_pf_5r_pt_65-lb-cover-uncoated_cl_4-0_ct_none_prt_none_sft_none_set_none_ver": (
        "posters"
    ),
    "frame_product_frs_10x10-inch_frc_oak_frm_wood_frp_w13xt22-mm_gt_plexiglass": "frames",
    "frame_and_poster_product_frs_300x400-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass"
    "__pf_500x700-mm_pt_170-gsm-coated-silk_cl_4-0_ct_none_prt_none_hor": "framed-posters",
    "large-posters_pf_500x700-mm_pt_170-gsm-coated-silk_cl_4-0_ver": "posters",
    "phonecase_apple_iphone-13promax_flexi_transparent_satin": "general",
    "mugs_msz_11-oz_mmat_ceramic-white": "mugs",
    "cap_green": "caps",
    "poster": "posters",
    "poster_a3_ver": "posters",
    "something_4-0": "general",
    "something_hor": "general",
}
DOCUMENTED_CURRENCIES = {
    *("EUR", "USD", "JPY", "BGN", "CZK", "DKK", "GBP", "HUF", "PLN", "RON", "SEK", "CHF"),
    *("ISK", "NOK", "HRK", "RUB", "TRY", "AUD", "BRL", "CAD", "CNY", "HKD", "IDR", "ILS"),
    *("INR", "KRW", "MXN", "MYR", "NZD", "PHP", "SGD", "THB", "ZAR", "CLP", "AED"),
}
NONSENSE = (
    "",
    "_",
    "4-0_",
    "POSTER",
    "a_pf_",
    "does/not/exist",
    "mug " + FRAME,
    "mug_" + 300 * "a",
    "mugabe",
    "non-existing-product-uid",
    "no_such_product",
    "pf",
)


@pytest.fixture(scope="module")
def every():
    return SandboxData.built_in().assortment(any_products=True)


@pytest.fixture(scope="module")
def listed():
    return SandboxData.built_in().assortment(any_products=False)


@pytest.mark.parametrize(("uid", "catalog"), CATALOGED.items())
def test_documented_examples_are_products_of_catalogs(every, listed, uid, catalog):
    product = listed.product(uid)
    assert (product.uid, product.catalog) == (uid, catalog)
    assert product == every.product(uid)
    assert uid in {one.uid for one in listed.products_of(catalog)}
    assert set(product.attributes) == {one.uid for one in listed.catalogs[catalog].attributes}


@pytest.mark.parametrize(("uid", "catalog"), OF_DOCUMENTED_SHAPE.items())
def test_uids_of_documented_shape_are_products_by_default(every, listed, uid, catalog):
    product = every.product(uid)
    assert (product.uid, product.catalog) == (uid, catalog)
    assert product.weight > 0
    assert product.dimensions.keys() >= {"Width", "Height", "Thickness"}
    assert every.line_price(product, 1, None, "DE", "EUR") > 0
    assert listed.product(uid) is None


@pytest.mark.parametrize("uid", NONSENSE)
def test_nonsense_is_no_product(every, uid):
    assert every.product(uid) is None


@pytest.mark.parametrize("catalog", [catalog.uid for catalog in CATALOGS])
def test_a_uid_finds_the_product_of_its_catalog(listed, catalog):
    products = listed.products_of(catalog)
    assert len({product.uid for product in products}) == len(products)
    assert all(listed.product(product.uid) == listed.complete(product) for product in products)


def test_what_a_uid_states_are_attributes(every):
    flat = every.product("flat_130x180-mm-5r_170-gsm-65lb-uncoated_4-0_ver")
    assert flat.attributes == {
        "PaperFormat": "130x180-mm-5r",
        "PaperType": "170-gsm-65lb-uncoated",
        "ColorType": "4-0",
        "Orientation": "ver",
    }
    assert [flat.dimensions[name].value for name in ("Width", "Height")] == [130, 180]
    shirt = every.product("t-shirt_gsi_xl_gco_navy_bt")
    assert shirt.attributes == {"GarmentSize": "XL", "GarmentColor": "navy"}


def test_sizes_and_weights_follow_from_the_attributes(every):
    inches = every.product("frame_frs_10x10-inch_frc_oak")
    assert inches.dimensions["Width"] == Measure(value=254.0, unit="mm")
    assert inches.dimensions["Thickness"] == Measure(value=22.0, unit="mm")
    assert every.product("mug_msz_20-oz").weight == 555
    text, cover = every.product("cards_pt_100-lb-text"), every.product("cards_pt_100-lb-cover")
    assert text.weight < cover.weight
    # a size that no paper has
    assert every.product("poster_pf_9999999x1-mm").dimensions["Width"].value == 210


def test_a_copy_costs_less_from_the_quantity_of_each_tier(every):
    frame = every.product(FRAME)
    prices = [every.line_price(frame, count, None, "DE", "EUR") for count in (1, 9, 10, 99, 100)]
    each = prices[0]
    assert prices == pytest.approx(
        [each, 9 * each * 0.95, 10 * each * 0.9, 99 * each * 0.8, 100 * each * 0.75], abs=0.005
    )


WITHOUT_CENTS = ("CLP", "ISK", "JPY", "KRW")


def test_prices_are_rounded_to_the_unit_of_each_documented_currency(every):
    assert set(every.currencies) == DOCUMENTED_CURRENCIES
    frame = every.product(FRAME)
    (post,) = (method for method in every.shipment_methods if method.uid == "sandbox_post")
    for currency, rate in every.currencies.items():
        price = every.line_price(frame, 7, None, "DE", currency)
        digits = 0 if currency in WITHOUT_CENTS else 2
        assert price == round(price, digits)
        unit = 10**-digits
        assert price == pytest.approx(7 * 0.95 * rate * (14 + 21 * 0.3 * 0.4), abs=0.6 * unit)
        assert every.shipping_price(post, 100, currency) == round(4.28 * rate, digits)


def test_no_price_is_known_in_another_currency(every):
    frame = every.product(FRAME)
    assert every.price_list(frame, None, "DE", "XYZ") == ()
    with pytest.raises(LookupError, match="has no price in DE, XYZ"):
        every.line_price(frame, 1, None, "DE", "XYZ")


def test_pages_count_only_for_products_that_have_several(every):
    book, frame = every.product(BOOK), every.product(FRAME)
    thin, thick = [every.line_price(book, 1, pages, "DE", "EUR") for pages in (24, 100)]
    assert thick - thin == pytest.approx(76 * 0.11)
    assert every.line_price(book, 1, None, "DE", "EUR") == thin
    assert every.line_price(frame, 1, 99, "DE", "EUR") == every.line_price(
        frame, 1, None, "DE", "EUR"
    )
    assert every.grams(book, 2, 48) == pytest.approx(4 * book.weight)
    assert every.grams(book, 2, None) == pytest.approx(2 * book.weight)
    assert every.grams(frame, 3, 99) == pytest.approx(3 * frame.weight)


# customers' words


@pytest.mark.parametrize(
    ("words", "catalog"),
    [
        ("Framed Poster", "framed-posters"),
        ("my T-shirt", "t-shirts"),
        ("A Thing", "general"),
        (None, "general"),
    ],
)
def test_a_customers_words_name_a_family(every, words, catalog):
    product = every.customer_product({"productName": words, "productVariant": {"Size": "M"}})
    assert (product.uid, product.catalog) == (CUSTOMER_PRODUCT, catalog)
    assert every.line_price(product, 2, None, "DE", "EUR") > 0


def test_a_customers_book_may_have_any_pages(every):
    assert every.customer_product({"productName": "photobook"}).page_counts == ()


# stock


def test_made_up_stock_is_that_of_stockable_products_alone(every):
    frames = every.products_of("frames")
    statuses = {every.stock(frame, region).status for frame in frames for region in REGIONS}
    assert statuses == {"in-stock", "out-of-stock", "out-of-stock-replenishable"}
    mug = every.product("mug")
    assert not every.is_stockable(mug)
    assert every.stock(mug, "EU") == Stock(status="non-stockable")


def test_every_country_of_delivery_has_one_region():
    assert len(SUPPORTED) == len(set(SUPPORTED))
    assert [region_of(country) for country in ("SE", "GB", "US", "AX")] == [
        "EU",
        "UK",
        "US-CA",
        None,
    ]
    assert not set(SUPPORTED) & set(NOT_SUPPORTED)


# shipment methods

POST = ("sandbox_post", "sandbox_letter")
GLOBAL = ("dhl_global_parcel", "tnt_global_pack")
RAPID = ("sandbox_express",)
DEARER = ("tnt_global_pack", *RAPID, "sandbox_pallet")


def uids(methods):
    return [method.uid for method in methods]


@pytest.mark.parametrize(
    ("country", "methods"),
    [
        ("DE", [*POST, "sandbox_parcel", "dhl_parcel", *DEARER]),
        ("SE", [*POST, "sandbox_parcel", *GLOBAL]),
        ("US", [*POST, "tnt_global_pack", *RAPID]),
        ("MX", [*POST]),
        ("AX", []),
    ],
)
def test_methods_are_those_of_the_country(every, country, methods):
    assert uids(every.methods(country)) == methods


@pytest.mark.parametrize(
    ("words", "country", "uid"),
    [
        (None, "DE", "sandbox_post"),
        ("", "DE", "sandbox_post"),
        (" , ", "DE", "sandbox_post"),
        ("cheapest", "DE", "sandbox_post"),
        ("express", "DE", "sandbox_express"),
        ("Express,pallet", "DE", "sandbox_express"),
        ("express, cheapest", "DE", "sandbox_post"),
        ("standard", "DE", "sandbox_parcel"),
        ("normal", "DE", "sandbox_post"),
        ("Sandbox Parcel", "DE", "sandbox_parcel"),
        ("nothing,sandbox_pallet", "DE", "sandbox_pallet"),
        ("nothing", "DE", None),
        ("sandbox_pallet", "SE", None),
        ("cheapest", "AX", None),
    ],
)
def test_words_choose_the_cheapest_that_they_name(every, words, country, uid):
    chosen = every.chosen_method(words, country)
    assert (chosen and chosen.uid) == uid
