"""The calls on orders, of both APIs.

Nothing here knows a path or a backend. `client.send(operation)` runs any of them.
"""

from typing import ClassVar

from attrs import field, frozen
from attrs.validators import optional

from gelato_async.core.operations.base import Answer, CheckedOperation, Kind, Operation, T_co
from gelato_async.models.addresses import OrderAddress, ShippingAddress
from gelato_async.models.enums import FulfillmentStatus, OrderType
from gelato_async.models.fields import as_reference, instance_of
from gelato_async.models.new_order import DraftItem, NewOrder, as_draft_items
from gelato_async.models.order import Order, SubmittedOrder, UpdatedShipment
from gelato_async.models.quote import Quotation, QuoteRequest
from gelato_async.models.search import OrderPage, OrderQuery

# the fields of an address that an order shows again
_SHOWN_ADDRESS = (
    "country",
    "first_name",
    "last_name",
    "address_line1",
    "address_line2",
    "city",
    "post_code",
)


@frozen
class CreateOperation(Operation[T_co]):
    """A call that makes an order: never sent again before its outcome is reconciled."""

    kind: ClassVar[Kind] = Kind.CREATE
    order: NewOrder = field(validator=instance_of(NewOrder))

    def answer_from(self, order: Order) -> T_co:
        """Return what the lost answer would have been, read from the order that was made."""
        raise NotImplementedError


@frozen
class CreateOrder(CreateOperation[Order]):
    """*Create order* of Gelato v4."""

    name: ClassVar[str] = "orders.create"

    def answer_from(self, order: Order) -> Order:
        """Return the order itself."""
        return order


@frozen
class SubmitOrder(CreateOperation[SubmittedOrder]):
    """*Submit Order* of GelatoConnect."""

    name: ClassVar[str] = "orders.create"

    def answer_from(self, order: Order) -> SubmittedOrder:
        """Return the order's id, reference and time."""
        return SubmittedOrder(
            id=order.id,
            order_reference_id=order.order_reference_id,
            created_at=order.created_at,
            raw=order.raw,
        )


@frozen
class QuoteOrder(Operation[Quotation]):
    """*Quote* of Gelato v4."""

    name: ClassVar[str] = "orders.quote"
    request: QuoteRequest = field(validator=instance_of(QuoteRequest))


@frozen
class GetOrder(Operation[Order]):
    """*Get order* of both; GelatoConnect takes the caller's reference too."""

    name: ClassVar[str] = "orders.get"
    order_id: str = field(converter=as_reference, validator=instance_of(str))


@frozen
class SearchOrders(Operation[OrderPage]):
    """*Search orders* of both: one page."""

    name: ClassVar[str] = "orders.search"
    query: OrderQuery = field(validator=instance_of(OrderQuery))


@frozen
class CancelOrder(CheckedOperation[None]):
    """*Cancel order* of both."""

    name: ClassVar[str] = "orders.cancel"

    def answer_from(self, order: Order | None) -> Answer[None] | None:
        """A canceled order proves success, whichever request canceled it."""
        if order is None or order.fulfillment_status != FulfillmentStatus.CANCELED:
            return None
        return Answer(None)


@frozen
class ConfirmDraft(CheckedOperation[Order]):
    """*Patch draft order* of Gelato v4.

    `items` None leaves the items alone, an empty list removes them all.
    """

    name: ClassVar[str] = "orders.confirm_draft"
    items: tuple[DraftItem, ...] | None = field(default=None, converter=as_draft_items)

    def answer_from(self, order: Order | None) -> Answer[Order] | None:
        """An order that is not a draft any more proves success."""
        if order is None or order.order_type != OrderType.ORDER:
            return None
        return Answer(order)


@frozen
class DeleteDraft(CheckedOperation[None]):
    """*Delete draft order* of Gelato v4."""

    name: ClassVar[str] = "orders.delete_draft"

    def answer_from(self, order: Order | None) -> Answer[None] | None:
        """A draft that is gone proves success."""
        if order is not None:
            return None
        return Answer(None)


@frozen(kw_only=True)
class UpdateShipment(CheckedOperation[UpdatedShipment]):
    """*Update Shipment* of GelatoConnect: another method, another address, or both."""

    name: ClassVar[str] = "orders.update_shipment"
    order_id: str = field(converter=as_reference, validator=instance_of(str))
    shipment_method_uid: str | None = None
    shipping_address: ShippingAddress | None = field(
        default=None, repr=False, validator=optional(instance_of(ShippingAddress))
    )

    def answer_from(self, order: Order | None) -> Answer[UpdatedShipment] | None:
        """An order with the wanted method and the wanted address proves success."""
        if order is None:
            return None
        if not self._has_method(order) or not self._has_address(order.shipping_address):
            return None
        return Answer(
            UpdatedShipment(shipping_address=order.shipping_address, shipment=order.shipment)
        )

    def _has_method(self, order: Order) -> bool:
        wanted = self.shipment_method_uid
        if wanted is None or wanted == order.shipment_method_uid:
            return True
        return order.shipment is not None and wanted == order.shipment.shipment_method_uid

    def _has_address(self, shown: OrderAddress | None) -> bool:
        wanted = self.shipping_address
        if wanted is None or shown is None:
            return wanted is None

        def is_same(name: str) -> bool:
            return (getattr(wanted, name) or "") == (getattr(shown, name) or "")

        return all(map(is_same, _SHOWN_ADDRESS))
