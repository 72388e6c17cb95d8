"""Reads the values of a file as the types of the fields that they are for, and checks objects.

A value must be exactly of its field's type: a number in quotes is a text. No number is negative.
The same holds for objects that are made in Python.
"""

import re
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from gelato_async.sandbox.faults.fault import suggestion

# Exact as a float, and small enough to compute prices with.
_MOST = 1e12
_NUMBER = re.compile(r"\[\d+\]")
_NAMES: Mapping[Any, str] = {
    bool: "true or false",
    dict: "a table",
    float: "a number",
    int: "a whole number",
    list: "a list",
    str: "a text",
    NoneType: "null",
}


def kinds_of(kind: type) -> dict[str, Any]:
    """Return the types of the fields of a class by their names."""
    # The hints alone include what attrs adds for cached properties.
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in attrs.fields(kind)}


class ValueReader:
    """Reads values, and collects what is wrong with them.

    A value that is wrong is replaced by None or by something empty, so that the rest is read too.

    Args:
        start: What the line of a problem starts with, like the name of a file and a colon.
    """

    def __init__(self, start: str = "") -> None:
        self.problems: list[str] = []
        self._start = start
        self._readers: Mapping[Any, Callable[[Any, Any, str], Any]] = {
            tuple: self._list,
            Mapping: self._mapping,
            Literal: self._word,
            # What `X | Y` is depends on X and Y.
            Union: self._union,
            UnionType: self._union,
        }

    def table(self, content: Any, kinds: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Read a table whose keys have these types, and report the keys that are unknown."""
        found: dict[str, Any] = {}
        if not isinstance(content, dict):
            self._report_kind(path, dict, content)
            return found
        for name, value in content.items():
            inner = _joined(path, name)
            if name in kinds:
                found[name] = self.value(kinds[name], value, inner)
            else:
                self._report(inner, f"no such key{suggestion(name, kinds)}")
        return found

    def value(self, kind: Any, value: Any, path: str) -> Any:
        """Read a value as a type."""
        origin = get_origin(kind)
        if origin is not None:
            return self._readers[origin](kind, value, path)
        if attrs.has(kind):
            return self._instance(kind, value, path)
        return self._scalar(kind, value, path)

    def _instance(self, kind: Any, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            keys = ", ".join(attrs.fields_dict(kind))
            self._report_kind(path, dict, value, f"; its keys are {keys}")
            return None
        before = len(self.problems)
        found = self.table(value, kinds_of(kind), path)
        for field in attrs.fields(kind):
            if field.default is attrs.NOTHING and field.name not in value:
                self._report(_joined(path, field.name), "is required")
        if len(self.problems) > before:
            return None
        try:
            return kind(**found)
        except ValueError as refused:
            self._report(path, str(refused))
            return None

    def _list(self, kind: Any, value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            hint = ""
            if isinstance(value, dict):
                # As after [products], where [[products]] was meant.
                hint = f"; in TOML each entry begins with [[{_NUMBER.sub('', path)}]]"
            self._report_kind(path, list, value, hint)
            return ()
        element_kind, _ = get_args(kind)
        elements = []
        for number, element in enumerate(value):
            elements.append(self.value(element_kind, element, f"{path}[{number}]"))
        return tuple(elements)

    def _mapping(self, kind: Any, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self._report_kind(path, dict, value)
            return {}
        _, element_kind = get_args(kind)
        found: dict[str, Any] = {}
        for name, element in value.items():
            inner = _joined(path, name)
            if not isinstance(name, str):
                self._report(inner, "the key must be a text")
            found[name] = self.value(element_kind, element, inner)
        return found

    def _word(self, kind: Any, value: Any, path: str) -> Any:
        words = get_args(kind)
        if value not in words:
            self._report(path, f"must be one of {', '.join(words)}")
        return value

    def _union(self, kind: Any, value: Any, path: str) -> Any:
        kinds = list(get_args(kind))
        if value is None and NoneType in kinds:
            return None
        for one in kinds:
            if _fits(one, value):
                return self.value(one, value, path)
        return self.value(kinds[0], value, path)

    def _scalar(self, kind: Any, value: Any, path: str) -> Any:
        if not _fits(kind, value):
            self._report_kind(path, kind, value)
        elif kind in {int, float} and not 0 <= value <= _MOST:
            self._report(path, f"must be from 0 to {_MOST:g}")
        elif kind is float:
            return float(value)
        return value

    def _report_kind(self, path: str, kind: Any, value: Any, hint: str = "") -> None:
        # Not the value itself, which may be a key.
        found = _NAMES.get(type(value), f"a {type(value).__name__}")
        self._report(path, f"must be {_NAMES[kind]}, not {found}{hint}")

    def _report(self, path: str, fault: str) -> None:
        line = fault
        if path:
            line = f"{path}: {fault}"
        self.problems.append(f"{self._start}{line}")


class ObjectChecker(ValueReader):
    """Checks objects by the rules for the values of files."""

    def _instance(self, kind: Any, value: Any, path: str) -> Any:
        if not isinstance(value, kind):
            found = type(value).__name__
            self._report(path, f"must be of the class {kind.__name__}, not {found}")
            return None
        for name, field_kind in kinds_of(kind).items():
            self.value(field_kind, getattr(value, name), _joined(path, name))
        return value

    def _report_kind(self, path: str, kind: Any, value: Any, hint: str = "") -> None:  # noqa: ARG002
        # The hint is about files.
        super()._report_kind(path, kind, value)


def _joined(path: str, name: str) -> str:
    if not path:
        return name
    return f"{path}.{name}"


def _fits(kind: Any, value: Any) -> bool:
    # True is an integer in Python, and not in these files.
    if isinstance(value, bool):
        return kind is bool
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(value, kind)
