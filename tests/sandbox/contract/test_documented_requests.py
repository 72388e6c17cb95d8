"""The example requests of the documents, with their ids and with a recipient of our own."""

import pytest
from support.json_shapes import DAY, faults

pytestmark = pytest.mark.anyio

T_SHIRT = "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_s_gco_white_gpr_4-4"
LOGO = "https://files.example.com/docs/sample-print-files/logo.png"
CARD = "https://files.example.com/docs/sample-print-files/business_card_empty.pdf"
HARD_COVER = (
    "photobooks-hardcover_pf_210x280-mm-8x11-inch_pt_170-gsm-65lb-coated-silk_cl_4-4_ccl_4-4"
    "_bt_glued-left_ct_matt-lamination_prt_1-0_cpt_130-gsm-65-lb-cover-coated-silk_ver"
)
HANGER = "wall_hanger_product_whs_290-mm_whc_white_whm_wood_whp_w14xt20-mm"
FRAMED = (
    "frame_and_poster_product_frs_300x400-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass"
    "__pf_300x400-mm_pt_170-gsm-coated-silk_cl_4-0_ct_none_prt_none_hor"
)
ADDRESS = {
    "companyName": "Example",
    "firstName": "Ada",
    "lastName": "Example",
    "addressLine1": "1 Sample Street",
    "addressLine2": "Rear",
    "state": "NY",
    "city": "New York",
    "postCode": "11203",
    "country": "US",
    "email": "ada@example.com",
    "phone": "123456789",
}
TEMPLATE = "c12a363e-0d4e-4d96-be4b-bf4138eb8743"
TEMPLATE_VARIANTS = (
    "83e30e31-0aee-4eca-8a8f-dceb2455cdc1",
    "d7c3241e-db88-40f1-9862-3d145b29dfef",
    "582fe1ea-7f4e-4507-9e3d-7f49a38aa2d7",
    "49f54e49-2ac5-466b-9938-473b1cc82a8b",
)


def the_order(**changes):
    files = [{"type": "default", "url": LOGO}, {"type": "back", "url": LOGO}]
    item = {
        "itemReferenceId": "{{myItemId1}}",
        "productUid": T_SHIRT,
        "files": files,
        "quantity": 1,
    }
    return {
        "orderType": "order",
        "orderReferenceId": "{{myOrderId}}",
        "customerReferenceId": "{{myCustomerId}}",
        "currency": "USD",
        "items": [item],
        "shipmentMethodUid": "express",
        "shippingAddress": ADDRESS,
        "returnAddress": ADDRESS | {"companyName": "My company", "postCode": "13202"},
        "metadata": [
            {"key": "keyIdentifier1", "value": "keyValue1"},
            {"key": "keyIdentifier2", "value": "keyValue2"},
        ],
    } | changes


async def test_the_example_of_create_order_is_delivered(app, api, fetch):
    made = await api.post("/v4/orders", json=the_order())
    assert made.status_code == 200, made.text
    assert made.json()["metadata"] == the_order()["metadata"]
    app.advance(1000)
    assert (await fetch(made.json()["id"]))["fulfillmentStatus"] == "delivered"


async def test_the_example_of_a_split_order_is_delivered(app, api, fetch):
    uids = {
        "poster-13x18": "flat_130x180-mm-5r_170-gsm-65lb-uncoated_4-0_ver",
        "phone-case": "phonecase_apple_iphone-13promax_flexi_transparent_satin",
        "mug-15-oz": "mug_product_msz_15-oz_mmat_ceramic-white_cl_4-0",
    }
    items = []
    for name, uid in uids.items():
        files = [{"type": "default", "url": f"{LOGO}?dl=1"}]
        items.append({"itemReferenceId": name, "productUid": uid, "files": files, "quantity": 1})
    body = the_order(
        items=items, shipmentMethodUid="standard", returnAddress={"companyName": "Ours"}
    )
    del body["orderType"], body["metadata"]
    made = await api.post("/v4/orders", json=body)
    assert made.status_code == 200, made.text
    app.advance(1000)
    for order_id in {made.json()["id"], *made.json()["connectedOrderIds"]}:
        assert (await fetch(order_id))["fulfillmentStatus"] == "delivered"


async def test_the_examples_of_patch_order_turn_a_draft_into_an_order(api):
    draft = (await api.post("/v4/orders", json=the_order(orderType="draft"))).json()
    files = [{"type": "default", "url": CARD}, {"type": "back", "url": CARD}]
    body = {"orderType": "order", "items": [{"id": draft["items"][0]["id"], "files": files}]}
    patched = await api.patch(f"/v4/orders/{draft['id']}", json=body)
    assert (patched.status_code, patched.json()["items"][0]["files"]) == (200, files)


async def test_the_example_of_search_orders_finds_orders(api):
    await api.post("/v4/orders", json=the_order())
    body = {"orderTypes": ["draft", "order"], "countries": ["US", "DE", "CA"]}
    found = await api.post("/v4/orders:search", json=body)
    assert [row["orderReferenceId"] for row in found.json()["orders"]] == ["{{myOrderId}}"]


async def test_the_example_of_a_quote_has_an_offer(api):
    rows = (
        ("{{myItemId1}}", "cards_pf_bx_pt_110-lb-cover-uncoated_cl_4-4_hor"),
        ("{{myItemId2}}", "cards_pf_5r_pt_100-lb-cover-coated-silk_cl_4-4_hor"),
    )
    products = []
    for name, uid in rows:
        files = [{"type": "default", "url": CARD}]
        row = {"itemReferenceId": name, "productUid": uid, "files": files, "quantity": 100}
        products.append(row)
    head = {"orderReferenceId": "{{myOrderId}}", "customerReferenceId": "{{myCustomerId}}"}
    body = head | {"currency": "EUR", "recipient": ADDRESS, "products": products}
    (quoted,) = (await api.post("/v4/orders:quote", json=body)).json()["quotes"]
    assert quoted["itemReferenceIds"] == ["{{myItemId1}}", "{{myItemId2}}"]
    assert {row["currency"] for row in quoted["shipmentMethods"]} == {"EUR"}
    assert all(row["price"] > 0 for row in quoted["products"])


async def test_the_examples_of_catalogs_exist(api):
    listed = (await api.get("/v3/catalogs")).json()["data"]
    assert {row["catalogUid"] for row in listed} >= {"cards", "posters"}
    posters = (await api.get("/v3/catalogs/posters")).json()
    values = {}
    for attribute in posters["productAttributes"]:
        uids = {value["productAttributeValueUid"] for value in attribute["values"]}
        values[attribute["productAttributeUid"]] = uids
    assert values["Orientation"] >= {"hor", "ver"}
    assert values["PaperFormat"] >= {"A1", "A2", "A3"}
    filters = {"Orientation": ["hor", "ver"], "CoatingType": ["none"]}
    body = {"attributeFilters": filters, "limit": 50, "offset": 0}
    found = (await api.post("/v3/catalogs/posters/products:search", json=body)).json()
    assert found["products"]
    assert found["hits"]["attributeHits"]["CoatingType"].keys() == {"none"}


async def test_the_example_of_cover_dimensions_is_a_hard_cover(api):
    path = f"/v3/products/{HARD_COVER}/cover-dimensions"
    answer = (await api.get(path, params={"pageCount": "34"})).json()
    assert (answer["pagesCount"], answer["measureUnit"]) == (38, "mm")
    areas = {name for name in answer if name.endswith("Size")}
    assert areas == {
        *("wraparoundInsideSize", "wraparoundEdgeSize", "contentBackSize", "jointBackSize"),
        *("spineSize", "jointFrontSize", "contentFrontSize"),
    }


async def test_the_example_of_stock_knows_two_of_three_products(api):
    body = {"products": [HANGER, FRAMED, "non-existing-product-uid"]}
    answer = (await api.post("/v3/stock/region-availability", json=body)).json()
    hanger, framed, missing = answer["productsAvailability"]
    for known in (hanger, framed):
        statuses = {row["status"] for row in known["availability"]}
        assert statuses <= {"in-stock", "out-of-stock-replenishable", "out-of-stock"}
    assert {row["status"] for row in missing["availability"]} == {"not-supported"}
    dates = [row["replenishmentDate"] for row in hanger["availability"]]
    assert faults(dates, [(DAY, None)]) == []


async def test_the_example_of_a_template_becomes_a_product(app, api):
    template = await api.get(f"/v1/templates/{TEMPLATE}")
    assert template.status_code == 200, template.text
    variants = template.json()["variants"]
    assert {one["id"] for one in variants} >= set(TEMPLATE_VARIANTS)
    image = {"name": "ImageFront", "fileUrl": CARD}
    wanted = [{"templateVariantId": one, "imagePlaceholders": [image]} for one in TEMPLATE_VARIANTS]
    body = {
        "templateId": TEMPLATE,
        "title": "Classic Unisex Crewneck T-shirt",
        "description": "<div><p>A T-shirt.</p></div>",
        "isVisibleInTheOnlineStore": True,
        "salesChannels": ["web"],
        "tags": ["tshirt", "unisex"],
        "variants": wanted,
        "productType": "Printable Material",
        "vendor": "Gelato",
    }
    path = "/v1/stores/6ada0d2f-73f4-41f4-af92-91911c22171d/products"
    made = await api.post(f"{path}:create-from-template", json=body)
    assert made.status_code == 200, made.text
    app.advance(20)
    product = (await api.get(f"{path}/{made.json()['id']}")).json()
    assert len(product["variants"]) == len(TEMPLATE_VARIANTS)
    for variant in product["variants"]:
        assert (await api.get(f"/v3/products/{variant['productUid']}")).status_code == 200


async def test_the_example_of_a_listing_may_have_a_body(api):
    """The document shows the listing's parameters in the body of a GET, which live clients omit."""
    body = {"order": "desc", "orderBy": "createdAt", "offset": 0, "limit": 100}
    answer = await api.request("GET", "/v1/stores/a-store/products", json=body)
    assert (answer.status_code, answer.json()) == (200, {"products": []})


async def test_the_example_of_connect_is_submitted(app, connect):
    """With retail prices, because the order crosses a border."""
    address = {
        "country": "SE",
        "firstName": "My first name",
        "lastName": "My last name",
        "addressLine1": "17",
        "addressLine2": "Address 1",
        "city": "City",
        "postCode": "11111",
        "state": "",
        "email": "ida@example.com",
        "phone": "+47222222",
        "companyName": "MyCompany",
    }
    uid = "flat_product_pf_a4_pt_200-gsm-uncoated_cl_4-0_ct_none_prt_none_sft_none_set_none_hor"
    item = {
        "itemReferenceId": "test1",
        "productUid": uid,
        "quantity": 1,
        "retailPriceInclVat": 19.99,
        "files": [{"type": "default", "url": "https://www.example.com/path/to/printfile.pdf"}],
    }
    body = {
        "orderReferenceId": "test",
        "orderType": "order",
        "currency": "EUR",
        "retailCurrency": "GBP",
        "retailShippingPriceInclVat": 6.99,
        "shipmentMethodUid": "normal,standard,fed_ex_2_day",
        "shippingAddress": address,
        "items": [item],
    }
    made = await connect.post("order", json=body)
    assert made.status_code == 200, made.text
    app.advance(1000)
    seen = (await connect.get("test")).json()
    assert (seen["fulfillmentStatus"], seen["refusalReasonCode"]) == ("delivered", None)
    assert seen["items"][0]["retailPriceInclVat"] == 19.99
