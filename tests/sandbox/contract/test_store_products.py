"""Store products and templates (ecommerce v1), as live ones were seen."""

import json

import pytest
from support.json_shapes import LONG_DATE, SHORT_DATE, URL, UUID, faults

pytestmark = pytest.mark.anyio

STORE = "/v1/stores/store-1/products"
TEXT = (str, None)
METADATA = {
    "id": str,
    "productId": str,
    "variantId": TEXT,
    "imageId": TEXT,
    "videoId": TEXT,
    "key": str,
    "value": str,
    "isExternal": bool,
}
VARIANT = {
    "id": UUID,
    "clientId": UUID,
    "productId": UUID,
    "title": str,
    "externalId": TEXT,
    "connectionStatus": {"created", "connected", "not_connected", "ignored"},
    "productUid": str,
    "isHidden": bool,
}
IMAGE = {
    "id": str,
    "storeId": str,
    "productId": UUID,
    "productVariantIds": [UUID],
    "fileUrl": URL,
    "isPrimary": bool,
    "status": {"created", "published"},
    "createdAt": SHORT_DATE,
    "updatedAt": SHORT_DATE,
    "metadata": [METADATA],
    "skipPublishing": bool,
}
ATTRIBUTE_VALUE = {"value": str, "keys": [{"name": str, "value": str, "type": str}]}
PRODUCT = {
    "id": UUID,
    "storeId": str,
    "clientId": UUID,
    "externalId": TEXT,
    "title": str,
    "description": str,
    "previewUrl": (URL, None),
    "externalPreviewUrl": str,
    "externalThumbnailUrl": str,
    "publishingErrorCode": TEXT,
    "status": {"created", "publishing_queued", "publishing", "active", "publishing_error"},
    "isReadyToPublish": bool,
    "tags": [str],
    "productType": TEXT,
    "vendor": TEXT,
    "publishedAt": (LONG_DATE, None),
    "createdAt": SHORT_DATE,
    "updatedAt": SHORT_DATE,
    "variants": [VARIANT],
    "productVariantOptions": [{"name": str, "values": [str]}],
    "previewFileType": str,
    "productVariantPreviewScene": (str, dict, None),
    "collectionsIds": [str],
    "handle": str,
    "publishingDetailsFlags": list,
    "hasDraft": bool,
    "isFreeShipping": bool,
    "publishingErrorDetails": (str, dict, list, None),
    "publishingProgress": (str, float, dict, None),
    "productVideos": list,
    "templateName": {""},
    "parentTemplateId": {""},
    "priceUpdatedAt": TEXT,
    "personalizationSettings": str,
    "hasPersonalizableVariants": bool,
    "hasCustomSizeVariants": bool,
    "errors": list,
    "metadata": [METADATA],
    "productVariantAttributes": [{"name": str, "values": [ATTRIBUTE_VALUE]}],
    "productImages": [IMAGE],
}
PLACEHOLDER = {"name": str, "printArea": str, "height": float, "width": float}
TEMPLATE_VARIANT = {
    "id": UUID,
    "title": str,
    "productUid": str,
    "variantOptions": [{"name": str, "value": str}],
    "imagePlaceholders": [PLACEHOLDER],
    "textPlaceholders": [{"name": str, "text": str}],
}
TEMPLATE = {
    "id": str,
    "clientId": UUID,
    "templateName": str,
    "title": str,
    "description": str,
    "previewUrl": URL,
    "productType": None,
    "vendor": None,
    "variants": [TEMPLATE_VARIANT],
    "createdAt": (SHORT_DATE, LONG_DATE),
    "updatedAt": (SHORT_DATE, LONG_DATE),
}
# The sandbox's own; which ids there are is not a part of the contract.
TEMPLATES = ("template-t-shirt", "template-poster", "template-cap")


@pytest.fixture
def create(api):
    async def make(template="template-t-shirt", **changes):
        body = {"templateId": template, "title": "Harbour shirt"} | changes
        answer = await api.post(f"{STORE}:create-from-template", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return make


@pytest.fixture
def product(api):
    async def get(product_id):
        answer = await api.get(f"{STORE}/{product_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


async def test_a_product_has_all_live_keys_at_every_age(app, create, product):
    made = await create()
    assert faults(made, PRODUCT) == []
    for seconds in (5, 10, 10, 10, 600, 3600):
        app.advance(seconds)
        assert faults(await product(made["id"]), PRODUCT) == []


async def test_a_create_answers_before_anything_is_filled(api, create):
    made = await create()
    expected = {
        "status": "created",
        "isReadyToPublish": False,
        "previewUrl": None,
        "publishedAt": None,
        "externalId": None,
        "variants": [],
        "productImages": [],
        "externalPreviewUrl": "",
        "externalThumbnailUrl": "",
    }
    assert {name: made[name] for name in expected} == expected
    template = (await api.get("/v1/templates/template-t-shirt")).json()
    values = {}
    for variant in template["variants"]:
        for option in variant["variantOptions"]:
            values.setdefault(option["name"], set()).add(option["value"])
    options = {one["name"]: set(one["values"]) for one in made["productVariantOptions"]}
    assert options == values


async def test_tags_type_and_vendor_are_in_every_answer(create, product):
    inherited = await create()
    assert inherited["tags"] != []
    own = await create(tags=["a", "b"], productType="Shirts", vendor="Harbour")
    for answer in (own, await product(own["id"])):
        assert answer["tags"] == ["a", "b"]
        assert (answer["productType"], answer["vendor"]) == ("Shirts", "Harbour")


async def test_a_description_may_be_left_out(create):
    assert isinstance((await create())["description"], str)
    assert (await create(description="<p>x</p>"))["description"] == "<p>x</p>"


async def test_a_product_is_ready_9_to_20_seconds_after_its_create(app, create, product):
    made, ready = await create(), None
    for second in range(30):
        if (await product(made["id"]))["isReadyToPublish"] and ready is None:
            ready = second
        app.advance(1)
    assert 9 <= ready <= 20


async def test_statuses_come_in_the_order_of_live_ones(app, create, product):
    made, met = await create(), []
    for _ in range(800):
        status = (await product(made["id"]))["status"]
        if status not in met:
            met.append(status)
        app.advance(5)
    assert met == ["created", "publishing_queued", "publishing", "active"]


async def test_a_ready_product_is_not_published_yet(app, create, product):
    made = await create()
    app.advance(20)
    seen = await product(made["id"])
    assert seen["isReadyToPublish"] is True
    assert seen["status"] != "active"
    assert seen["externalPreviewUrl"] == ""
    assert faults(seen["previewUrl"], URL) == []
    assert len(seen["variants"]) > 1
    assert {variant["connectionStatus"] for variant in seen["variants"]} == {"created"}
    assert {image["status"] for image in seen["productImages"]} == {"created"}


async def test_a_product_may_have_its_external_id_while_publishing(app, create, product):
    made = await create()
    for _ in range(720):
        seen = await product(made["id"])
        if seen["status"] == "publishing":
            break
        app.advance(5)
    assert seen["externalId"]
    assert seen["externalPreviewUrl"] == ""


async def test_a_published_product_is_in_the_shop(app, create, product):
    made = await create()
    app.advance(4000)
    seen = await product(made["id"])
    assert (seen["status"], seen["publishingErrorCode"]) == ("active", None)
    assert faults([seen["externalPreviewUrl"], seen["externalThumbnailUrl"]], [URL]) == []
    assert faults(seen["publishedAt"], LONG_DATE) == []
    assert {variant["connectionStatus"] for variant in seen["variants"]} == {"connected"}
    assert all(variant["externalId"] for variant in seen["variants"])
    assert {image["status"] for image in seen["productImages"]} == {"published"}


async def test_variants_and_images_belong_to_their_product(app, create, product):
    made = await create()
    app.advance(20)
    seen = await product(made["id"])
    ids = {variant["id"] for variant in seen["variants"]}
    assert {variant["productId"] for variant in seen["variants"]} == {made["id"]}
    for image in seen["productImages"]:
        assert image["productId"] == made["id"]
        assert set(image["productVariantIds"]) <= ids
    assert sum(image["isPrimary"] for image in seen["productImages"]) == 1
    assert isinstance(json.loads(seen["personalizationSettings"]), dict | list)


async def test_a_list_of_variants_takes_only_those(app, api, create, product):
    template = (await api.get("/v1/templates/template-t-shirt")).json()
    wanted = template["variants"][1]
    made = await create(variants=[{"templateVariantId": wanted["id"]}])
    whole = await create()
    app.advance(20)
    (variant,) = (await product(made["id"]))["variants"]
    assert (variant["title"], variant["productUid"]) == (wanted["title"], wanted["productUid"])
    assert variant["id"] != wanted["id"]
    assert len((await product(whole["id"]))["variants"]) == len(template["variants"])


async def test_a_product_that_is_deleted_is_gone(api, create):
    made, other = await create(), await create()
    answer = await api.delete(f"{STORE}/{made['id']}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    gone = await api.get(f"{STORE}/{made['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "NOT_FOUND")
    left = (await api.get(STORE)).json()["products"]
    assert [one["id"] for one in left] == [other["id"]]


async def test_a_product_belongs_to_its_store_alone(api, create):
    made = await create()
    assert (await api.get(f"/v1/stores/store-2/products/{made['id']}")).status_code == 404
    assert (await api.get("/v1/stores/store-2/products")).json() == {"products": []}


async def test_a_listing_has_products_as_get_has_them(app, api, create, product):
    made = [await create(title=f"Shirt {number}") for number in range(3)]
    app.advance(20)
    listed = (await api.get(STORE)).json()
    assert faults(listed, {"products": [PRODUCT]}) == []
    assert [one["id"] for one in listed["products"]] == [one["id"] for one in made[::-1]]
    assert listed["products"][0] == await product(made[-1]["id"])


async def test_a_listing_has_order_and_pages(api, create):
    made = [(await create())["id"] for _ in range(5)]
    ascending = {"order": "asc", "orderBy": "createdAt", "limit": "2", "offset": "1"}
    page = (await api.get(STORE, params=ascending)).json()["products"]
    assert [one["id"] for one in page] == made[1:3]
    assert (await api.get(STORE, params={"offset": "5"})).json() == {"products": []}
    for wrong in ({"limit": "101"}, {"limit": "x"}, {"order": "up"}, {"orderBy": "title"}):
        assert (await api.get(STORE, params=wrong)).status_code == 400


@pytest.mark.parametrize("template", TEMPLATES)
async def test_a_template_is_like_a_live_one(api, template):
    answer = await api.get(f"/v1/templates/{template}")
    assert (answer.status_code, faults(answer.json(), TEMPLATE)) == (200, [])


async def test_print_area_1_and_empty_text_placeholders_occur(api):
    areas, texts = set(), []
    for template in TEMPLATES:
        for variant in (await api.get(f"/v1/templates/{template}")).json()["variants"]:
            areas |= {one["printArea"] for one in variant["imagePlaceholders"]}
            texts.append(variant["textPlaceholders"])
    assert "1" in areas
    assert [] in texts


@pytest.mark.parametrize(
    "template",
    ["template-t-shirt", "template-cap", "template-poster"],
)
async def test_a_template_leads_to_a_price_and_an_order(api, template, order, item, quote):
    """Every variant's product exists in a catalog, can be priced, quoted and ordered."""
    for variant in (await api.get(f"/v1/templates/{template}")).json()["variants"]:
        uid = variant["productUid"]
        found = await api.get(f"/v3/products/{uid}")
        assert found.status_code == 200, found.text
        query = {"country": "US", "currency": "USD"}
        prices = (await api.get(f"/v3/products/{uid}/prices", params=query)).json()
        single = min(prices, key=lambda row: row["quantity"])
        wanted = {"items": [item(productUid=uid, quantity=single["quantity"])]}
        quoted = (await api.post("/v4/orders:quote", json=quote(**wanted))).json()
        price = pytest.approx(single["price"], abs=0.0051)
        assert quoted["quotes"][0]["products"][0]["price"] == price
        made = (await api.post("/v4/orders", json=order(**wanted))).json()
        assert made["items"][0]["price"] == price
        catalog = await _catalog_with(api, found.json()["attributes"], uid)
        assert catalog, "no search of a catalog finds the product"


async def _catalog_with(api, attributes, uid):
    filters = {name: [value] for name, value in attributes.items()}
    for row in (await api.get("/v3/catalogs")).json()["data"]:
        path = f"/v3/catalogs/{row['catalogUid']}/products:search"
        found = (await api.post(path, json={"attributeFilters": filters})).json()["products"]
        if any(product["productUid"] == uid for product in found):
            return row["catalogUid"]
    return None


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": None},
        {"templateId": None},
        {"tags": ["x" * 256]},
        {"tags": ["x"] * 14},
        {"variants": [{"templateVariantId": "no-such-variant"}]},
        {"variants": [{}]},
        {"salesChannels": ["moon"]},
    ],
    ids=str,
)
async def test_a_create_that_is_wrong_is_refused(api, changes):
    body = {"templateId": "template-t-shirt", "title": "Harbour shirt"} | changes
    refused = await api.post(f"{STORE}:create-from-template", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")


async def test_images_are_put_into_the_placeholders_of_a_template(api, create):
    template = (await api.get("/v1/templates/template-t-shirt")).json()
    variant = template["variants"][0]
    name = variant["imagePlaceholders"][0]["name"]
    image = {"name": name, "fileUrl": "https://files.example.com/a.png", "fitMethod": "meet"}
    wanted = {"templateVariantId": variant["id"], "position": 1, "imagePlaceholders": [image]}
    assert (await create(variants=[wanted]))["status"] == "created"
    wanted["imagePlaceholders"] = [image | {"name": "NoSuchPlaceholder"}]
    body = {"templateId": "template-t-shirt", "title": "x", "variants": [wanted]}
    refused = await api.post(f"{STORE}:create-from-template", json=body)
    assert refused.status_code == 400
