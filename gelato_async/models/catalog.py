"""Catalogs, and the attributes in which their products differ (*List catalogs*, *Get catalog*)."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from gelato_async.models.fields import count_rows, wire


@frozen(kw_only=True, weakref_slot=False)
class ProductAttributeValue:
    """A value of an attribute; a search filters by its uid."""

    product_attribute_value_uid: str
    title: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class ProductAttribute:
    """An attribute of a catalog's products, like `Orientation`; its uid is the key of a filter."""

    product_attribute_uid: str
    title: str | None = None
    values: tuple[ProductAttributeValue, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class Catalog:
    """A catalog.

    Only *Get catalog* answers its attributes; in the list of catalogs the tuple is empty.
    """

    catalog_uid: str
    title: str | None = None
    product_attributes: tuple[ProductAttribute, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(kw_only=True, weakref_slot=False)
class Pagination:
    """The number of all rows (`total`), and the `offset` of a page's first row."""

    total: int | None = None
    offset: int | None = None


@frozen(kw_only=True, weakref_slot=False)
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
        """The number of rows in the answer, including those that cannot be read."""
        return count_rows(self.raw, "data", self.catalogs)

    def ends_at(self, count: int) -> bool:
        """Return whether this page is the last one, after `count` catalogs on all pages so far.

        False if the page does not say how many there are.
        """
        # The documented bare list has all catalogs.
        if self.pagination is None:
            return True
        return self.pagination.total is not None and count >= self.pagination.total
