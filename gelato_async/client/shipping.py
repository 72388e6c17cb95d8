"""The methods users call on shipping. Each is one line on the engine."""

from gelato_async.client.engine import Engine
from gelato_async.core.operations.shipping import ListShipmentMethods, SearchShippingPrices
from gelato_async.models.shipping import ShipmentMethod, ShippingPrices, ShippingPricesRequest
from gelato_async.models.tracebacks import hides_arguments_of_methods


@hides_arguments_of_methods
class Shipping:
    """How Gelato ships, and what it costs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def methods(self, country: str | None = None) -> tuple[ShipmentMethod, ...]:
        """List the shipment methods, all or those to a country (*Shipment*).

        Raises:
            ValidationError: `country` is not an ISO 3166-1 code, like `SE`.
        """
        return (await self._engine.send(ListShipmentMethods(country=country))).shipment_methods

    async def prices(self, request: ShippingPricesRequest) -> ShippingPrices:
        """Get the prices of shipping products to a country (`prices:search`).

        There is one for each quantity and method.

        Raises:
            ValidationError: country, currency, products or quantities are missing, or a quantity is
            less than 1.
        """
        return await self._engine.send(SearchShippingPrices(request))
