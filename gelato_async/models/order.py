"""An order in the answers of both APIs.

*Get order*, with everything that its tables and examples show.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from gelato_async.models.addresses import BillingEntity, OrderAddress
from gelato_async.models.enums import (
    Channel,
    FileType,
    FinancialStatus,
    FulfillmentStatus,
    OptionType,
    OrderType,
    PreviewType,
)
from gelato_async.models.fields import wire
from gelato_async.models.receipt import Receipt

_SHIPPED = frozenset(
    {
        FulfillmentStatus.SHIPPED,
        FulfillmentStatus.IN_TRANSIT,
        FulfillmentStatus.DELIVERED,
        FulfillmentStatus.RETURNED,
    }
)
_DEAD = frozenset({FulfillmentStatus.CANCELED, FulfillmentStatus.FAILED})


@frozen(kw_only=True, weakref_slot=False)
class OrderMetadata:
    """A metadata entry of an order or item in an answer."""

    key: str | None = None
    value: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class ItemFile:
    """A file of an item; `id`, `thread_colors` and `is_visible` are for embroidery."""

    id: str | None = None
    type: FileType | None = None
    url: str | None = None
    thread_colors: tuple[str, ...] = ()
    is_visible: bool | None = None
    fit_method: str | None = None
    fill_method: str | None = None
    mime_type: str | None = None
    metadata: tuple[OrderMetadata, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class ItemPreview:
    """An image of the item (*Item previews*)."""

    type: PreviewType | None = None
    url: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class ItemOption:
    """An addition to an item, like envelopes (*Item options*)."""

    id: str | None = None
    type: OptionType | None = None
    product_uid: str | None = None
    quantity: int | None = None


@frozen(kw_only=True, weakref_slot=False)
class ItemAttribute:
    """A property of the product.

    `name` and `value` are for programs, `title` and `formatted_value` for people.
    """

    name: str | None = None
    title: str | None = None
    value: str | None = None
    formatted_value: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class OrderItem:
    """An item of an order.

    `event_log`, `print_jobs` and `app_services` are plain JSON: no document shows an element of
    them. `files_size` is in megabytes, judging by the examples. `retail_price_excl_vat` is without
    VAT although the wire says otherwise.
    """

    id: str
    item_reference_id: str | None = None
    item_reference_name: str | None = None
    product_uid: str | None = None
    product_name: str | None = None
    product_variant: Mapping[str, Any] = field(factory=dict)
    final_product_uid: str | None = None
    quantity: int | None = None
    page_count: int | None = None
    fulfillment_status: FulfillmentStatus | None = None
    files: tuple[ItemFile, ...] = ()
    file_url: str | None = None
    processed_file_url: str | None = None
    previews: tuple[ItemPreview, ...] = ()
    options: tuple[ItemOption, ...] = ()
    attributes: tuple[ItemAttribute, ...] = ()
    metadata: tuple[OrderMetadata, ...] = ()
    price: Decimal | None = None
    retail_price_excl_vat: Decimal | None = field(default=None, metadata=wire("retailPriceInclVat"))
    category: str | None = None
    product_category_uid: str | None = None
    product_type_uid: str | None = None
    product_name_uid: str | None = None
    product_file_mime_type: str | None = None
    store_product_id: str | None = None
    store_product_variant_id: str | None = None
    design_id: str | None = None
    is_ignored: bool | None = None
    custom_trim: Any = None
    dpi: int | None = None
    files_size: float | None = None
    print_jobs: tuple[Any, ...] = ()
    event_log: tuple[Any, ...] = ()
    app_services: tuple[Any, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class Package:
    """A parcel (*Get order*, `PackageObject`)."""

    id: str | None = None
    order_item_ids: tuple[str, ...] = ()
    tracking_code: str | None = None
    tracking_url: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class Shipment:
    """The shipment of an order (*Get order*, `ShipmentObject`).

    `total_weight` is in grams, packaging included. `service_type`, `speed_type` and the initial
    delivery dates are GelatoConnect's. `retail_shipping_price_excl_vat` is without VAT although the
    wire says otherwise.
    """

    id: str | None = None
    order_product_id: str | None = None
    shipping_address_id: str | None = None
    promise_uid: str | None = None
    shipment_method_uid: str | None = None
    shipment_method_name: str | None = None
    is_cheapest: bool | None = None
    package_count: int | None = field(default=None, metadata=wire("packageCount", "packagesCount"))
    packages: tuple[Package, ...] = ()
    min_delivery_days: int | None = None
    max_delivery_days: int | None = None
    min_delivery_date: date | None = None
    max_delivery_date: date | None = None
    initial_min_delivery_date: date | None = None
    initial_max_delivery_date: date | None = None
    total_weight: int | None = None
    price: Decimal | None = None
    retail_shipping_price_excl_vat: Decimal | None = field(
        default=None, metadata=wire("retailShippingPriceInclVat")
    )
    status: str | None = None
    fulfillment_country: str | None = None
    fulfillment_facility_id: str | None = None
    service_type: str | None = None
    speed_type: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class Discount:
    """A discount on an order (the split-order example, `discounts`)."""

    id: str | None = None
    type: str | None = None
    code: str | None = None
    discount_id: str | None = None
    title: str | None = None
    expire_at: datetime | None = None
    status: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class Order:
    """An order in the answers of Gelato and GelatoConnect.

    An order that was created is not yet accepted: its status may still become `failed` or
    `canceled`, with `refusal_reason` and `refusal_reason_code`. `app_services` is plain JSON: no
    document shows an element. `raw` has the whole answer, undocumented keys included.
    """

    id: str
    order_reference_id: str
    fulfillment_status: FulfillmentStatus
    customer_reference_id: str | None = None
    client_id: str | None = None
    order_type: OrderType | None = None
    financial_status: FinancialStatus | None = None
    currency: str | None = None
    channel: Channel | None = None
    store_id: str | None = None
    ordered_by_user_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    ordered_at: datetime | None = None
    items: tuple[OrderItem, ...] = ()
    shipment: Shipment | None = None
    shipment_method_uid: str | None = None
    shipping_address: OrderAddress | None = field(default=None, repr=False)
    return_address: OrderAddress | None = field(default=None, repr=False)
    billing_entity: BillingEntity | None = field(default=None, repr=False)
    receipts: tuple[Receipt, ...] = ()
    connected_order_ids: tuple[str, ...] = ()
    discounts: tuple[Discount, ...] = ()
    metadata: tuple[OrderMetadata, ...] = ()
    # Not in the repr: the texts of a refusal or comment may quote an address.
    refusal_reason: str | None = field(default=None, repr=False)
    refusal_reason_code: str | None = None
    refusal_reason_details: Any = field(default=None, repr=False)
    comment: str | None = field(default=None, repr=False)
    retail_currency: str | None = None
    payment_method_type: str | None = None
    payment_method_id: str | None = None
    prepayment_transaction_id: str | None = None
    ioss_number: str | None = field(default=None, repr=False)
    digitization_id: str | None = None
    app_services: tuple[Any, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def is_refused(self) -> bool:
        """Whether Gelato refused the order after its creation.

        A refused order is failed or canceled and has a `refusal_reason_code`.
        """
        return self.fulfillment_status in _DEAD and bool(self.refusal_reason_code)

    @property
    def is_certainly_too_late_to_cancel(self) -> bool:
        """Whether neither API would still cancel the order.

        True if the order or all its items are shipped, or it is canceled or failed. False does not
        mean that it can be canceled: the documents disagree on when it becomes too late (before
        production, before the first item is printed, until shipped), so the server decides, and
        `cancel` raises `ConflictError`.
        """
        if self.fulfillment_status in _SHIPPED | _DEAD:
            return True
        statuses = {item.fulfillment_status for item in self.items}
        return bool(statuses) and statuses <= _SHIPPED


@frozen(kw_only=True, weakref_slot=False)
class SubmittedOrder:
    """The answer of GelatoConnect to *Submit Order*; `connect.orders.get(id)` has the rest."""

    id: str
    order_reference_id: str
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(kw_only=True, weakref_slot=False)
class UpdatedShipment:
    """The answer of GelatoConnect to *Update Shipment*: the updated address and shipment."""

    shipping_address: OrderAddress | None = field(default=None, repr=False)
    shipment: Shipment | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)
