"""The price of a product by quantity, page count, country and currency.

A price list has tiers: from its quantity on, a tier's price holds for each copy. The total of any
number of copies follows from the list alone, so that all routes agree.
"""

from collections.abc import Iterable, Mapping, Sequence

import attrs

from gelato_async.sandbox.catalog.entities import Price, PriceRule, Product
from gelato_async.sandbox.catalog.measuring import square_metres
from gelato_async.sandbox.money import rounded

Rates = Mapping[str, float]


@attrs.frozen
class Tier:
    """The price of one copy from a quantity on."""

    quantity: int
    price_each: float

    def total(self, quantity: float, currency: str) -> float:
        """Return the price of some copies, rounded as all prices are."""
        return rounded(self.price_each * quantity, currency)


def tiers_of_rule(rule: PriceRule, product: Product, pages: int, rate: float) -> Sequence[Tier]:
    """Return the price list that a catalog's rule gives a product, in the currency of a rate.

    With a price of its own the product has only the discounts from the rule.
    """
    each = rule.base + rule.per_square_metre * square_metres(product) + rule.per_page * pages
    if product.price is not None:
        each = product.price
    # Rounded in `total` alone: a rounded price of one copy would be wrong by half a cent a copy.
    tiers = [Tier(off.quantity, each * off.factor * rate) for off in rule.discounts]
    return sorted(tiers, key=_quantity) or [Tier(1, each * rate)]


def tiers_of_prices(
    prices: Iterable[Price], pages: int, country: str, currency: str, rates: Rates
) -> Sequence[Tier]:
    """Return the price list of a product's own prices.

    Prices for the country precede those for every country, then those for the page count those for
    every one, then those in the currency those that have to be converted.
    """
    tiers = []
    for row in _most_specific(prices, pages, country, currency):
        rate = rates[currency] / rates[row.currency]
        tiers.append(Tier(row.quantity, row.price / row.quantity * rate))
    return sorted(tiers, key=_quantity)


def tier_for(tiers: Sequence[Tier], quantity: float) -> Tier:
    """Return the highest tier that a quantity reaches, or the lowest if it reaches none."""
    reached = tiers[0]
    for tier in tiers:
        if tier.quantity <= quantity:
            reached = tier
    return reached


def _quantity(tier: Tier) -> int:
    return tier.quantity


def _most_specific(
    prices: Iterable[Price], pages: int, country: str, currency: str
) -> Iterable[Price]:
    found: list[Price] = []
    highest = None
    for row in prices:
        if row.country not in {None, country} or row.page_count not in {None, pages}:
            continue
        rank = (row.country is not None, row.page_count is not None, row.currency == currency)
        if highest is None or rank > highest:
            found, highest = [], rank
        # Rows to be converted are all of the currency that is listed first.
        if rank == highest and (not found or row.currency == found[0].currency):
            found.append(row)
    return found
