"""Webhooks of Gelato: eleven events as classes, and a receiver that handles each event once.

The receiver works in any ASGI framework and needs no extra. Start with `WebhookReceiver`, which
says how to use it and what to do with an event. `parsing` reads a body into one of the classes of
`events`; `stores` remembers what was handled; `answers` and `asgi` hold what HTTP needs.

Nothing here may import the client or an HTTP library: receiving needs neither. To fetch the order
that an event is about is the task of the caller's functions.
"""

from gelato_async.webhooks.answers import WebhookAnswer
from gelato_async.webhooks.events.base import Event, UnknownEvent
from gelato_async.webhooks.events.orders import (
    ItemFulfillment,
    ItemStatus,
    OrderDeliveryEstimateUpdated,
    OrderEvent,
    OrderItemStatusUpdated,
    OrderItemTrackingCodeUpdated,
    OrderStatusUpdated,
)
from gelato_async.webhooks.events.stock import CatalogProductStockAvailabilityUpdated
from gelato_async.webhooks.events.stores import (
    StoreProductChange,
    StoreProductCreated,
    StoreProductDeleted,
    StoreProductEvent,
    StoreProductTemplateChange,
    StoreProductTemplateCreated,
    StoreProductTemplateDeleted,
    StoreProductTemplateEvent,
    StoreProductTemplateUpdated,
    StoreProductUpdated,
)
from gelato_async.webhooks.parsing import EVENTS, parse_event
from gelato_async.webhooks.receiver import WebhookReceiver
from gelato_async.webhooks.stores import Claim, LeasedStore, MemoryStore, SqliteStore, WebhookStore

__all__ = [
    "EVENTS",
    "CatalogProductStockAvailabilityUpdated",
    "Claim",
    "Event",
    "ItemFulfillment",
    "ItemStatus",
    "LeasedStore",
    "MemoryStore",
    "OrderDeliveryEstimateUpdated",
    "OrderEvent",
    "OrderItemStatusUpdated",
    "OrderItemTrackingCodeUpdated",
    "OrderStatusUpdated",
    "SqliteStore",
    "StoreProductChange",
    "StoreProductCreated",
    "StoreProductDeleted",
    "StoreProductEvent",
    "StoreProductTemplateChange",
    "StoreProductTemplateCreated",
    "StoreProductTemplateDeleted",
    "StoreProductTemplateEvent",
    "StoreProductTemplateUpdated",
    "StoreProductUpdated",
    "UnknownEvent",
    "WebhookAnswer",
    "WebhookReceiver",
    "WebhookStore",
    "parse_event",
]
