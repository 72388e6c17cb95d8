"""Reads orders that people wrote: nothing is guessed or dropped, and every problem is told with its path.

The opposite of `wire`, which reads what Gelato answers.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import attrs
from attrs import define, field

from gelato_async.core import kinds
from gelato_async.core.errors import Problem
from gelato_async.core.wire import wire_names
from gelato_async.models.addresses import ShippingAddress
from gelato_async.models.new_order import CatalogItem, CustomItem, File, NewOrder

T = TypeVar("T")

_NAMES = {str: "a string", bool: "true or false", int: "a whole number"}
# the documents require a quantity, and a file without a type is not one of type default
_REQUIRED = {(CatalogItem, "quantity"), (CustomItem, "quantity")}
_ABSENT: Mapping[tuple[type[Any], str], Any] = {(File, "type"): None}
_ALSO = {(ShippingAddress, "registration_state"): ("registrationStateCode",)}


def read_order(value: Any) -> tuple[NewOrder | None, Sequence[Problem]]:
    """An order from the JSON body that Gelato documents, and all that is wrong with it.

    Keys of both APIs are read; whether a backend can carry them is checked before sending.
    """
    reader = _Reader()
    order = reader.model(NewOrder, value, "")
    return (None if reader.problems else order), reader.problems


@define(eq=False)
class _Reader:
    problems: list[Problem] = field(factory=list)

    def model(self, cls: type[T], value: Any, path: str) -> T | None:
        if not isinstance(value, dict):
            self._wrong(path, "must be an object", value)
            return None
        attributes = {name: a for a in _fields(cls) for name in _names(cls, a)}
        for key in (key for key in value if key not in attributes):
            self.problems.append(Problem(_join(path, key), "unknown key" + _suggestion(key, attributes)))
        self._find_twins([key for key in value if key in attributes and value[key] is not None], attributes, path)
        known = {a.name: (name, value[name]) for name, a in attributes.items() if value.get(name) is not None}
        arguments = {
            name: self._value(_fields_by_name(cls)[name].type, found, _join(path, key), name)
            for name, (key, found) in known.items()
        }
        missing = [a for a in _fields(cls) if a.name not in known and _is_required(cls, a)]
        self.problems += [Problem(_join(path, wire_names(a)[0]), "is required") for a in missing]
        absent = {name: default for (owner, name), default in _ABSENT.items() if owner is cls and name not in known}
        return None if self.problems else cls(**arguments, **absent)

    def _find_twins(self, keys: Sequence[str], attributes: Mapping[str, "attrs.Attribute[Any]"], path: str) -> None:
        given: dict[str, str] = {}
        for key in keys:
            first = given.setdefault(attributes[key].name, key)
            if first != key:
                self.problems.append(Problem(_join(path, key), f"says the same as {first}: leave one out"))

    def _value(self, type_: Any, value: Any, path: str, name: str) -> Any:
        type_ = _plain(type_)
        if get_origin(type_) is tuple:
            return self._list(get_args(type_)[0], value, path)
        if get_origin(type_) is Mapping:
            return self._map(value, path)
        if attrs.has(type_):
            return self.model(type_, value, path)
        reader = (
            kinds.as_identifier if name == "id" or name.endswith("_id") else kinds.READERS.get(type_, kinds.as_text)
        )
        found = reader(value)
        wanted = "a string" if isinstance(type_, type) and issubclass(type_, Enum) else _NAMES.get(type_, "an amount")
        return self._wrong(path, f"must be {wanted}", value) if found is None else found

    def _list(self, element: Any, values: Any, path: str) -> Any:
        if not isinstance(values, list):
            return self._wrong(path, "must be a list", values)
        return tuple(
            self._value(_kind_of_item(element, value), value, f"{path}[{position}]", "")
            for position, value in enumerate(values)
        )

    def _map(self, value: Any, path: str) -> Any:
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            return self._wrong(path, "must be an object whose values are strings", value)
        return value

    def _wrong(self, path: str, wanted: str, value: Any) -> Any:
        self.problems.append(Problem(path, f"{wanted}; it is of kind {kinds.name_of(value)}"))
        return None


def _fields(cls: type[Any]) -> Sequence["attrs.Attribute[Any]"]:
    return [a for a in attrs.fields(attrs.resolve_types(cls)) if a.name != "extra"]


def _fields_by_name(cls: type[Any]) -> Mapping[str, "attrs.Attribute[Any]"]:
    return attrs.fields_dict(cls)


def _names(cls: type[Any], attribute: "attrs.Attribute[Any]") -> tuple[str, ...]:
    return (*wire_names(attribute), *_ALSO.get((cls, attribute.name), ()))


def _is_required(cls: type[Any], attribute: "attrs.Attribute[Any]") -> bool:
    return attribute.default is attrs.NOTHING or (cls, attribute.name) in _REQUIRED


def _kind_of_item(type_: Any, value: Any) -> Any:
    if get_origin(type_) is not UnionType:
        return type_
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


def _suggestion(key: str, known: Mapping[str, Any]) -> str:
    close = get_close_matches(key, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
