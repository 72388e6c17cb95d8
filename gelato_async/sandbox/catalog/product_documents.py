"""Catalogs, products and searches in the shape of the answers.

The rows of a search are in the order of the catalog. The attribute that a filter names must have
one of its values; a filter without values filters nothing, and an unknown one finds nothing. An
answer that has found nothing has no `hits`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.entities import Attribute, Catalog, Product


def search(assortment: Assortment, catalog_uid: str, body: Body) -> Body:
    """Return one page of the products that pass all filters, and their number for each value."""
    found = assortment.products_of(catalog_uid)
    filters = body.get("attributeFilters") or {}
    if filters:
        found = [product for product in found if _passes(product, filters)]
    offset = body.get("offset") or 0
    page = found[offset : offset + (body.get("limit") or 50)]
    answered: Body = {"products": list(map(_row, map(assortment.complete, page)))}
    if found:
        answered["hits"] = {"attributeHits": _hits(found)}
    return answered


def catalog_row(catalog: Catalog) -> Body:
    """Write a catalog as a row of the list."""
    return {"catalogUid": catalog.uid, "title": catalog.title}


def catalog_document(catalog: Catalog) -> Body:
    """Write a catalog with its attributes."""
    attributes = list(map(_attribute, catalog.attributes))
    return {**catalog_row(catalog), "productAttributes": attributes}


def product_document(assortment: Assortment, product: Product) -> Body:
    """Write a product alone."""
    document = {
        **_row(product),
        "notSupportedCountries": list(product.not_supported_countries),
        "isStockable": assortment.is_stockable(product),
        "isPrintable": assortment.catalog_of(product).is_printable,
    }
    if product.page_counts:
        document["validPageCounts"] = list(product.page_counts)
    return document


def _row(product: Product) -> Body:
    return {
        "productUid": product.uid,
        "attributes": dict(product.attributes),
        "weight": {"value": product.weight, "measureUnit": "grams"},
        "dimensions": _dimensions(product),
        "supportedCountries": list(product.supported_countries),
    }


def _dimensions(product: Product) -> Body:
    dimensions = {}
    for name, measure in product.dimensions.items():
        dimensions[name] = {"value": measure.value, "measureUnit": measure.unit}
    return dimensions


def _attribute(attribute: Attribute) -> Body:
    values = []
    for uid, title in attribute.values.items():
        values.append({"productAttributeValueUid": uid, "title": title})
    return {"productAttributeUid": attribute.uid, "title": attribute.title, "values": values}


def _passes(product: Product, filters: Mapping[str, Sequence[str]]) -> bool:
    return all(product.attributes.get(name) in values for name, values in filters.items() if values)


def _hits(found: Sequence[Product]) -> Body:
    # Counted as pairs, in one pass: a search of a thousand products has ten thousand.
    stated = chain.from_iterable(product.attributes.items() for product in found)
    hits: Body = {}
    for (name, value), count in Counter(stated).items():
        hits.setdefault(name, {})[value] = count
    return hits
