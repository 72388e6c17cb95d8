"""Reads orders that people wrote, in JSON as Gelato documents it. Used for files of orders.

The opposite of `wire`, which reads what Gelato answers and tolerates almost anything: here nothing
is guessed or dropped, and every unknown key, missing value and wrong kind is a problem with its
path.

An order is read by the functions that `generated` makes. What they refuse is read again by the
`_Reader` here, which follows a `_Plan` of each model through the body and collects the problems.
`fields` says what both look for.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, partial
from typing import Any

import attrs
from attrs import define, field, frozen

from gelato_async.core import json_values
from gelato_async.core.errors import Problem
from gelato_async.core.order_reader.fields import (
    element_of,
    fields_of,
    kind_of,
    reader_of_elements,
)
from gelato_async.core.order_reader.generated import UnusualError, reader_of
from gelato_async.models.new_order import NewOrder
from gelato_async.models.quote import QuoteRequest

LISTED = 50
"""The most problems of an order that are listed."""

# characters of an unknown key that are shown
_SHOWN = 100


def read_order(value: Any) -> tuple[NewOrder | None, Sequence[Problem]]:
    """Read an order from the JSON body that Gelato documents; without problems if there is one.

    Keys of both APIs are read; whether a backend can carry them is checked before sending. Beyond
    `LISTED` problems the rest is only counted.
    """
    return _read(NewOrder, value)


def read_quote_request(value: Any) -> tuple[QuoteRequest | None, Sequence[Problem]]:
    """Read a request for a quote from the JSON body that Gelato documents, like `read_order`."""
    return _read(QuoteRequest, value)


def _read(cls: Any, value: Any) -> tuple[Any, Sequence[Problem]]:
    try:
        return reader_of(cls)(value), ()
    except UnusualError:
        return read_plainly(cls, value)


def read_plainly(cls: Any, value: Any) -> tuple[Any, Sequence[Problem]]:
    """Read a model without generated code, or find what is wrong with it."""
    reader = _Reader()
    model = reader.model(_plan(cls), value, "")
    if reader.problems:
        return None, reader.listed()
    return model, ()


def keys_of(cls: Any) -> Mapping[str, type[Any] | None]:
    """Return the keys that an object of a body may have.

    Each comes with `str`, `int` or `bool` if a value of this type is taken as it is, or with None.
    """
    return {key: entry.plain for key, entry in _plan(cls).entries.items()}


def required_keys(cls: Any) -> Collection[str]:
    """Return the keys that an object of a body must have."""
    return _plan(cls).required.values()


def suggestion(key: str, known: Iterable[str]) -> str:
    """Return the end of a message that suggests a known key, or nothing if none is similar."""
    close = get_close_matches(key, known, n=1, cutoff=0.6)
    if not close:
        return ""
    return f"; did you mean {close[0]}?"


def with_rest(problems: Sequence[Problem], unlisted: int) -> Sequence[Problem]:
    """Add a problem that counts those which are not listed, if there are any."""
    if not unlisted:
        return problems
    return [*problems, Problem("", f"has {unlisted:,} more problems, which are not listed")]


def shown(key: str) -> str:
    """Return a key as problems show it: without the end of a very long one."""
    if len(key) <= _SHOWN:
        return key
    return f"{key[:_SHOWN]}..."


@define(eq=False)
class _Reader:
    problems: list[Problem] = field(factory=list)
    unlisted: int = 0

    def listed(self) -> Sequence[Problem]:
        """Return the problems, and how many more there are."""
        return with_rest(self.problems, self.unlisted)

    def add(self, path: str, message: Callable[[], str]) -> None:
        """Add a problem. Its message is worked out only if it is listed: suggestions are slow."""
        if len(self.problems) < LISTED:
            self.problems.append(Problem(path, message()))
        else:
            self.unlisted += 1

    def model(self, plan: "_Plan", value: Any, path: str) -> Any:
        """Make a model of an object; None if there are problems."""
        if not isinstance(value, dict):
            return self.wrong(path, "must be an object", value)
        arguments: dict[str, Any] = {}
        entries = plan.entries
        for key, found in value.items():
            entry = entries.get(key)
            if entry is None:
                self.add(_join(path, key), partial(_unknown_key, key, entries))
            elif found is not None:
                if entry.name in arguments:
                    self._add_twin(plan, value, entry, _join(path, key))
                plain = found.__class__ is entry.plain
                arguments[entry.name] = found if plain else entry.read(self, found, path, key)
        return self._make(plan, arguments, path)

    def _make(self, plan: "_Plan", arguments: dict[str, Any], path: str) -> Any:
        if not plan.required.keys() <= arguments.keys():
            for name, key in plan.required.items():
                if name not in arguments:
                    self.add(_join(path, key), lambda: "is required")
        if self.problems:
            return None
        return plan.model(**(plan.absent | arguments))

    def _add_twin(
        self, plan: "_Plan", value: Mapping[str, Any], entry: "_Entry", path: str
    ) -> None:
        same = [key for key in value if plan.entries.get(key) is entry and value[key] is not None]
        self.add(path, lambda: f"says the same as {same[0]}: leave one out")

    def wrong(self, path: str, wanted: str, value: Any) -> Any:
        """Add the problem that a value is of the wrong kind."""
        self.add(path, lambda: f"{wanted}; it is of kind {json_values.name_of(value)}")
        return None


def _unknown_key(key: str, known: Iterable[str]) -> str:
    return "unknown key" + suggestion(key, known)


_Read = Callable[[_Reader, Any, str, str], Any]


@frozen
class _Entry:
    name: str
    read: _Read
    # a value of this very type is taken as it is
    plain: type[Any] | None = None


@frozen
class _Plan:
    model: Callable[..., Any]
    # by key of the body; two keys may lead to one field
    entries: Mapping[str, _Entry]
    # the field, and the key by which a problem names it
    required: Mapping[str, str]
    # what a field gets that the body lacks
    absent: dict[str, Any]


@cache
def _plan(cls: Any) -> _Plan:
    # once for each model: to look at annotations takes longer than to read a whole order
    entries: dict[str, _Entry] = {}
    required: dict[str, str] = {}
    absent: dict[str, Any] = {}
    for found in fields_of(cls):
        entries |= dict.fromkeys(found.keys, _entry(found.type, found.name))
        if found.is_required:
            required[found.name] = found.keys[0]
        else:
            absent[found.name] = found.absent
    return _Plan(cls, entries, required, absent)


def _entry(type_: Any, name: str) -> _Entry:
    if attrs.has(type_):
        plan = _plan(type_)
        return _Entry(
            name, lambda reader, value, path, key: reader.model(plan, value, _join(path, key))
        )
    element = element_of(type_)
    if element is not None:
        return _Entry(name, _list_reader(element))
    kind = kind_of(type_, name)
    return _Entry(name, _value_reader(kind.read, kind.wanted), kind.plain)


def _value_reader(read: json_values.Reader, wanted: str) -> _Read:
    def read_value(reader: _Reader, value: Any, path: str, key: str) -> Any:
        found = read(value)
        if found is None:
            return reader.wrong(_join(path, key), f"must be {wanted}", value)
        return found

    return read_value


def _list_reader(element: Any) -> _Read:
    reader_for = reader_of_elements(element, lambda type_: _entry(type_, "").read)

    def read_list(reader: _Reader, values: Any, path: str, key: str) -> Any:
        """Read every element, an item as the kind that its keys show."""
        path = _join(path, key)
        if not isinstance(values, list):
            return reader.wrong(path, "must be a list", values)
        found: list[Any] = []
        for position, value in enumerate(values):
            found.append(reader_for(value)(reader, value, f"{path}[{position}]", ""))
        return tuple(found)

    return read_list


def _join(path: str, key: str) -> str:
    key = shown(key)
    if path and key:
        return f"{path}.{key}"
    return path or key
