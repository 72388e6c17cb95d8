"""Catalogs, and the attributes that tell their products apart (*List catalogs*, *Get catalog*)."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from gelato_async.models.fields import count_rows, wire


@frozen(kw_only=True)
class ProductAttributeValue:
    """A value that an attribute can have; its uid is what a search filters by."""

    product_attribute_value_uid: str
    title: str | None = None


@frozen(kw_only=True)
class ProductAttribute:
    """An attribute of a catalog's products, like `Orientation`; its uid is the key of a filter."""

    product_attribute_uid: str
    title: str | None = None
    values: tuple[ProductAttributeValue, ...] = ()


@frozen(kw_only=True)
class Catalog:
    """A catalog.

    Its attributes come with *Get catalog* alone; in the list of catalogs there are none.
    """

    catalog_uid: str
    title: str | None = None
    product_attributes: tuple[ProductAttribute, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(kw_only=True)
class Pagination:
    """Where a page stands: how many rows there are in `total`, and the `offset` of the page's first."""

    total: int | None = None
    offset: int | None = None


@frozen(kw_only=True)
class CatalogPage:
    """One answer to *List catalogs*: a page of catalogs with its `pagination`.

    Live answers always have `pagination`. In the bare list that the document shows, which holds
    all catalogs, it is None.
    """

    catalogs: tuple[Catalog, ...] = field(default=(), metadata=wire("data"))
    pagination: Pagination | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def length(self) -> int:
        """How many rows the answer had, those that cannot be read included."""
        return count_rows(self.raw, "data", self.catalogs)

    def ends_at(self, count: int) -> bool:
        """Whether these were the last, `count` catalogs having come so far.

        False where the page does not tell.
        """
        if self.pagination is None:
            return True
        return self.pagination.total is not None and count >= self.pagination.total
