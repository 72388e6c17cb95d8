"""Products of stores as the sandbox keeps them, and the documents in which they are answered.

| age in life-cycle seconds | 0 | 3 | 12 |
|---|---|---|---|
| status | created | publishing | active, or publishing_error where the tag `sandbox:publishing_error` asked for it |

A store needs no set-up: every store id has its own list, empty at first.
"""

from collections.abc import Iterable
from typing import Any

import attrs

from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.orders.order import new_id

Body = dict[str, Any]

PUBLISHING, READY = 3.0, 12.0
ERROR_TAG = "sandbox:publishing_error"
ERROR_CODE = "sandbox_request"
_FILES = "https://files.example.com"


@attrs.define(eq=False)
class StoreProduct:
    """One product; its status is not stored but follows from its age."""

    id: str
    store_id: str
    body: Body
    template: Body
    variants: list[Body]
    created: Moment
    linked_id: str = attrs.field(factory=new_id)
    _seen: str = "created"
    _changed: float = 0.0

    def status(self, now: Moment) -> str:
        """Give the status."""
        age = now.life - self.created.life
        if age < PUBLISHING:
            return "created"
        if age < READY:
            return "publishing"
        return "publishing_error" if ERROR_TAG in (self.body.get("tags") or ()) else "active"

    def updated(self, now: Moment) -> float:
        """Give the POSIX time of the last change, which counts from when it is first looked at."""
        status = self.status(now)
        if status != self._seen:
            self._seen, self._changed = status, now.wall
        return max(self._changed, self.created.wall)


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


def created(product: StoreProduct, now: Moment) -> Body:
    """Give what a create answers.

    Few fields, of which tags, productType and vendor are in no other answer.
    """
    body = product.body
    return {
        **_head(product, now),
        "tags": body.get("tags") or [],
        "productType": body.get("productType") or product.template["productType"],
        "vendor": body.get("vendor") or product.template["vendor"],
        **_dates(product, now),
    }


def whole(product: StoreProduct, now: Moment) -> Body:
    """Give a product with everything in it."""
    status = product.status(now)
    shop = f"{_FILES}/shops/{product.store_id}/{product.id}" if status == "active" else None
    return {
        **_head(product, now),
        "externalPreviewUrl": f"{shop}.png" if shop else None,
        "externalThumbnailUrl": f"{shop}_medium.png" if shop else None,
        "publishingErrorCode": ERROR_CODE if status == "publishing_error" else None,
        **_dates(product, now),
        "variants": [
            _variant(product, variant, connected=status == "active") for variant in product.variants
        ],
        "productVariantOptions": _options(product.variants),
    }


def _head(product: StoreProduct, now: Moment) -> Body:
    status = product.status(now)
    return {
        "id": product.id,
        "storeId": product.store_id,
        "externalId": _external(product.id) if status == "active" else None,
        "title": product.body["title"],
        "description": product.body.get("description") or product.template["description"],
        "previewUrl": f"{_FILES}/store-products/{product.id}/preview",
        "status": status,
    }


def _dates(product: StoreProduct, now: Moment) -> Body:
    # both spellings within one object, and a date of publishing before anything is published, as in
    # the real answers
    first = stamp(product.created.wall).replace("+00:00", "+0000")
    return {"publishedAt": first, "createdAt": first, "updatedAt": stamp(product.updated(now))}


def _variant(product: StoreProduct, variant: Body, *, connected: bool) -> Body:
    return {
        "id": variant["id"],
        "productId": product.linked_id,
        "title": variant["title"],
        "externalId": _external(variant["id"]) if connected else None,
        "connectionStatus": "connected" if connected else "not_connected",
        "productUid": variant["productUid"],
    }


def _options(variants: Iterable[Body]) -> list[Body]:
    values: dict[str, dict[str, None]] = {}
    for variant in variants:
        for option in variant["variantOptions"]:
            values.setdefault(option["name"], {})[option["value"]] = None
    return [{"name": name, "values": list(found)} for name, found in values.items()]


def _external(an_id: str) -> str:
    return str(int(an_id.replace("-", ""), 16))[:14]
