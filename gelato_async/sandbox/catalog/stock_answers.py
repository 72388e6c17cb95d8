"""The answers of the stock route.

An unknown product is answered like a known one, as not supported in every region.
"""

from collections.abc import Iterable
from typing import Any

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.countries import REGIONS
from gelato_async.sandbox.catalog.entities import Product, Stock
from gelato_async.sandbox.clock import delivery_date

# The documented limit of one request.
MOST_PRODUCTS = 250
_NOT_SUPPORTED = Stock(status="not-supported")


def refusal(wanted: Any) -> Body | None:
    """Return the error of a request for no or too many products.

    The stock route has a dialect of its own: a lower-case code and a message.
    """
    if wanted is None or wanted == []:
        return _refusal("products_not_provided", "No products provided, at least one is required.")
    if isinstance(wanted, list) and len(wanted) > MOST_PRODUCTS:
        message = f"Too many products requested: {len(wanted)} of maximum {MOST_PRODUCTS}."
        return _refusal("too_many_products", message)
    return None


def availability(assortment: Assortment, wanted: Iterable[str], wall: float) -> Body:
    """Return the status of each product in each region, as of a POSIX time."""
    rows = []
    for uid in wanted:
        product = assortment.product(uid)
        regions = [_in_region(assortment, product, region, wall) for region in REGIONS]
        rows.append({"productUid": uid, "availability": regions})
    return {"productsAvailability": rows}


def _refusal(code: str, message: str) -> Body:
    return {"code": f"invalid_request_{code}", "message": message}


def _in_region(assortment: Assortment, product: Product | None, region: str, wall: float) -> Body:
    stock = _NOT_SUPPORTED
    if product is not None:
        stock = assortment.stock(product, region)
    date = None
    if stock.replenishment_days is not None:
        date = delivery_date(wall, stock.replenishment_days)
    return {"stockRegionUid": region, "status": stock.status, "replenishmentDate": date}
