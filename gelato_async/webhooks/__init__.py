"""Webhooks of Gelato: eleven events as classes, and a receiver that handles each once, in any ASGI framework.

Needs no extra. See `WebhookReceiver` for how to use it, and what to do with an event.
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
