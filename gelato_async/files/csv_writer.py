"""Orders as CSV, a line for each item, as `read_csv` reads them."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gelato_async.files.csv_columns import file_column

_ADDRESS = "shippingAddress"
# keys whose values have columns named otherwise than the keys in them
_LISTS = {"items", "metadata", "files"}

Row = dict[str, str]


def to_csv(bodies: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[bytes]:
    """Yield a header, then the lines of each order.

    Raises:
        ValueError: an order has a value that none of the columns takes.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for body in bodies:
        writer.writerows(rows_of(body))
        # one order at a time, for any number of them
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def rows_of(body: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the lines of an order's JSON body, by column; each repeats the order's own values."""
    order = _cells(body)
    order |= _entries("metadata", body)
    for item in body["items"]:
        yield order | _cells(item) | _entries("itemMetadata", item) | _files(item)


def _cells(values: Mapping[str, Any], prefix: str = "") -> Row:
    row: Row = {}
    for key, value in values.items():
        if key in _LISTS and not prefix:
            continue
        if key == _ADDRESS:
            row |= _cells(value)
        elif isinstance(value, Mapping):
            row |= _cells(value, f"{key}.")
        else:
            row[prefix + key] = _text(value)
    return row


def _entries(name: str, body: Mapping[str, Any]) -> Row:
    return {f"{name}.{entry['key']}": entry["value"] for entry in body.get("metadata", ())}


def _files(item: Mapping[str, Any]) -> Row:
    row: Row = {}
    for position, file in enumerate(item.get("files", ()), 1):
        for key, value in file.items():
            row[file_column(key, position)] = _text(value)
    return row


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return " ".join(value)
    return str(value)
