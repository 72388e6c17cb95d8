"""Readers of single JSON values.

Each takes a value of plain JSON and returns None if it is of the wrong kind. What is tolerated
beyond the documented kind was seen in real answers, or in orders that shop systems write.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Reader = Callable[[Any], Any]

# the largest power of ten of an amount: to print or round one of a billion digits fills the memory
_GREATEST_EXPONENT = 1_000

_JSON_KINDS = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
}


def name_of(value: Any) -> str:
    """Return what JSON calls the kind of a value."""
    return _JSON_KINDS.get(type(value), "object")


def as_text(value: Any) -> str | None:
    """A string."""
    if isinstance(value, str):
        return value
    return None


def as_text_or_false(value: Any) -> str | None:
    """A string; false is an empty one, which some shop systems write where there is no text."""
    if value is False:
        return ""
    return as_text(value)


def as_identifier(value: Any) -> str | None:
    """A string, or a number: ids and references may come as either."""
    if isinstance(value, str):
        return value
    # to Python true is an int, to JSON it is no number
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def as_flag(value: Any) -> bool | None:
    """A boolean."""
    if isinstance(value, bool):
        return value
    return None


def as_integer(value: Any) -> int | None:
    """A whole number, also when it is written as 3.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return None


def as_float(value: Any) -> float | None:
    """A number or a numeric string: some lengths are documented as strings."""
    if not isinstance(value, (int, float, str)) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(number):
        return None
    return number


def as_decimal(value: Any) -> Decimal | None:
    """A number or a numeric string, with the digits that it shows: 6.27, not 6.269999."""
    kind = type(value)
    if kind is float:
        # its shortest digits: Decimal would take all those of the nearest binary number
        value = repr(value)
    elif kind is not str and kind is not int:
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount.adjusted()) > _GREATEST_EXPONENT:
        return None
    return amount


def as_moment(value: Any) -> datetime | None:
    """An ISO 8601 moment, aware: one without an offset is UTC."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return aware(moment)


def aware(moment: datetime) -> datetime | None:
    """Return the moment, in UTC if it has no offset, or None if it is not `usable`."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return usable(moment)


def usable(moment: datetime) -> datetime | None:
    """Return the moment, or None if it is so near to an end of the calendar that sums overflow."""
    if MINYEAR < moment.year < MAXYEAR:
        return moment
    return None


def as_day(value: Any) -> date | None:
    """An ISO 8601 day, or the day of a moment."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def as_map(value: Any) -> Mapping[str, Any] | None:
    """An object."""
    if isinstance(value, dict):
        return value
    return None


def as_is(value: Any) -> Any:
    """Plain JSON."""
    return value


def as_one_of(readers: Sequence[Reader]) -> Reader:
    """Return a reader that tries several in turn."""

    def read(value: Any) -> Any:
        for reader in readers:
            found = reader(value)
            if found is not None:
                return found
        return None

    return read


def as_list(reader: Reader) -> Reader:
    """Return a reader of lists, which leaves out elements that `reader` cannot read."""

    def read(values: Any) -> tuple[Any, ...] | None:
        if not isinstance(values, list):
            return None
        return tuple(found for found in map(reader, values) if found is not None)

    return read


def as_map_of(reader: Reader) -> Reader:
    """Return a reader of objects, which leaves out values that `reader` cannot read.

    An empty list is an empty object: PHP writes one like the other.
    """

    def read(values: Any) -> Mapping[str, Any] | None:
        if values == []:
            return {}
        if not isinstance(values, dict):
            return None
        found = {name: reader(value) for name, value in values.items()}
        return {name: value for name, value in found.items() if value is not None}

    return read


READERS: Mapping[Any, Reader] = {
    str: as_text,
    bool: as_flag,
    int: as_integer,
    float: as_float,
    Decimal: as_decimal,
    datetime: as_moment,
    date: as_day,
    Any: as_is,
}
