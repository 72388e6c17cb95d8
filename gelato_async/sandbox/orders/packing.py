"""How the items of an order are packed.

A package holds at most `MOST_GRAMS`, and of a product whose catalog says so only some copies. Items
follow each other, so that a package may hold several items, and an item may be in several packages.
More than `MOST_PACKAGES` are never made: what is left goes on pallets.
"""

from collections.abc import Iterable
from math import ceil, floor

import attrs

from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.entities import Product

# Made up: the usual limit of a parcel, a box, and a number that keeps answers short.
MOST_GRAMS = 20_000.0
_GRAMS_OF_A_BOX = 60
MOST_PACKAGES = 100


@attrs.frozen
class PackedItem:
    """Copies of an item that are to be packed; `number` is its place in the caller's list."""

    number: int
    product: Product | None
    quantity: float
    grams: float


def pack(assortment: Assortment, items: Iterable[PackedItem]) -> list[list[int]]:
    """Return, for each package, the numbers of the items that are in it."""
    ends: list[tuple[int, float]] = []
    filled = 0.0
    for item in items:
        # Rounded, because thirds add up to a little more than one.
        filled = round(filled + _packages_of(assortment, item), 6)
        ends.append((item.number, filled))
    count = min(max(ceil(filled), 1), MOST_PACKAGES)
    # How much goes into each of the packages, if they are fewer than needed.
    size = max(filled / count, 1.0)
    packages: list[list[int]] = [[] for _ in range(count)]
    start = 0.0
    for number, end in ends:
        first = min(floor(start / size), count - 1)
        last = min(max(ceil(end / size) - 1, first), count - 1)
        for package in packages[first : last + 1]:
            package.append(number)
        start = end
    return packages


def total_weight(grams: float, packages: int) -> int:
    """Return the weight of a shipment in whole grams, its boxes included."""
    return ceil(grams) + packages * _GRAMS_OF_A_BOX


def _packages_of(assortment: Assortment, item: PackedItem) -> float:
    """Return how many packages the copies of an item fill, the last of them in part."""
    if item.product is None or item.grams <= 0:
        return 0.0
    # A copy that is too heavy has a package of its own.
    fitting = max(floor(MOST_GRAMS * item.quantity / item.grams), 1)
    most = assortment.catalog_of(item.product).most_per_package
    if most:
        fitting = min(fitting, most)
    return item.quantity / fitting
