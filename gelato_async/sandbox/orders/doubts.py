"""What will let an order fail although it breaks no documented rule.

Accepted by default, and failed later; refused at once by a strict sandbox. A product needs files if
its catalog says that it is printable; one of no catalog needs none, because nobody knows.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import attrs

from gelato_async.sandbox.account import AccountState
from gelato_async.sandbox.answers import Backend, Body, enforce
from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.countries import NOT_SUPPORTED, SUPPORTED, region_of
from gelato_async.sandbox.catalog.entities import Product
from gelato_async.sandbox.checks import Problem, rows
from gelato_async.sandbox.orders import failures
from gelato_async.sandbox.orders.failures import Failure
from gelato_async.sandbox.orders.order import Refusal
from gelato_async.sandbox.orders.shipments import fulfillment_country
from gelato_async.sandbox.orders.terms import (
    chosen_method,
    copies,
    line_price,
    pages,
    product_of,
)

# In ISO 3166-1, and in no list of the documents.
_UNLISTED = ("AS", "AQ", "BL", "CW", "GU", "MF", "MP", "PR", "SX", "VI")
# Not more precise: what a host name may be, resolvers decide.
_HOST = re.compile(r"[^\s]+")
COUNTRIES = frozenset((*SUPPORTED, *NOT_SUPPORTED, *_UNLISTED))


@attrs.frozen
class Doubt:
    """A value that will let an order fail."""

    path: str
    failure: Failure


def examine_order(account: AccountState, body: Body, backend: Backend) -> Refusal | None:
    """Return why an order will fail, or None; a strict sandbox refuses it instead.

    A draft does not fail before it becomes an order, and may get its files then.
    """
    found = list(_of_order(account.assortment, body, backend))
    is_draft = body.get("orderType") == "draft"
    if account.options.strict:
        enforce(_refused(found, is_draft=is_draft))
    if is_draft or not found:
        return None
    return found[0].failure.refusal(found[0].path)


def _refused(found: Iterable[Doubt], *, is_draft: bool) -> Iterator[Problem]:
    for doubt in found:
        may_come = is_draft and doubt.failure is failures.MISSING_FILES
        if doubt.failure.strict and not may_come:
            yield doubt.path, doubt.failure.reason


def examine_quote(account: AccountState, body: Body) -> None:
    """Refuse a request for a quote that has no price."""
    renamed = {**body, "shippingAddress": body["recipient"], "items": body["products"]}
    problems = []
    for doubt in _of_prices(account.assortment, renamed):
        path = doubt.path.replace("shippingAddress", "recipient").replace("items", "products")
        problems.append((path, doubt.failure.reason))
    enforce(problems)


def _of_order(assortment: Assortment, body: Body, backend: Backend) -> Iterator[Doubt]:
    """Yield the doubts about an order, the weightiest first."""
    yield from _of_prices(assortment, body)
    if backend == "connect":
        yield from _of_amounts(body)
    for path, item in rows("items", body["items"]):
        yield from _of_files(assortment, path, item)
        yield from _of_stock(assortment, path, item, body["shippingAddress"]["country"])
    yield from _of_method(assortment, body)
    if backend == "connect" and _lacks_retail_prices(body):
        yield Doubt("retailCurrency", failures.MISSING_RETAIL_PRICES)


def _of_prices(assortment: Assortment, body: Body) -> Iterator[Doubt]:
    country, currency = body["shippingAddress"]["country"], body["currency"]
    has_methods = bool(assortment.methods(country))
    if country not in COUNTRIES:
        yield Doubt("shippingAddress.country", failures.UNKNOWN_COUNTRY)
    elif not has_methods:
        yield Doubt("shippingAddress.country", failures.COUNTRY_NOT_SUPPORTED)
    for path, item in rows("items", body["items"]):
        product = product_of(assortment, item)
        if product is None:
            yield Doubt(f"{path}.productUid", failures.UNKNOWN_PRODUCT)
            continue
        if product.page_counts and pages(item) not in product.page_counts:
            yield Doubt(f"{path}.pageCount", failures.INVALID_PAGE_COUNT)
        is_delivered = _is_delivered(product, country)
        if has_methods and is_delivered and product.prices:
            # Only prices of its own may not be prices in every country.
            is_delivered = line_price(assortment, item, country, currency) is not None
        if has_methods and not is_delivered:
            yield Doubt(f"{path}.productUid", failures.PRODUCT_NOT_AVAILABLE)


def _of_amounts(body: Body) -> Iterator[Doubt]:
    """Yield the doubts about numbers that only Gelato documents a rule for."""
    prices = {"retailShippingPriceInclVat": body.get("retailShippingPriceInclVat")}
    for path, item in rows("items", body["items"]):
        if copies(item) == 0:
            yield Doubt(f"{path}.quantity", failures.INVALID_QUANTITY)
        prices[f"{path}.retailPriceInclVat"] = item.get("retailPriceInclVat")
    for path, price in prices.items():
        if price and price < 0:
            yield Doubt(path, failures.INVALID_RETAIL_PRICE)


def _of_stock(assortment: Assortment, path: str, item: Body, country: str) -> Iterator[Doubt]:
    # What a customer calls a product in own words has no stock that anybody could ask for.
    product = None
    if item.get("productUid"):
        product = assortment.product(item["productUid"])
    region = region_of(country)
    if product is None or region is None:
        return
    if assortment.stock(product, region).status == "out-of-stock":
        yield Doubt(f"{path}.productUid", failures.OUT_OF_STOCK)


def _is_delivered(product: Product, country: str) -> bool:
    if country in product.not_supported_countries:
        return False
    return not product.supported_countries or country in product.supported_countries


def _of_files(assortment: Assortment, path: str, item: Body) -> Iterator[Doubt]:
    product = product_of(assortment, item)
    files = item.get("files") or []
    single = item.get("fileUrl")
    catalog = assortment.catalogs.get(product.catalog) if product else None
    if not files and not single and catalog is not None and catalog.is_printable:
        yield Doubt(f"{path}.files", failures.MISSING_FILES)
    if isinstance(single, str) and single and not is_file_url(single):
        yield Doubt(f"{path}.fileUrl", failures.INVALID_FILE_URL)
    for file_path, file in rows(f"{path}.files", files):
        # A file may be known by its id instead.
        if file.get("url") and not is_file_url(file["url"]):
            yield Doubt(f"{file_path}.url", failures.INVALID_FILE_URL)


def is_file_url(text: str) -> bool:
    """Return whether a file may be downloaded from a URL: one of HTTP or HTTPS with a host."""
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    return url.scheme in {"http", "https"} and _HOST.fullmatch(url.hostname or "") is not None


def _of_method(assortment: Assortment, body: Body) -> Iterator[Doubt]:
    has_methods = bool(assortment.methods(body["shippingAddress"]["country"]))
    is_wanted = bool(body.get("shipmentMethodUid"))
    # Whether there is a method does not depend on the weight.
    if (is_wanted or has_methods) and chosen_method(assortment, body, grams=0.0) is None:
        yield Doubt("shipmentMethodUid", failures.UNKNOWN_SHIPMENT_METHOD)


def _lacks_retail_prices(body: Body) -> bool:
    destination = body["shippingAddress"]["country"]
    if fulfillment_country(destination) == destination:
        # Nothing crosses a border.
        return False
    if not body.get("retailCurrency") or body.get("retailShippingPriceInclVat") is None:
        return True
    return any(item.get("retailPriceInclVat") is None for item in body["items"])
