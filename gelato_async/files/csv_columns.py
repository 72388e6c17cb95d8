"""The columns of a CSV file of orders, and where in an order's JSON body their cells belong."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from gelato_async.core.errors import Problem
from gelato_async.core.order_reader import LISTED, keys_of, required_keys, shown, suggestion
from gelato_async.models.addresses import ReturnAddress, ShippingAddress
from gelato_async.models.new_order import CatalogItem, CustomItem, File, NewOrder

REFERENCE = "orderReferenceId"

# digits of a whole number: more are no quantity, and int() takes quadratic time
_MOST_DIGITS = 18
# fileUrl, fileUrl2 ... fileUrl999; fileUrl1 would be a second name for fileUrl
_FILE = re.compile(r"(file[A-Z][A-Za-z]*?)([2-9]|[1-9][0-9]{1,2})?")


def _whole(text: str) -> Any:
    digits = text.removeprefix("-")
    if len(digits) <= _MOST_DIGITS and digits.isascii() and digits.isdigit():
        return int(text)
    return text


def _flag(text: str) -> Any:
    return {"true": True, "false": False}.get(text.lower(), text)


def _colors(text: str) -> Any:
    return text.replace(",", " ").split()


_READS: Mapping[type[Any] | None, Callable[[str], Any]] = {int: _whole, bool: _flag}


@frozen
class Column:
    """The place of a cell in the order's body, or in the item's: the keys outside, and its own.

    `read` returns a text that it cannot read unchanged: reading the body reports it.
    """

    outside: Sequence[str | int]
    key: str
    read: Callable[[str], Any] = str
    per_item: bool = False


def _columns(
    cls: type[Any],
    *path: str,
    but: Collection[str] = (),
    per_item: bool = False,
    name: Callable[[str], str] = str,
) -> dict[str, Column]:
    found = {}
    for key, plain in keys_of(cls).items():
        if key not in but:
            found[name(key)] = Column(path, key, _READS.get(plain, str), per_item)
    return found


def file_column(key: str, position: int = 1) -> str:
    """Return the name of the column for a key of an item's file: `fileUrl`, then `fileUrl2`."""
    name = f"file{key[0].upper()}{key[1:]}"
    if position > 1:
        name += str(position)
    return name


_ORDER = _columns(NewOrder, but={"shippingAddress", "items", "returnAddress", "metadata"})
_ADDRESS = _columns(ShippingAddress, "shippingAddress")
_RETURN = _columns(ReturnAddress, "returnAddress", name="returnAddress.{}".format)
_NOT_CELLS = {"files", "metadata", "productVariant"}
_ITEM = {
    **_columns(CatalogItem, but=_NOT_CELLS, per_item=True),
    **_columns(CustomItem, but=_NOT_CELLS, per_item=True),
}
_FILES = _columns(File, name=file_column)
_FILES["fileThreadColors"] = Column((), "threadColors", _colors)
_MAPS = {
    "metadata": ("metadata", False),
    "itemMetadata": ("metadata", True),
    "productVariant": ("productVariant", True),
}
_NAMED = {**_ORDER, **_ADDRESS, **_RETURN, **_ITEM}
_NO_HEADER = (
    "not a header: the first line must name the columns, like orderReferenceId and firstName,"
    " separated by commas, semicolons or tabs"
)
# address and items have columns of their own; for a product there are two
_NOT_NEEDED = {"shippingAddress", "items", "productUid"}
_NEEDED = [
    key
    for cls in (NewOrder, ShippingAddress, CatalogItem)
    for key in required_keys(cls)
    if key not in _NOT_NEEDED
]


def column_for(name: str) -> Column | None:
    """Return the column of this name, or None if there is no such column."""
    return _NAMED.get(name) or _map_entry(name) or _file_part(name)


def _map_entry(name: str) -> Column | None:
    head, _, key = name.partition(".")
    if not key or head not in _MAPS:
        return None
    outside, per_item = _MAPS[head]
    return Column((outside,), key, per_item=per_item)


def _file_part(name: str) -> Column | None:
    found = _FILE.fullmatch(name)
    if not found or found[1] not in _FILES:
        return None
    part = _FILES[found[1]]
    return Column(("files", int(found[2] or 1)), part.key, part.read, per_item=True)


def is_header(names: Sequence[str]) -> bool:
    """Return whether a row names columns.

    The cells of a row that does not are an order's own, and are not to be shown.
    """
    return sum(column_for(name) is not None for name in names) > 1


def problems_of(names: Sequence[str]) -> tuple[list[Problem], bool]:
    """Return what is wrong with a header, and whether that keeps every order from being read."""
    if not is_header(names):
        return [Problem("", _NO_HEADER)], True
    fatal = [*_missing(names), *_duplicates(names)]
    return [*_unknown(names), *fatal], bool(fatal)


def _unknown(names: Sequence[str]) -> Iterator[Problem]:
    unknown = [name for name in names if name and column_for(name) is None]
    for name in unknown[:LISTED]:
        yield Problem(shown(name), f"unknown column, which is not read{_suggestion(name)}")
    if len(unknown) > LISTED:
        yield Problem("", f"has {len(unknown) - LISTED:,} more unknown columns, not listed")


def _suggestion(name: str) -> str:
    known = [*_NAMED, *_FILES]
    _, _, key = name.partition(".")
    if key:
        known += [f"{head}.{key}" for head in _MAPS]
    return suggestion(name, known)


def _missing(names: Sequence[str]) -> Iterator[Problem]:
    for name in _NEEDED:
        if name not in names:
            yield Problem(name, "this column is missing: no order can be read without it")
    if "productUid" not in names and "productName" not in names:
        yield Problem(
            "productUid",
            "this column is missing, and productName is too: no order can be read without one",
        )


def _duplicates(names: Sequence[str]) -> Iterator[Problem]:
    listed = 0
    for name, count in Counter(names).items():
        if count == 1 or column_for(name) is None:
            continue
        yield Problem(
            shown(name), f"{count} columns have this name: no order can be read until one has"
        )
        listed += 1
        if listed == LISTED:
            return
