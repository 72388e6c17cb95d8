"""The rows of the price route.

A price is for all copies of its row, rounded as in orders. Without a country
there are rows for four countries, without a currency for four currencies, or for those of the
product's own prices; there is no row for a country or currency without prices.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.entities import Product

# Of an answer to a request without country or currency.
_COUNTRIES = ("DE", "GB", "SE", "US")
_CURRENCIES = ("EUR", "GBP", "SEK", "USD")


def prices(assortment: Assortment, product: Product, query: Mapping[str, str]) -> list[Body]:
    """Return the rows of a product's prices."""
    pages = None
    if product.page_counts:
        pages = int(query["pageCount"])
    rows: list[Body] = []
    for country in _countries(product, query.get("country")):
        for currency in _currencies(assortment, product, query.get("currency")):
            rows += _rows(assortment, product, pages, country, currency)
    return rows


def _rows(
    assortment: Assortment, product: Product, pages: int | None, country: str, currency: str
) -> Iterator[Body]:
    for tier in assortment.price_list(product, pages, country, currency):
        yield {
            "productUid": product.uid,
            "country": country,
            "quantity": tier.quantity,
            "price": tier.total(tier.quantity, currency),
            "currency": currency,
            "pageCount": pages,
        }


def _countries(product: Product, wanted: str | None) -> Iterable[str]:
    supported = product.supported_countries
    if wanted:
        return _of((wanted,), supported)
    own = dict.fromkeys(price.country for price in product.prices)
    if not own or None in own:
        own |= dict.fromkeys(_COUNTRIES)
    return _of(own, supported) or supported[:1]


def _currencies(assortment: Assortment, product: Product, wanted: str | None) -> Iterable[str]:
    if wanted:
        return (wanted,)
    own = dict.fromkeys(price.currency for price in product.prices)
    return own or _of(_CURRENCIES, assortment.currencies)


def _of(some: Iterable[str | None], known: Collection[str]) -> Sequence[str]:
    return [one for one in some if one is not None and one in known]
