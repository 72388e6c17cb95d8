"""The calls on products: catalogs, covers, prices and stock (product.gelatoapis.com v3)."""

from collections.abc import Mapping
from typing import ClassVar

from attrs import field, frozen

from gelato_async.core.backend import PAGE
from gelato_async.core.operations.base import Operation
from gelato_async.models.catalog import Catalog, CatalogPage
from gelato_async.models.fields import instance_of
from gelato_async.models.product import (
    CoverDimensions,
    Product,
    ProductPage,
    ProductPrices,
    as_filters,
)
from gelato_async.models.stock import StockAvailability, as_uids

PRODUCTS = 250
"""The most products that one call for their availability may name."""


@frozen(kw_only=True)
class ListCatalogs(Operation[CatalogPage]):
    """*List catalogs*: one page. `limit` and `offset` are undocumented, but work."""

    name: ClassVar[str] = "products.catalogs"
    limit: int | None = None
    offset: int | None = None


@frozen
class GetCatalog(Operation[Catalog]):
    """*Get catalog*: one catalog with its attributes."""

    name: ClassVar[str] = "products.catalog"
    catalog_uid: str = field(validator=instance_of(str))


@frozen
class SearchProducts(Operation[ProductPage]):
    """*Search products*: one page.

    No default is documented for `limit` (at most 100), so it is always sent.
    """

    name: ClassVar[str] = "products.search"
    catalog_uid: str = field(validator=instance_of(str))
    attribute_filters: Mapping[str, tuple[str, ...]] | None = field(
        default=None, converter=as_filters, kw_only=True
    )
    limit: int = field(default=PAGE, kw_only=True)
    offset: int | None = field(default=None, kw_only=True)


@frozen
class GetProduct(Operation[Product]):
    """*Get product*."""

    name: ClassVar[str] = "products.get"
    product_uid: str = field(validator=instance_of(str))


@frozen
class GetCoverDimensions(Operation[CoverDimensions]):
    """*Cover dimensions*.

    `page_count` is documented as required, and as needed for multi-page products only.
    """

    name: ClassVar[str] = "products.cover_dimensions"
    product_uid: str = field(validator=instance_of(str))
    page_count: int | None = field(default=None, kw_only=True)


@frozen
class GetPrices(Operation[ProductPrices]):
    """*Price*; `page_count` is mandatory for multi-page products."""

    name: ClassVar[str] = "products.prices"
    product_uid: str = field(validator=instance_of(str))
    country: str | None = field(default=None, kw_only=True)
    currency: str | None = field(default=None, kw_only=True)
    page_count: int | None = field(default=None, kw_only=True)


@frozen
class GetAvailability(Operation[StockAvailability]):
    """*Stock availability* of 250 products at most, by their uids."""

    name: ClassVar[str] = "products.availability"
    products: tuple[str, ...] = field(converter=as_uids)
