"""Mends what can be mended without guessing, in a copy.

White space around values, and how a country is spelled.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, NoReturn

from attrs import define

from gelato_async.bulk.csv_records import Record, Records
from gelato_async.core.errors import Problem

_COUNTRIES = {"country", "shippingAddress.country", "returnAddress.country"}
_BOM = b"\xef\xbb\xbf"


@define
class Mender:
    """Hands lines on, mended, and writes them to a copy; `told` hears of every change.

    The rest stays as it is to the byte.
    """

    copy: BinaryIO
    told: Callable[[int, Problem], None]
    values: int = 0
    lines: int = 0

    def mend_jsonl(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """JSON lines; those that are no JSON, or have a key twice, stay as they are."""
        for number, line in enumerate(lines, 1):
            text, changes = _mended_line(line)
            self._note(number, changes)
            self.copy.write(text)
            yield text

    def mend_csv(self, records: Records) -> Iterator[Record]:
        """The rows under a header; broken ones stay as they are."""
        names = [name.strip() for name in records.header.cells]
        self.copy.write(records.header.raw)
        for record in records:
            mended, changes = (
                (record, []) if record.problem else _mended_record(record, names, records.delimiter)
            )
            self._note(record.number, changes)
            self.copy.write(mended.raw)
            yield mended

    def _note(self, number: int, changes: list[Problem]) -> None:
        self.values += len(changes)
        self.lines += bool(changes)
        for change in changes:
            self.told(number, change)


def _mended_line(line: bytes) -> tuple[bytes, list[Problem]]:
    changes: list[Problem] = []
    try:
        body = json.loads(
            line.removeprefix(_BOM).decode(), object_pairs_hook=_object, parse_constant=_refuse
        )
        mended = json.dumps(
            _mended(body, "", changes), ensure_ascii=False, allow_nan=False
        ).encode()
    except (ValueError, RecursionError):
        return line, []
    return (mended + _end_of(line), changes) if changes else (line, [])


def _mended(value: Any, path: str, changes: list[Problem]) -> Any:
    if isinstance(value, dict):
        return {
            key: _mended(inner, f"{path}.{key}".lstrip("."), changes)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [
            _mended(inner, f"{path}[{position}]", changes) for position, inner in enumerate(value)
        ]
    return _mended_text(value, path, changes) if isinstance(value, str) else value


def _mended_record(
    record: Record, names: list[str], delimiter: str
) -> tuple[Record, list[Problem]]:
    changes: list[Problem] = []
    cells = [
        _mended_text(cell, name, changes) for cell, name in zip(record.cells, names, strict=False)
    ]
    if not changes:
        return record, []
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=_end_of(record.raw).decode()).writerow(
        cells
    )
    return Record(number=record.number, cells=cells, raw=text.getvalue().encode()), changes


def _mended_text(text: str, path: str, changes: list[Problem]) -> str:
    mended = text.strip()
    if mended != text:
        changes.append(Problem(path, "mended: white space around it was cut off"))
    if path in _COUNTRIES and (country := _country(mended)) != mended:
        changes.append(Problem(path, f"mended: {mended} is {country}"))
        return country
    return mended


def _country(text: str) -> str:
    code = text.upper() if len(text) == 2 and text.isascii() and text.isalpha() else text
    return "GB" if code == "UK" else code


def _end_of(line: bytes) -> bytes:
    return b"\r\n" if line.endswith(b"\r\n") else b"\n"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
