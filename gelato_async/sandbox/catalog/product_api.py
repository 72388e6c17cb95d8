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
from typing import Any

from gelato_async.sandbox.account import AccountState, Action
from gelato_async.sandbox.answers import Answer, Body, RefusedError, answer, enforce
from gelato_async.sandbox.catalog import (
    covers,
    product_documents,
    product_prices,
    product_rules,
    stock_answers,
)
from gelato_async.sandbox.catalog.entities import Catalog, Product
from gelato_async.sandbox.checks import fields
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.routes import Target


def _catalogs(account: AccountState, target: Target, _: Body, __: Moment) -> Answer:
    enforce(fields("", target.query, product_rules.CATALOGS_QUERY))
    rows = list(map(product_documents.catalog_row, account.assortment.catalogs.values()))
    return answer(_page(rows, target.query))


def _page(rows: Sequence[Any], query: Mapping[str, str]) -> Body:
    offset, limit = int(query.get("offset") or 0), int(query.get("limit") or 100)
    page = rows[offset : offset + limit]
    return {"data": page, "pagination": {"total": len(rows), "offset": offset}}


def _catalog(account: AccountState, target: Target, _: Body, __: Moment) -> Answer:
    return answer(product_documents.catalog_document(_found_catalog(account, target)))


def _search(account: AccountState, target: Target, body: Body, _: Moment) -> Answer:
    catalog = _found_catalog(account, target)
    enforce(product_rules.search(body))
    return answer(product_documents.search(account.assortment, catalog.uid, body))


def _get(account: AccountState, target: Target, _: Body, __: Moment) -> Answer:
    product = _found_product(account, target)
    return answer(product_documents.product_document(account.assortment, product))


def _cover_dimensions(account: AccountState, target: Target, _: Body, __: Moment) -> Answer:
    product = _found_product(account, target)
    if not product.page_counts:
        raise RefusedError(404, "The product has no cover")
    enforce(product_rules.pages(product, target.query))
    return answer(covers.cover(product, int(target.query["pageCount"])))


def _prices(account: AccountState, target: Target, _: Body, __: Moment) -> Answer:
    product = _found_product(account, target)
    enforce(product_rules.prices(product, target.query))
    return answer(product_prices.prices(account.assortment, product, target.query))


def _availability(account: AccountState, _: Target, body: Body, now: Moment) -> Answer:
    wanted = body.get("products")
    if refusal := stock_answers.refusal(wanted):
        return answer(refusal, 400)
    enforce(product_rules.stock(wanted))
    return answer(stock_answers.availability(account.assortment, body["products"], now.wall))


def _found_catalog(account: AccountState, target: Target) -> Catalog:
    catalog = account.assortment.catalogs.get(target.id)
    if catalog is None:
        raise RefusedError(404, "Catalog not found")
    return catalog


def _found_product(account: AccountState, target: Target) -> Product:
    product = account.assortment.product(target.id)
    if product is None:
        raise RefusedError(404, "Product not found")
    return product


ACTIONS: Mapping[str, Action] = {
    "product.catalogs": _catalogs,
    "product.catalog": _catalog,
    "product.search": _search,
    "product.get": _get,
    "product.cover_dimensions": _cover_dimensions,
    "product.prices": _prices,
    "product.availability": _availability,
}
