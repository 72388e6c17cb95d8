"""Sample orders: realistic, varied, valid, and the same for the same seed. Nobody in them lives."""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from random import Random
from typing import Any

from gelato_async.backends import connect, gelato
from gelato_async.cli.apis import BackendName
from gelato_async.cli.samples import people
from gelato_async.cli.samples.places import COUNTRIES
from gelato_async.cli.samples.products import CUSTOMER_PRODUCTS, GELATO_ONLY, PRODUCTS, Product
from gelato_async.core.wire import Dialect
from gelato_async.models.new_order import CatalogItem, CustomItem, File, NewOrder

Item = CatalogItem | CustomItem
Made = dict[str, Any]

_FILES = "https://files.example.com"
_METHODS = ("normal", "express", "normal,standard", "express,normal")
_ITEM_COUNTS = (1, 1, 1, 1, 2, 2, 2, 3, 4, 5)
_QUANTITIES = (1, 1, 1, 1, 1, 2, 2, 3, 10, 50)
METADATA = (
    ("campaign", ("spring", "black-friday", "newsletter 12")),
    ("salesChannel", ("webshop", "marketplace", "counter")),
    ("gift", ("yes", "no")),
)


def sample_orders(backend: BackendName, number: int, seed: int) -> Iterator[NewOrder]:
    """Orders that the documented rules of the backend allow.

    More of them for the same seed begin with the same ones.
    """
    rng = Random(f"{backend}:{seed}")  # noqa: S311  repeatable is the point, nothing is secret
    for position in range(1, number + 1):
        yield _order(rng, backend, f"sample-{seed}-{backend}-{position:05d}")


def to_line(order: NewOrder, backend: BackendName) -> bytes:
    """An order as a line of JSON, spelled as the backend's documents do."""
    return json.dumps(to_body(order, backend), ensure_ascii=False).encode() + b"\n"


def to_body(order: NewOrder, backend: BackendName) -> Mapping[str, Any]:
    """An order as the JSON body of a create."""
    return dict(_DIALECTS[backend].dump(order))


def _order(rng: Random, backend: BackendName, reference: str) -> NewOrder:
    recipient = people.address(rng)
    currency = COUNTRIES[recipient.country].currency
    return NewOrder(
        order_reference_id=reference,
        customer_reference_id=f"customer-{rng.randrange(1, 5000):04d}",
        currency=currency,
        shipping_address=recipient,
        shipment_method_uid=rng.choice(_METHODS) if rng.random() < 0.3 else None,
        metadata=_metadata(rng),
        **_PARTS[backend](rng, reference, currency),
    )


def _gelato_parts(rng: Random, reference: str, _: str) -> Made:
    products = (*PRODUCTS, *GELATO_ONLY)
    return {
        "items": [
            _catalog_item(rng, rng.choice(products), name) for name in _item_names(rng, reference)
        ],
        "return_address": people.sender(rng) if rng.random() < 0.2 else None,
    }


def _connect_parts(rng: Random, reference: str, currency: str) -> Made:
    # One kind of item for a whole order, which is GelatoConnect's rule.
    make = _custom_item if rng.random() < 0.35 else _priced_item
    return {
        "items": [make(rng, name) for name in _item_names(rng, reference)],
        "retail_currency": currency,
        "retail_shipping_price_excl_vat": Decimal(rng.choice(("3.90", "4.95", "7.50"))),
    }


def _item_names(rng: Random, reference: str) -> list[str]:
    return [f"{reference}-{letter}" for letter in "abcde"[: rng.choice(_ITEM_COUNTS)]]


def _catalog_item(rng: Random, product: Product, name: str, **more: Any) -> CatalogItem:
    chosen = [kind for kind in product.optional_files if rng.random() < 0.4]
    colors = (
        {"thread_colors": product.thread_colors, "is_visible": True}
        if product.thread_colors
        else {}
    )
    return CatalogItem(
        item_reference_id=name,
        product_uid=product.uid,
        quantity=rng.choice(_QUANTITIES),
        files=_files(name, (*product.files, *chosen), **colors),
        page_count=rng.choice(product.page_counts) if product.page_counts else None,
        **more,
    )


def _priced_item(rng: Random, name: str) -> CatalogItem:
    product = rng.choice(PRODUCTS)
    return _catalog_item(
        rng, product, name, retail_price_excl_vat=product.price, metadata=_metadata(rng)
    )


def _custom_item(rng: Random, name: str) -> CustomItem:
    product = rng.choice(CUSTOMER_PRODUCTS)
    return CustomItem(
        item_reference_id=name,
        product_name=product.name,
        product_variant=rng.choice(product.variants),
        quantity=rng.choice(_QUANTITIES),
        files=_files(name, product.files),
        metadata=_metadata(rng),
        retail_price_excl_vat=product.price,
    )


def _files(name: str, kinds: tuple[str, ...], **embroidery: Any) -> list[File]:
    return [
        File(
            type=kind, url=f"{_FILES}/{name}/{kind}.{'png' if embroidery else 'pdf'}", **embroidery
        )
        for kind in kinds
    ]


def _metadata(rng: Random) -> Mapping[str, str] | None:
    chosen = {key: rng.choice(values) for key, values in METADATA if rng.random() < 0.3}
    return chosen or None


_PARTS: Mapping[BackendName, Callable[[Random, str, str], Made]] = {
    "gelato": _gelato_parts,
    "connect": _connect_parts,
}
_DIALECTS: Mapping[BackendName, Dialect] = {
    "gelato": Dialect(gelato.orders.RENAMES),
    "connect": Dialect(connect.RENAMES),
}
