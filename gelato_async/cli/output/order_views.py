"""How orders and quotes are shown."""

from collections.abc import Iterable, Iterator

from gelato_async.cli.output.views import Facts, Row, Table, View, table
from gelato_async.models.addresses import OrderAddress
from gelato_async.models.order import Order, OrderItem, Package
from gelato_async.models.quote import Quotation, Quote
from gelato_async.models.receipt import Receipt
from gelato_async.models.search import OrderSummary

_HEAD = ("order", "reference", "status", "type", "country", "items", "total", "created")


def orders_view(*, recipient: bool) -> View[OrderSummary]:
    """Return the view of orders in a list, with the names of recipients if wanted."""
    if recipient:
        return View((*_HEAD, "recipient"), _rows_with_recipient)
    return View(_HEAD, _rows)


def _rows(order: OrderSummary) -> Iterator[Row]:
    yield (
        order.id,
        order.order_reference_id,
        order.fulfillment_status,
        order.order_type,
        order.country,
        order.items_count,
        _amount(order.total_incl_vat, order.currency),
        order.created_at,
    )


def _rows_with_recipient(order: OrderSummary) -> Iterator[Row]:
    for row in _rows(order):
        yield *row, _name(order)


def facts_of(order: Order, *, recipient: bool) -> Facts:
    """Return what an order has once."""
    return {
        "order": order.id,
        "reference": order.order_reference_id,
        "customer": order.customer_reference_id,
        "status": order.fulfillment_status,
        "financial status": order.financial_status,
        "type": order.order_type,
        "refused": (order.refusal_reason_code, order.refusal_reason),
        "channel": order.channel,
        "store": order.store_id,
        "connected orders": order.connected_order_ids,
        "created": order.created_at,
        "updated": order.updated_at,
        **_shipment_facts(order),
        **_address_facts(order.shipping_address, recipient=recipient),
    }


def tables_of(order: Order) -> Iterator[Table]:
    """Yield what an order may have several of."""
    yield table("item", _ITEMS, order.items)
    packages = order.shipment.packages if order.shipment else ()
    yield table("package", _PACKAGES, packages)
    yield table("receipt", _RECEIPTS, order.receipts)


def quote_facts(quotation: Quotation) -> Facts:
    """Return what a quotation has once."""
    return {"reference": quotation.order_reference_id, "quotes": len(quotation.quotes)}


def quote_tables(quotation: Quotation) -> Iterator[Table]:
    """Yield what is offered; all quotes together make up the order."""
    yield table("product", _QUOTED_PRODUCTS, quotation.quotes)
    yield table("shipment", _QUOTED_METHODS, quotation.quotes)


def _shipment_facts(order: Order) -> Facts:
    shipment = order.shipment
    if shipment is None:
        return {"shipment method": order.shipment_method_uid}
    return {
        "shipment method": shipment.shipment_method_uid or order.shipment_method_uid,
        "shipment method name": shipment.shipment_method_name,
        "made in": shipment.fulfillment_country,
        "delivery": span(shipment.min_delivery_date, shipment.max_delivery_date),
    }


def _address_facts(address: OrderAddress | None, *, recipient: bool) -> Facts:
    if address is None:
        return {}
    if not recipient:
        return {"country": address.country}
    return {
        "recipient": _name(address),
        "company": address.company_name,
        "address": (address.address_line1, address.address_line2),
        "city": (address.post_code, address.city, address.state),
        "country": address.country,
        "email": address.email,
        "phone": address.phone,
    }


def _name(person: OrderSummary | OrderAddress) -> str:
    return " ".join(filter(None, (person.first_name, person.last_name)))


def _amount(amount: object, currency: str | None) -> str | None:
    if amount is None:
        return None
    return f"{amount} {currency or ''}".strip()


def span(least: object, most: object) -> str | None:
    """Return the span from one value to another, or the one that is known."""
    known = [str(end) for end in (least, most) if end is not None]
    # both are the same where there is no choice
    return " to ".join(dict.fromkeys(known)) or None


def _item_rows(item: OrderItem) -> Iterator[Row]:
    product = item.product_uid or (item.product_name, *item.product_variant.values())
    yield (
        item.id,
        item.item_reference_id,
        product,
        item.quantity,
        item.page_count,
        item.fulfillment_status,
    )


def _package_rows(package: Package) -> Iterator[Row]:
    yield package.id, package.tracking_code, package.tracking_url, package.order_item_ids


def _receipt_rows(receipt: Receipt) -> Iterator[Row]:
    amounts = (
        receipt.products_price_incl_vat,
        receipt.shipping_price_incl_vat,
        receipt.total_incl_vat,
    )
    yield receipt.id, receipt.transaction_type, *amounts, receipt.currency


def _product_rows(quote: Quote) -> Iterable[Row]:
    for product in quote.products:
        price = _amount(product.price, product.currency)
        yield quote.id, product.item_reference_id, product.product_uid, product.quantity, price


def _method_rows(quote: Quote) -> Iterable[Row]:
    for method in quote.shipment_methods:
        days = span(method.min_delivery_days, method.max_delivery_days)
        dates = span(method.min_delivery_date, method.max_delivery_date)
        price = _amount(method.price, method.currency)
        yield (
            quote.id,
            quote.fulfillment_country,
            method.shipment_method_uid,
            method.type,
            price,
            days,
            dates,
        )


_ITEMS = View(("item", "reference", "product", "quantity", "pages", "status"), _item_rows)
_PACKAGES = View(("package", "tracking code", "tracking URL", "items"), _package_rows)
_RECEIPTS = View(("receipt", "type", "products", "shipping", "total", "currency"), _receipt_rows)
_QUOTED_PRODUCTS = View(("quote", "item", "product", "quantity", "price"), _product_rows)
_QUOTED_METHODS = View(
    ("quote", "made in", "shipment method", "type", "price", "days", "delivery"), _method_rows
)
