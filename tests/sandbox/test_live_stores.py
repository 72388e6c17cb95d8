"""Store products and templates of the sandbox, as live ones were seen."""

import json

import httpx
import pytest

from gelato_async.sandbox import create_app

pytestmark = pytest.mark.anyio

SHIRT = {"templateId": "template-t-shirt", "title": "Harbour shirt"}
STORE = "stores/store-1/products"
DOCUMENTED = {
    *("id", "storeId", "externalId", "title", "description", "previewUrl", "externalPreviewUrl"),
    *("externalThumbnailUrl", "publishingErrorCode", "status", "publishedAt", "createdAt"),
    *("updatedAt", "variants", "productVariantOptions", "tags", "productType", "vendor"),
}
LIVE = {
    *("clientId", "isReadyToPublish", "previewFileType", "productVariantPreviewScene"),
    *("collectionsIds", "handle", "publishingDetailsFlags", "hasDraft", "isFreeShipping"),
    *("publishingErrorDetails", "publishingProgress", "productVideos", "templateName"),
    *("parentTemplateId", "priceUpdatedAt", "personalizationSettings"),
    *("hasPersonalizableVariants", "hasCustomSizeVariants", "errors", "metadata"),
    *("productVariantAttributes", "productImages"),
}


@pytest.fixture
def app():
    return create_app(speed=0.0, rate_limit=None)


@pytest.fixture
def shop(app):
    transport = httpx.ASGITransport(app)
    headers = {"X-API-KEY": "sandbox-key"}
    return httpx.AsyncClient(transport=transport, base_url="http://sandbox/v1/", headers=headers)


async def make(shop, **changes):
    answer = await shop.post(f"{STORE}:create-from-template", json=SHIRT | changes)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def look(shop, made):
    answer = await shop.get(f"{STORE}/{made['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_product_has_all_keys_of_a_live_one_at_every_age(shop, app):
    made = await make(shop)
    app.advance(12)
    ready = await look(shop, made)
    app.advance(1000)
    assert made.keys() == ready.keys() == (await look(shop, made)).keys() == DOCUMENTED | LIVE
    variant = {"id", "productId", "title", "externalId", "connectionStatus", "productUid"}
    assert ready["variants"][0].keys() == variant | {"clientId", "isHidden"}
    assert ready["productImages"][0].keys() == {
        *("id", "storeId", "productId", "productVariantIds", "fileUrl", "isPrimary", "status"),
        *("createdAt", "updatedAt", "metadata", "skipPublishing"),
    }
    assert ready["metadata"][0].keys() == {
        *("id", "productId", "variantId", "imageId", "videoId", "key", "value", "isExternal")
    }
    assert isinstance(json.loads(ready["personalizationSettings"]), dict)


async def test_the_answer_of_a_create_has_neither_variants_nor_urls(shop):
    wanted = (await shop.get("templates/template-t-shirt")).json()["variants"][0]["id"]
    made = await make(shop, variants=[{"templateVariantId": wanted}])
    assert (made["status"], made["isReadyToPublish"]) == ("created", False)
    assert (made["previewUrl"], made["publishedAt"], made["externalId"]) == (None, None, None)
    assert (made["variants"], made["productImages"]) == ([], [])
    assert (made["externalPreviewUrl"], made["externalThumbnailUrl"]) == ("", "")
    # those of the whole template, though one variant was asked for
    assert made["productVariantOptions"] == [
        {"name": "Color", "values": ["White", "Navy"]},
        {"name": "Size", "values": ["S", "M"]},
    ]


async def test_tags_are_the_templates_unless_others_are_given(shop):
    assert (await make(shop))["tags"] == ["sandbox"]
    assert (await make(shop, tags=["sea"]))["tags"] == ["sea"]
    assert (await make(shop, tags=[]))["tags"] == []
    made = await make(shop, productType="Shirts", vendor="Harbour Goods")
    assert (made["productType"], made["vendor"]) == ("Shirts", "Harbour Goods")


@pytest.mark.parametrize(
    ("tags", "end"), [(["sea"], "active"), (["sandbox:publishing_error"], "publishing_error")]
)
async def test_a_product_is_ready_long_before_it_is_published(shop, app, tags, end):
    made, met = await make(shop, tags=tags), []
    for seconds in (0, 12, 3, 15, 500, 70):
        app.advance(seconds)
        found = await look(shop, made)
        met.append((found["status"], found["isReadyToPublish"]))
    assert met == [
        ("created", False),
        ("created", True),
        ("publishing_queued", True),
        ("publishing", True),
        ("publishing", True),
        (end, True),
    ]


async def test_what_belongs_to_the_shop_comes_late(shop, app):
    made, met = await make(shop), []
    for seconds in (12, 18, 570):
        app.advance(seconds)
        found = await look(shop, made)
        connections = {variant["connectionStatus"] for variant in found["variants"]}
        met.append((bool(found["externalId"]), bool(found["externalPreviewUrl"]), connections))
    assert met == [
        (False, False, {"created"}),
        (True, False, {"created"}),
        (True, True, {"connected"}),
    ]
    assert found["productImages"][0]["status"] == "published"


async def test_a_product_that_cannot_be_published_says_why(shop, app):
    made = await make(shop, tags=["sandbox:publishing_error"])
    app.advance(1000)
    found = await look(shop, made)
    assert found["publishingErrorCode"] == "sandbox_request"
    assert {variant["connectionStatus"] for variant in found["variants"]} == {"not_connected"}
    assert (found["externalId"], found["externalPreviewUrl"]) == (None, "")


async def test_dates_have_two_spellings_and_publishing_an_early_date(shop, app):
    made = await make(shop)
    app.advance(30)
    found = await look(shop, made)
    assert (found["createdAt"][-5:], found["updatedAt"][-5:]) == ("+0000", "+0000")
    assert (found["status"], found["publishedAt"][-6:]) == ("publishing", "+00:00")


async def test_variants_name_their_product(shop, app):
    made = await make(shop)
    app.advance(12)
    found = await look(shop, made)
    assert {variant["productId"] for variant in found["variants"]} == {made["id"]}
    assert len(found["variants"]) == 4


async def test_a_product_is_deleted_and_then_gone(shop):
    made, other = await make(shop), await make(shop)
    answer = await shop.delete(f"{STORE}/{made['id']}")
    assert (answer.status_code, answer.json()) == (200, {})
    assert (await shop.get(f"{STORE}/{made['id']}")).status_code == 404
    assert (await shop.delete(f"{STORE}/{made['id']}")).status_code == 404
    left = (await shop.get(STORE)).json()["products"]
    assert [product["id"] for product in left] == [other["id"]]


async def test_a_wrong_method_is_answered_with_the_allowed_ones(shop):
    answer = await shop.patch(f"{STORE}/some-id", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT, DELETE")


async def test_what_put_does_is_not_invented(shop):
    made = await make(shop)
    assert (await shop.put(f"{STORE}/{made['id']}", json={})).status_code == 501
    assert (await shop.put(f"{STORE}/nothing", json={})).status_code == 404


@pytest.mark.parametrize("name", ["t-shirt", "poster", "cap"])
async def test_a_template_is_like_a_live_one(shop, name):
    template = (await shop.get(f"templates/template-{name}")).json()
    assert template["clientId"]
    assert (template["productType"], template["vendor"]) == (None, None)
    assert all("textPlaceholders" in variant for variant in template["variants"])


async def test_the_event_of_a_deleted_product_is_its_last():
    app = create_app(speed=0.0, rate_limit=None, webhook_url="http://127.0.0.1:1/")
    transport = httpx.ASGITransport(app)
    headers = {"X-API-KEY": "sandbox-key"}
    shop = httpx.AsyncClient(transport=transport, base_url="http://sandbox/v1/", headers=headers)
    made = await make(shop)
    app.advance(13)
    await shop.delete(f"{STORE}/{made['id']}")
    app.advance(1000)
    events = [delivery.event for delivery in app.webhooks()]
    assert [event["event"] for event in events] == [
        "store_product_created",
        "store_product_updated",
        "store_product_deleted",
    ]
    assert events[-1].keys() == {"id", "event", "storeProductId"}
    assert events[-1]["storeProductId"] == made["id"]
