"""Readers: one generated function for each model, which makes it from an answer's plain JSON.

A general reader spends its time on deciding, at each of hundreds of fields, what a type asks for.
A generated one has decided: it looks a key up, tests the kind of a primitive in place, and fills
the field. `source_of` shows the function of a model.

A reader reads what is as documented. At the first value that a model cannot do without and that is
missing or malformed, it raises: `wire.load` then reads again by cattrs, which finds all problems
with their paths. Where both read, they make equal models (`tests/core/test_readers.py`).
"""

import linecache
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs

from gelato_async.core import json_values
from gelato_async.core.wire.names import is_identifier, wire_names
from gelato_async.models.enums import OpenEnum

Read = Callable[[Any], Any]
Names = dict[str, Any]


class UnreadableError(Exception):
    """A value that a model cannot do without is missing or malformed."""


_IDENTIFIER = "v if v is None or type(v) is str else as_identifier(v)"
_MAP = "v if type(v) is dict else None"
# How a value `v` of a plain type is read. No function is called where the kind is the usual one.
_EXPRESSIONS: Mapping[Any, str] = {
    str: "v if type(v) is str else None",
    bool: "v if type(v) is bool else None",
    int: "v if v is None or type(v) is int else as_integer(v)",
    float: "None if v is None else as_float(v)",
    # the comparison is false for NaN and infinity
    Decimal: (
        "Decimal(repr(v)) if type(v) is float and -1e300 < v < 1e300"
        " else None if v is None else as_decimal(v)"
    ),
    datetime: "None if v is None else as_moment(v)",
    date: "None if v is None else as_day(v)",
    Any: "v",
}
_EMPTY: Mapping[Any, str] = {tuple: "()", Mapping: "{}"}
_READERS: dict[type[Any], Read] = {}


def reader_of(cls: type[Any]) -> Read:
    """Return the function that reads plain JSON into a model.

    It raises whatever a malformed value makes it raise, `UnreadableError` mostly.
    """
    read = _READERS.get(cls)
    if read is None:
        read = _READERS[cls] = _compiled(cls)
    return read


def _compiled(cls: type[Any]) -> Read:
    source, names = _generate(cls)
    file = f"<reader of {cls.__module__}.{cls.__qualname__}>"
    # as attrs does, so that a traceback shows the lines
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), names)  # noqa: S102  made of names of our own models alone
    read: Read = names["read"]
    return read


def source_of(cls: type[Any]) -> str:
    """Return the source of a model's reader."""
    return _generate(cls)[0]


def _generate(cls: type[Any]) -> tuple[str, Names]:
    names: Names = {
        "model": cls,
        "blank": _without_guard(cls),
        "new": object.__new__,
        "Decimal": Decimal,
        "UnreadableError": UnreadableError,
    }
    lines = [
        "def read(value):",
        "    if type(value) is not dict:",
        "        raise UnreadableError",
        "    get = value.get",
        "    made = new(blank)",
    ]
    for field in attrs.fields(attrs.resolve_types(cls)):
        lines += [f"    {line}" for line in _lines_of(field, names)]
    lines += ["    made.__class__ = model", "    return made", ""]
    return "\n".join(lines), names


def _without_guard(cls: type[Any]) -> type[Any]:
    """Return a class of the same slots whose fields can be set.

    A frozen class guards its fields by a `__setattr__` that refuses, and filling them around it
    costs more than all the rest. An object of this class is filled, and then becomes a model.
    """
    body = {"__slots__": cls.__dict__["__slots__"], "__setattr__": object.__setattr__}
    return type(cls.__name__, cls.__bases__, body)


def _lines_of(field: "attrs.Attribute[Any]", names: Names) -> Iterator[str]:
    if field.name == "raw":
        yield "made.raw = value"
        return
    first, *others = wire_names(field)
    yield f"v = get({first!r})"
    for other in others:
        yield "if v is None:"
        yield f"    v = get({other!r})"
    expression = _expression(field.type, field.name, names)
    if field.default is attrs.NOTHING:
        yield f"v = {expression}"
        yield "if v is None or v == '':"
        yield "    raise UnreadableError"
        yield f"made.{field.name} = v"
        return
    empty = _EMPTY.get(get_origin(field.type))
    if empty is not None:
        expression = f"({expression}) or {empty}"
    elif field.default is not None:
        names[f"default_{field.name}"] = field.default
        expression = f"({expression}) if {first!r} in value else default_{field.name}"
    if field.converter is not None:
        names[f"convert_{field.name}"] = field.converter
        expression = f"convert_{field.name}({expression})"
    yield f"made.{field.name} = {expression}"


def _expression(type_: Any, name: str, names: Names) -> str:
    origin, arguments = get_origin(type_), get_args(type_)
    if origin in {Union, UnionType}:
        kinds = [kind for kind in arguments if kind is not NoneType]
        if len(kinds) == 1:
            return _expression(kinds[0], name, names)
        readers = [_function(kind, name) for kind in kinds]
        return _call(json_values.as_one_of(readers), f"{name}_of_any_kind", names)
    if origin is tuple and attrs.has(arguments[0]):
        reader = _call(reader_of(arguments[0]), f"read_{arguments[0].__name__}", names, "e")
        return f"tuple([{reader} for e in v if type(e) is dict]) if type(v) is list else None"
    if origin is tuple:
        read = json_values.as_list(_function(arguments[0], name))
        return f"{_call(read, f'list_of_{name}', names)} if v else None"
    if origin is Mapping and arguments[1] is not Any:
        read = json_values.as_map_of(_function(arguments[1], name))
        return _call(read, f"map_of_{name}", names)
    return _single(type_, name, names)


def _single(type_: Any, name: str, names: Names) -> str:
    if type_ is str and is_identifier(name):
        names["as_identifier"] = json_values.as_identifier
        return _IDENTIFIER
    if isinstance(type_, type) and issubclass(type_, OpenEnum):
        names[type_.__name__] = type_
        known = _call(type_._value2member_map_.get, f"known_{type_.__name__}", names)
        return f"{known} or {type_.__name__}(v) if type(v) is str else None"
    if attrs.has(type_):
        reader = _call(reader_of(type_), f"read_{type_.__name__}", names)
        return f"{reader} if type(v) is dict else None"
    if type_ in json_values.READERS:
        reader_function = json_values.READERS[type_]
        names[reader_function.__name__] = reader_function
    return _EXPRESSIONS.get(type_, _MAP)


def _call(function: Read, called: str, names: Names, argument: str = "v") -> str:
    names[called] = function
    return f"{called}({argument})"


def _function(type_: Any, name: str) -> Read:
    """Return a function of one value, for where a reader of `json_values` asks for one."""
    names: Names = {"Decimal": Decimal}
    read: Read = eval(f"lambda v: {_expression(type_, name, names)}", names)  # noqa: S307  as in `reader_of`
    return read
