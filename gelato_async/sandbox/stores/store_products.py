"""Products of stores as the sandbox remembers them.

| age in life-cycle seconds | 0 | 12 | 15 | 30 | 600 |
|---|---|---|---|---|---|
| status | created | created | publishing_queued | publishing | active |
| `isReadyToPublish` | false | true | true | true | true |

Live products became ready after 9 to 20 seconds, and one became `active` after 48 minutes. A product
that has an error code, from an image without a usable URL or by the tag `sandbox:publishing_error`,
ends as `publishing_error`.

A store needs no set-up: every store id has its own list, empty at first.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping

import attrs

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.records import Record, note_change

READY = 12.0
AGES = (0.0, READY, 15.0, 30.0, 600.0)
_STATUSES = ("created", "created", "publishing_queued", "publishing", "active")
ERROR_TAG = "sandbox:publishing_error"


@attrs.frozen(kw_only=True)
class StoreVariant:
    """One variant of a store product: one product of the catalog."""

    id: str
    title: str
    product_uid: str
    options: Mapping[str, str]


@attrs.define(eq=False, kw_only=True, on_setattr=note_change)
class StoreProduct(Record):
    """One product; its status is computed from its age.

    The product has copies of what it takes from its template, so it outlives a template that a
    restarted sandbox no longer has.
    """

    id: str
    account: str
    store_id: str
    template_id: str
    title: str
    description: str
    tags: tuple[str, ...]
    product_type: str | None
    vendor: str | None
    # The options of the whole template, and the variants that were chosen.
    template_options: Mapping[str, list[str]]
    variants: tuple[StoreVariant, ...]
    created: Moment
    # Why the product cannot be published, or None.
    error_code: str | None = None
    # The last stage that an answer showed, and the POSIX time of that answer.
    stage_shown: int = 0
    changed: float = 0.0
    # How many stages webhooks have announced.
    stages_announced: int = 0

    def status(self, now: Moment) -> str:
        """Return the status."""
        status = _STATUSES[self._stage(now)]
        if status == "active" and self.error_code is not None:
            return "publishing_error"
        return status

    def is_ready(self, now: Moment) -> bool:
        """Return whether the product can be published."""
        return now.life - self.created.life >= READY

    def updated(self, now: Moment) -> float:
        """Return the POSIX time of the last change.

        A change counts from the first answer that shows it.
        """
        stage = self._stage(now)
        if stage != self.stage_shown:
            self.stage_shown = stage
            self.changed = now.wall
        return max(self.changed, self.created.wall)

    def _stage(self, now: Moment) -> int:
        return max(bisect_right(AGES, now.life - self.created.life) - 1, 0)


class StoreProducts:
    """The products of all stores, each store's in the order of their creation."""

    def __init__(self) -> None:
        self._stores: dict[str, dict[str, StoreProduct]] = {}

    def __iter__(self) -> Iterator[StoreProduct]:
        """Yield the products of all stores."""
        for products in self._stores.values():
            yield from products.values()

    def add(self, product: StoreProduct) -> None:
        """Add a new product."""
        self._stores.setdefault(product.store_id, {})[product.id] = product

    def find(self, store_id: str, product_id: str) -> StoreProduct | None:
        """Return a product of a store, or None."""
        return self._stores.get(store_id, {}).get(product_id)

    def remove(self, product: StoreProduct) -> None:
        """Remove a product."""
        del self._stores[product.store_id][product.id]
        product.forget()

    def sorted(
        self, store_id: str, order_by: str, now: Moment, *, newest_first: bool
    ) -> list[StoreProduct]:
        """Return all products of a store, sorted by creation or by their last change."""
        found = list(self._stores.get(store_id, {}).values())
        # The sort is stable: products that changed at one moment stay in the order of creation.
        if order_by == "updatedAt":
            found.sort(key=lambda product: product.updated(now))
        if newest_first:
            found.reverse()
        return found
