"""Files of what is to be quoted: the body of a quote, or an order, as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from gelato_async.cli.console import CommandError
from gelato_async.cli.input.sources import open_input
from gelato_async.core.errors import Problem
from gelato_async.core.order_reader import read_order, read_quote_request
from gelato_async.files.bounded_lines import MAX_BYTES
from gelato_async.models.new_order import CatalogItem, NewOrder
from gelato_async.models.quote import QuoteProduct, QuoteRequest


def read_request(file: str) -> QuoteRequest:
    """Read the body of a quote, which has `recipient` or `products`, or else an order.

    Raises:
        CommandError: the file cannot be read, or holds neither.
    """
    with open_input(file) as stream:
        try:
            text = stream.read(MAX_BYTES + 1)
            if len(text) > MAX_BYTES:
                raise CommandError(f"{file}: is longer than {MAX_BYTES:,} bytes, the limit")
            found = json.loads(text)
        except (OSError, EOFError, ValueError, RecursionError) as error:
            raise CommandError(
                f"{file}: must be one JSON object, and cannot be read as that: {error}"
            ) from error
    request, problems = _read(found)
    if request is None:
        raise CommandError(f"{file}: {'; '.join(map(str, problems))}")
    return request


def _read(found: Any) -> tuple[QuoteRequest | None, Sequence[Problem]]:
    if not isinstance(found, dict) or {"recipient", "products"} & found.keys():
        return read_quote_request(found)
    order, problems = read_order(found)
    if order is None:
        return None, problems
    return _from_order(order)


def _from_order(order: NewOrder) -> tuple[QuoteRequest | None, Sequence[Problem]]:
    products = [_product(item) for item in order.items if isinstance(item, CatalogItem)]
    if len(products) < len(order.items):
        return None, [Problem("items", "each needs a productUid: Gelato quotes no other items")]
    if order.customer_reference_id is None:
        return None, [Problem("customerReferenceId", "is required")]
    request = QuoteRequest(
        order_reference_id=order.order_reference_id,
        customer_reference_id=order.customer_reference_id,
        currency=order.currency,
        recipient=order.shipping_address,
        products=products,
    )
    return request, ()


def _product(item: CatalogItem) -> QuoteProduct:
    return QuoteProduct(
        item_reference_id=item.item_reference_id,
        product_uid=item.product_uid,
        quantity=item.quantity,
        page_count=item.page_count,
        files=item.files,
    )
