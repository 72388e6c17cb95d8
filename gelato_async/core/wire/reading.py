"""Functions that the generated readers call where a value is not of the usual kind.

A reader vouches for the whole of the JSON that it reads: what it does not test, it passes to
`within_bounds`, here or in its own lines.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from gelato_async.core import json_values
from gelato_async.core.json_text import MAX_FLOAT, within_bounds
from gelato_async.models.enums import OpenEnum

MOST_AMOUNTS = 1_000
"""The most amounts of a kind that are remembered."""

LONGEST_AMOUNT = 32
"""The most characters of an amount that is remembered."""


_TEXT = frozenset({str})


class UnreadableError(Exception):
    """A value that a model cannot do without is missing or malformed."""


class Amounts(dict[Any, Decimal | None]):
    """Amounts by what stands for them in the JSON, all of it of one kind.

    To make a Decimal takes longer than all else that is done with an amount, and an order repeats
    most of its own.
    """

    def __missing__(self, value: Any) -> Decimal | None:
        if type(value) is float and -MAX_FLOAT < value < MAX_FLOAT:
            amount: Decimal | None = Decimal(repr(value))
            if value <= 0:  # 0.0 and -0.0 are one key, but two amounts
                return amount
        else:
            amount = json_values.as_decimal(within_bounds(value))
            if amount is None or len(str(value)) > LONGEST_AMOUNT:
                return amount
        if len(self) >= MOST_AMOUNTS:
            self.clear()
        self[value] = amount
        return amount


AMOUNTS: Mapping[type[Any], Amounts] = {float: Amounts(), int: Amounts(), str: Amounts()}


def unread(value: Any) -> None:
    """Vouch for a value of a kind that is not read."""
    within_bounds(value)


def each_of(keys: tuple[str, ...]) -> Callable[[dict[str, Any]], Iterable[Any]]:
    """Return a function that looks keys up of which some may be missing.

    It vouches for the values of other keys.
    """
    has_only = frozenset(keys).issuperset
    # as `itemgetter` does not, for a single key
    found_keys = keys if len(keys) > 1 else (*keys, *keys)

    def look_up(value: dict[str, Any]) -> Iterable[Any]:
        if not has_only(value):
            for key in value.keys() - set(keys):
                within_bounds(value[key])
        return map(value.get, found_keys)

    return look_up


def required(found: Any) -> Any:
    """Return a value that a model cannot do without."""
    if found is None or found == "":
        raise UnreadableError
    return found


def texts(values: Any) -> tuple[str, ...] | None:
    """Return a list of strings as a tuple, and None for anything else."""
    if type(values) is not list:
        return None
    for value in values:
        if type(value) is not str:
            return None
    return tuple(values)


def plain_list(values: Any) -> tuple[Any, ...] | None:
    """Return a list of plain JSON as a tuple without nulls, and None for anything else."""
    if type(values) is not list:
        unread(values)
        return None
    return tuple([within_bounds(value) for value in values if value is not None])


def text_map(values: Any) -> dict[str, str] | None:
    """Return a copy of an object whose values are strings, and None for anything else."""
    if type(values) is dict and _TEXT.issuperset(map(type, values.values())):
        return values.copy()
    return None


def member_of(enum: type[OpenEnum]) -> Callable[[Any], OpenEnum | None]:
    """Return a function that makes a member of a string that the release does not know."""

    def read(value: Any) -> OpenEnum | None:
        if type(value) is str:
            return enum(value)
        unread(value)
        return None

    return read
