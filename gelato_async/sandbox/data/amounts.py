"""Finds what would make amounts untrue: rates, price rows, discounts and page counts."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gelato_async.sandbox.catalog.entities import Discount, Price
from gelato_async.sandbox.data.problems import Problem

# Prices without a currency of their own are in it.
_BASE = "EUR"
_CODE = re.compile(r"[A-Z]{3}")
# A path in an entry, and what is wrong there.
_Fault = tuple[str, str]


def wrong_rates(currencies: Mapping[str, float]) -> Iterator[Problem]:
    """Find what is wrong with the units of currencies for one EUR."""
    if _BASE not in currencies:
        yield Problem("currencies", None, "", f"add {_BASE} = 1.0, in which prices are given")
    for currency, rate in currencies.items():
        if not _CODE.fullmatch(currency):
            yield Problem("currencies", currency, "", "a code is three capital letters, like SEK")
        if rate <= 0:
            yield Problem("currencies", currency, "", "must be above 0")
        elif currency == _BASE and rate != 1:
            yield Problem(
                "currencies", currency, "", f"must be 1.0: rates are units for one {_BASE}"
            )


def wrong_prices(prices: Sequence[Price]) -> Iterator[_Fault]:
    """Find rows that are for the same copies as an earlier one."""
    first: dict[object, int] = {}
    for number, price in enumerate(prices):
        path = f".prices[{number}]"
        if price.page_count is not None and price.page_count < 1:
            yield f"{path}.page_count", "must be at least 1"
        copies = (price.quantity, price.country, price.currency, price.page_count)
        earlier = first.setdefault(copies, number)
        if earlier != number:
            yield (
                path,
                f"has the quantity, country, currency and page count of prices[{earlier}]: keep one",
            )


def wrong_discounts(discounts: Sequence[Discount]) -> Iterator[_Fault]:
    """Find discounts that are out of order, or for the quantity of an earlier one."""
    quantities = [discount.quantity for discount in discounts]
    if quantities != sorted(set(quantities)):
        yield ".price.discounts", "must be in the order of their quantities, each of them once"


def wrong_page_counts(counts: Iterable[int]) -> Iterator[_Fault]:
    """Find page counts that no product has."""
    for number, count in enumerate(counts):
        if count < 1:
            yield f".page_counts[{number}]", "must be at least 1"
