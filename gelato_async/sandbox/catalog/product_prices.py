"""The prices of the sandbox's products, and the dimensions of its photo books' covers.

A price is for all copies of its row, and lower per copy for more copies. Without a country there
are rows for four countries, without a currency for four currencies; there is no row for a currency
that the sandbox does not know.
"""

from collections.abc import Mapping

from gelato_async.sandbox.catalog.product_tables import SUPPORTED_COUNTRIES
from gelato_async.sandbox.catalog.products import Product
from gelato_async.sandbox.orders.order import Body

RATES: Mapping[str, float] = {"EUR": 1.0, "GBP": 0.86, "SEK": 11.4, "USD": 1.08}
# The countries of an answer to a request without one.
_COUNTRIES = ("DE", "GB", "SE", "US")
# The factor of the price per copy, by quantity.
_DISCOUNTS: Mapping[int, float] = {1: 1.0, 2: 0.98, 5: 0.95, 10: 0.9, 20: 0.85, 50: 0.8, 100: 0.75}
# In EUR.
_PER_SQUARE_METRE = 21.0
_PER_PAGE = 0.11

# In millimetres.
_BLEED = 3.0
_TURN_IN = 17.0
_JOINT = 8.0
_EDGE = 3.0


def prices(product: Product, query: Mapping[str, str]) -> list[Body]:
    """Return the rows of a product's prices."""
    pages = None
    if product.is_multi_page:
        pages = int(query["pageCount"])
    countries = [query["country"]] if query.get("country") else _COUNTRIES
    currencies = [query["currency"]] if query.get("currency") else RATES
    rows = []
    for country in countries:
        for currency in currencies:
            if country in SUPPORTED_COUNTRIES and currency in RATES:
                rows += _rows(product, pages, country, currency)
    return rows


def _rows(product: Product, pages: int | None, country: str, currency: str) -> list[Body]:
    price = _price_of_one(product, pages) * RATES[currency]
    rows = []
    for quantity, discount in _DISCOUNTS.items():
        row = {
            "productUid": product.uid,
            "country": country,
            "quantity": quantity,
            "price": round(price * quantity * discount, 6),
            "currency": currency,
            "pageCount": pages,
        }
        rows.append(row)
    return rows


def cover(product: Product, page_count: int) -> Body:
    """Return the areas of a book's cover.

    The answer counts four pages more than the request, as live answers do.
    """
    width, height, _ = product.size
    spine = round(4 + page_count * product.grams_per_square_metre / 4000, 1)
    if product.attributes["CoverType"] == "hardcover":
        areas = _hard_cover(width, height, spine)
    else:
        areas = _soft_cover(width, height, spine)
    return {"productUid": product.uid, "pagesCount": page_count + 4, "measureUnit": "mm", **areas}


def _price_of_one(product: Product, pages: int | None) -> float:
    width, height, _ = product.size
    square_metres = width * height / 1e6
    return product.catalog.base_price + square_metres * _PER_SQUARE_METRE + (pages or 0) * _PER_PAGE


def _soft_cover(width: float, height: float, spine: float) -> Body:
    total = 2 * width + spine
    return {
        "bleedSize": _area(0, 0, total + 2 * _BLEED, height + 2 * _BLEED) | {"thickness": _BLEED},
        "contentBackSize": _area(_BLEED, _BLEED, width, height),
        "spineSize": _area(_BLEED + width, _BLEED, spine, height),
        "contentFrontSize": _area(_BLEED + width + spine, _BLEED, width, height),
    }


def _hard_cover(width: float, height: float, spine: float) -> Body:
    left, content = _TURN_IN + _EDGE, width - _JOINT
    total = 2 * width + spine + 2 * left
    edge = _area(_TURN_IN, _TURN_IN, total - 2 * _TURN_IN, height + 2 * _EDGE)
    strips = {
        "contentBackSize": content,
        "jointBackSize": _JOINT,
        "spineSize": spine,
        "jointFrontSize": _JOINT,
        "contentFrontSize": content,
    }
    areas: Body = {
        "wraparoundInsideSize": _area(0, 0, total, height + 2 * left) | {"thickness": _TURN_IN},
        "wraparoundEdgeSize": edge | {"thickness": _EDGE},
    }
    for name, strip in strips.items():
        areas[name] = _area(left, _TURN_IN + _EDGE, strip, height)
        left += strip
    return areas


def _area(left: float, top: float, width: float, height: float) -> Body:
    return {
        "width": round(width, 1),
        "height": round(height, 1),
        "left": round(left, 1),
        "top": round(top, 1),
    }
