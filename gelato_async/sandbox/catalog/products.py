"""The products of the sandbox's catalogs, found by uid or by filters, and written as the API writes them.

The rows of a search are in the order of the catalog. An attribute that a filter names must have one
of its values; a filter without values filters nothing, one that is unknown finds nothing, and where
nothing is found the `hits` are left out.
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

_MUG = (82.0, 95.0, 82.0)
_MUG_GRAMS = {"11-oz": 330.0, "15-oz": 430.0}


@attrs.frozen
class Product:
    """A product: one combination of its catalog's attributes."""

    uid: str
    catalog: Catalog
    attributes: Mapping[str, str]

    @property
    def size(self) -> tuple[float, float, float]:
        """Give width, height and thickness in mm."""
        text = self.attributes.get("PaperFormat") or self.attributes.get("FrameSize")
        if text is None:
            return _MUG
        short, long = sorted(ISO_FORMATS.get(text) or map(int, text.removesuffix("-mm").split("x")))
        width, height = (
            (long, short) if self.attributes.get("Orientation") == "hor" else (short, long)
        )
        return (
            float(width),
            float(height),
            22.0 if self.catalog.is_stockable else self.grams_per_square_metre / 1000,
        )

    @property
    def grams_per_square_metre(self) -> int:
        """Give what the paper weighs; frames are made of something heavier."""
        return int(self.attributes.get("PaperType", "2600-").partition("-")[0])

    @property
    def grams(self) -> float:
        """Give the weight of one piece, of a book's that of its thinnest kind."""
        if "MugSize" in self.attributes:
            return _MUG_GRAMS[self.attributes["MugSize"]]
        width, height, _ = self.size
        sheets = min(self.catalog.page_counts, default=2) / 2
        return round(width * height / 1e6 * self.grams_per_square_metre * sheets, 3)

    @property
    def is_multi_page(self) -> bool:
        """Tell whether it has pages to count."""
        return bool(self.catalog.page_counts)


@cache
def catalogs() -> Mapping[str, Catalog]:
    """Give all catalogs by their uids."""
    return {catalog.uid: catalog for catalog in CATALOGS}


@cache
def products_of(catalog: str) -> tuple[Product, ...]:
    """Give the products of a catalog."""
    found = catalogs()[catalog]
    names = [attribute.uid for attribute in found.attributes]
    return tuple(
        Product(_uid(found, values), found, dict(zip(names, values, strict=True)))
        for values in itertools.product(*(attribute.values for attribute in found.attributes))
    )


@cache
def products() -> Mapping[str, Product]:
    """Give all products by their uids."""
    return {product.uid: product for catalog in catalogs() for product in products_of(catalog)}


def search(catalog: str, body: Body) -> Body:
    """Give one page of the products that pass all filters, and how many of all those there are for each value."""
    wanted = {
        name: values for name, values in (body.get("attributeFilters") or {}).items() if values
    }
    found = [product for product in products_of(catalog) if _passes(product, wanted)]
    offset = body.get("offset") or 0
    page = found[offset : offset + (body.get("limit") or 50)]
    hits = {"hits": {"attributeHits": _hits(found)}} if found else {}
    return {"products": [row(product) for product in page], **hits}


def catalog_document(catalog: Catalog) -> Body:
    """Write a catalog with its attributes."""
    attributes = [_attribute(attribute) for attribute in catalog.attributes]
    return {"catalogUid": catalog.uid, "title": catalog.title, "productAttributes": attributes}


def row(product: Product) -> Body:
    """Write a product as a row of a search."""
    return {**_common(product), "supportedCountries": list(SUPPORTED_COUNTRIES)}


def document(product: Product) -> Body:
    """Write a product alone."""
    pages = {"validPageCounts": list(product.catalog.page_counts)} if product.is_multi_page else {}
    return {
        **_common(product),
        "supportedCountries": list(SUPPORTED_COUNTRIES),
        "notSupportedCountries": list(NOT_SUPPORTED_COUNTRIES),
        "isStockable": product.catalog.is_stockable,
        "isPrintable": product.catalog.is_printable,
        **pages,
    }


def _common(product: Product) -> Body:
    return {
        "productUid": product.uid,
        "attributes": dict(product.attributes),
        "weight": {"value": product.grams, "measureUnit": "grams"},
        "dimensions": _dimensions(product),
    }


def _dimensions(product: Product) -> Body:
    width, height, thickness = product.size
    lengths = {"Thickness": thickness, "Width": width, "Height": height}
    found: Body = {name: {"value": mm, "measureUnit": "mm"} for name, mm in lengths.items()}
    color = COLOR_CODES.get(product.attributes.get("FrameColor", ""))
    # live dimensions hold texts too
    return found | ({"Color HEX Code": {"value": color, "measureUnit": ""}} if color else {})


def _attribute(attribute: Attribute) -> Body:
    values = [
        {"productAttributeValueUid": uid, "title": title} for uid, title in attribute.values.items()
    ]
    return {"productAttributeUid": attribute.uid, "title": attribute.title, "values": values}


def _uid(catalog: Catalog, values: Sequence[str]) -> str:
    parts = [
        f"{attribute.code}_{value}".lstrip("_").lower()
        for attribute, value in zip(catalog.attributes, values, strict=True)
        if attribute.code is not None
    ]
    return "_".join([catalog.uid, *parts])


def _passes(product: Product, wanted: Mapping[str, Sequence[str]]) -> bool:
    return all(product.attributes.get(name) in values for name, values in wanted.items())


def _hits(found: Sequence[Product]) -> Body:
    counts: dict[str, Counter[str]] = {}
    for product in found:
        for name, value in product.attributes.items():
            counts.setdefault(name, Counter())[value] += 1
    return dict(counts)
