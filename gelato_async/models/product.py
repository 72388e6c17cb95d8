"""Products of the catalogs: what they are, what their covers measure, what they cost (product.gelatoapis.com v3)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from gelato_async.models.fields import as_tuple, count_rows


def as_filters(filters: Mapping[str, Iterable[str]] | None) -> Mapping[str, tuple[str, ...]] | None:
    """Make the lists immutable; a single text in place of a list is refused."""
    return None if filters is None else {name: as_tuple(values) for name, values in filters.items()}


@frozen(kw_only=True)
class Measure:
    """A length, a weight or another property, and its unit: `mm`, `grams`, `lbs` and so on.

    `value` is text where the answer has text, as in the dimension `Color HEX Code` (`#000000`).
    """

    value: str | float | None = None
    measure_unit: str | None = None


@frozen(kw_only=True)
class Product:
    """A product (*Search products*, *Get product*).

    `attributes` maps the uids of a catalog's attributes to the uids of their values. `dimensions`
    are by name: `Width`, `Height`, `Thickness` and others; some are text. Only *Get product* has
    `not_supported_countries`, `is_stockable`, `is_printable` and `valid_page_counts` (of multi-page
    products). Countries are ISO 3166-1 codes.
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


@frozen(kw_only=True)
class FilterHits:
    """How many products have which value: attribute uid -> value uid -> number of hits."""

    attribute_hits: Mapping[str, Mapping[str, int]] = field(factory=dict)


@frozen(kw_only=True)
class ProductPage:
    """One page of a search.

    A page shorter than its limit is the last one; `hits` may be missing.
    """

    products: tuple[Product, ...] = ()
    hits: FilterHits | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def length(self) -> int:
        """How many rows the answer had, those that cannot be read included."""
        return count_rows(self.raw, "products", self.products)


@frozen(kw_only=True)
class CoverArea:
    """An area of a cover, in the unit of its `CoverDimensions`.

    Its size, and its distance from the left and the top.
    """

    width: float | None = None
    height: float | None = None
    left: float | None = None
    top: float | None = None
    thickness: float | None = None


@frozen(kw_only=True)
class CoverDimensions:
    """The areas of the cover of a multi-page product (*Cover dimensions*); which of them there are depends on the product.

    `pages_count` is not the page count that was asked for: the document calls it the inner pages,
    and four more than asked were seen. Areas are in `measure_unit`, millimetres.
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


@frozen(kw_only=True)
class Price:
    """What a product costs in a country (*Price*).

    The documents' examples show `price` to be for all of `quantity`, not for one copy. `page_count`
    is None but for multi-page products.
    """

    product_uid: str
    country: str | None = None
    quantity: int | None = None
    price: Decimal | None = None
    currency: str | None = None
    page_count: int | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(kw_only=True)
class ProductPrices:
    """The answer to *Price*, which is a bare list: `raw` holds it under `prices`."""

    prices: tuple[Price, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)
