"""Reads orders that people wrote, in JSON as Gelato documents it. Used for files of orders.

The opposite of `wire`, which reads what Gelato answers and tolerates almost anything: here nothing
is guessed or dropped, and every unknown key, missing value and wrong kind is a problem with its
path. A `_Plan` for each model is worked out once from its annotations; a `_Reader` follows the
plans through one body and collects the problems.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from attrs import define, field, frozen

from gelato_async.core import json_values
from gelato_async.core.errors import Problem
from gelato_async.core.wire.names import wire_names
from gelato_async.models.addresses import ShippingAddress
from gelato_async.models.new_order import CatalogItem, CustomItem, File, NewOrder
from gelato_async.models.quote import QuoteRequest

LISTED = 50
"""The most problems of an order that are listed."""

# characters of an unknown key that are shown
_SHOWN = 100
_NAMES = {str: "a string", bool: "true or false", int: "a whole number"}
# stricter than the models: the documents require a quantity
_REQUIRED = {(CatalogItem, "quantity"), (CustomItem, "quantity")}
# a file without a type is sent without one, where the model's default is the type "default"
_ABSENT: Mapping[tuple[type[Any], str], Any] = {(File, "type"): None}
# a shop system in production writes false for what an address does not have
_MAY_BE_FALSE = {"state", "post_code"}
_ALSO = {(ShippingAddress, "registration_state"): ("registrationStateCode",)}


def read_order(value: Any) -> tuple[NewOrder | None, Sequence[Problem]]:
    """Read an order from the JSON body that Gelato documents; without problems if there is one.

    Keys of both APIs are read; whether a backend can carry them is checked before sending. Beyond
    `LISTED` problems the rest is only counted.
    """
    reader = _Reader()
    order = reader.model(_plan(NewOrder), value, "")
    if reader.problems:
        return None, reader.listed()
    return order, ()


def read_quote_request(value: Any) -> tuple[QuoteRequest | None, Sequence[Problem]]:
    """Read a request for a quote from the JSON body that Gelato documents, like `read_order`."""
    reader = _Reader()
    request = reader.model(_plan(QuoteRequest), value, "")
    if reader.problems:
        return None, reader.listed()
    return request, ()


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
    # a value of this very type is taken as it is: most values are, and a call for each would double
    # the time of reading
    plain: type[Any] | None


@frozen
class _Plan:
    model: Callable[..., Any]
    # by key of the body; two keys may lead to one field
    entries: Mapping[str, _Entry]
    # the field, and the key by which a problem names it
    required: Mapping[str, str]
    # what a field gets that the body lacks, if that is not the model's default
    absent: dict[str, Any]


@cache
def _plan(cls: type[Any]) -> _Plan:
    # once for each model: to look at annotations takes longer than to read a whole order
    entries: dict[str, _Entry] = {}
    required: dict[str, str] = {}
    absent: dict[str, Any] = {}
    for attribute in attrs.fields(attrs.resolve_types(cls)):
        name = attribute.name
        if name == "extra":
            continue
        keys = (*wire_names(attribute), *_ALSO.get((cls, name), ()))
        entries |= dict.fromkeys(keys, _entry(_plain(attribute.type), name))
        if attribute.default is attrs.NOTHING or (cls, name) in _REQUIRED:
            required[name] = keys[0]
        if (cls, name) in _ABSENT:
            absent[name] = _ABSENT[cls, name]
    return _Plan(cls, entries, required, absent)


def _entry(type_: Any, name: str) -> _Entry:
    plain = type_ if type_ in {str, int, bool} else None
    return _Entry(name, _reader_for(type_, name), plain)


def _reader_for(type_: Any, name: str) -> _Read:
    if get_origin(type_) is tuple:
        return _list_reader(get_args(type_)[0])
    if get_origin(type_) is Mapping:
        return _read_map
    if attrs.has(type_):
        plan = _plan(type_)
        return lambda reader, value, path, key: reader.model(plan, value, _join(path, key))
    return _single_reader(type_, name)


def _single_reader(type_: Any, name: str) -> _Read:
    if name in _MAY_BE_FALSE:
        return _value_reader(json_values.as_text_or_false, "a string")
    if name == "id" or name.endswith("_id"):
        return _value_reader(json_values.as_identifier, "a string")
    if isinstance(type_, type) and issubclass(type_, Enum):
        return _value_reader(json_values.as_text, "a string")
    return _value_reader(json_values.READERS[type_], _NAMES.get(type_, "an amount"))


def _value_reader(read: json_values.Reader, wanted: str) -> _Read:
    def read_value(reader: _Reader, value: Any, path: str, key: str) -> Any:
        found = read(value)
        if found is None:
            return reader.wrong(_join(path, key), f"must be {wanted}", value)
        return found

    return read_value


def _list_reader(element: Any) -> _Read:
    # the only list of more than one kind is an order's items
    by_kind: Mapping[Any, _Read] = {}
    read_one: _Read | None = None
    if get_origin(element) is UnionType:
        by_kind = {kind: _reader_for(kind, "") for kind in get_args(element)}
    else:
        read_one = _reader_for(element, "")

    def read_list(reader: _Reader, values: Any, path: str, key: str) -> Any:
        """Read every element, an item as the kind that its keys show."""
        path = _join(path, key)
        if not isinstance(values, list):
            return reader.wrong(path, "must be a list", values)
        found: list[Any] = []
        for position, value in enumerate(values):
            read = read_one or by_kind[_kind_of_item(value)]
            found.append(read(reader, value, f"{path}[{position}]", ""))
        return tuple(found)

    return read_list


def _read_map(reader: _Reader, value: Any, path: str, key: str) -> Any:
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return value
    return reader.wrong(_join(path, key), "must be an object whose values are strings", value)


def _kind_of_item(value: Any) -> type[CatalogItem | CustomItem]:
    if not isinstance(value, dict) or value.get("productUid") is not None:
        return CatalogItem
    if "productName" in value or "productVariant" in value:
        return CustomItem
    return CatalogItem


def _plain(type_: Any) -> Any:
    if get_origin(type_) in {Union, UnionType}:
        (type_,) = (arg for arg in get_args(type_) if arg is not NoneType)
    return type_


def _join(path: str, key: str) -> str:
    key = shown(key)
    if path and key:
        return f"{path}.{key}"
    return path or key
