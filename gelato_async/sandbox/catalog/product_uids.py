"""The uids of products: how a catalog forms them, and what may be read from any of them.

A uid counts as one of documented shape if it consists of lower-case words of letters, digits, dots
and hyphens, joined by underscores, and if

- its first words name a family (`posters_a3`, `mug_product_...`, `envelope`), or
- a documented code precedes a value (`pf_a4`, `gsi_xl`), or
- one of its words is an orientation or states what is printed (`hor`, `ver`, `4-0`).

All examples of the documents have this shape, except the one of a product that does not exist.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from gelato_async.sandbox.catalog.entities import FIELD, Catalog, Product, stated_names
from gelato_async.sandbox.catalog.measuring import size_of

_WORDS = re.compile(r"[a-z0-9][a-z0-9.-]*(_{1,2}[a-z0-9.-]+)*")
_PRINT = re.compile(r"\d-\d")
_ORIENTATIONS = ("hor", "ver")
_CODES: Mapping[str, str] = {
    "bt": "BindingType",
    "ccl": "CoverColorType",
    "cl": "ColorType",
    "cpt": "CoverPaperType",
    "ct": "CoatingType",
    "cvt": "CoverType",
    "frc": "FrameColor",
    "frm": "FrameMaterial",
    "frp": "FrameProfile",
    "frs": "FrameSize",
    "ft": "FoldingType",
    "gca": "GarmentCategory",
    "gco": "GarmentColor",
    "gcu": "GarmentCut",
    "gpr": "GarmentPrint",
    "gqa": "GarmentQuality",
    "gsc": "GarmentSubcategory",
    "gsi": "GarmentSize",
    "gt": "GlassType",
    "mmat": "MugMaterial",
    "msz": "MugSize",
    "pf": "PaperFormat",
    "prt": "ProtectionType",
    "pt": "PaperType",
    "sft": "SpotFinishingType",
    "whc": "WallHangerColor",
    "whm": "WallHangerMaterial",
    "whp": "WallHangerProfile",
    "whs": "WallHangerSize",
}


class UidForm:
    """The form of a catalog's uids, with which it has a product for every combination of values.

    An attribute that is not part of the uid has its first value.
    """

    def __init__(self, catalog: Catalog, form: str) -> None:
        self._catalog = catalog
        self._form = form
        self._stated = stated_names(form)
        # A quick way to see that a uid is of another catalog.
        self._first_words = form.partition("{")[0].lower()

    def products(self) -> Iterator[Product]:
        """Yield the product of every combination."""
        names, choices = [], []
        for attribute in self._catalog.attributes:
            values = list(attribute.values)
            if attribute.uid not in self._stated:
                values = values[:1]
            names.append(attribute.uid)
            choices.append(values)
        for combination in itertools.product(*choices):
            yield self._product(dict(zip(names, combination, strict=True)))

    def product(self, uid: str) -> Product | None:
        """Return the product of the combination that a uid states, or None."""
        if not uid.startswith(self._first_words):
            return None
        found = self._pattern.fullmatch(uid)
        if found is None:
            return None
        stated = dict(zip(self._stated, found.groups(), strict=True))
        attributes = {}
        for attribute in self._catalog.attributes:
            values = {value.lower(): value for value in attribute.values}
            value = stated.get(attribute.uid, next(iter(values)))
            attributes[attribute.uid] = values[value]
        product = self._product(attributes)
        # They differ if an attribute is in the form twice, and the uid states two values.
        return product if product.uid == uid else None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        values = {}
        for attribute in self._catalog.attributes:
            alternatives = "|".join(re.escape(value.lower()) for value in attribute.values)
            values[attribute.uid] = f"({alternatives})"
        # The odd parts are the names of attributes.
        parts = FIELD.split(self._form)
        for place, part in enumerate(parts):
            parts[place] = values[part] if place % 2 else re.escape(part.lower())
        return re.compile("".join(parts))

    def _product(self, attributes: Mapping[str, str]) -> Product:
        uid = self._form.format_map(attributes).lower()
        return Product(uid=uid, catalog=self._catalog.uid, attributes=attributes)


def family(catalogs: Iterable[Catalog], uid: str) -> Catalog | None:
    """Return the catalog that the uid's first words name most exactly, or None."""
    longest, found = "", None
    for catalog in catalogs:
        for words in (catalog.uid, *catalog.families):
            if len(words) > len(longest) and _begins_with(uid, words):
                longest, found = words, catalog
    return found


def has_documented_shape(uid: str, catalogs: Iterable[Catalog]) -> bool:
    """Return whether a uid has the documented shape, given the catalogs that are families."""
    if not _WORDS.fullmatch(uid):
        return False
    return family(catalogs, uid) is not None or _has_documented_words(uid)


def stated_attributes(uid: str) -> Mapping[str, str]:
    """Return the attributes that a uid states, by codes or by values that cannot be mistaken."""
    attributes: dict[str, str] = {}
    words = iter(uid.split("_"))
    for word in words:
        name, value = _CODES.get(word), word
        if name is not None:
            value = next(words, "")
        else:
            name = _name_of(word)
        if name is not None and value:
            attributes.setdefault(name, _spelled(name, value))
    return attributes


def _has_documented_words(uid: str) -> bool:
    words = uid.split("_")
    for code, value in itertools.pairwise(words):
        if code in _CODES and value:
            return True
    return any(word in _ORIENTATIONS or _PRINT.fullmatch(word) for word in words)


def _begins_with(uid: str, words: str) -> bool:
    return uid.startswith(words) and uid[len(words) :][:1] in {"", "_", "-"}


def _name_of(word: str) -> str | None:
    if word in _ORIENTATIONS:
        return "Orientation"
    if _PRINT.fullmatch(word):
        return "ColorType"
    if size_of(word) is not None:
        return "PaperFormat"
    if re.match(r"\d+-(gsm|lb)\b", word):
        return "PaperType"
    return None


def _spelled(name: str, value: str) -> str:
    # Catalogs have `A4` and `XL`, but `210x297-mm`.
    if name in {"PaperFormat", "GarmentSize"} and "-" not in value:
        return value.upper()
    return value
