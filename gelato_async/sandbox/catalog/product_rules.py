"""The rules of the product and shipment routes.

The values of a query are strings; a number in a body has to be a number.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gelato_async.sandbox import checks
from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.entities import Product
from gelato_async.sandbox.checks import (
    Check,
    Fields,
    Problem,
    fields,
    is_list_of,
    optional,
    rows,
    text,
)

Query = Mapping[str, str]


def digits(least: int, most: int = 1_000_000) -> Check:
    """Return a check that requires a whole number in a query."""
    fault = f"must be a whole number from {least} to {most}"

    def check_digits(value: Any) -> str | None:
        if not isinstance(value, str) or not value.isascii() or not value.isdigit():
            return fault
        # Eight digits exceed any limit, and Python refuses to convert thousands.
        if len(value) > 8 or not least <= int(value) <= most:
            return fault
        return None

    return check_digits


def whole(least: int, most: int = 1_000_000) -> Check:
    """Return a check that requires a whole number in a body."""
    fault = f"must be a whole number from {least} to {most}"

    def check_number(value: Any) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            return fault
        return None

    return check_number


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
    if filters in (None, []):
        return
    if not isinstance(filters, dict):
        yield "attributeFilters", "must be an object"
        return
    for name, values in filters.items():
        if not is_list_of(str, values):
            yield f"attributeFilters.{name}", "must be a list of strings"


def prices(product: Product, query: Query) -> Iterator[Problem]:
    """Check the query of a product's prices."""
    yield from fields("", query, _PRICES_QUERY)
    yield from pages(product, query)


def pages(product: Product, query: Query) -> Iterator[Problem]:
    """Check a page count: multi-page products need one that is valid for them, others ignore it."""
    valid = list(map(str, product.page_counts))
    if valid and query.get("pageCount") not in valid:
        yield "pageCount", f"must be one of the product's: {', '.join(valid)}"


def stock(wanted: Any) -> Iterator[Problem]:
    """Check the product uids of a stock request.

    A missing list and too many products are refused elsewhere, in the stock route's own dialect.
    """
    if not is_list_of(str, wanted):
        yield "products", "must be a list of product uids"


def shipping(body: Body, assortment: Assortment) -> Iterator[Problem]:
    """Check a request for shipping prices."""
    yield from fields("", body, _SHIPPING)
    for path, product in rows("products", body.get("products"), required=True):
        yield from fields(
            path, product, {"productUid": text, "pageCount": optional(checks.counting)}
        )
        if isinstance(product, dict):
            yield from _priced(path, product, assortment)


def _priced(path: str, product: Body, assortment: Assortment) -> Iterator[Problem]:
    quantities = product.get("quantities")
    if not quantities or not is_list_of(int, quantities) or any(map(whole(1), quantities)):
        yield f"{path}.quantities", "must be a list of whole numbers from 1 to 1,000,000"
    known = assortment.product(str(product.get("productUid")))
    if known is None:
        return
    for name, fault in pages(known, {"pageCount": str(product.get("pageCount"))}):
        yield f"{path}.{name}", fault
