"""The availability of stockable products, by stock region (*Stock availability*)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from gelato_async.models.enums import StockStatus
from gelato_async.models.fields import as_tuple
from gelato_async.models.stock_regions import StockRegion


def as_uids(uids: Iterable[str]) -> tuple[str, ...]:
    """Make the list immutable, and refuse a single string, or an element that is not a string."""
    found = as_tuple(uids)
    for position, uid in enumerate(found):
        if not isinstance(uid, str):
            raise TypeError(f"products[{position}] must be a str, not {type(uid).__name__}")
    return found


@frozen(kw_only=True, weakref_slot=False)
class RegionAvailability:
    """The availability of a product in one region.

    `replenishment_date` is an estimate, for products that await replenishment.
    """

    stock_region_uid: StockRegion
    status: StockStatus | None = None
    replenishment_date: date | None = None


@frozen(kw_only=True, weakref_slot=False)
class ProductAvailability:
    """The availability of a product in all regions.

    A product that Gelato does not know is listed too, as `not-supported`.
    """

    product_uid: str
    availability: tuple[RegionAvailability, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    def for_region(self, region: StockRegion | str) -> RegionAvailability | None:
        """Return the availability in a region, or None if the answer does not list the region."""
        return next((row for row in self.availability if row.stock_region_uid == region), None)

    def in_country(self, country: str) -> RegionAvailability | None:
        """Return the availability in a country's region (an ISO 3166-1 code, like `SE`).

        None if the country is in no region.
        """
        region = StockRegion.for_country(country)
        if region is None:
            return None
        return self.for_region(region)


@frozen(kw_only=True, weakref_slot=False)
class StockAvailability:
    """The answer to one *Stock availability* request: a row for each product of the request."""

    products_availability: tuple[ProductAvailability, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)
