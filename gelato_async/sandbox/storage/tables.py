"""A table for each class of records, with a column for each field."""

import json
from collections.abc import Callable, Iterator
from operator import attrgetter
from sqlite3 import Connection
from typing import Any, Generic, TypeVar

import attrs

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.records import Record

R = TypeVar("R", bound=Record)


@attrs.frozen
class Codec:
    """How a value that SQLite has no type for becomes a column, and how it is read back."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _write_moment(moment: Moment) -> str:
    return f"{moment.real!r} {moment.life!r} {moment.wall!r}"


def _read_moment(text: str) -> Moment:
    return Moment(*map(float, text.split()))


def _read_tuple(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))


TUPLE = Codec(json.dumps, _read_tuple)
MAPPING = Codec(json.dumps, json.loads)
MOMENT = Codec(_write_moment, _read_moment)
FLAG = Codec(int, bool)
# The fields that may be texts; the numbers among the others are skipped.
_NOT_TEXTS = (bytes, float, int, bool, float | None)


class Table(Generic[R]):
    """The rows of one class of records.

    Args:
        name: The name of the table.
        record: The class; its fields are the columns.
        codecs: What becomes of the fields that are not texts, bytes, numbers or None.
    """

    def __init__(self, name: str, record: type[R], **codecs: Codec) -> None:
        self.name: str = name
        self.record: type[R] = record
        own = {field.name for field in attrs.fields(Record)}
        fields = [field for field in attrs.fields(record) if field.init and field.name not in own]
        self._names = [field.name for field in fields]
        self._values = attrgetter(*self._names)
        # The places of the columns that are not written as they are.
        self._codecs = [(n, codecs[name]) for n, name in enumerate(self._names) if name in codecs]
        self._texts = [n for n, field in enumerate(fields) if field.type not in _NOT_TEXTS]
        columns = ", ".join(f'"{name}"' for name in self._names)
        places = ", ".join("?" * (1 + len(self._names)))
        self.schema: str = f"CREATE TABLE {name} (row INTEGER PRIMARY KEY, {columns})"
        self._replace = f"REPLACE INTO {name} VALUES ({places})"  # noqa: S608  a name of ours

    def write(self, connection: Connection, record: R) -> None:
        """Write the row of a record."""
        values = [record.row, *self._values(record)]
        for place, codec in self._codecs:
            if values[place + 1] is not None:
                values[place + 1] = codec.write(values[place + 1])
        try:
            connection.execute(self._replace, values)
        except UnicodeEncodeError:
            # JSON may have half of a surrogate pair, which is not UTF-8.
            connection.execute(self._replace, list(map(_as_bytes, values)))

    def delete(self, connection: Connection, row: int) -> None:
        """Delete a row, if it exists."""
        connection.execute(f"DELETE FROM {self.name} WHERE row = ?", (row,))  # noqa: S608  as above

    def clear(self, connection: Connection) -> None:
        """Delete all rows."""
        connection.execute(f"DELETE FROM {self.name}")  # noqa: S608  as above

    def read(self, connection: Connection) -> Iterator[tuple[int, R]]:
        """Return all rows in their order, as their numbers and records."""
        found = connection.execute(f"SELECT * FROM {self.name} ORDER BY row")  # noqa: S608  as above
        for row, *values in found:
            for place in self._texts:
                if isinstance(values[place], bytes):
                    values[place] = values[place].decode("utf-8", "surrogatepass")
            for place, codec in self._codecs:
                if values[place] is not None:
                    values[place] = codec.read(values[place])
            yield row, self.record(**dict(zip(self._names, values, strict=True)))


def _as_bytes(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return value
