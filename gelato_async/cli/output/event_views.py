"""How webhook events are shown: a row for each, whatever its kind."""

from collections.abc import Iterator
from itertools import chain

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
    subject, status = _first(event, _SUBJECTS), _first(event, _STATUSES)
    if isinstance(event, CatalogProductStockAvailabilityUpdated):
        # the one event about several things
        subject = [product.product_uid for product in event.products_availability]
        regions = chain.from_iterable(
            product.availability for product in event.products_availability
        )
        status = [region.status for region in regions]
    yield (
        event.event,
        subject,
        getattr(event, "order_reference_id", None),
        getattr(event, "item_reference_id", None),
        status,
        [getattr(event, name, None) for name in _DETAILS],
    )


def _first(event: Event, names: tuple[str, ...]) -> object:
    for name in names:
        value: object = getattr(event, name, None)
        if value:
            return value
    return None


EVENTS = View(("event", "about", "reference", "item", "status", "details"), _rows)
