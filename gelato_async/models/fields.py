"""What the models share: the metadata that tells `core.wire` about odd wire names, and the converters of request fields."""

from collections.abc import Callable, Iterable, Mapping, Sized
from decimal import Decimal
from typing import Any, TypeVar

import attrs

T = TypeVar("T")

WIRE_NAMES = "gelato_async.wire_names"


def wire(*names: str) -> dict[str, tuple[str, ...]]:
    """Metadata for a field whose wire name is not its own in camelCase.

    The name to send, then others to read.
    """
    return {WIRE_NAMES: names}


def instance_of(cls: type[Any]) -> Callable[[Any, "attrs.Attribute[Any]", Any], None]:
    """Refuse a value of another class.

    Unlike attrs' own validator, whose error shows the whole value, this one names classes alone.
    """

    def validate(_: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if not isinstance(value, cls):
            raise TypeError(
                f"{attribute.name} must be a {cls.__name__}, not a {type(value).__name__}"
            )

    return validate


def as_tuple(values: Iterable[T]) -> tuple[T, ...]:
    """Make a list immutable, so that a request cannot change while it is on its way."""
    if isinstance(values, (str, bytes)):
        raise TypeError(f"expected a list, not the single value {type(values).__name__}")
    return tuple(values)


def as_strings(values: Iterable[str] | None) -> tuple[str, ...] | None:
    """Like `as_tuple`, but None (leave it out) stays different from an empty list."""
    return None if values is None else as_tuple(values)


def as_reference(value: str) -> str:
    """References may be numbers in a caller's data.

    On the wire, and when looked for again, they are strings.
    """
    found: object = value
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else value


def as_amount(value: Decimal | float | str | None) -> Decimal | None:
    """Read an amount of money: a float becomes the Decimal that its shortest spelling shows."""
    return (
        Decimal(repr(value))
        if isinstance(value, float)
        else None
        if value is None
        else Decimal(value)
    )


def count_rows(raw: Mapping[str, Any], key: str, read: Sized) -> int:
    """How many rows an answer has under a key, those that cannot be read included."""
    rows = raw.get(key)
    return len(rows if isinstance(rows, list) else read)


def as_extra(value: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Copy the caller's extra keys, so that later changes to the caller's dict do not reach the request."""
    return dict(value or {})
