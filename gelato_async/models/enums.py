"""The documented values of statuses and types.

Every enum is open: a value that came after this release still decodes.
"""

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """A string enum that takes any string.

    An unknown one equals itself and has `is_known` False.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    def __reduce_ex__(self, _protocol: object) -> tuple[type[Self], tuple[str]]:
        # the enum of Python 3.11 pickles by name, which a value of no member does not have
        return type(self), (self._value_,)

    @property
    def is_known(self) -> bool:
        """Whether this release documents the value."""
        return self._value_ in type(self)._value2member_map_


class OrderType(OpenEnum):
    """An order goes to production, a draft waits until it is confirmed (*Create order*, `orderType`)."""

    ORDER = "order"
    DRAFT = "draft"


def as_order_type(value: "OrderType | str") -> OrderType:
    """Let callers write `"draft"`."""
    return OrderType(value)


class FulfillmentStatus(OpenEnum):
    """Where an order or item stands on its way to the recipient (*Order statuses*, 17 values)."""

    CREATED = "created"
    UPLOADING = "uploading"
    PASSED = "passed"
    IN_PRODUCTION = "in_production"
    PRINTED = "printed"
    DRAFT = "draft"
    FAILED = "failed"
    CANCELED = "canceled"
    PENDING_APPROVAL = "pending_approval"
    PENDING_PERSONALIZATION = "pending_personalization"
    DIGITIZING = "digitizing"
    NOT_CONNECTED = "not_connected"
    ON_HOLD = "on_hold"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    RETURNED = "returned"

    @property
    def is_final(self) -> bool:
        """Whether no other status follows: delivered, returned, canceled or failed.

        A status that is new is not.
        """
        return self in _FINAL


_FINAL = frozenset(
    {
        FulfillmentStatus.DELIVERED,
        FulfillmentStatus.RETURNED,
        FulfillmentStatus.CANCELED,
        FulfillmentStatus.FAILED,
    }
)


class FinancialStatus(OpenEnum):
    """Where the money for an order stands (*Get order*, `financialStatus`)."""

    DRAFT = "draft"
    PENDING = "pending"
    INVOICED = "invoiced"
    TO_BE_INVOICED = "to_be_invoiced"
    PAID = "paid"
    CANCELED = "canceled"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    REFUSED = "refused"


class Channel(OpenEnum):
    """Where an order was placed (*Get order*, `channel`)."""

    UI = "ui"
    API = "api"
    SHOPIFY = "shopify"
    ETSY = "etsy"


class FileType(OpenEnum):
    """The print area that a file fills (*Create order*, `FileType`; `cover` is GelatoConnect's)."""

    DEFAULT = "default"
    FRONT = "front"
    BACK = "back"
    COVER = "cover"
    NECK_INNER = "neck-inner"
    NECK_OUTER = "neck-outer"
    SLEEVE_LEFT = "sleeve-left"
    SLEEVE_RIGHT = "sleeve-right"
    INSIDE = "inside"
    CHEST_LEFT_EMBROIDERY = "chest-left-embroidery"
    CHEST_CENTER_EMBROIDERY = "chest-center-embroidery"
    CHEST_LARGE_EMBROIDERY = "chest-large-embroidery"
    SLEEVE_LEFT_EMBROIDERY = "sleeve-left-embroidery"
    SLEEVE_RIGHT_EMBROIDERY = "sleeve-right-embroidery"
    WRIST_LEFT_EMBROIDERY = "wrist-left-embroidery"
    WRIST_RIGHT_EMBROIDERY = "wrist-right-embroidery"


def as_file_type(value: "FileType | str | None") -> FileType | None:
    """Let callers write `"default"`."""
    return None if value is None else FileType(value)


class PreviewType(OpenEnum):
    """What a preview image shows (*Get order*, `ItemPreview`; `preview_flat` is in no table, but in examples)."""

    DEFAULT = "preview_default"
    THUMBNAIL = "preview_thumbnail"
    FLAT = "preview_flat"


class OptionType(OpenEnum):
    """What an item option adds (*Get order*, `ItemOption`)."""

    ENVELOPE = "envelope"


class StoreProductStatus(OpenEnum):
    """Where a store product stands on its way into the shop (*Get product*, `status`).

    `publishing_queued` is in no document; it comes between `created` and `publishing`.
    """

    CREATED = "created"
    PUBLISHING_QUEUED = "publishing_queued"
    PUBLISHING = "publishing"
    ACTIVE = "active"
    PUBLISHING_ERROR = "publishing_error"

    @property
    def is_publishing_over(self) -> bool:
        """Whether publishing has ended, in success (`active`) or not (`publishing_error`)."""
        return self in {StoreProductStatus.ACTIVE, StoreProductStatus.PUBLISHING_ERROR}


class ConnectionStatus(OpenEnum):
    """Whether a variant of a store product is tied to a product of Gelato (*Get product*).

    `created` is in no document; a variant has it before it is `connected`.
    """

    CREATED = "created"
    CONNECTED = "connected"
    NOT_CONNECTED = "not_connected"
    IGNORED = "ignored"


class ProductImageStatus(OpenEnum):
    """Whether an image of a store product is in the shop; in no document, but in live answers."""

    CREATED = "created"
    PUBLISHED = "published"


class SalesChannel(OpenEnum):
    """Where a store product is sold (*Create product from template*).

    `global` is the Point of Sale too, Shopify only.
    """

    WEB = "web"
    GLOBAL = "global"


class FitMethod(OpenEnum):
    """How an image fills its placeholder.

    `slice` fills it and cuts the rest off, `meet` shows the whole image.
    """

    SLICE = "slice"
    MEET = "meet"


def as_fit_method(value: "FitMethod | str | None") -> FitMethod | None:
    """Let callers write `"meet"`."""
    return None if value is None else FitMethod(value)


class TransactionType(OpenEnum):
    """Whether a receipt takes money or gives it back (*Get order*, `ReceiptObject`)."""

    PURCHASE = "purchase"
    REFUND = "refund"


class ReceiptItemType(OpenEnum):
    """What a line of a receipt is for (*Get order*, `ReceiptItemObject`)."""

    PRODUCT = "product"
    SHIPMENT = "shipment"
    PACKAGING = "packaging"


class ShipmentMethodType(OpenEnum):
    """How fast a quoted shipment method is (*Quote*)."""

    NORMAL = "normal"
    STANDARD = "standard"
    EXPRESS = "express"
    PICK_UP = "pick_up"
    PALLET = "pallet"


class StockStatus(OpenEnum):
    """Whether a product can be had in a region (*Stock availability*, 5 values; its webhook knows the first 3).

    `out-of-stock-replenishable` means two things. In the answer to *Stock availability*: out of
    stock for the time being, and awaited on the replenishment date. In the webhook: out of stock at
    the partners, and still delivered from Gelato's hub. The document's own example has
    `in-of-stock`, a typo that decodes as an unknown value.
    """

    IN_STOCK = "in-stock"
    OUT_OF_STOCK_REPLENISHABLE = "out-of-stock-replenishable"
    OUT_OF_STOCK = "out-of-stock"
    NON_STOCKABLE = "non-stockable"
    NOT_SUPPORTED = "not-supported"
