"""How webhook events are shown: one row, whatever the event."""

from collections.abc import Iterator

from gelato_async.cli.output.views import Row, View
from gelato_async.webhooks import CatalogProductStockAvailabilityUpdated, Event

_SUBJECTS = ("order_id", "store_product_id", "store_product_template_id")
_STATUSES = ("fulfillment_status", "status")
_DETAILS = (
    "tracking_code",
    "tracking_url",
    "min_delivery_date",
    "max_delivery_date",
    "publishing_error_code",
    "title",
    "comment",
)


def _rows(event: Event) -> Iterator[Row]:
    products = (
        event.products_availability
        if isinstance(event, CatalogProductStockAvailabilityUpdated)
        else ()
    )
    yield (
        event.event,
        _first(event, _SUBJECTS) or [product.product_uid for product in products],
        _first(event, ("order_reference_id",)),
        _first(event, ("item_reference_id",)),
        _first(event, _STATUSES)
        or [region.status for product in products for region in product.availability],
        [getattr(event, name, None) for name in _DETAILS],
    )


def _first(event: Event, names: tuple[str, ...]) -> object:
    return next((value for name in names if (value := getattr(event, name, None))), None)


EVENTS = View(("event", "about", "reference", "item", "status", "details"), _rows)
