"""The order that a caller sends, to either API."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from gelato_async.models.addresses import ReturnAddress, ShippingAddress
from gelato_async.models.enums import FileType, OrderType, as_file_type, as_order_type
from gelato_async.models.fields import as_amount, as_extra, as_reference, as_strings, as_tuple, wire
from gelato_async.models.tracebacks import hides_arguments_of_methods


@frozen(weakref_slot=False)
class Metadata:
    """An entry of your own that comes back with the order (*Create order*, `MetadataObject`)."""

    key: str
    value: str


def as_metadata(
    entries: Mapping[str, str] | Iterable[Metadata] | None,
) -> tuple[Metadata, ...] | None:
    """Accept a mapping like `{"campaign": "spring"}` too."""
    if entries is None:
        return None
    if isinstance(entries, Mapping):
        return tuple(Metadata(str(key), str(value)) for key, value in entries.items())
    return as_tuple(entries)


@frozen(kw_only=True, weakref_slot=False)
class File:
    """A file to print (*Create order*, `File`).

    `url` may be left out only if `id` reuses an embroidery file. `id`, `thread_colors` (hex codes,
    six at most) and `is_visible` are for embroidery with Gelato; GelatoConnect cannot carry them
    and requires both `type` and `url`.
    """

    type: FileType | None = field(default=FileType.DEFAULT, converter=as_file_type)
    url: str | None = None
    id: str | None = None
    thread_colors: tuple[str, ...] | None = field(default=None, converter=as_strings)
    is_visible: bool | None = None
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


def as_files(files: Iterable[File] | None) -> tuple[File, ...] | None:
    """Make the list immutable; None (no files) stays different from an empty list."""
    return None if files is None else as_tuple(files)


@frozen(kw_only=True, weakref_slot=False)
class CatalogItem:
    """An item that names its product by `product_uid`.

    *Create order*, `ItemObject`; GelatoConnect *Item Parameters*. `page_count` counts all pages of
    a multi-page product, covers included. `page_count` and `adjust_product_uid_by_file_types` are
    Gelato's; `metadata` and `retail_price_excl_vat` are GelatoConnect's. That price is **without**
    VAT although the wire calls it `retailPriceInclVat`.
    """

    item_reference_id: str
    product_uid: str
    quantity: int = 1
    files: tuple[File, ...] | None = field(default=None, converter=as_files)
    page_count: int | None = None
    adjust_product_uid_by_file_types: bool | None = None
    metadata: tuple[Metadata, ...] | None = field(default=None, converter=as_metadata)
    retail_price_excl_vat: Decimal | None = field(
        default=None, converter=as_amount, metadata=wire("retailPriceInclVat")
    )
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class CustomItem:
    """An item that names one of your customer products; GelatoConnect only (*Selecting a Product*).

    All items of an order name their products in the same way. `retail_price_excl_vat` is
    **without** VAT although the wire calls it `retailPriceInclVat`.
    """

    item_reference_id: str
    product_name: str
    product_variant: Mapping[str, str] = field(converter=as_extra)
    quantity: int = 1
    files: tuple[File, ...] | None = field(default=None, converter=as_files)
    metadata: tuple[Metadata, ...] | None = field(default=None, converter=as_metadata)
    retail_price_excl_vat: Decimal | None = field(
        default=None, converter=as_amount, metadata=wire("retailPriceInclVat")
    )
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


# Typed, unlike `as_tuple`: type checkers take the type of an argument from its converter.
def as_items(items: Iterable[CatalogItem | CustomItem]) -> tuple[CatalogItem | CustomItem, ...]:
    """Make the list immutable."""
    return as_tuple(items)


@hides_arguments_of_methods
@frozen(kw_only=True, weakref_slot=False)
class NewOrder:
    """An order to create (*Create order*; GelatoConnect *Submit Order*).

    `order_reference_id` is your own order number. Make it unique: after a lost answer the order is
    found by it, and Gelato itself accepts a reference any number of times. `shipment_method_uid`
    may list several methods, separated by commas: Gelato takes the cheapest of those that match, or
    the cheapest of all if the field is left out. `customer_reference_id` is required by Gelato, and
    only Gelato carries `return_address`; `retail_currency` and `retail_shipping_price_excl_vat`
    (for orders across a border) are GelatoConnect's. The keys of `extra` are sent unchanged and
    override all others except the reference and the type.
    """

    order_reference_id: str = field(converter=as_reference)
    currency: str
    shipping_address: ShippingAddress = field(repr=False)
    items: tuple[CatalogItem | CustomItem, ...] = field(converter=as_items)
    customer_reference_id: str | None = None
    order_type: OrderType = field(default=OrderType.ORDER, converter=as_order_type)
    shipment_method_uid: str | None = None
    return_address: ReturnAddress | None = field(default=None, repr=False)
    metadata: tuple[Metadata, ...] | None = field(default=None, converter=as_metadata)
    retail_currency: str | None = None
    retail_shipping_price_excl_vat: Decimal | None = field(
        default=None, converter=as_amount, metadata=wire("retailShippingPriceInclVat")
    )
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class DraftItem:
    """An item of a draft to keep (`id` alone) or to give other files.

    *Patch draft order*, `ItemObject`.
    """

    id: str
    files: tuple[File, ...] | None = field(default=None, converter=as_files)
    extra: Mapping[str, Any] = field(factory=dict, converter=as_extra, repr=False)


def as_draft_items(items: Iterable[DraftItem] | None) -> tuple[DraftItem, ...] | None:
    """Make the list immutable.

    None (leave the items) stays different from an empty list (remove them).
    """
    return None if items is None else as_tuple(items)
