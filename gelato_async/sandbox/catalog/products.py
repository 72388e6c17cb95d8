"""The products of the sandbox's catalogs, found by uid or by filters, in the shape of the answers.

The rows of a search are in the order of the catalog. The attribute that a filter names must have
one of its values; a filter without values filters nothing, and an unknown one finds nothing. An
answer that has found nothing has no `hits`.
"""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

import attrs

from gelato_async.sandbox.catalog.product_tables import (
    CATALOGS,
    COLOR_CODES,
    ISO_FORMATS,
    NOT_SUPPORTED_COUNTRIES,
    SUPPORTED_COUNTRIES,
    Attribute,
    Catalog,
)
from gelato_async.sandbox.orders.order import Body

# In millimetres.
_MUG = (82.0, 95.0, 82.0)
_FRAME_THICKNESS = 22.0
_MUG_GRAMS = {"11-oz": 330.0, "15-oz": 430.0}


@attrs.frozen
class Product:
    """A product: one combination of its catalog's attributes."""

    uid: str
    catalog: Catalog
    attributes: Mapping[str, str]

    @property
    def size(self) -> tuple[float, float, float]:
        """Width, height and thickness in mm."""
        text = self.attributes.get("PaperFormat") or self.attributes.get("FrameSize")
        if text is None:
            return _MUG
        lengths = ISO_FORMATS.get(text) or map(int, text.removesuffix("-mm").split("x"))
        width, height = sorted(map(float, lengths))
        if self.attributes.get("Orientation") == "hor":
            width, height = height, width
        thickness = self.grams_per_square_metre / 1000
        if self.catalog.is_stockable:
            thickness = _FRAME_THICKNESS
        return width, height, thickness

    @property
    def grams_per_square_metre(self) -> int:
        """The weight of the paper; frames are made of something heavier."""
        return int(self.attributes.get("PaperType", "2600-").partition("-")[0])

    @property
    def grams(self) -> float:
        """The weight of one piece; of a book, with its lowest page count."""
        if "MugSize" in self.attributes:
            return _MUG_GRAMS[self.attributes["MugSize"]]
        width, height, _ = self.size
        sheets = min(self.catalog.page_counts, default=2) / 2
        return round(width * height / 1e6 * self.grams_per_square_metre * sheets, 3)

    @property
    def is_multi_page(self) -> bool:
        """Whether a page count is part of an order for the product."""
        return bool(self.catalog.page_counts)


@cache
def catalogs() -> Mapping[str, Catalog]:
    """Return all catalogs by their uids."""
    return {catalog.uid: catalog for catalog in CATALOGS}


@cache
def products_of(catalog: str) -> tuple[Product, ...]:
    """Return the products of a catalog."""
    found = catalogs()[catalog]
    names, choices = [], []
    for attribute in found.attributes:
        names.append(attribute.uid)
        choices.append(attribute.values)
    products = []
    for values in itertools.product(*choices):
        attributes = dict(zip(names, values, strict=True))
        products.append(Product(_uid(found, values), found, attributes))
    return tuple(products)


@cache
def products() -> Mapping[str, Product]:
    """Return all products by their uids."""
    found = {}
    for catalog in catalogs():
        for product in products_of(catalog):
            found[product.uid] = product
    return found


def search(catalog: str, body: Body) -> Body:
    """Return one page of the products that pass all filters, and their number for each value."""
    filters = body.get("attributeFilters") or {}
    found = [product for product in products_of(catalog) if _passes(product, filters)]
    offset = body.get("offset") or 0
    page = found[offset : offset + (body.get("limit") or 50)]
    answered: Body = {"products": list(map(row, page))}
    if found:
        answered["hits"] = {"attributeHits": _hits(found)}
    return answered


def catalog_document(catalog: Catalog) -> Body:
    """Write a catalog with its attributes."""
    attributes = list(map(_attribute, catalog.attributes))
    return {"catalogUid": catalog.uid, "title": catalog.title, "productAttributes": attributes}


def row(product: Product) -> Body:
    """Write a product as a row of a search."""
    return {**_common(product), "supportedCountries": list(SUPPORTED_COUNTRIES)}


def document(product: Product) -> Body:
    """Write a product alone."""
    written = {
        **_common(product),
        "supportedCountries": list(SUPPORTED_COUNTRIES),
        "notSupportedCountries": list(NOT_SUPPORTED_COUNTRIES),
        "isStockable": product.catalog.is_stockable,
        "isPrintable": product.catalog.is_printable,
    }
    if product.is_multi_page:
        written["validPageCounts"] = list(product.catalog.page_counts)
    return written


def _common(product: Product) -> Body:
    return {
        "productUid": product.uid,
        "attributes": dict(product.attributes),
        "weight": {"value": product.grams, "measureUnit": "grams"},
        "dimensions": _dimensions(product),
    }


def _dimensions(product: Product) -> Body:
    width, height, thickness = product.size
    dimensions: Body = {
        "Thickness": {"value": thickness, "measureUnit": "mm"},
        "Width": {"value": width, "measureUnit": "mm"},
        "Height": {"value": height, "measureUnit": "mm"},
    }
    color = product.attributes.get("FrameColor")
    if color is not None:
        # Live dimensions have strings as values too.
        dimensions["Color HEX Code"] = {"value": COLOR_CODES[color], "measureUnit": ""}
    return dimensions


def _attribute(attribute: Attribute) -> Body:
    values = []
    for uid, title in attribute.values.items():
        values.append({"productAttributeValueUid": uid, "title": title})
    return {"productAttributeUid": attribute.uid, "title": attribute.title, "values": values}


def _uid(catalog: Catalog, values: Sequence[str]) -> str:
    parts = [catalog.uid]
    for attribute, value in zip(catalog.attributes, values, strict=True):
        if attribute.code is not None:
            parts.append(f"{attribute.code}_{value}".lstrip("_").lower())
    return "_".join(parts)


def _passes(product: Product, filters: Mapping[str, Sequence[str]]) -> bool:
    return all(product.attributes.get(name) in values for name, values in filters.items() if values)


def _hits(found: Sequence[Product]) -> Body:
    counts: dict[str, Counter[str]] = {}
    for product in found:
        for name, value in product.attributes.items():
            counts.setdefault(name, Counter())[value] += 1
    return dict(counts)
