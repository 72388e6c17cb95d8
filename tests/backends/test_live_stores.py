"""What live store products and templates have that no document shows."""

import json
from datetime import UTC, datetime

import pytest

from gelato_async import (
    ConnectionStatus,
    GetStoreProduct,
    GetTemplate,
    ProductImage,
    ProductImageStatus,
    ProductVariantAttribute,
    ProductVariantAttributeKey,
    ProductVariantAttributeValue,
    Response,
    StoreProductMetadata,
    StoreProductStatus,
)
from gelato_async.backends.gelato import gelato_backend

BACKEND = gelato_backend("sample-gelato-key")
METADATA = {
    "id": "m-1",
    "productId": "sp-1",
    "variantId": None,
    "imageId": "i-1",
    "videoId": None,
    "key": "season",
    "value": "summer",
    "isExternal": False,
}
LIVE = {
    "id": "sp-1",
    "clientId": "client-1",
    "status": "publishing_queued",
    "isReadyToPublish": True,
    "externalPreviewUrl": "",
    "previewFileType": "png",
    "productVariantPreviewScene": {"scene": 1},
    "collectionsIds": ["c-1", 2],
    "handle": "harbour-mug",
    "publishingDetailsFlags": ["media"],
    "hasDraft": False,
    "isFreeShipping": True,
    "publishingErrorDetails": {"reason": "none"},
    "publishingProgress": 40,
    "productVideos": [{"id": "v"}],
    "templateName": "",
    "parentTemplateId": "",
    "priceUpdatedAt": "2026-05-01T08:00:00+0000",
    "personalizationSettings": '{"isPersonalizable":false}',
    "hasPersonalizableVariants": False,
    "hasCustomSizeVariants": True,
    "errors": [{"code": "x"}],
    "metadata": [METADATA],
    "productVariantAttributes": [
        {
            "name": "Color",
            "values": [
                {"value": "Blue", "keys": [{"name": "hex", "value": "#00f", "type": "color"}]}
            ],
        }
    ],
    "productImages": [
        {
            "id": "i-1",
            "storeId": "store-1",
            "productId": "sp-1",
            "productVariantIds": ["spv-1"],
            "fileUrl": "https://files.example.org/i-1.png",
            "isPrimary": True,
            "status": "published",
            "createdAt": "2026-05-01T08:00:00+0000",
            "updatedAt": "2026-05-01T08:00:00+00:00",
            "metadata": [METADATA],
            "skipPublishing": False,
        }
    ],
    "variants": [
        {
            "id": "spv-1",
            "productId": "sp-1",
            "clientId": "client-1",
            "isHidden": False,
            "connectionStatus": "created",
        }
    ],
}


def parse(operation, found):
    return BACKEND.parse(operation, Response(status=200, body=json.dumps(found).encode()))


def test_every_key_of_a_live_store_product_has_its_attribute():
    read = parse(GetStoreProduct("store-1", "sp-1"), LIVE)
    shown = {
        "client_id": "client-1",
        "is_ready_to_publish": True,
        "preview_file_type": "png",
        "product_variant_preview_scene": {"scene": 1},
        "collections_ids": ("c-1", "2"),
        "handle": "harbour-mug",
        "publishing_details_flags": ("media",),
        "has_draft": False,
        "is_free_shipping": True,
        "publishing_error_details": {"reason": "none"},
        "publishing_progress": 40,
        "product_videos": ({"id": "v"},),
        "template_name": "",
        "parent_template_id": "",
        "price_updated_at": datetime(2026, 5, 1, 8, tzinfo=UTC),
        "personalization_settings": '{"isPersonalizable":false}',
        "has_personalizable_variants": False,
        "has_custom_size_variants": True,
        "errors": ({"code": "x"},),
        "external_preview_url": "",
    }
    assert {name: getattr(read, name) for name in shown} == shown


def test_the_lists_of_a_live_store_product_are_models():
    read = parse(GetStoreProduct("store-1", "sp-1"), LIVE)
    metadata = StoreProductMetadata(
        id="m-1",
        product_id="sp-1",
        image_id="i-1",
        key="season",
        value="summer",
        is_external=False,
    )
    moment = datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert read.metadata == (metadata,)
    assert read.product_images == (
        ProductImage(
            id="i-1",
            store_id="store-1",
            product_id="sp-1",
            product_variant_ids=("spv-1",),
            file_url="https://files.example.org/i-1.png",
            is_primary=True,
            status=ProductImageStatus.PUBLISHED,
            created_at=moment,
            updated_at=moment,
            metadata=(metadata,),
            skip_publishing=False,
        ),
    )
    key = ProductVariantAttributeKey(name="hex", value="#00f", type="color")
    value = ProductVariantAttributeValue(value="Blue", keys=(key,))
    assert read.product_variant_attributes == (
        ProductVariantAttribute(name="Color", values=(value,)),
    )
    (variant,) = read.variants
    assert (variant.product_id, variant.client_id, variant.is_hidden) == (
        "sp-1",
        "client-1",
        False,
    )
    assert variant.connection_status is ConnectionStatus.CREATED


@pytest.mark.parametrize(
    ("found", "ready", "over"),
    [
        ({"status": "created", "isReadyToPublish": False}, False, False),
        ({"status": "created", "isReadyToPublish": True}, True, False),
        ({"status": "publishing_queued", "isReadyToPublish": True}, True, False),
        ({"status": "publishing", "isReadyToPublish": True}, True, False),
        ({"status": "active", "isReadyToPublish": True}, True, True),
        ({"status": "created"}, False, False),
        ({"status": "created", "isReadyToPublish": "true"}, False, False),
        ({"status": "created", "publishedAt": "2026-05-01T08:00:00+00:00"}, False, False),
        ({"status": "active"}, True, True),
        ({"status": "publishing_error", "isReadyToPublish": False}, True, True),
        ({}, False, False),
    ],
    ids=str,
)
def test_ready_and_published_are_two_things(found, ready, over):
    read = parse(GetStoreProduct("store-1", "sp-1"), {"id": "sp-1", **found})
    assert (read.is_ready, read.is_publishing_over) == (ready, over)


def test_the_statuses_of_live_store_products_are_known():
    assert StoreProductStatus("publishing_queued").is_known
    assert ConnectionStatus("created").is_known


def test_a_live_template_is_read():
    placeholder = {"name": "Image", "printArea": "1", "height": 20, "width": 20}
    variant = {"id": "tv-1", "imagePlaceholders": [placeholder], "textPlaceholders": []}
    found = {"id": "t", "clientId": "c", "productType": None, "vendor": None, "variants": [variant]}
    read = parse(GetTemplate("t"), found)
    assert (read.client_id, read.product_type, read.vendor) == ("c", None, None)
    assert read.variants[0].image_placeholders[0].print_area == "1"
