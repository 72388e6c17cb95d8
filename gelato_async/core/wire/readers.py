"""Readers: one generated function for each model, which makes it from an answer's plain JSON.

A general reader spends its time on deciding, at each of hundreds of fields, what a type asks for.
A generated one has decided: it looks a key up, tests the kind of a primitive in place, and fills
the field. `source_of` shows the function of a model.

A reader reads what is as documented. At the first value that a model cannot do without and that is
missing or malformed, it raises: `wire.load` then reads again by cattrs, which finds all problems
with their paths. Where both read, they make equal models (`tests/core/test_readers.py`).

The JSON may come from `parse_unchecked`. So a reader also vouches for all of it: what it does not
test, it passes to `within_bounds`, by the functions of `reading` mostly.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from textwrap import fill
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs

from gelato_async.core import json_values
from gelato_async.core.json_text import within_bounds
from gelato_async.core.wire import reading
from gelato_async.core.wire.generated import Function as Read, Names, blank_of, compiled
from gelato_async.core.wire.names import is_identifier, wire_names
from gelato_async.models.enums import OpenEnum

_WIDTH = 88
# An object with the documented keys alone, which have all their values at once, and any other. To
# collect the values of both before they get their names takes longer.
_LOOK_UP = """\
if len(value) == {count}:
    try:
        {values} = all_of(value)
    except KeyError:
        {values} = each_of(value)
else:
    {values} = each_of(value)
made = blank()
"""
# How the usual values `v` of a plain type are read, and how all others are.
_USUAL: Mapping[Any, tuple[str, str]] = {
    str: ("v.__class__ is str", "unread(v)"),
    bool: ("v.__class__ is bool", "unread(v)"),
    int: ("v.__class__ is int", "as_integer(within_bounds(v))"),
}
_IDENTIFIER = ("v.__class__ is str", "as_identifier(within_bounds(v))")
# How a value of another type is read that is not None. The bounds are those of `within_bounds`.
_OTHERS: Mapping[Any, str] = {
    float: (
        "v if v.__class__ is float and -9e15 < v < 9e15"
        " else float(v) if v.__class__ is int and -9e15 < v < 9e15"
        " else as_float(within_bounds(v))"
    ),
    Decimal: (
        "Decimal(repr(v)) if v.__class__ is float and -9e15 < v < 9e15 else amounts[v.__class__][v]"
    ),
    datetime: "as_moment(v) if v.__class__ is str else unread(v)",
    date: "as_day(v) if v.__class__ is str else unread(v)",
    Any: "within_bounds(v)",
}
# of a model that has several: an order repeats most of its amounts
_AMOUNT = "None if v is None else amounts[v.__class__][v]"
_FEW_AMOUNTS = 2
_MAP = "as_map(within_bounds(v))"
# `as_moment` in place
_MOMENT = """\
if v is not None:
    try:
        v = moment(v)
    except (TypeError, ValueError):
        v = unread(v)
    else:
        if v.tzinfo is None or not 1 < v.year < 9999:
            v = aware(v)
"""
_EMPTY: Mapping[Any, str] = {tuple: "()", Mapping: "{}"}
_NAMES: Mapping[str, Any] = {
    "Decimal": Decimal,
    "amounts": reading.AMOUNTS,
    "as_identifier": json_values.as_identifier,
    "as_map": json_values.as_map,
    "aware": json_values.aware,
    "moment": datetime.fromisoformat,
    "plain_list": reading.plain_list,
    "required": reading.required,
    "text_map": reading.text_map,
    "texts": reading.texts,
    "unread": reading.unread,
    "within_bounds": within_bounds,
    **{read.__name__: read for read in json_values.READERS.values()},
}
# an answer without a model
_READERS: dict[type[Any], Read] = {NoneType: lambda _: None}


def reader_of(cls: type[Any]) -> Read:
    """Return the function that reads plain JSON into a model.

    It raises whatever a malformed value makes it raise.
    """
    read = _READERS.get(cls)
    if read is None:
        source, names = _generate(cls)
        file = f"<reader of {cls.__module__}.{cls.__qualname__}>"
        read = _READERS[cls] = compiled(source, "read", names, file)
    return read


def source_of(cls: type[Any]) -> str:
    """Return the source of a model's reader."""
    return _generate(cls)[0]


def _generate(cls: type[Any]) -> tuple[str, Names]:
    fields = [field for field in attrs.fields(attrs.resolve_types(cls)) if field.name != "raw"]
    # a key that is another name of a field is not read if the first one is there
    keys = tuple(wire_names(field)[0] for field in fields)
    names: Names = {
        **_NAMES,
        "model": cls,
        "blank": blank_of(cls),
        "all_of": itemgetter(*keys),
        "each_of": reading.each_of(keys),
    }
    locals_ = [f"_{field.name}" for field in fields]
    if len(fields) == 1:
        # `itemgetter` returns a tuple for several keys alone
        locals_.append("_")
        names["all_of"] = itemgetter(*keys, *keys)
    values = fill(f"({', '.join(locals_)})", _WIDTH, subsequent_indent=" " * 9)
    lines = _LOOK_UP.format(values=values, count=len(keys)).splitlines()
    amounts = [field for field in fields if field.type == Decimal | None]
    for field in fields:
        if field in amounts and len(amounts) > _FEW_AMOUNTS:
            lines.append(f"made.{field.name} = {_of(field, _AMOUNT)}")
        else:
            lines += _lines_of(field, names)
    if "raw" in attrs.fields_dict(cls):
        lines.append("made.raw = value")
    lines += ["made.__class__ = model", "return made"]
    return "\n    ".join(["def read(value):", *lines]) + "\n", names


def _lines_of(field: "attrs.Attribute[Any]", names: Names) -> Iterator[str]:
    first, *others = wire_names(field)
    for other in others:
        yield f"if _{field.name} is None:"
        yield f"    _{field.name} = value.get({other!r})"
    if field.type == datetime | None:
        yield from _of(field, _MOMENT).splitlines()
        yield f"made.{field.name} = _{field.name}"
        return
    expression = _field(field, names)
    if get_origin(field.type) not in _EMPTY and field.default not in (attrs.NOTHING, None):
        names[f"default_{field.name}"] = field.default
        expression = f"({expression}) if {first!r} in value else default_{field.name}"
    if field.converter is not None:
        names[f"convert_{field.name}"] = field.converter
        expression = f"convert_{field.name}({expression})"
    yield f"made.{field.name} = {_of(field, expression)}"


def _of(field: "attrs.Attribute[Any]", code: str) -> str:
    return re.sub(r"\bv\b", f"_{field.name}", code)


def _field(field: "attrs.Attribute[Any]", names: Names) -> str:
    if field.default is attrs.NOTHING:
        return _required(field.type, field.name, names)
    empty = _EMPTY.get(get_origin(field.type))
    if empty is not None:
        return f"({_other(field.type, field.name, names)}) or {empty} if v else {empty}"
    return _expression(field.type, field.name, names)


def _required(type_: Any, name: str, names: Names) -> str:
    if type_ is str:
        usual, other = _usual(type_, name)
        return f"v if {usual} and v else required({other})"
    if _is_enum(type_):
        known, other = _member(type_, names)
        return f"{known} or required({other})"
    return f"required({_expression(type_, name, names)})"


def _expression(type_: Any, name: str, names: Names) -> str:
    """Return an expression that reads `v` as a value of the type, or as None."""
    kinds = [type_]
    if get_origin(type_) in {Union, UnionType}:
        kinds = [kind for kind in get_args(type_) if kind is not NoneType]
    if len(kinds) > 1:
        kinds.remove(str)
        return f"v if v.__class__ is str else {_expression(kinds[0], name, names)}"
    if kinds[0] in _USUAL:
        usual, other = _usual(kinds[0], name)
        return f"v if {usual} or v is None else {other}"
    return f"None if v is None else {_other(kinds[0], name, names)}"


def _usual(type_: Any, name: str) -> tuple[str, str]:
    if type_ is str and is_identifier(name):
        return _IDENTIFIER
    return _USUAL[type_]


def _other(type_: Any, name: str, names: Names) -> str:
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is tuple:
        return _list(arguments[0], name, names)
    if origin is Mapping and arguments[1] is not Any:
        return _map(arguments[1], name, names)
    if _is_enum(type_):
        return " or ".join(_member(type_, names))
    if attrs.has(type_):
        return f"{_reader(type_, names)}(v) if type(v) is dict else unread(v)"
    return _OTHERS.get(type_, _MAP)


def _is_enum(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, OpenEnum)


def _member(enum: type[OpenEnum], names: Names) -> tuple[str, str]:
    kind = enum.__name__
    names[f"known_{kind}"] = enum._value2member_map_.get
    names[f"other_{kind}"] = reading.member_of(enum)
    return f"known_{kind}(v)", f"other_{kind}(v)"


def _list(element: Any, name: str, names: Names) -> str:
    if attrs.has(element):
        return f"tuple(map({_reader(element, names)}, v)) if type(v) is list else unread(v)"
    if element is Any:
        return "plain_list(v)"
    names[f"list_of_{name}"] = json_values.as_list(_function(element, name))
    others = f"list_of_{name}(within_bounds(v))"
    if element is str:
        return f"texts(v) or {others}"
    return others


def _map(element: Any, name: str, names: Names) -> str:
    if attrs.has(element):
        made = f"{{key: {_reader(element, names)}(v) for key, v in v.items()}}"
        return f"{made} if type(v) is dict else unread(v)"
    names[f"map_of_{name}"] = json_values.as_map_of(_function(element, name))
    others = f"map_of_{name}(within_bounds(v))"
    if element is str:
        return f"text_map(v) or {others}"
    return others


def _reader(model: type[Any], names: Names) -> str:
    called = f"read_{model.__name__}"
    names[called] = reader_of(model)
    return called


def _function(type_: Any, name: str) -> Read:
    """Return a function of one value, for where a reader of `json_values` asks for one."""
    names = dict(_NAMES)
    read: Read = eval(f"lambda v: {_expression(type_, name, names)}", names)  # noqa: S307  as in `reader_of`
    return read
