"""Generated readers of rows: for the header of a file, a function that makes an order of cells.

The plain way, in `csv_orders`, puts cells into a JSON body, which is then read. A generated
function fills a model with its cells at once. `source_for` shows the function of a model.

At anything that may be a problem it raises `UnusualError`, and also at a customer product: then the
order is read in the plain way. What both read is equal (`tests/files/test_csv_generated.py`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gelato_async.core.order_reader.fields import BodyField, element_of, fields_of, kind_of
from gelato_async.core.order_reader.generated import UnusualError, certain
from gelato_async.core.wire.generated import Function as Read, Names, blank_of, compiled
from gelato_async.files.csv_columns import Column
from gelato_async.models.addresses import ReturnAddress, ShippingAddress
from gelato_async.models.enums import OpenEnum
from gelato_async.models.new_order import CatalogItem, File, Metadata, NewOrder

# of an object: the column of each of its keys, and its place in a row
Cells = Mapping[str, tuple[int, Column]]

# the functions of a header with more of them would take seconds to compile
MOST_COLUMNS = 500

_HEAD: tuple[str, ...] = ("def read(cells):",)


def reader_for(columns: Sequence[tuple[int, Column]]) -> Callable[[Sequence[Sequence[str]]], Any]:
    """Return the function that makes an order of its rows' cells, or raises `UnusualError`."""
    if len(columns) > MOST_COLUMNS:
        return _refuse
    parts = _Parts(columns)
    sender = parts.of("returnAddress")
    names: Names = {
        "read_recipient": _compiled(ShippingAddress, parts.of("shippingAddress")),
        "read_sender": _compiled(ReturnAddress, sender),
        "read_item": _item_reader(parts),
        "entries": _entries(parts.of("metadata")),
    }
    given = {
        "shipping_address": "read_recipient(cells)",
        "return_address": _if_any(sender, "read_sender(cells)"),
        "items": "tuple([read_item(cells) for cells in rows])",
        "metadata": _if_any(parts.of("metadata"), "entries(cells)"),
    }
    head = ("def read(rows):", "    cells = rows[0]")
    return _compiled(NewOrder, parts.of(), given, names, head)


def source_for(
    cls: Any, cells: Cells, given: Mapping[str, str], names: Names, head: Sequence[str] = _HEAD
) -> str:
    """Return the source of a model's reader; `given` has expressions for some of its fields."""
    names |= {"UnusualError": UnusualError, "blank": blank_of(cls), "model": cls}
    lines = [*head, "    made = blank()"]
    for field in fields_of(cls):
        value = given.get(field.name)
        if value is None:
            lines.extend(map("    {}".format, _lines_of(field, cells, names)))
        else:
            lines.append(f"    made.{field.name} = {value}")
    lines += ["    made.extra = {}", "    made.__class__ = model", "    return made", ""]
    return "\n".join(lines)


class _Parts:
    """The columns of a file by the objects that their cells belong to."""

    def __init__(self, columns: Sequence[tuple[int, Column]]) -> None:
        self._parts: dict[tuple[object, ...], dict[str, tuple[int, Column]]] = {}
        for index, column in columns:
            part = self._parts.setdefault((column.per_item, *column.outside), {})
            part[column.key] = (index, column)

    def of(self, *outside: object, per_item: bool = False) -> Cells:
        """Return the cells of the object under these keys, which may be none."""
        return self._parts.get((per_item, *outside), {})

    def files(self) -> Sequence[Cells]:
        """Return the cells of each file of an item, in the order of the files' numbers."""
        numbered: dict[int, Cells] = {}
        for (_, *outside), cells in self._parts.items():
            match outside:
                case ["files", int(number)]:
                    numbered[number] = cells
        return [numbered[number] for number in sorted(numbered)]


def _refuse(_: object) -> Any:
    raise UnusualError


def _item_reader(parts: _Parts) -> Read:
    own = dict(parts.of(per_item=True))
    custom = dict(parts.of("productVariant", per_item=True))
    if "productName" in own:
        custom["productName"] = own["productName"]
    metadata = parts.of("metadata", per_item=True)
    names: Names = {"entries": _entries(metadata), "there": _there}
    files: list[str] = []
    for number, cells in enumerate(parts.files()):
        names[f"read_file{number}"] = _compiled(File, cells)
        files.append(_if_any(cells, f"read_file{number}(cells)"))
    given = {
        "files": f"there([{', '.join(files)}])",
        "metadata": _if_any(metadata, "entries(cells)"),
    }
    head = _HEAD
    if custom:
        head += (f"    if {_any(custom)}:", "        raise UnusualError")
    return _compiled(CatalogItem, own, given, names, head)


def _compiled(
    cls: Any,
    cells: Cells,
    given: Mapping[str, str] | None = None,
    names: Names | None = None,
    head: Sequence[str] = _HEAD,
) -> Read:
    names = names or {}
    source = source_for(cls, cells, given or {}, names, head)
    return compiled(source, "read", names, f"<reader of a row's {cls.__qualname__}>")


def _lines_of(field: BodyField, cells: Cells, names: Names) -> Iterator[str]:
    found = [cells[key] for key in field.keys if key in cells]
    missing = "None"
    if field.absent is not None:
        missing = f"default_{field.name}"
        names[missing] = field.absent
    if len(found) != 1:
        # of two columns for one field, which no header needs, the plain way finds the problem
        if found or field.is_required:
            yield "raise UnusualError"
        yield f"made.{field.name} = {missing}"
        return
    ((index, column),) = found
    read = _reader_of_cell(field, column)
    value = "v"
    if read is not None:
        value = f"read_{field.name}(v)"
        names[f"read_{field.name}"] = read
    yield f"v = cells[{index}]"
    if field.is_required and field.name != "post_code":
        yield "if not v:"
        yield "    raise UnusualError"
    elif not field.is_required:
        value = f"{value} if v else {missing}"
    # the post code of a country that has none is empty
    yield f"made.{field.name} = {value}"


def _reader_of_cell(field: BodyField, column: Column) -> Read | None:
    """Return what reads a cell that is not empty, or None if its text is the value."""
    if element_of(field.type) is not None:
        return lambda text: tuple(column.read(text))
    if isinstance(field.type, type) and issubclass(field.type, OpenEnum):
        known, other = field.type._value2member_map_.get, field.type
        return lambda text: known(text) or other(text)
    kind = kind_of(field.type, field.name)
    if kind.plain is str:
        return None
    return lambda text: certain(kind.read(column.read(text)))


def _entries(cells: Cells) -> Read:
    def read(row: Sequence[str]) -> tuple[Metadata, ...]:
        found: list[Metadata] = []
        for key, (index, _) in cells.items():
            if row[index]:
                found.append(Metadata(key, row[index]))
        return tuple(found)

    return read


def _there(values: Sequence[Any]) -> tuple[Any, ...] | None:
    return tuple(filter(None, values)) or None


def _any(cells: Cells) -> str:
    return " or ".join(f"cells[{index}]" for index, _ in cells.values())


def _if_any(cells: Cells, value: str) -> str:
    if not cells:
        return "None"
    return f"{value} if {_any(cells)} else None"
