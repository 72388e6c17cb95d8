"""The stock of a product in a region, which never changes.

Only stockable products run out: those with stock of their own, and those of stockable catalogs.
"""

from zlib import crc32

from gelato_async.sandbox.catalog.entities import Catalog, Product, Stock

_IN_STOCK = Stock(status="in-stock")
_NOT_STOCKABLE = Stock(status="non-stockable")


def is_stockable(product: Product, catalog: Catalog) -> bool:
    """Return whether a product can be out of stock."""
    return bool(product.stock) or catalog.is_stockable


def stock(product: Product, catalog: Catalog, region: str) -> Stock:
    """Return the stock of a product in a region: its own, or a made-up one."""
    if product.stock:
        return product.stock.get(region, _IN_STOCK)
    if not catalog.is_stockable:
        return _NOT_STOCKABLE
    # A checksum, so that the stock of a product differs by region and is always the same.
    number = crc32(f"{product.uid} {region}".encode())
    if number % 10 < 6:
        return _IN_STOCK
    # What is printed is replenished at last: an order for a built-in template must not fail.
    if number % 10 < 9 or catalog.is_printable:
        return Stock(status="out-of-stock-replenishable", replenishment_days=7 + number % 21)
    return Stock(status="out-of-stock")
