"""Events of orders: statuses of orders and items, tracking codes and delivery estimates."""

from datetime import date, datetime

from attrs import field, frozen

from gelato_async.models.enums import FulfillmentStatus
from gelato_async.models.fields import wire
from gelato_async.webhooks.events.base import Event


def as_id(value: str | None) -> str | None:
    """Read an empty id as None."""
    return value or None


@frozen(kw_only=True, weakref_slot=False)
class OrderEvent(Event):
    """Any event of an order. `order_id` is Gelato's id, `order_reference_id` yours.

    Gelato's own events have both. A body that a proxy or a test has trimmed may lack one or both,
    which are then None: `orders.find(order_reference_id)` finds the order by its reference, and
    without either only `event` and what else the body has is known. The parts of a split order
    share one reference and have an id each. `store_id` is None for orders placed by API or by hand.
    """

    order_id: str | None = field(default=None, converter=as_id)
    order_reference_id: str | None = None
    store_id: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class ItemFulfillment:
    """A parcel with pieces of an item, and where they were made.

    *Order status updated*, `OrderItemFulfillment`.
    """

    tracking_code: str | None = None
    tracking_url: str | None = None
    shipment_method_name: str | None = None
    shipment_method_uid: str | None = None
    fulfillment_country: str | None = None
    fulfillment_state_province: str | None = None
    fulfillment_facility_id: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class ItemStatus:
    """An item of an order whose status changed (*Order status updated*, `OrderItem`)."""

    item_reference_id: str | None = None
    fulfillment_status: FulfillmentStatus | None = None
    fulfillments: tuple[ItemFulfillment, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class OrderStatusUpdated(OrderEvent):
    """The status of an order changed (*Order status updated*).

    `items` may be empty although the order has items. `comment` is undocumented: it is empty, or
    the reason of a failure.
    """

    fulfillment_status: FulfillmentStatus | None = None
    items: tuple[ItemStatus, ...] = ()
    comment: str | None = field(default=None, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class OrderItemStatusUpdated(OrderEvent):
    """The status of an item changed, to `printed` or `failed` for example.

    *Order item status updated*.
    """

    item_reference_id: str | None = None
    status: FulfillmentStatus | None = None
    comment: str | None = field(default=None, repr=False)
    fulfillment_country: str | None = None
    fulfillment_state_province: str | None = None
    fulfillment_facility_id: str | None = None
    created: datetime | None = None


@frozen(kw_only=True, weakref_slot=False)
class OrderItemTrackingCodeUpdated(OrderEvent):
    """An item was shipped (*Order item tracking code updated*).

    The document's example spells the place of production `production...`, its table
    `fulfillment...`; both are read.
    """

    item_reference_id: str | None = None
    tracking_code: str | None = None
    tracking_url: str | None = None
    shipment_method_name: str | None = None
    shipment_method_uid: str | None = None
    fulfillment_country: str | None = field(
        default=None, metadata=wire("fulfillmentCountry", "productionCountry")
    )
    fulfillment_state_province: str | None = field(
        default=None, metadata=wire("fulfillmentStateProvince", "productionStateProvince")
    )
    fulfillment_facility_id: str | None = field(
        default=None, metadata=wire("fulfillmentFacilityId", "productionFacilityId")
    )
    created: datetime | None = None


@frozen(kw_only=True, weakref_slot=False)
class OrderDeliveryEstimateUpdated(OrderEvent):
    """An order will arrive later than estimated; of several parcels the last one counts.

    The document calls this event a beta that has to be requested (*Order delivery estimate
    updated*).
    """

    min_delivery_date: date | None = None
    max_delivery_date: date | None = None
    created: datetime | None = None
