"""Weights and dimensions that follow from a product's attributes.

A size is read from values like `A4`, `210x297-mm` or `10x10-inch`, the weight of paper from values
like `170-gsm-coated-silk` or `100-lb-cover-uncoated`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

import attrs

from gelato_async.sandbox.catalog.countries import NOT_SUPPORTED, SUPPORTED
from gelato_async.sandbox.catalog.entities import Catalog, Measure, Product

# As many digits as make sense, so that no area is infinite.
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})-?(mm|inch)")
_PAPER = re.compile(r"(\d{1,4})-(?:gsm|g)\b|(\d{1,4})-lb(-text)?")
_VOLUME = re.compile(r"(\d{1,3})-oz")
# Width and height in millimetres; those of BB and BX are guesses, no document has them.
_FORMATS: Mapping[str, tuple[float, float]] = {
    "5R": (127, 178),
    "A1": (594, 841),
    "A2": (420, 594),
    "A3": (297, 420),
    "A4": (210, 297),
    "A5": (148, 210),
    "A6": (105, 148),
    "A7-ENV": (133, 184),
    "BB": (55, 85),
    "BX": (108, 140),
    "DL": (99, 210),
}
_MM_PER_INCH = 25.4
# Grams per square metre and pound, of cover and of text paper.
_COVER, _TEXT = 2.7, 1.48
_USUAL_PAPER = 170.0
_COLORS: Mapping[str, str] = {
    "black": "#000000",
    "grey": "#8C8C8C",
    "natural-wood": "#C19A6B",
    "navy": "#1F2A44",
    "oak": "#B8860B",
    "red": "#C8102E",
    "white": "#FFFFFF",
}
_SIZED = ("PaperFormat", "FrameSize")
# The attributes whose value is a colour of the table above.
_COLORED = ("FrameColor", "GarmentColor", "WallHangerColor")
# In grams: of a mug of no volume, and of each ounce of volume.
_MUG, _MUG_PER_OUNCE = 55.0, 25.0


# A catalog has many products, but few sizes and papers.
_CACHED = 128


def measured(product: Product, catalog: Catalog) -> Product:
    """Return the product with a value in each field that it leaves to its catalog."""
    paper = catalog.grams_per_square_metre or _paper(product.attributes)
    dimensions = {
        "Thickness": Measure(value=round(paper / 1000, 5), unit="mm"),
        **catalog.dimensions,
        **_stated(product.attributes),
        **product.dimensions,
    }
    page_counts = product.page_counts or _priced_page_counts(product) or catalog.page_counts
    weight = product.weight or _mug(product.attributes) or catalog.weight
    if not weight:
        # A sheet has two pages; what has no pages is one sheet.
        sheets = min(page_counts, default=2) / 2
        weight = _square_metres(dimensions) * paper * sheets
    return attrs.evolve(
        product,
        dimensions=dimensions,
        page_counts=page_counts,
        weight=round(weight, 3),
        supported_countries=product.supported_countries
        or _except(SUPPORTED, product.not_supported_countries),
        not_supported_countries=product.not_supported_countries
        or _except(NOT_SUPPORTED, product.supported_countries),
    )


def square_metres(product: Product) -> float:
    """Return the area of a product; 0 if its width or height is unknown."""
    return _square_metres(product.dimensions)


def length(product: Product, name: str) -> float:
    """Return a measure of a product, or 0 if it is unknown or a text."""
    return _number(product.dimensions, name)


def paper_weight(product: Product) -> float:
    """Return the grams per square metre of a product's paper."""
    return _paper(product.attributes)


@lru_cache(_CACHED)
def size_of(value: str) -> tuple[float, float] | None:
    """Return the width and height, in millimetres, of the upright size that a value states."""
    if found := _SIZE.match(value):
        unit = _MM_PER_INCH if found[3] == "inch" else 1.0
        width, height = sorted((float(found[1]) * unit, float(found[2]) * unit))
        return round(width, 1), round(height, 1)
    return _FORMATS.get(value.upper())


def _paper(attributes: Mapping[str, str]) -> float:
    return _grams_of(attributes.get("PaperType", ""))


@lru_cache(_CACHED)
def _grams_of(paper: str) -> float:
    found = _PAPER.match(paper)
    if found is None:
        return _USUAL_PAPER
    grams, pounds, is_text = found.groups()
    if grams:
        return float(grams)
    return float(pounds) * (_TEXT if is_text else _COVER)


def _stated(attributes: Mapping[str, str]) -> dict[str, Measure]:
    dimensions = {}
    size = _size(attributes)
    if size is not None:
        width, height = size
        if attributes.get("Orientation") == "hor":
            width, height = height, width
        dimensions["Width"] = Measure(value=width, unit="mm")
        dimensions["Height"] = Measure(value=height, unit="mm")
    for name in _COLORED:
        if code := _COLORS.get(attributes.get(name, "")):
            dimensions["Color HEX Code"] = Measure(value=code)
    return dimensions


def _size(attributes: Mapping[str, str]) -> tuple[float, float] | None:
    for name in _SIZED:
        if name in attributes:
            return size_of(attributes[name])
    return None


def _mug(attributes: Mapping[str, str]) -> float:
    volume = _VOLUME.match(attributes.get("MugSize", ""))
    if volume is None:
        return 0.0
    return _MUG + _MUG_PER_OUNCE * float(volume[1])


def _except(countries: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    if not others:
        return countries
    return tuple(country for country in countries if country not in others)


def _priced_page_counts(product: Product) -> tuple[int, ...]:
    if not product.prices:
        return ()
    counts = {price.page_count for price in product.prices if price.page_count is not None}
    return tuple(sorted(counts))


def _square_metres(dimensions: Mapping[str, Measure]) -> float:
    return _number(dimensions, "Width") * _number(dimensions, "Height") / 1e6


def _number(dimensions: Mapping[str, Measure], name: str) -> float:
    measure = dimensions.get(name)
    if measure is None or isinstance(measure.value, str):
        return 0.0
    return measure.value
