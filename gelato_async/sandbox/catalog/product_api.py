"""Gelato's product routes, v3: the action of each.

| route | answers | refuses |
|---|---|---|
| catalogs | `{data, pagination}`, as live answers have (the document has a bare list) | 400 |
| catalog | the catalog with its attributes | 404 |
| search | 50 rows by default, with the hits of all pages | 400; 404 |
| get | the product | 404 |
| cover dimensions | the areas of a photo book's cover | 400 for a wrong page count; 404 |
| prices | rows of several quantities, countries and currencies | 400; 404 |
| availability | a row for each uid, known or not | 400 in a dialect of its own |

A search accepts an empty body too, as the real one does, and finds nothing for an unknown filter.
What the real API answers for a page count that a product cannot have, or for the cover of a product
that has none (404 here), is undocumented.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from gelato_async.sandbox.account import AccountState, Action
from gelato_async.sandbox.answers import Answer, RefusedError, answer
from gelato_async.sandbox.catalog import product_prices, product_rules, products, stock_levels
from gelato_async.sandbox.catalog.product_tables import CATALOGS
from gelato_async.sandbox.catalog.products import Product
from gelato_async.sandbox.checks import fields
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.order import Body
from gelato_async.sandbox.orders.order_rules import enforce
from gelato_async.sandbox.routes import Target

T = TypeVar("T")


def _catalogs(_: AccountState, target: Target, __: Body, ___: Moment) -> Answer:
    enforce(fields("", target.query, product_rules.CATALOGS_QUERY))
    rows = [{"catalogUid": catalog.uid, "title": catalog.title} for catalog in CATALOGS]
    return answer(_page(rows, target.query))


def _page(rows: Sequence[Any], query: Mapping[str, str]) -> Body:
    offset, limit = int(query.get("offset") or 0), int(query.get("limit") or 100)
    page = rows[offset : offset + limit]
    return {"data": page, "pagination": {"total": len(rows), "offset": offset}}


def _catalog(_: AccountState, target: Target, __: Body, ___: Moment) -> Answer:
    return answer(products.catalog_document(_found(products.catalogs(), target.id, "Catalog")))


def _search(_: AccountState, target: Target, body: Body, __: Moment) -> Answer:
    catalog = _found(products.catalogs(), target.id, "Catalog")
    enforce(product_rules.search(body))
    return answer(products.search(catalog.uid, body))


def _get(_: AccountState, target: Target, __: Body, ___: Moment) -> Answer:
    return answer(products.document(_product(target)))


def _cover_dimensions(_: AccountState, target: Target, __: Body, ___: Moment) -> Answer:
    product = _product(target)
    if not product.is_multi_page:
        raise RefusedError(404, "The product has no cover")
    enforce(product_rules.pages(product, target.query))
    return answer(product_prices.cover(product, int(target.query["pageCount"])))


def _prices(_: AccountState, target: Target, __: Body, ___: Moment) -> Answer:
    product = _product(target)
    enforce(product_rules.prices(product, target.query))
    return answer(product_prices.prices(product, target.query))


def _availability(_: AccountState, __: Target, body: Body, now: Moment) -> Answer:
    wanted = body.get("products")
    if refusal := stock_levels.refusal(wanted):
        return answer(refusal, 400)
    enforce(product_rules.stock(wanted))
    return answer(stock_levels.availability(body["products"], now.wall))


def _product(target: Target) -> Product:
    return _found(products.products(), target.id, "Product")


def _found(known: Mapping[str, T], uid: str, what: str) -> T:
    if uid not in known:
        raise RefusedError(404, f"{what} not found")
    return known[uid]


ACTIONS: Mapping[str, Action] = {
    "product.catalogs": _catalogs,
    "product.catalog": _catalog,
    "product.search": _search,
    "product.get": _get,
    "product.cover_dimensions": _cover_dimensions,
    "product.prices": _prices,
    "product.availability": _availability,
}
