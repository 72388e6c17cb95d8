"""The event of the stock of catalog products."""

from attrs import field, frozen

from gelato_async.models.fields import wire
from gelato_async.models.stock import ProductAvailability
from gelato_async.webhooks.events.base import Event


@frozen(kw_only=True, weakref_slot=False)
class CatalogProductStockAvailabilityUpdated(Event):
    """Products went out of stock in some regions, or came back.

    *Catalog product stock availability updated*. Only regions that changed are listed. In this
    event `out-of-stock-replenishable` means that a product is still delivered, from Gelato's hub;
    in the answers of *Stock availability* it means that the product awaits replenishment. The
    document's example calls the list `productAvailability`, its table `productsAvailability`; both
    are read.
    """

    products_availability: tuple[ProductAvailability, ...] = field(
        default=(), metadata=wire("productsAvailability", "productAvailability")
    )
