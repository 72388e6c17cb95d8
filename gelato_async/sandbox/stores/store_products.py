"""Products of stores as the sandbox remembers them.

| age in life-cycle seconds | 0 | 12 | 15 | 30 | 600 |
|---|---|---|---|---|---|
| status | created | created | publishing_queued | publishing | active |
| `isReadyToPublish` | false | true | true | true | true |

Live products became ready after 9 to 20 seconds, and one became `active` after 48 minutes. The tag
`sandbox:publishing_error` makes a product end as `publishing_error`.

A store needs no set-up: every store id has its own list, empty at first.
"""

from bisect import bisect_right

import attrs

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.order import Body

READY = 12.0
AGES = (0.0, READY, 15.0, 30.0, 600.0)
_STATUSES = ("created", "created", "publishing_queued", "publishing", "active")
ERROR_TAG = "sandbox:publishing_error"


@attrs.define(eq=False, kw_only=True)
class StoreProduct:
    """One product; its status is computed from its age."""

    id: str
    store_id: str
    body: Body
    template: Body
    tags: list[str]
    # Those of the template that were chosen, each with an id of its own.
    variants: list[Body]
    created: Moment
    _seen: int = 0
    _changed: float = 0.0

    def status(self, now: Moment) -> str:
        """Return the status."""
        status = _STATUSES[self._stage(now)]
        if status == "active" and ERROR_TAG in self.tags:
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
        if stage != self._seen:
            self._seen = stage
            self._changed = now.wall
        return max(self._changed, self.created.wall)

    def _stage(self, now: Moment) -> int:
        return max(bisect_right(AGES, now.life - self.created.life) - 1, 0)


class StoreProducts:
    """The products of all stores, each store's in the order of their creation."""

    def __init__(self) -> None:
        self._stores: dict[str, dict[str, StoreProduct]] = {}

    def add(self, product: StoreProduct) -> None:
        """Add a new product."""
        self._stores.setdefault(product.store_id, {})[product.id] = product

    def find(self, store_id: str, product_id: str) -> StoreProduct | None:
        """Return a product of a store, or None."""
        return self._stores.get(store_id, {}).get(product_id)

    def remove(self, product: StoreProduct) -> None:
        """Remove a product."""
        del self._stores[product.store_id][product.id]

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
