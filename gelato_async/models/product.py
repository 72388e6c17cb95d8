"""Products of the catalogs, the dimensions of their covers, and their prices.

The answers of product.gelatoapis.com v3.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from gelato_async.models.fields import as_tuple, count_rows


def as_filters(filters: Mapping[str, Iterable[str]] | None) -> Mapping[str, tuple[str, ...]] | None:
    """Make the lists immutable, and refuse a single string in place of a list."""
    return None if filters is None else {name: as_tuple(values) for name, values in filters.items()}


@frozen(kw_only=True, weakref_slot=False)
class Measure:
    """A length, a weight or another property, and its unit: `mm`, `grams`, `lbs` and so on.

    `value` is a string if the answer has one, as in the dimension `Color HEX Code` (`#000000`).
    """

    value: str | float | None = None
    measure_unit: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class Product:
    """A product (*Search products*, *Get product*).

    `attributes` maps the uids of a catalog's attributes to the uids of their values. `dimensions`
    are by name: `Width`, `Height`, `Thickness` and others; the values of some are strings. Only
    *Get product* has `not_supported_countries`, `is_stockable`, `is_printable` and
    `valid_page_counts` (of multi-page products). Countries are ISO 3166-1 codes.
    """

    product_uid: str
    attributes: Mapping[str, str] = field(factory=dict)
    weight: Measure | None = None
    dimensions: Mapping[str, Measure] = field(factory=dict)
    supported_countries: tuple[str, ...] = ()
    not_supported_countries: tuple[str, ...] = ()
    is_stockable: bool | None = None
    is_printable: bool | None = None
    valid_page_counts: tuple[int, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(kw_only=True, weakref_slot=False)
class FilterHits:
    """The number of products with each value: attribute uid -> value uid -> number of hits."""

    attribute_hits: Mapping[str, Mapping[str, int]] = field(factory=dict)


@frozen(kw_only=True, weakref_slot=False)
class ProductPage:
    """One page of a search.

    A page shorter than its limit is the last one; `hits` may be missing.
    """

    products: tuple[Product, ...] = ()
    hits: FilterHits | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def length(self) -> int:
        """The number of rows in the answer, including those that cannot be read."""
        return count_rows(self.raw, "products", self.products)


@frozen(kw_only=True, weakref_slot=False)
class CoverArea:
    """An area of a cover: its size, and its distance from the left and the top edge.

    All values are in the unit of the `CoverDimensions`.
    """

    width: float | None = None
    height: float | None = None
    left: float | None = None
    top: float | None = None
    thickness: float | None = None


@frozen(kw_only=True, weakref_slot=False)
class CoverDimensions:
    """The areas of the cover of a multi-page product (*Cover dimensions*), in `measure_unit` (mm).

    Which areas there are depends on the product. `pages_count` is not the page count of the
    request: the document calls it the inner pages, and answers had four more than requested.
    """

    product_uid: str
    pages_count: int | None = None
    measure_unit: str | None = None
    wraparound_inside_size: CoverArea | None = None
    wraparound_edge_size: CoverArea | None = None
    content_back_size: CoverArea | None = None
    joint_back_size: CoverArea | None = None
    spine_size: CoverArea | None = None
    joint_front_size: CoverArea | None = None
    content_front_size: CoverArea | None = None
    bleed_size: CoverArea | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(kw_only=True, weakref_slot=False)
class Price:
    """The price of a product in a country (*Price*).

    The documents' examples show that `price` is for all of `quantity`, not for one copy.
    `page_count` is None except for multi-page products.
    """

    product_uid: str
    country: str | None = None
    quantity: int | None = None
    price: Decimal | None = None
    currency: str | None = None
    page_count: int | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(kw_only=True, weakref_slot=False)
class ProductPrices:
    """The answer to *Price*, which is a bare list: `raw` holds it under `prices`."""

    prices: tuple[Price, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)
