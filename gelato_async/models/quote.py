"""Quotes: what an order would cost and how it could be shipped.

*Quote* of Gelato v4, request and answer.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from gelato_async.models.addresses import ShippingAddress
from gelato_async.models.enums import ShipmentMethodType
from gelato_async.models.fields import as_extra, as_tuple
from gelato_async.models.new_order import File, as_files
from gelato_async.models.tracebacks import hides_arguments_of_methods


@frozen(kw_only=True, weakref_slot=False)
class QuoteProduct:
    """A product to quote; `page_count` is for multi-page products only."""

    item_reference_id: str
    product_uid: str
    quantity: int = 1
    page_count: int | None = None
    files: tuple[File, ...] | None = field(default=None, converter=as_files)
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


def as_products(products: Iterable[QuoteProduct]) -> tuple[QuoteProduct, ...]:
    """Make the list immutable."""
    return as_tuple(products)


@hides_arguments_of_methods
@frozen(kw_only=True, weakref_slot=False)
class QuoteRequest:
    """The request for a quote.

    `allow_multiple_quotes` (Gelato's default: true) permits production in several hubs.
    """

    order_reference_id: str
    customer_reference_id: str
    currency: str
    recipient: ShippingAddress = field(repr=False)
    products: tuple[QuoteProduct, ...] = field(converter=as_products)
    allow_multiple_quotes: bool | None = None
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class QuotedShipmentMethod:
    """A shipment method for the quoted products.

    `price` may be None or 0; `total_weight` is in grams.
    """

    shipment_method_uid: str
    name: str | None = None
    price: Decimal | None = None
    currency: str | None = None
    min_delivery_days: int | None = None
    max_delivery_days: int | None = None
    min_delivery_date: date | None = None
    max_delivery_date: date | None = None
    type: ShipmentMethodType | None = None
    is_private: bool | None = None
    is_business: bool | None = None
    total_weight: int | None = None
    number_of_parcels: int | None = None
    inco_terms: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class QuotedProduct:
    """A quoted product; `price` is for the whole line, not for one copy."""

    item_reference_id: str
    product_uid: str | None = None
    quantity: int | None = None
    price: Decimal | None = None
    currency: str | None = None
    page_count: int | None = None


@frozen(kw_only=True, weakref_slot=False)
class Quote:
    """One offer: the products made in one country, and the shipment methods from there."""

    id: str
    item_reference_ids: tuple[str, ...] = ()
    fulfillment_country: str | None = None
    shipment_methods: tuple[QuotedShipmentMethod, ...] = ()
    products: tuple[QuotedProduct, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class Quotation:
    """The answer to a request for a quote: all its offers together make up the order."""

    order_reference_id: str | None = None
    quotes: tuple[Quote, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)
