"""What happens to orders: their statuses, their items' statuses, tracking codes and delivery estimates."""

from datetime import date, datetime

from attrs import field, frozen

from gelato_async.models.enums import FulfillmentStatus
from gelato_async.models.fields import wire
from gelato_async.webhooks.events.base import Event


def as_id(value: str | None) -> str | None:
    """Take an empty id for none."""
    return value or None


@frozen(kw_only=True)
class OrderEvent(Event):
    """Any event of an order. `order_id` is Gelato's id, `order_reference_id` yours.

    Gelato's own events have both. A body that somebody trimmed may have one alone: then the other
    is None, and `orders.find(order_reference_id)` finds the order. The parts of a split order have
    one reference and an id each. `store_id` is None for orders placed by API or by hand.
    """

    order_id: str | None = field(default=None, converter=as_id)
    order_reference_id: str | None = None
    store_id: str | None = None


@frozen(kw_only=True)
class ItemFulfillment:
    """A parcel with a piece of an item in it, and where that was made (*Order status updated*, `OrderItemFulfillment`)."""

    tracking_code: str | None = None
    tracking_url: str | None = None
    shipment_method_name: str | None = None
    shipment_method_uid: str | None = None
    fulfillment_country: str | None = None
    fulfillment_state_province: str | None = None
    fulfillment_facility_id: str | None = None


@frozen(kw_only=True)
class ItemStatus:
    """An item of an order whose status changed (*Order status updated*, `OrderItem`)."""

    item_reference_id: str | None = None
    fulfillment_status: FulfillmentStatus | None = None
    fulfillments: tuple[ItemFulfillment, ...] = ()


@frozen(kw_only=True)
class OrderStatusUpdated(OrderEvent):
    """The status of an order changed (*Order status updated*).

    `items` may be empty although the order has some. `comment` is in no table; it is empty, or the
    reason of a failure.
    """

    fulfillment_status: FulfillmentStatus | None = None
    items: tuple[ItemStatus, ...] = ()
    comment: str | None = field(default=None, repr=False)


@frozen(kw_only=True)
class OrderItemStatusUpdated(OrderEvent):
    """The status of an item changed.

    It was printed, say, or failed (*Order item status updated*).
    """

    item_reference_id: str | None = None
    status: FulfillmentStatus | None = None
    comment: str | None = field(default=None, repr=False)
    fulfillment_country: str | None = None
    fulfillment_state_province: str | None = None
    fulfillment_facility_id: str | None = None
    created: datetime | None = None


@frozen(kw_only=True)
class OrderItemTrackingCodeUpdated(OrderEvent):
    """An item was shipped (*Order item tracking code updated*).

    Where it was made is spelled `production...` in the document's example and `fulfillment...` in
    its table; both are read.
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


@frozen(kw_only=True)
class OrderDeliveryEstimateUpdated(OrderEvent):
    """An order will arrive later than it was estimated; of several parcels the last one counts.

    The document calls it a beta that has to be asked for (*Order delivery estimate updated*).
    """

    min_delivery_date: date | None = None
    max_delivery_date: date | None = None
    created: datetime | None = None
