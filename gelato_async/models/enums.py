"""The documented values of statuses and types.

Every enum is open: a value that came after this release still decodes.
"""

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """A string enum that accepts any string.

    An unknown value equals its string and has `is_known` False.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        # A new object each time: registering the values of answers would let memory grow.
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    def __reduce_ex__(self, _protocol: object) -> tuple[type[Self], tuple[str]]:
        # Python 3.11's enum pickles by name, which an unknown value does not have.
        return type(self), (self._value_,)

    @property
    def is_known(self) -> bool:
        """Whether this release documents the value."""
        return self._value_ in type(self)._value2member_map_


class OrderType(OpenEnum):
    """Whether an order is produced at once, or waits as a draft (*Create order*, `orderType`)."""

    ORDER = "order"
    DRAFT = "draft"


def as_order_type(value: "OrderType | str") -> OrderType:
    """Accept the string `"draft"` too."""
    return OrderType(value)


class FulfillmentStatus(OpenEnum):
    """The progress of an order or item towards the recipient (*Order statuses*, 17 values)."""

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

        An unknown status counts as not final.
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
    """The state of the payment for an order (*Get order*, `financialStatus`)."""

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
    """Accept the string `"default"` too."""
    return None if value is None else FileType(value)


class PreviewType(OpenEnum):
    """What a preview image shows (*Get order*, `ItemPreview`).

    `preview_flat` is missing from the table and present in the examples.
    """

    DEFAULT = "preview_default"
    THUMBNAIL = "preview_thumbnail"
    FLAT = "preview_flat"


class OptionType(OpenEnum):
    """What an item option adds (*Get order*, `ItemOption`)."""

    ENVELOPE = "envelope"


class StoreProductStatus(OpenEnum):
    """The progress of a store product's publishing (*Get product*, `status`).

    `publishing_queued` is undocumented; it comes between `created` and `publishing`.
    """

    CREATED = "created"
    PUBLISHING_QUEUED = "publishing_queued"
    PUBLISHING = "publishing"
    ACTIVE = "active"
    PUBLISHING_ERROR = "publishing_error"

    @property
    def is_publishing_over(self) -> bool:
        """Whether publishing has ended, by success (`active`) or failure (`publishing_error`)."""
        return self in {StoreProductStatus.ACTIVE, StoreProductStatus.PUBLISHING_ERROR}


class ConnectionStatus(OpenEnum):
    """Whether a variant of a store product is connected to a product of Gelato (*Get product*).

    `created` is undocumented; a variant has it before it is `connected`.
    """

    CREATED = "created"
    CONNECTED = "connected"
    NOT_CONNECTED = "not_connected"
    IGNORED = "ignored"


class ProductImageStatus(OpenEnum):
    """Whether an image of a store product is in the shop; undocumented, seen in live answers."""

    CREATED = "created"
    PUBLISHED = "published"


class SalesChannel(OpenEnum):
    """Where a store product is sold (*Create product from template*).

    `global` includes the Point of Sale, and is for Shopify only.
    """

    WEB = "web"
    GLOBAL = "global"


class FitMethod(OpenEnum):
    """How an image fills its placeholder.

    `slice` fills the placeholder and crops the image, `meet` shows the whole image.
    """

    SLICE = "slice"
    MEET = "meet"


def as_fit_method(value: "FitMethod | str | None") -> FitMethod | None:
    """Accept the string `"meet"` too."""
    return None if value is None else FitMethod(value)


class TransactionType(OpenEnum):
    """Whether a receipt charges or refunds (*Get order*, `ReceiptObject`)."""

    PURCHASE = "purchase"
    REFUND = "refund"


class ReceiptItemType(OpenEnum):
    """What a line of a receipt is for (*Get order*, `ReceiptItemObject`)."""

    PRODUCT = "product"
    SHIPMENT = "shipment"
    PACKAGING = "packaging"


class ShipmentMethodType(OpenEnum):
    """The speed or kind of a shipment method (*Quote*)."""

    NORMAL = "normal"
    STANDARD = "standard"
    EXPRESS = "express"
    PICK_UP = "pick_up"
    PALLET = "pallet"


class StockStatus(OpenEnum):
    """The availability of a product in a region (*Stock availability*, 5 values; 3 in its webhook).

    `out-of-stock-replenishable` has two meanings. In the answer to *Stock availability*: out of
    stock for the time being, and expected on the replenishment date. In the webhook: out of stock
    at the partners, and still delivered from Gelato's hub. The document's own example has
    `in-of-stock`, a typo that decodes as an unknown value.
    """

    IN_STOCK = "in-stock"
    OUT_OF_STOCK_REPLENISHABLE = "out-of-stock-replenishable"
    OUT_OF_STOCK = "out-of-stock"
    NON_STOCKABLE = "non-stockable"
    NOT_SUPPORTED = "not-supported"
