"""Shipment methods and their prices (shipment.gelatoapis.com v1)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from gelato_async.models.enums import ShipmentMethodType
from gelato_async.models.fields import as_extra, as_tuple


@frozen(kw_only=True, weakref_slot=False)
class ShipmentMethod:
    """A shipment method (*Shipment*), and where it delivers.

    `is_business` and `is_private` are about the addresses that it serves; countries are ISO 3166-1
    codes.
    """

    shipment_method_uid: str
    type: ShipmentMethodType | None = None
    name: str | None = None
    is_business: bool | None = None
    is_private: bool | None = None
    has_tracking: bool | None = None
    supported_countries: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(kw_only=True, weakref_slot=False)
class ShipmentMethods:
    """The answer to *Shipment*."""

    shipment_methods: tuple[ShipmentMethod, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


def as_quantities(quantities: Iterable[int]) -> tuple[int, ...]:
    """Make the list immutable."""
    return as_tuple(quantities)


@frozen(kw_only=True, weakref_slot=False)
class ShippingPricesProduct:
    """A product whose shipping is to be priced, for each of the quantities.

    `page_count` is for multi-page products only.
    """

    product_uid: str
    quantities: tuple[int, ...] = field(converter=as_quantities)
    page_count: int | None = None
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


def as_priced(products: Iterable[ShippingPricesProduct]) -> tuple[ShippingPricesProduct, ...]:
    """Make the list immutable."""
    return as_tuple(products)


@frozen(kw_only=True, weakref_slot=False)
class ShippingPricesRequest:
    """The request for shipping prices (`prices:search`); country and currency are ISO codes.

    `is_business`, `is_private` and `has_tracking` restrict the methods; None does not.
    """

    country: str
    currency: str
    products: tuple[ShippingPricesProduct, ...] = field(converter=as_priced)
    is_business: bool | None = None
    is_private: bool | None = None
    has_tracking: bool | None = None
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class ShippingMethodPrice:
    """The price of a method, in the currency of the request, and the days that it takes."""

    shipment_method_uid: str
    type: ShipmentMethodType | None = None
    min_price: Decimal | None = None
    avg_price: Decimal | None = None
    min_days: int | None = None
    max_days: int | None = None
    has_flat_rate: bool | None = None


@frozen(kw_only=True, weakref_slot=False)
class ShippingQuantityPrices:
    """The prices of shipping a number of copies, one for each method."""

    quantity: int | None = None
    page_count: int | None = None
    methods: tuple[ShippingMethodPrice, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class ShippingProductPrices:
    """The prices of shipping a product, by quantity."""

    product_uid: str
    quantities: tuple[ShippingQuantityPrices, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class ShippingPrices:
    """The answer to `prices:search`: a row for each product."""

    prices: tuple[ShippingProductPrices, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)
