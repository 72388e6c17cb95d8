"""Whether stockable products can be had, by stock region (*Stock availability*)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from gelato_async.models.enums import StockStatus
from gelato_async.models.fields import as_tuple
from gelato_async.models.stock_regions import StockRegion


def as_uids(uids: Iterable[str]) -> tuple[str, ...]:
    """Make the list immutable.

    A single text in place of a list is refused, and so is what is no text in the list.
    """
    found = as_tuple(uids)
    for position, uid in enumerate(found):
        if not isinstance(uid, str):
            raise TypeError(f"products[{position}] must be a str, not {type(uid).__name__}")
    return found


@frozen(kw_only=True)
class RegionAvailability:
    """How a product stands in one region.

    `replenishment_date` is an estimate, for what is awaiting replenishment.
    """

    stock_region_uid: StockRegion
    status: StockStatus | None = None
    replenishment_date: date | None = None


@frozen(kw_only=True)
class ProductAvailability:
    """How a product stands in all regions.

    A product that Gelato does not know is there too, as `not-supported`.
    """

    product_uid: str
    availability: tuple[RegionAvailability, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    def for_region(self, region: StockRegion | str) -> RegionAvailability | None:
        """How it stands in a region; None if the answer has nothing about it."""
        return next((row for row in self.availability if row.stock_region_uid == region), None)

    def in_country(self, country: str) -> RegionAvailability | None:
        """How it stands in a country's region (an ISO 3166-1 code, like `SE`).

        None if the country is in no region.
        """
        region = StockRegion.for_country(country)
        return None if region is None else self.for_region(region)


@frozen(kw_only=True)
class StockAvailability:
    """The answer to one *Stock availability* request, a row for each product that was asked for."""

    products_availability: tuple[ProductAvailability, ...] = ()
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)
