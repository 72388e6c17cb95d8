"""The attributes of an order's item, which answers name and spell otherwise than catalogs do."""

from collections.abc import Iterator, Mapping

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.catalog.entities import Catalog, Product
from gelato_async.sandbox.catalog.measuring import size_of

# In the documents' examples a paper format is called a size.
_SIZES = frozenset({"FrameSize", "GarmentSize", "MugSize", "PaperFormat", "WallHangerSize"})
_ORIENTATIONS: Mapping[str, str] = {
    "ver": "Vertical (portrait) orientation",
    "hor": "Horizontal (landscape) orientation",
}
# Whether a product may be ordered is a matter of catalogs alone.
_UNSHOWN = "ProductStatus"


def item_attributes(product: Product | None, catalog: Catalog) -> Iterator[Body]:
    """Yield the attributes of a product with the titles that its catalog has."""
    if product is None:
        return
    has_size = False
    known = {attribute.uid: attribute for attribute in catalog.attributes}
    for uid, value in product.attributes.items():
        # A framed poster has the size of its frame, and that of its paper.
        if uid == _UNSHOWN or (uid in _SIZES and has_size):
            continue
        name, title, value_title = f"{uid[:1].lower()}{uid[1:]}", uid, value
        if uid in known:
            title, value_title = known[uid].title, known[uid].values.get(value, value)
        if uid in _SIZES:
            name, title, has_size = "size", "Size", True
        yield {
            "name": name,
            "title": title,
            "value": value,
            "formattedValue": _formatted(uid, value, value_title),
        }


def _formatted(uid: str, value: str, title: str) -> str:
    if uid == "Orientation":
        return _ORIENTATIONS.get(value, title)
    size = size_of(value)
    if uid in _SIZES and size is not None:
        width, height = size
        return f"{width / 10:g} x {height / 10:g} cm"
    return title
