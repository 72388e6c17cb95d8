"""The rules of the product and shipment routes.

Values of a query are texts, those of a body are not.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gelato_async.sandbox import checks
from gelato_async.sandbox.catalog.products import Product, products
from gelato_async.sandbox.checks import Check, Fields, Problem, fields, optional, rows, text
from gelato_async.sandbox.orders.order import Body

Query = Mapping[str, str]


def digits(least: int, most: int = 1_000_000) -> Check:
    """Require a whole number written in a query."""

    def checked(value: Any) -> str | None:
        good = (
            isinstance(value, str)
            and value.isascii()
            and value.isdigit()
            and least <= int(value[:8]) <= most
        )
        return None if good else f"must be a whole number from {least} to {most}"

    return checked


def whole(least: int, most: int = 1_000_000) -> Check:
    """Require a whole number in a body."""

    def checked(value: Any) -> str | None:
        good = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        return None if good else f"must be a whole number from {least} to {most}"

    return checked


CATALOGS_QUERY: Fields = {"limit": optional(digits(1, 100)), "offset": optional(digits(0))}
METHODS_QUERY: Fields = {"country": optional(checks.country)}
_PRICES_QUERY: Fields = {"country": optional(checks.country), "currency": optional(text)}
_SEARCH: Fields = {"limit": optional(whole(1, 100)), "offset": optional(whole(0))}
_SHIPPING: Fields = {
    "country": checks.country,
    "currency": text,
    "isBusiness": optional(checks.boolean),
    "isPrivate": optional(checks.boolean),
    "hasTracking": optional(checks.boolean),
}


def search(body: Body) -> Iterator[Problem]:
    """Check a product search."""
    yield from fields("", body, _SEARCH)
    filters = body.get("attributeFilters")
    if filters not in (None, []) and not isinstance(filters, dict):
        yield "attributeFilters", "must be an object"
    for name, values in filters.items() if isinstance(filters, dict) else ():
        if not _is_list(values, str):
            yield f"attributeFilters.{name}", "must be a list of strings"


def prices(product: Product, query: Query) -> Iterator[Problem]:
    """Check the query of a product's prices."""
    yield from fields("", query, _PRICES_QUERY)
    yield from pages(product, query)


def pages(product: Product, query: Query) -> Iterator[Problem]:
    """Check a page count: a multi-page product needs one that is valid for it, and others ignore it."""
    valid = [str(count) for count in product.catalog.page_counts]
    if valid and query.get("pageCount") not in valid:
        yield "pageCount", f"must be one of {', '.join(valid)} for this product"


def stock(wanted: Any) -> Iterator[Problem]:
    """Check the kind of what is asked for stock.

    That it is some, and not too many, is refused in the stock's own dialect.
    """
    if not _is_list(wanted, str):
        yield "products", "must be a list of product uids"


def shipping(body: Body) -> Iterator[Problem]:
    """Check a request for the prices of shipping."""
    yield from fields("", body, _SHIPPING)
    for path, product in rows("products", body.get("products"), required=True):
        yield from fields(path, product, {"productUid": text})
        if isinstance(product, dict):
            yield from _priced(path, product)


def _priced(path: str, product: Body) -> Iterator[Problem]:
    quantities = product.get("quantities")
    if (
        not _is_list(quantities, int)
        or not quantities
        or not all(value >= 1 for value in quantities)
    ):
        yield f"{path}.quantities", "must be a list of whole numbers of at least 1"
    known = products().get(str(product.get("productUid")))
    count = product.get("pageCount")
    for name, fault in pages(known, {"pageCount": str(count)}) if known else ():
        yield f"{path}.{name}", fault


def _is_list(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(
        isinstance(v, kind) and not isinstance(v, bool) for v in values
    )
