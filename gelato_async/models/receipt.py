"""Receipts of an order, and their lines, as *Get order* shows them.

All amounts are in the receipt's currency.
"""

from datetime import datetime
from decimal import Decimal

from attrs import field, frozen

from gelato_async.models.addresses import BillingEntity
from gelato_async.models.enums import ReceiptItemType, TransactionType


@frozen(kw_only=True, weakref_slot=False)
class ReceiptItem:
    """A line of a receipt.

    `reference_id` names an order item or a shipment (*Get order*, `ReceiptItemObject`).
    """

    id: str | None = None
    receipt_id: str | None = None
    order_id: str | None = None
    client_id: str | None = None
    type: ReceiptItemType | None = None
    reference_id: str | None = None
    title: str | None = None
    currency: str | None = None
    price_base: Decimal | None = None
    amount: Decimal | None = None
    price_initial: Decimal | None = None
    discount: Decimal | None = None
    price: Decimal | None = None
    vat: Decimal | None = None
    price_incl_vat: Decimal | None = None
    price_plan_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@frozen(kw_only=True, weakref_slot=False)
class Receipt:
    """A receipt (*Get order*, `ReceiptObject`).

    The digitization prices and `is_calculated` are GelatoConnect's.
    """

    id: str | None = None
    order_id: str | None = None
    type: str | None = None
    transaction_type: TransactionType | None = None
    currency: str | None = None
    items: tuple[ReceiptItem, ...] = ()
    receipt_number: str | None = None
    billing_entity: BillingEntity | None = field(default=None, repr=False)
    billing_tag: str | None = None
    # Five amounts for each part: before the discount, the discount, after it, VAT, including VAT.
    products_price_initial: Decimal | None = None
    products_price_discount: Decimal | None = None
    products_price: Decimal | None = None
    products_price_vat: Decimal | None = None
    products_price_incl_vat: Decimal | None = None
    digitization_price_initial: Decimal | None = None
    digitization_price_discount: Decimal | None = None
    digitization_price: Decimal | None = None
    digitization_price_vat: Decimal | None = None
    digitization_price_incl_vat: Decimal | None = None
    shipping_price_initial: Decimal | None = None
    shipping_price_discount: Decimal | None = None
    shipping_price: Decimal | None = None
    shipping_price_vat: Decimal | None = None
    shipping_price_incl_vat: Decimal | None = None
    packaging_price_initial: Decimal | None = None
    packaging_price_discount: Decimal | None = None
    packaging_price: Decimal | None = None
    packaging_price_vat: Decimal | None = None
    packaging_price_incl_vat: Decimal | None = None
    discount: Decimal | None = None
    discount_vat: Decimal | None = None
    discount_incl_vat: Decimal | None = None
    total_initial: Decimal | None = None
    total: Decimal | None = None
    total_vat: Decimal | None = None
    total_incl_vat: Decimal | None = None
    is_calculated: bool | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
