"""The catalogs of the sandbox as data: their attributes, and the countries of delivery.

All of it is made up, in the form that the documents show. A catalog has a product for every
combination of its attributes' values.
"""

from collections.abc import Mapping

import attrs


@attrs.frozen
class Attribute:
    """An attribute, with the titles of its values by their uids.

    `code` precedes a value in a product's uid; with None the attribute is not part of the uid.
    """

    uid: str
    title: str
    code: str | None
    values: Mapping[str, str]


@attrs.frozen(kw_only=True)
class Catalog:
    """A catalog.

    `base_price` is the part of a price that does not depend on the size, in EUR. `page_counts` is
    empty except for multi-page products.
    """

    uid: str
    title: str
    attributes: tuple[Attribute, ...]
    base_price: float
    is_stockable: bool = False
    is_printable: bool = True
    page_counts: tuple[int, ...] = ()


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


EUROPE = _codes(
    "AT BE BG CH CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LT LU LV NL NO PL PT RO SE SI SK"
)
SUPPORTED_COUNTRIES = tuple(sorted((*EUROPE, "AU", "BR", "CA", "JP", "MX", "NZ", "SG", "US", "ZA")))
NOT_SUPPORTED_COUNTRIES = ("AX", "GS", "HM", "IM", "IO", "NF", "TF", "TK", "UM")

# Width and height in millimetres.
ISO_FORMATS: Mapping[str, tuple[int, int]] = {
    "A1": (594, 841),
    "A2": (420, 594),
    "A3": (297, 420),
    "A4": (210, 297),
    "A5": (148, 210),
    "A6": (105, 148),
    "DL": (99, 210),
}

COLOR_CODES: Mapping[str, str] = {
    "black": "#000000",
    "natural-wood": "#C19A6B",
    "white": "#FFFFFF",
}

_STATUS = Attribute("ProductStatus", "Product Status", None, {"activated": "Activated"})
_ORIENTATION = Attribute("Orientation", "Orientation", "", {"hor": "Landscape", "ver": "Portrait"})
_COLORS = Attribute("ColorType", "Color Type", "cl", {"4-0": "One side", "4-4": "Both sides"})


def _named(uid: str, title: str, code: str, *values: str) -> Attribute:
    titles = {value: value.replace("-", " ").capitalize() for value in values}
    return Attribute(uid, title, code, titles)


_POSTER_FORMATS = (
    *("A1", "A2", "A3", "A4", "A5", "200x300-mm", "300x400-mm"),
    *("400x500-mm", "500x700-mm", "600x800-mm", "600x900-mm", "700x1000-mm"),
)
_POSTER_PAPERS = (
    *("120-gsm-recycled", "170-gsm-coated-silk", "180-gsm-matt"),
    *("200-gsm-coated-silk", "200-gsm-uncoated", "250-gsm-uncoated"),
)

CATALOGS: tuple[Catalog, ...] = (
    Catalog(
        uid="cards",
        title="Cards",
        base_price=1.1,
        attributes=(
            _named("PaperFormat", "Paper Format", "pf", "A5", "A6", "DL"),
            _named("PaperType", "Paper Type", "pt", "300-gsm-coated-silk", "350-gsm-uncoated"),
            _COLORS,
            _ORIENTATION,
            _STATUS,
        ),
    ),
    Catalog(
        uid="frames",
        title="Frames",
        base_price=14.0,
        is_stockable=True,
        is_printable=False,
        attributes=(
            _named("FrameSize", "Frame Size", "frs", "210x297-mm", "300x400-mm", "500x700-mm"),
            _named("FrameColor", "Frame Color", "frc", "black", "natural-wood", "white"),
            _named("FrameMaterial", "Frame Material", "frm", "wood"),
            _STATUS,
        ),
    ),
    Catalog(
        uid="mugs",
        title="Mugs",
        base_price=6.5,
        attributes=(
            _named("MugSize", "Mug Size", "msz", "11-oz", "15-oz"),
            _named("MugMaterial", "Mug Material", "mmat", "ceramic-black", "ceramic-white"),
            _STATUS,
        ),
    ),
    Catalog(
        uid="photobooks",
        title="Photo books",
        base_price=9.0,
        page_counts=(24, 30, 34, 48, 64, 100),
        attributes=(
            _named("PaperFormat", "Paper Format", "pf", "140x200-mm", "200x200-mm", "210x280-mm"),
            _named("CoverType", "Cover Type", "cvt", "hardcover", "softcover"),
            _named("PaperType", "Paper Type", "pt", "170-gsm-coated-silk", "200-gsm-uncoated"),
            _ORIENTATION,
            _STATUS,
        ),
    ),
    Catalog(
        uid="posters",
        title="Posters",
        base_price=3.2,
        attributes=(
            _named("PaperFormat", "Paper Format", "pf", *_POSTER_FORMATS),
            _named("PaperType", "Paper Type", "pt", *_POSTER_PAPERS),
            _named(
                "CoatingType",
                "Coating Type",
                "ct",
                "glossy-lamination",
                "matt-lamination",
                "none",
                "soft-touch",
            ),
            _COLORS,
            _ORIENTATION,
            _STATUS,
        ),
    ),
)
