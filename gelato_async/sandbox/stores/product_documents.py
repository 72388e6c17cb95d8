"""Products of stores in the shape of the answers, with all keys of live products.

Variants, images and the preview appear when a product is ready, the shop's ids and URLs when it is
published.
"""

from collections.abc import Mapping

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.clock import Moment, short_stamp, stamp
from gelato_async.sandbox.orders.receipts import client_id
from gelato_async.sandbox.stores.store_products import StoreProduct, StoreVariant
from gelato_async.sandbox.stores.templates import variant_options

_FILES = "https://files.example.com"
# Undocumented keys of live products, with one value for all products of the sandbox.
_UNDOCUMENTED: Body = {
    "previewFileType": "png",
    "productVariantPreviewScene": None,
    "collectionsIds": [],
    "handle": "",
    "publishingDetailsFlags": [],
    "hasDraft": False,
    "isFreeShipping": False,
    "publishingErrorDetails": None,
    "publishingProgress": None,
    "productVideos": [],
    "templateName": "",
    "parentTemplateId": "",
    "priceUpdatedAt": None,
    "personalizationSettings": '{"isPersonalizable":false}',
    "hasPersonalizableVariants": False,
    "hasCustomSizeVariants": False,
    "errors": [],
}


def product_document(product: StoreProduct, now: Moment) -> Body:
    """Return a product of a store."""
    status = product.status(now)
    return {
        "id": product.id,
        "storeId": product.store_id,
        "clientId": client_id(product.account),
        "status": status,
        "metadata": [_metadata(product)],
        **_description(product),
        **_in_shop(product, status),
        **_dates(product, status, now),
        **_UNDOCUMENTED,
        **_parts(product, status, now),
    }


def _description(product: StoreProduct) -> Body:
    return {
        "title": product.title,
        "description": product.description,
        "tags": list(product.tags),
        "productType": product.product_type,
        "vendor": product.vendor,
    }


def _parts(product: StoreProduct, status: str, now: Moment) -> Body:
    if not product.is_ready(now):
        return {
            "isReadyToPublish": False,
            "previewUrl": None,
            **_options(product.template_options),
            "variants": [],
            "productImages": [],
        }
    return {
        "isReadyToPublish": True,
        "previewUrl": f"{_FILES}/store-products/{product.id}/preview",
        **_options(variant_options(product.variants)),
        "variants": [_variant(product, variant, status) for variant in product.variants],
        "productImages": [_image(product, status, now)],
    }


def _options(values_of: Mapping[str, list[str]]) -> Body:
    options, attributes = [], []
    for name, values in values_of.items():
        options.append({"name": name, "values": values})
        attributes.append({"name": name, "values": list(map(_attribute_value, values))})
    return {"productVariantOptions": options, "productVariantAttributes": attributes}


def _attribute_value(value: str) -> Body:
    return {"value": value, "keys": [{"name": "uid", "value": value.lower(), "type": "text"}]}


def _in_shop(product: StoreProduct, status: str) -> Body:
    in_shop: Body = {
        "externalId": None,
        "externalPreviewUrl": "",
        "externalThumbnailUrl": "",
        "publishingErrorCode": None,
    }
    # The shop gives the product an id before it shows the product.
    if status in {"publishing", "active"}:
        in_shop["externalId"] = _external_id(product.id)
    if status == "active":
        image = f"{_FILES}/shops/{product.store_id}/{product.id}"
        in_shop["externalPreviewUrl"] = f"{image}.png"
        in_shop["externalThumbnailUrl"] = f"{image}_medium.png"
    if status == "publishing_error":
        in_shop["publishingErrorCode"] = product.error_code
    return in_shop


def _dates(product: StoreProduct, status: str, now: Moment) -> Body:
    # Both spellings in one object, and a date of publishing before anything is published, as in
    # live answers.
    dates: Body = {
        "publishedAt": stamp(product.created.wall),
        "createdAt": short_stamp(product.created.wall),
        "updatedAt": short_stamp(product.updated(now)),
    }
    if status in {"created", "publishing_queued"}:
        dates["publishedAt"] = None
    return dates


def _variant(product: StoreProduct, variant: StoreVariant, status: str) -> Body:
    document = {
        "id": variant.id,
        "clientId": client_id(product.account),
        "productId": product.id,
        "title": variant.title,
        "externalId": None,
        "connectionStatus": "created",
        "productUid": variant.product_uid,
        "isHidden": False,
    }
    if status == "active":
        document["externalId"] = _external_id(variant.id)
        document["connectionStatus"] = "connected"
    elif status == "publishing_error":
        document["connectionStatus"] = "not_connected"
    return document


def _image(product: StoreProduct, status: str, now: Moment) -> Body:
    # An id of its own that is always the same, though nothing remembers it.
    image_id = _part_id(product, 2)
    image = {
        "id": image_id,
        "storeId": product.store_id,
        "productId": product.id,
        "productVariantIds": [variant.id for variant in product.variants],
        "fileUrl": f"{_FILES}/store-products/{product.id}/image.png",
        "isPrimary": True,
        "status": "created",
        "createdAt": short_stamp(product.created.wall),
        "updatedAt": short_stamp(product.updated(now)),
        "metadata": [{**_metadata(product), "imageId": image_id}],
        "skipPublishing": False,
    }
    if status == "active":
        image["status"] = "published"
    return image


def _metadata(product: StoreProduct) -> Body:
    return {
        "id": _part_id(product, 1),
        "productId": product.id,
        "variantId": None,
        "imageId": None,
        "videoId": None,
        "key": "sandbox",
        "value": "made up",
        "isExternal": False,
    }


def _part_id(product: StoreProduct, kind: int) -> str:
    return f"{kind:08x}{product.id[8:]}"


def _external_id(an_id: str) -> str:
    # As many digits as the ids of a shop system have.
    return str(int(an_id.replace("-", ""), 16))[:14]
