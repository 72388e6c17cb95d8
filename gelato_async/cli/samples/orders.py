"""Sample orders: varied, valid, and the same for the same seed. No person in them exists."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from gelato_async.cli.apis import offline_backend
from gelato_async.cli.choices import BackendName
from gelato_async.cli.samples import people
from gelato_async.cli.samples.places import PLACES
from gelato_async.cli.samples.products import CUSTOMER_PRODUCTS, GELATO_ONLY, PRODUCTS, Product
from gelato_async.models.new_order import CatalogItem, CustomItem, File, NewOrder

# example.com is reserved: no server has these files
_FILES = "https://files.example.com"
_METHODS = ("normal", "express", "normal,standard", "express,normal")
# most orders are small: a value that is there more often is drawn more often
_ITEM_COUNTS = (1, 1, 1, 1, 2, 2, 2, 3, 4, 5)
_QUANTITIES = (1, 1, 1, 1, 1, 2, 2, 3, 10, 50)
METADATA: dict[str, Sequence[str]] = {
    "campaign": ("spring", "black-friday", "newsletter 12"),
    "salesChannel": ("webshop", "marketplace", "counter"),
    "gift": ("yes", "no"),
}


def sample_orders(backend: BackendName, number: int, seed: int) -> Iterator[NewOrder]:
    """Make orders that the documented rules of the backend allow.

    A greater number with the same seed begins with the same orders.
    """
    rng = Random(f"{backend}:{seed}")  # noqa: S311  repeatable is the point, nothing is secret
    for position in range(1, number + 1):
        yield _order(rng, backend, f"sample-{seed}-{backend}-{position:05d}")


def to_line(order: NewOrder, backend: BackendName) -> bytes:
    """Return an order as a line of JSON, spelled as the backend's documents do."""
    return json.dumps(to_body(order, backend), ensure_ascii=False).encode() + b"\n"


def to_body(order: NewOrder, backend: BackendName) -> Mapping[str, Any]:
    """Return an order as the JSON body of a create."""
    return dict(offline_backend(backend).dialect.dump(order))


def _order(rng: Random, backend: BackendName, reference: str) -> NewOrder:
    place = rng.choice(PLACES)
    method = None
    if rng.random() < 0.3:
        method = rng.choice(_METHODS)
    return NewOrder(
        order_reference_id=reference,
        customer_reference_id=f"customer-{rng.randrange(1, 5000):04d}",
        currency=place.currency,
        shipping_address=people.address(rng, place),
        shipment_method_uid=method,
        metadata=_metadata(rng),
        **_OWN_PARTS[backend](rng, reference, place.currency),
    )


def _gelato_parts(rng: Random, reference: str, _: str) -> dict[str, Any]:
    products = (*PRODUCTS, *GELATO_ONLY)
    items = [_catalog_item(rng, rng.choice(products), name) for name in _item_names(rng, reference)]
    if rng.random() < 0.2:
        return {"items": items, "return_address": people.sender(rng)}
    return {"items": items}


def _connect_parts(rng: Random, reference: str, currency: str) -> dict[str, Any]:
    # GelatoConnect wants one kind of item in an order
    make = _priced_item
    if rng.random() < 0.35:
        make = _custom_item
    return {
        "items": [make(rng, name) for name in _item_names(rng, reference)],
        "retail_currency": currency,
        "retail_shipping_price_excl_vat": Decimal(rng.choice(("3.90", "4.95", "7.50"))),
    }


_OWN_PARTS: Mapping[BackendName, Callable[[Random, str, str], dict[str, Any]]] = {
    "gelato": _gelato_parts,
    "connect": _connect_parts,
}


def _item_names(rng: Random, reference: str) -> list[str]:
    # a letter for each of the five items that an order may have
    return [f"{reference}-{letter}" for letter in "abcde"[: rng.choice(_ITEM_COUNTS)]]


def _catalog_item(rng: Random, product: Product, name: str, **more: Any) -> CatalogItem:
    chosen = [kind for kind in product.optional_files if rng.random() < 0.4]
    files = _files(name, (*product.files, *chosen))
    if product.thread_colors:
        files = _embroidery(name, product)
    if product.page_counts:
        more["page_count"] = rng.choice(product.page_counts)
    return CatalogItem(
        item_reference_id=name,
        product_uid=product.uid,
        quantity=rng.choice(_QUANTITIES),
        files=files,
        **more,
    )


def _priced_item(rng: Random, name: str) -> CatalogItem | CustomItem:
    product = rng.choice(PRODUCTS)
    return _catalog_item(
        rng, product, name, retail_price_excl_vat=product.price, metadata=_metadata(rng)
    )


def _custom_item(rng: Random, name: str) -> CatalogItem | CustomItem:
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


def _files(name: str, kinds: Sequence[str]) -> list[File]:
    return [File(type=kind, url=f"{_FILES}/{name}/{kind}.pdf") for kind in kinds]


def _embroidery(name: str, product: Product) -> list[File]:
    (kind,) = product.files
    url = f"{_FILES}/{name}/{kind}.png"
    return [File(type=kind, url=url, thread_colors=product.thread_colors, is_visible=True)]


def _metadata(rng: Random) -> Mapping[str, str] | None:
    chosen = {}
    for key, values in METADATA.items():
        if rng.random() < 0.3:
            chosen[key] = rng.choice(values)
    return chosen or None
