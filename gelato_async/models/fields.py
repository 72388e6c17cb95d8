"""What the models share: metadata for unusual wire names, and the converters of request fields."""

from collections.abc import Callable, Iterable, Mapping, Sized
from decimal import Decimal
from typing import Any, TypeVar

import attrs

T = TypeVar("T")

WIRE_NAMES = "gelato_async.wire_names"


def wire(*names: str) -> dict[str, tuple[str, ...]]:
    """Return the metadata of a field whose wire name is not its own name in camelCase.

    The first name is sent; all of them are read, by `core.wire`.
    """
    return {WIRE_NAMES: names}


def instance_of(cls: type[Any]) -> Callable[[Any, "attrs.Attribute[Any]", Any], None]:
    """Return a validator that refuses a value of another class.

    Its error names the classes alone, unlike that of attrs' own validator, which shows the value.
    """

    def validate(_: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if not isinstance(value, cls):
            raise TypeError(
                f"{attribute.name} must be a {cls.__name__}, not a {type(value).__name__}"
            )

    return validate


def as_tuple(values: Iterable[T]) -> tuple[T, ...]:
    """Make a list immutable, so that a request cannot change while it is being sent."""
    # A string is iterable too: `tags="art"` would become three tags.
    if isinstance(values, (str, bytes)):
        raise TypeError(f"expected a list, not the single value {type(values).__name__}")
    return tuple(values)


def as_strings(values: Iterable[str] | None) -> tuple[str, ...] | None:
    """Make a list immutable; None (leave the field out) stays different from an empty list."""
    return None if values is None else as_tuple(values)


def as_reference(value: str) -> str:
    """Convert a whole number, which a caller's data may hold, to a string.

    References are strings on the wire and in searches.
    """
    given: object = value
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return value


def as_amount(value: Decimal | float | str | None) -> Decimal | None:
    """Read an amount of money: a float becomes the Decimal that its shortest spelling shows."""
    if value is None:
        return None
    if isinstance(value, float):
        # Decimal(0.1) has 55 digits, Decimal("0.1") has the one that was meant.
        return Decimal(repr(value))
    return Decimal(value)


def count_rows(raw: Mapping[str, Any], key: str, read: Sized) -> int:
    """Count the rows that an answer has under a key, including those that cannot be read."""
    rows = raw.get(key)
    if isinstance(rows, list):
        return len(rows)
    return len(read)


def as_extra(value: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Copy the caller's extra keys: later changes to the caller's dict do not reach the request."""
    return dict(value or {})
