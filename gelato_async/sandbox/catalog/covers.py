"""The dimensions of the covers of photo books.

A soft cover has a bleed around its back, spine and front. A hard cover is boards with a joint on
both sides of the spine, an edge that exceeds the pages, and paper that is turned in around them.
"""

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.catalog.entities import Product
from gelato_async.sandbox.catalog.measuring import length, paper_weight

# In millimetres.
_BLEED = 3.0
_TURN_IN = 17.0
_JOINT = 8.0
_EDGE = 3.0
# A hard cover exceeds the pages, in all, in height, and in width with its joint.
_HIGHER = 5.0
_WIDER = 1.0
_BOARDS = 3.0


def cover(product: Product, page_count: int) -> Body:
    """Return the areas of a book's cover.

    The answer counts four pages more than the request, as live answers do.
    """
    width, height = length(product, "Width"), length(product, "Height")
    # Two pages are a sheet.
    spine = float(round(_BOARDS + page_count / 2 * paper_weight(product) / 1000))
    areas = _hard_cover(width + _WIDER, height + _HIGHER, spine)
    if _is_soft(product):
        areas = _soft_cover(width, height, spine)
    return {"productUid": product.uid, "pagesCount": page_count + 4, "measureUnit": "mm", **areas}


def _is_soft(product: Product) -> bool:
    return product.attributes.get("CoverType") == "softcover" or "softcover" in product.uid


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
