"""Products of stores as the sandbox keeps them, and the document in which they are answered.

| age in life-cycle seconds | 0 | 12 | 15 | 30 | 600 |
|---|---|---|---|---|---|
| status | created | created | publishing_queued | publishing | active |
| `isReadyToPublish` | false | true | true | true | true |

The real one became ready after 9 to 20 seconds too, and `active` once after 48 minutes. The tag
`sandbox:publishing_error` makes a product end as `publishing_error`. Of what a live product has,
variants, images and the preview come when it is ready, and what belongs to the shop later.

A store needs no set-up: every store id has its own list, empty at first.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

import attrs

from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.orders.receipts import CLIENT_ID

Body = dict[str, Any]

READY = 12.0
AGES = (0.0, READY, 15.0, 30.0, 600.0)
_STATUSES = ("created", "created", "publishing_queued", "publishing", "active")
ERROR_TAG = "sandbox:publishing_error"
ERROR_CODE = "sandbox_request"
_FILES = "https://files.example.com"
# what every product of the sandbox has alike, of the keys that are in no document
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


@attrs.define(eq=False, kw_only=True)
class StoreProduct:
    """One product; its status is not stored but follows from its age."""

    id: str
    store_id: str
    body: Body
    template: Body
    tags: list[str]
    variants: list[Body]
    created: Moment
    _seen: int = 0
    _changed: float = 0.0

    def status(self, now: Moment) -> str:
        """Give the status."""
        status = _STATUSES[self._stage(now)]
        return "publishing_error" if status == "active" and ERROR_TAG in self.tags else status

    def is_ready(self, now: Moment) -> bool:
        """Tell whether it can be published."""
        return now.life - self.created.life >= READY

    def updated(self, now: Moment) -> float:
        """Give the POSIX time of the last change, which counts from when it is first looked at."""
        stage = self._stage(now)
        if stage != self._seen:
            self._seen, self._changed = stage, now.wall
        return max(self._changed, self.created.wall)

    def _stage(self, now: Moment) -> int:
        return max(bisect_right(AGES, now.life - self.created.life) - 1, 0)


class StoreProducts:
    """The products of all stores, each store's in the order of their creation."""

    def __init__(self) -> None:
        self._stores: dict[str, dict[str, StoreProduct]] = {}

    def add(self, product: StoreProduct) -> None:
        """Keep a new product."""
        self._stores.setdefault(product.store_id, {})[product.id] = product

    def find(self, store_id: str, product_id: str) -> StoreProduct | None:
        """Give a product of a store."""
        return self._stores.get(store_id, {}).get(product_id)

    def remove(self, product: StoreProduct) -> None:
        """Forget a product."""
        del self._stores[product.store_id][product.id]

    def sorted(
        self, store_id: str, order_by: str, now: Moment, *, newest_first: bool
    ) -> list[StoreProduct]:
        """Give all products of a store.

        Those of one moment in the order of their creation, or against it.
        """
        found = list(self._stores.get(store_id, {}).values())
        if order_by == "updatedAt":
            found.sort(key=lambda product: product.updated(now))
        return found[::-1] if newest_first else found


def document(product: StoreProduct, now: Moment) -> Body:
    """Give a product with all keys that live ones have."""
    status, is_ready = product.status(now), product.is_ready(now)
    return {
        "id": product.id,
        "storeId": product.store_id,
        "clientId": CLIENT_ID,
        "status": status,
        "isReadyToPublish": is_ready,
        "publishingErrorCode": ERROR_CODE if status == "publishing_error" else None,
        "previewUrl": f"{_FILES}/store-products/{product.id}/preview" if is_ready else None,
        "metadata": [_metadata(product)],
        **_described(product),
        **_in_shop(product, status),
        **_dates(product, status, now),
        **_UNDOCUMENTED,
        **_parts(product, now),
    }


def _described(product: StoreProduct) -> Body:
    body = product.body
    return {
        "title": body["title"],
        "description": body.get("description") or product.template["description"],
        "tags": product.tags,
        "productType": body.get("productType"),
        "vendor": body.get("vendor"),
    }


def _parts(product: StoreProduct, now: Moment) -> Body:
    if not product.is_ready(now):
        return {**_varying(product.template["variants"]), "variants": [], "productImages": []}
    status = product.status(now)
    return {
        **_varying(product.variants),
        "variants": [_variant(product, variant, status) for variant in product.variants],
        "productImages": [_image(product, status, now)],
    }


def _varying(variants: Iterable[Body]) -> Body:
    options = _options(variants)
    return {
        "productVariantOptions": options,
        "productVariantAttributes": [_attribute(option) for option in options],
    }


def _in_shop(product: StoreProduct, status: str) -> Body:
    shop = f"{_FILES}/shops/{product.store_id}/{product.id}" if status == "active" else ""
    return {
        # the shop's id is there before the shop shows the product
        "externalId": _external(product.id) if status in {"publishing", "active"} else None,
        "externalPreviewUrl": shop and f"{shop}.png",
        "externalThumbnailUrl": shop and f"{shop}_medium.png",
    }


def _dates(product: StoreProduct, status: str, now: Moment) -> Body:
    # both spellings within one object, and a date of publishing before anything is published, as in
    # the real answers
    is_early = status in {"created", "publishing_queued"}
    return {
        "publishedAt": None if is_early else stamp(product.created.wall),
        "createdAt": _short(product.created.wall),
        "updatedAt": _short(product.updated(now)),
    }


def _variant(product: StoreProduct, variant: Body, status: str) -> Body:
    connection = {"active": "connected", "publishing_error": "not_connected"}
    return {
        "id": variant["id"],
        "clientId": CLIENT_ID,
        "productId": product.id,
        "title": variant["title"],
        "externalId": _external(variant["id"]) if status == "active" else None,
        "connectionStatus": connection.get(status, "created"),
        "productUid": variant["productUid"],
        "isHidden": False,
    }


def _options(variants: Iterable[Body]) -> list[Body]:
    values: dict[str, dict[str, None]] = {}
    for variant in variants:
        for option in variant["variantOptions"]:
            values.setdefault(option["name"], {})[option["value"]] = None
    return [{"name": name, "values": list(found)} for name, found in values.items()]


def _attribute(option: Body) -> Body:
    values = [
        {"value": value, "keys": [{"name": "uid", "value": value.lower(), "type": "text"}]}
        for value in option["values"]
    ]
    return {"name": option["name"], "values": values}


def _image(product: StoreProduct, status: str, now: Moment) -> Body:
    image_id = _part_id(product, 2)
    return {
        "id": image_id,
        "storeId": product.store_id,
        "productId": product.id,
        "productVariantIds": [variant["id"] for variant in product.variants],
        "fileUrl": f"{_FILES}/store-products/{product.id}/image.png",
        "isPrimary": True,
        "status": "published" if status == "active" else "created",
        "createdAt": _short(product.created.wall),
        "updatedAt": _short(product.updated(now)),
        "metadata": [{**_metadata(product), "imageId": image_id}],
        "skipPublishing": False,
    }


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


def _short(wall: float) -> str:
    return stamp(wall).replace("+00:00", "+0000")


def _external(an_id: str) -> str:
    return str(int(an_id.replace("-", ""), 16))[:14]
