"""Fixes in a copy what needs no guess: white space around values, spelling of countries."""

import csv
import io
import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from attrs import define

from gelato_async.core.errors import Problem
from gelato_async.core.order_reader import shown
from gelato_async.files.bounded_lines import MAX_BYTES
from gelato_async.files.csv_columns import is_header
from gelato_async.files.csv_records import Record, Records
from gelato_async.files.jsonl import STRICT_JSON

_COUNTRIES = {"country", "shippingAddress.country", "returnAddress.country"}
# characters of a path; those of an order have 60 at most, beside the keys of its maps
_LONGEST_PATH = 300


@define
class Fixer:
    """Yields lines, fixed, and writes them to a copy; `report` is called with every change.

    Whatever needs no fix is copied to the byte.
    """

    copy: BinaryIO
    report: Callable[[int, Problem], None]
    max_bytes: int = MAX_BYTES
    values: int = 0
    lines: int = 0

    def fix_jsonl(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Fix JSON lines, except those that are not JSON, are too long, or have a key twice."""
        for number, line in enumerate(lines, 1):
            text = line
            if len(line) <= self.max_bytes:
                text, changes = _fixed_line(line)
                self._note(number, changes)
            self.copy.write(text)
            yield text

    def fix_csv(self, records: Records) -> Iterator[Record]:
        """Fix the rows under a header, except broken ones."""
        names = records.header.names
        if not is_header(names):
            # these are an order's cells, which may name a recipient
            names = [f"column {number}" for number in range(1, len(names) + 1)]
        self.copy.write(records.header.raw)
        for record in records:
            fixed = record
            if not record.problem:
                fixed, changes = _fixed_record(record, names, records.delimiter)
                self._note(record.number, changes)
            self.copy.write(fixed.raw)
            yield fixed

    def _note(self, number: int, changes: list[Problem]) -> None:
        self.values += len(changes)
        self.lines += bool(changes)
        for change in changes:
            self.report(number, change)


def _fixed_line(line: bytes) -> tuple[bytes, list[Problem]]:
    changes: list[Problem] = []
    # the json module refuses a byte-order mark
    text = line.removeprefix(BOM_UTF8)
    try:
        body = STRICT_JSON.decode(text.decode())
        fixed = json.dumps(_fixed(body, "", changes), ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return line, []
    if not changes:
        return line, []
    return fixed + _end_of(line), changes


def _fixed(value: Any, path: str, changes: list[Problem]) -> Any:
    if len(path) > _LONGEST_PATH:
        # no order has such a place, and the path would be repeated for each value in it
        return value
    if isinstance(value, dict):
        return {key: _fixed(inner, _join(path, key), changes) for key, inner in value.items()}
    if isinstance(value, list):
        return [
            _fixed(inner, f"{path}[{position}]", changes) for position, inner in enumerate(value)
        ]
    if isinstance(value, str):
        return _fixed_text(value, path, changes)
    return value


def _join(path: str, key: str) -> str:
    if path:
        return f"{path}.{shown(key)}"
    return shown(key)


def _fixed_record(record: Record, names: list[str], delimiter: str) -> tuple[Record, list[Problem]]:
    changes: list[Problem] = []
    cells = [
        _fixed_text(cell, name, changes) for cell, name in zip(record.cells, names, strict=False)
    ]
    if not changes:
        return record, []
    text = io.StringIO()
    end = _end_of(record.raw).decode()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerow(cells)
    return Record(number=record.number, cells=cells, raw=text.getvalue().encode()), changes


def _fixed_text(text: str, path: str, changes: list[Problem]) -> str:
    fixed = text.strip()
    if fixed != text:
        changes.append(Problem(path, "fixed: white space around it was cut off"))
    if path not in _COUNTRIES:
        return fixed
    country = _country(fixed)
    if country != fixed:
        changes.append(Problem(path, f"fixed: {fixed} is {country}"))
    return country


def _country(text: str) -> str:
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        return text
    code = text.upper()
    if code == "UK":
        return "GB"
    return code


def _end_of(line: bytes) -> bytes:
    if line.endswith(b"\r\n"):
        return b"\r\n"
    return b"\n"
