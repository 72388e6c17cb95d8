"""What can be bought, as plain values that a file can hold: catalogs, products, shipment methods.

An empty field of a product stands for its catalog's value. Prices without a currency of their own
are in EUR.
"""

import contextlib
import re
from collections.abc import Callable, Mapping
from math import inf, isfinite
from typing import Any, Literal

import attrs
from attrs.validators import ge, le, min_len, optional

# A search looks at each.
_MOST_COMBINATIONS = 10_000
# Dates end with the year 9999.
_DAYS = [ge(0), le(10_000)]
# An attribute in the form of uids. It is no number, which Python's formats take for a place.
FIELD: re.Pattern[str] = re.compile(r"\{([^\W\d]\w*)\}")


_Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def _if_typed(check: _Validator) -> _Validator:
    """Leave a value of another type to `SandboxData`, which reports it with its place."""

    def checked(instance: Any, field: "attrs.Attribute[Any]", value: Any) -> None:
        with contextlib.suppress(TypeError, AttributeError):
            check(instance, field, value)

    return checked


@attrs.frozen(kw_only=True)
class Attribute:
    """An attribute of the products of a catalog, with the titles of its values by their uids."""

    uid: str
    title: str
    values: Mapping[str, str] = attrs.field(validator=_if_typed(min_len(1)))


@_if_typed
def _amount(_: object, field: "attrs.Attribute[Any]", value: float | None) -> None:
    # JSON has no infinity, but TOML has.
    if value is not None and not 0 <= value < inf:
        raise ValueError(f"{field.name} must be a number of at least 0, not {value}")


@_if_typed
def _number_or_text(_: object, __: object, value: float | str) -> None:
    if not isinstance(value, str) and not isfinite(value):
        raise ValueError("a measure must be a finite number, or a text")


@attrs.frozen(kw_only=True)
class Measure:
    """A measured value; some live measures are texts, like a colour's code."""

    value: float | str = attrs.field(validator=_number_or_text)
    unit: str = ""


@attrs.frozen(kw_only=True)
class Discount:
    """The factor of a copy's price from a quantity on."""

    quantity: int = attrs.field(validator=_if_typed(ge(1)))
    factor: float = attrs.field(validator=_amount)


# Made up; live price lists have tiers up to thousands of copies.
_DISCOUNTS = (
    Discount(quantity=1, factor=1.0),
    Discount(quantity=2, factor=0.98),
    Discount(quantity=5, factor=0.95),
    Discount(quantity=10, factor=0.9),
    Discount(quantity=20, factor=0.85),
    Discount(quantity=50, factor=0.8),
    Discount(quantity=100, factor=0.75),
)


@attrs.frozen(kw_only=True)
class PriceRule:
    """The price of one copy in EUR, and its discounts in the order of their quantities."""

    base: float = attrs.field(validator=_amount)
    per_square_metre: float = attrs.field(default=0.0, validator=_amount)
    per_page: float = attrs.field(default=0.0, validator=_amount)
    discounts: tuple[Discount, ...] = _DISCOUNTS


def stated_names(form: str) -> list[str]:
    """Return the names of attributes in the form of a catalog's uids."""
    return FIELD.findall(form)


@_if_typed
def _of_attributes(catalog: "Catalog", _: object, form: str | None) -> None:
    if form is None:
        return
    values = {attribute.uid: len(attribute.values) for attribute in catalog.attributes}
    combinations = 1
    for name in dict.fromkeys(stated_names(form)):
        if name not in values:
            raise ValueError(f"product_uids of {catalog.uid}: no attribute is named {name}")
        combinations *= values[name]
    if combinations > _MOST_COMBINATIONS:
        raise ValueError(
            f"product_uids of {catalog.uid}: {combinations:,} combinations are too many, there may"
            f" be {_MOST_COMBINATIONS:,}"
        )
    if set("{}") & set(FIELD.sub("", form)):
        raise ValueError(f"product_uids of {catalog.uid}: braces are for attributes' uids alone")


@attrs.frozen(kw_only=True)
class Catalog:
    """A catalog, and what its products have in common.

    Attributes:
        uid: The identifier in paths.
        title: The title.
        attributes: The attributes of its products.
        price: The price of products without prices of their own.
        product_uids: The form of its products' uids with attributes in braces, like
            `mug_product_msz_{MugSize}`. With it there is a product for every combination of the
            attributes' values, without it only those that are listed.
        families: The first words of further uids that are products of this kind, if any product
            may exist.
        is_printable: Whether its products need files.
        is_stockable: Whether its products can be out of stock.
        page_counts: The valid page counts; empty except for multi-page products.
        weight: The weight of one product in grams; 0 if it follows from the size.
        grams_per_square_metre: The weight of its material; 0 for that of the stated paper.
        dimensions: Measures of all its products.
        most_per_package: How many copies of a product fit into a package; 0 for as many as their
            weight allows.
    """

    uid: str
    title: str
    price: PriceRule
    attributes: tuple[Attribute, ...] = ()
    product_uids: str | None = attrs.field(default=None, validator=_of_attributes)
    families: tuple[str, ...] = ()
    is_printable: bool = True
    is_stockable: bool = False
    page_counts: tuple[int, ...] = ()
    weight: float = attrs.field(default=0.0, validator=_amount)
    grams_per_square_metre: float = attrs.field(default=0.0, validator=_amount)
    dimensions: Mapping[str, Measure] = attrs.field(factory=dict)
    most_per_package: int = attrs.field(default=0, validator=ge(0))


@attrs.frozen(kw_only=True)
class Price:
    """A price of `quantity` copies, as a row of the price route has it.

    Without a country it is the price in every country, without a page count that of every one.
    """

    price: float = attrs.field(validator=_amount)
    currency: str = "EUR"
    quantity: int = attrs.field(default=1, validator=_if_typed(ge(1)))
    country: str | None = None
    page_count: int | None = None


# As the stock route documents them.
StockStatus = Literal[
    "in-stock", "out-of-stock-replenishable", "out-of-stock", "non-stockable", "not-supported"
]


@attrs.frozen(kw_only=True)
class Stock:
    """The stock of a region, and the days until it is replenished."""

    status: StockStatus
    replenishment_days: int | None = attrs.field(default=None, validator=optional(_DAYS))


@attrs.frozen(kw_only=True)
class Product:
    """A product.

    Attributes:
        uid: The identifier in paths and orders.
        catalog: The uid of its catalog; if empty, the one that its uid names.
        attributes: The values of its attributes; if empty, those that its uid states.
        price: The price of one copy in EUR, instead of the catalog's; several copies have the
            catalog's discounts.
        prices: Prices of its own, instead of `price` and the catalog's.
        stock: The stock of its own by the uids of regions; it is in stock in regions left out.
        weight: The weight of one copy in grams; of a book, with its lowest page count.
        dimensions: Measures by their names.
        page_counts: The valid page counts of a multi-page product; if empty, those of its prices.
        supported_countries: Where it is delivered; empty for wherever Gelato delivers.
        not_supported_countries: Where it is not delivered.
    """

    uid: str
    catalog: str = ""
    attributes: Mapping[str, str] = attrs.field(factory=dict)
    price: float | None = attrs.field(default=None, validator=_amount)
    prices: tuple[Price, ...] = ()
    stock: Mapping[str, Stock] = attrs.field(factory=dict)
    weight: float = attrs.field(default=0.0, validator=_amount)
    dimensions: Mapping[str, Measure] = attrs.field(factory=dict)
    page_counts: tuple[int, ...] = ()
    supported_countries: tuple[str, ...] = ()
    not_supported_countries: tuple[str, ...] = ()


# The types of quotes; the shipment routes document three of them.
MethodType = Literal["normal", "standard", "express", "pick_up", "pallet"]


@attrs.frozen(kw_only=True)
class ShipmentMethod:
    """A shipment method.

    Attributes:
        uid: The identifier, which an order may name.
        name: The name.
        type: The type in quotes.
        price: The part of the price that does not depend on the weight, in EUR.
        per_kilogram: The other part, in EUR; 0 for a flat rate.
        min_days: The fewest days until delivery.
        max_days: The most days until delivery.
        countries: Where it delivers; empty for wherever Gelato delivers.
        is_business: Whether it delivers to businesses.
        is_private: Whether it delivers to homes.
        has_tracking: Whether its parcels have tracking codes.
    """

    uid: str
    name: str
    type: MethodType
    price: float = attrs.field(validator=_amount)
    per_kilogram: float = attrs.field(default=0.0, validator=_amount)
    min_days: int = attrs.field(validator=_DAYS)
    max_days: int = attrs.field(validator=_DAYS)
    countries: tuple[str, ...] = ()
    is_business: bool = True
    is_private: bool = True
    has_tracking: bool = True

    def suits(self, *, is_business: bool) -> bool:
        """Return whether the method delivers to a business, or else to a home."""
        return self.is_business if is_business else self.is_private

    @property
    def listed_type(self) -> str:
        """The type on the shipment routes, which know normal, express and pallet alone."""
        if self.type in {"express", "pallet"}:
            return self.type
        return "normal"
