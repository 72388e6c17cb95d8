"""The stock of the sandbox.

The status of a product in a region never changes, and only frames can be out of stock.
"""

from collections.abc import Iterable
from typing import Any
from zlib import crc32

from gelato_async.sandbox.catalog.products import products
from gelato_async.sandbox.orders.order import Body
from gelato_async.sandbox.orders.shipments import delivery_date

REGIONS = ("US-CA", "EU", "OC", "AS", "SA", "UK", "ROW")
# The documented limit of one request.
MOST_PRODUCTS = 250


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


def availability(wanted: Iterable[str], wall: float) -> Body:
    """Return the status of each product in each region, as of a POSIX time."""
    rows = []
    for uid in wanted:
        regions = [_in_region(uid, region, wall) for region in REGIONS]
        rows.append({"productUid": uid, "availability": regions})
    return {"productsAvailability": rows}


def _refusal(code: str, message: str) -> Body:
    return {"code": f"invalid_request_{code}", "message": message}


def _in_region(uid: str, region: str, wall: float) -> Body:
    # A checksum, so that a product's status differs by region and is always the same.
    number = crc32(f"{uid} {region}".encode())
    status = _status(uid, number % 10)
    row = {"stockRegionUid": region, "status": status, "replenishmentDate": None}
    if status == "out-of-stock-replenishable":
        row["replenishmentDate"] = delivery_date(wall, 7 + number % 21)
    return row


def _status(uid: str, number: int) -> str:
    product = products().get(uid)
    if product is None:
        return "not-supported"
    if not product.catalog.is_stockable:
        return "non-stockable"
    if number < 6:
        return "in-stock"
    if number < 9:
        return "out-of-stock-replenishable"
    return "out-of-stock"
