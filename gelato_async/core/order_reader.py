"""Reads orders that people wrote: nothing is guessed or dropped, and every problem is told with its path.

The opposite of `wire`, which reads what Gelato answers.
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
from gelato_async.core.wire import wire_names
from gelato_async.models.addresses import ShippingAddress
from gelato_async.models.new_order import CatalogItem, CustomItem, File, NewOrder
from gelato_async.models.quote import QuoteRequest

# problems of an order that are listed
LISTED = 50
# characters of a key that are shown
_SHOWN = 100
_NAMES = {str: "a string", bool: "true or false", int: "a whole number"}
# the documents require a quantity, and a file without a type is not one of type default
_REQUIRED = {(CatalogItem, "quantity"), (CustomItem, "quantity")}
_ABSENT: Mapping[tuple[type[Any], str], Any] = {(File, "type"): None}
# a shop system in production sends false for what an address does not have
_MAY_BE_FALSE = {"state", "post_code"}
_ALSO = {(ShippingAddress, "registration_state"): ("registrationStateCode",)}


def read_order(value: Any) -> tuple[NewOrder | None, Sequence[Problem]]:
    """An order from the JSON body that Gelato documents, and all that is wrong with it.

    Keys of both APIs are read; whether a backend can carry them is checked before sending. Beyond
    `LISTED` problems the rest is only counted.
    """
    reader = _Reader()
    order = reader.model(_plan(NewOrder), value, "")
    if reader.problems:
        return None, reader.listed()
    return order, ()


def read_quote_request(value: Any) -> tuple[QuoteRequest | None, Sequence[Problem]]:
    """A request for a quote from the JSON body that Gelato documents, and all that is wrong with it."""
    reader = _Reader()
    request = reader.model(_plan(QuoteRequest), value, "")
    if reader.problems:
        return None, reader.listed()
    return request, ()


def keys_of(cls: Any) -> Mapping[str, type[Any] | None]:
    """The keys that an object of a body may have, with `str`, `int` or `bool` where such values are taken as they are."""
    return {key: entry.plain for key, entry in _plan(cls).entries.items()}


def required_keys(cls: Any) -> Collection[str]:
    """Those that it must have."""
    return _plan(cls).required.values()


def suggestion(key: str, known: Iterable[str]) -> str:
    """What else may have been meant, to stand behind what is wrong.

    Empty where nothing is close.
    """
    close = get_close_matches(key, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def with_rest(problems: Sequence[Problem], unlisted: int) -> Sequence[Problem]:
    """Problems that are listed, and one more that counts the rest, if there is a rest."""
    if not unlisted:
        return problems
    return [*problems, Problem("", f"has {unlisted:,} more problems, which are not listed")]


def shown(key: str) -> str:
    """A key as it stands in a problem: the end of a very long one is left out."""
    if len(key) <= _SHOWN:
        return key
    return f"{key[:_SHOWN]}..."


@define(eq=False)
class _Reader:
    problems: list[Problem] = field(factory=list)
    unlisted: int = 0

    def listed(self) -> Sequence[Problem]:
        """The problems, and how many more there are."""
        return with_rest(self.problems, self.unlisted)

    def add(self, path: str, message: Callable[[], str]) -> None:
        """Add a problem; its message is only worked out if it is listed, since a suggestion is costly."""
        if len(self.problems) < LISTED:
            self.problems.append(Problem(path, message()))
        else:
            self.unlisted += 1

    def model(self, plan: "_Plan", value: Any, path: str) -> Any:
        """The model that an object makes; None, and problems, where it makes none."""
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
                    self._tell_twin(plan, value, entry, _join(path, key))
                plain = found.__class__ is entry.plain
                arguments[entry.name] = found if plain else entry.read(self, found, path, key)
        return self._made(plan, arguments, path)

    def _made(self, plan: "_Plan", arguments: dict[str, Any], path: str) -> Any:
        if not plan.required.keys() <= arguments.keys():
            for name, key in plan.required.items():
                if name not in arguments:
                    self.add(_join(path, key), lambda: "is required")
        return None if self.problems else plan.model(**(plan.absent | arguments))

    def _tell_twin(
        self, plan: "_Plan", value: Mapping[str, Any], entry: "_Entry", path: str
    ) -> None:
        first = next(
            key for key in value if plan.entries.get(key) is entry and value[key] is not None
        )
        self.add(path, lambda: f"says the same as {first}: leave one out")

    def wrong(self, path: str, wanted: str, value: Any) -> Any:
        self.add(path, lambda: f"{wanted}; it is of kind {json_values.name_of(value)}")
        return None


def _unknown_key(key: str, known: Iterable[str]) -> str:
    return "unknown key" + suggestion(key, known)


_Read = Callable[[_Reader, Any, str, str], Any]


@frozen
class _Entry:
    name: str
    read: _Read
    # a value of this very type is taken as it is: most are, and a call for each would double the
    # time
    plain: type[Any] | None


@frozen
class _Plan:
    model: Callable[..., Any]
    entries: Mapping[str, _Entry]
    required: Mapping[str, str]
    absent: dict[str, Any]


@cache
def _plan(cls: type[Any]) -> _Plan:
    """Worked out once for each model.

    Looking at annotations costs more than reading a whole order.
    """
    fields = [a for a in attrs.fields(attrs.resolve_types(cls)) if a.name != "extra"]
    entries = {a.name: _entry(_plain(a.type), a.name) for a in fields}
    return _Plan(
        cls,
        {key: entries[a.name] for a in fields for key in _keys(cls, a)},
        {a.name: wire_names(a)[0] for a in fields if _is_required(cls, a)},
        {name: default for (owner, name), default in _ABSENT.items() if owner is cls},
    )


def _entry(type_: Any, name: str) -> _Entry:
    return _Entry(name, _reader_for(type_, name), type_ if type_ in {str, int, bool} else None)


def _keys(cls: type[Any], attribute: "attrs.Attribute[Any]") -> tuple[str, ...]:
    return (*wire_names(attribute), *_ALSO.get((cls, attribute.name), ()))


def _is_required(cls: type[Any], attribute: "attrs.Attribute[Any]") -> bool:
    return attribute.default is attrs.NOTHING or (cls, attribute.name) in _REQUIRED


def _reader_for(type_: Any, name: str) -> _Read:
    if get_origin(type_) is tuple:
        return _list_reader(get_args(type_)[0])
    if get_origin(type_) is Mapping:
        return _read_map
    if attrs.has(type_):
        plan = _plan(type_)
        return lambda reader, value, path, key: reader.model(plan, value, _join(path, key))
    if name in _MAY_BE_FALSE:
        return _value_reader(json_values.as_text_or_false, "a string")
    if name == "id" or name.endswith("_id"):
        return _value_reader(json_values.as_identifier, "a string")
    wanted = (
        "a string"
        if isinstance(type_, type) and issubclass(type_, Enum)
        else _NAMES.get(type_, "an amount")
    )
    return _value_reader(json_values.READERS.get(type_, json_values.as_text), wanted)


def _value_reader(read: json_values.Reader, wanted: str) -> _Read:
    def read_value(reader: _Reader, value: Any, path: str, key: str) -> Any:
        found = read(value)
        return (
            reader.wrong(_join(path, key), f"must be {wanted}", value) if found is None else found
        )

    return read_value


def _list_reader(element: Any) -> _Read:
    kind_of = _kind_of_item if get_origin(element) is UnionType else lambda _: element
    readers = {type_: _reader_for(type_, "") for type_ in get_args(element) or (element,)}

    def read_list(reader: _Reader, values: Any, path: str, key: str) -> Any:
        path = _join(path, key)
        if not isinstance(values, list):
            return reader.wrong(path, "must be a list", values)
        return tuple(
            readers[kind_of(value)](reader, value, f"{path}[{position}]", "")
            for position, value in enumerate(values)
        )

    return read_list


def _read_map(reader: _Reader, value: Any, path: str, key: str) -> Any:
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return value
    return reader.wrong(_join(path, key), "must be an object whose values are strings", value)


def _kind_of_item(value: Any) -> type[CatalogItem | CustomItem]:
    custom = (
        isinstance(value, dict)
        and value.get("productUid") is None
        and ("productName" in value or "productVariant" in value)
    )
    return CustomItem if custom else CatalogItem


def _plain(type_: Any) -> Any:
    if get_origin(type_) in {Union, UnionType}:
        (type_,) = (arg for arg in get_args(type_) if arg is not NoneType)
    return type_


def _join(path: str, key: str) -> str:
    key = shown(key)
    if path and key:
        return f"{path}.{key}"
    return path or key
