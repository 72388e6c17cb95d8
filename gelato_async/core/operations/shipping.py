"""The calls on shipping: methods and prices (shipment.gelatoapis.com v1)."""

from typing import ClassVar

from attrs import field, frozen

from gelato_async.core.operations.base import Operation
from gelato_async.models.fields import instance_of
from gelato_async.models.shipping import ShipmentMethods, ShippingPrices, ShippingPricesRequest


@frozen(kw_only=True)
class ListShipmentMethods(Operation[ShipmentMethods]):
    """*Shipment*: all methods, or those to a country."""

    name: ClassVar[str] = "shipping.methods"
    country: str | None = None


@frozen
class SearchShippingPrices(Operation[ShippingPrices]):
    """`POST /v1/prices:search`: what shipping costs, by product, quantity and method."""

    name: ClassVar[str] = "shipping.prices"
    request: ShippingPricesRequest = field(validator=instance_of(ShippingPricesRequest))
