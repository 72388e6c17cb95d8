"""Gelato's products: product.gelatoapis.com v3."""

from gelato_async.core.backend import PAGE, Routes, Rules
from gelato_async.core.operations.products import (
    PRODUCTS,
    GetAvailability,
    GetCatalog,
    GetCoverDimensions,
    GetPrices,
    GetProduct,
    ListCatalogs,
    SearchProducts,
)
from gelato_async.core.routes import Route
from gelato_async.core.rules import Rule, RuleTable
from gelato_async.core.rules.checks import at_most, between, country_code, not_empty, required
from gelato_async.models.catalog import Catalog, CatalogPage
from gelato_async.models.product import CoverDimensions, Product, ProductPage, ProductPrices
from gelato_async.models.stock import StockAvailability


def _get(path: str, answer: type, *query: str, bare: str | None = None) -> Route:
    return Route(
        method="GET",
        service="product",
        path=path,
        query=query,
        answer=answer,
        bare=bare,
    )


ROUTES: Routes = {
    # documented as a bare list; live answers were always objects, with or without a limit
    ListCatalogs: _get("/v3/catalogs", CatalogPage, "limit", "offset", bare="data"),
    GetCatalog: _get("/v3/catalogs/{catalog_uid}", Catalog),
    SearchProducts: Route(
        method="POST",
        service="product",
        path="/v3/catalogs/{catalog_uid}/products:search",
        body=("attribute_filters", "limit", "offset"),
        answer=ProductPage,
    ),
    GetProduct: _get("/v3/products/{product_uid}", Product),
    GetCoverDimensions: _get(
        "/v3/products/{product_uid}/cover-dimensions", CoverDimensions, "page_count"
    ),
    GetPrices: _get(
        "/v3/products/{product_uid}/prices",
        ProductPrices,
        "country",
        "currency",
        "page_count",
        bare="prices",
    ),
    GetAvailability: Route(
        method="POST",
        service="product",
        path="/v3/stock/region-availability",
        body=("products",),
        answer=StockAvailability,
    ),
}

_PAGES = Rule("pageCount", between(1))

RULES: Rules = {
    ListCatalogs: RuleTable([Rule("limit", between(1)), Rule("offset", between(0))]),
    SearchProducts: RuleTable([Rule("limit", between(1, PAGE)), Rule("offset", between(0))]),
    GetCoverDimensions: RuleTable([_PAGES]),
    GetPrices: RuleTable([Rule("country", country_code), _PAGES]),
    GetAvailability: RuleTable(
        [
            Rule("products", not_empty),
            Rule("products", at_most(PRODUCTS)),
            Rule("products[]", required),
        ]
    ),
}
