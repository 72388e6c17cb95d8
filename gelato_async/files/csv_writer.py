"""Orders as CSV, a line for each item: what `read_csv` reads."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_ADDRESS = "shippingAddress"

Row = dict[str, str]


def to_csv(bodies: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[bytes]:
    """A header, and the lines of each order.

    Raises:
        ValueError: an order has something that none of the columns says.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for body in bodies:
        writer.writerows(rows_of(body))
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def rows_of(body: Mapping[str, Any]) -> Iterator[Row]:
    """The lines of an order's JSON body, by column; each repeats what the order says."""
    order = dict(
        _cells({key: value for key, value in body.items() if key not in {"items", "metadata"}})
    )
    order |= _entries("metadata", body.get("metadata", ()))
    for item in body["items"]:
        own = dict(
            _cells({key: value for key, value in item.items() if key not in {"files", "metadata"}})
        )
        yield (
            order
            | own
            | _entries("itemMetadata", item.get("metadata", ()))
            | dict(_files(item.get("files", ())))
        )


def _entries(name: str, entries: Iterable[Mapping[str, str]]) -> Row:
    return {f"{name}.{entry['key']}": entry["value"] for entry in entries}


def _files(files: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for position, file in enumerate(files, 1):
        number = str(position) if position > 1 else ""
        yield from (
            (f"file{key[0].upper()}{key[1:]}{number}", _text(value)) for key, value in file.items()
        )


def _cells(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _cells(value, "" if key == _ADDRESS else f"{key}.")
        else:
            yield prefix + key, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, (list, tuple)) else str(value)
