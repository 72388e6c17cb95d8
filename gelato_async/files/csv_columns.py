"""The columns that a CSV file of orders may have, and where in an order's JSON body the cells of each belong."""

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

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_FILE = re.compile(r"(file[A-Z][A-Za-z]*?)([2-9]|[1-9][0-9]{1,2})?")


def _whole(text: str) -> Any:
    return int(text) if _WHOLE.fullmatch(text) else text


def _flag(text: str) -> Any:
    return {"true": True, "false": False}.get(text.lower(), text)


def _colors(text: str) -> Any:
    return text.replace(",", " ").split()


@frozen
class Column:
    """Where a cell goes in the order's body, or in the item's: the keys outside, and its own.

    `read` leaves a text that is wrong as it is, for the strict reading to tell.
    """

    outside: Sequence[str | int]
    key: str
    read: Callable[[str], Any] = str
    per_item: bool = False


def _columns(
    cls: type[Any], *path: str, but: Collection[str] = (), per_item: bool = False
) -> dict[str, Column]:
    reads: Mapping[Any, Callable[[str], Any]] = {int: _whole, bool: _flag}
    return {
        key: Column(path, key, reads.get(plain, str), per_item)
        for key, plain in keys_of(cls).items()
        if key not in but
    }


_ORDER = _columns(NewOrder, but={"shippingAddress", "items", "returnAddress", "metadata"})
_ADDRESS = _columns(ShippingAddress, "shippingAddress")
_RETURN = {
    f"returnAddress.{key}": column
    for key, column in _columns(ReturnAddress, "returnAddress").items()
}
_ITEM = {
    key: column
    for cls in (CatalogItem, CustomItem)
    for key, column in _columns(
        cls, but={"files", "metadata", "productVariant"}, per_item=True
    ).items()
}
_FILES = {
    f"file{key[0].upper()}{key[1:]}": Column(
        (), key, _colors if key == "threadColors" else column.read
    )
    for key, column in _columns(File).items()
}
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
_NEEDED = [
    key
    for cls in (NewOrder, ShippingAddress, CatalogItem)
    for key in required_keys(cls)
    if key not in {"shippingAddress", "items", "productUid"}
]


def column_for(name: str) -> Column | None:
    """What a column of this name is; None where there is no such column."""
    return _NAMED.get(name) or _map_entry(name) or _file_part(name)


def _map_entry(name: str) -> Column | None:
    head, _, key = name.partition(".")
    outside, per_item = _MAPS.get(head, ("", False))
    return Column((outside,), key, per_item=per_item) if outside and key else None


def _file_part(name: str) -> Column | None:
    found = _FILE.fullmatch(name)
    part = _FILES.get(found[1]) if found else None
    if found is None or part is None:
        return None
    return Column(("files", int(found[2] or 1)), part.key, part.read, per_item=True)


def is_header(names: Sequence[str]) -> bool:
    """Whether these name columns; where they do not, they are an order's own cells, which are not shown."""
    return sum(column_for(name) is not None for name in names) > 1


def problems_of(names: Sequence[str]) -> tuple[list[Problem], bool]:
    """What is wrong with a header, and whether that keeps every order from being read."""
    if not is_header(names):
        return [Problem("", _NO_HEADER)], True
    fatal = [*_missing(names), *_twice(names)]
    return [*_unknown(names), *fatal], bool(fatal)


def _unknown(names: Sequence[str]) -> Iterator[Problem]:
    unknown = [name for name in names if name and column_for(name) is None]
    for name in unknown[:LISTED]:
        yield Problem(shown(name), f"unknown column, which is not read{_suggestion(name)}")
    if len(unknown) > LISTED:
        yield Problem("", f"has {len(unknown) - LISTED:,} more unknown columns, not listed")


def _suggestion(name: str) -> str:
    _, dot, key = name.partition(".")
    dotted = [f"{head}.{key}" for head in _MAPS] if dot and key else []
    return suggestion(name, [*_NAMED, *_FILES, *dotted])


def _missing(names: Sequence[str]) -> Iterator[Problem]:
    for name in _NEEDED:
        if name not in names:
            yield Problem(name, "this column is missing: no order can be read without it")
    if "productUid" not in names and "productName" not in names:
        yield Problem(
            "productUid",
            "this column is missing, and productName is too: no order can be read without one",
        )


def _twice(names: Sequence[str]) -> Iterator[Problem]:
    twice = [
        (name, count)
        for name, count in Counter(names).items()
        if count > 1 and column_for(name) is not None
    ]
    for name, count in twice[:LISTED]:
        yield Problem(
            shown(name), f"{count} columns have this name: no order can be read until one has"
        )
