"""Generated readers: one function for each model of an order's body, for bodies without problems.

A general reader looks each key up and asks what its value should be. A generated one has asked
already: it takes the keys in turn and tests the kind of each value in place. `source_of` shows the
function of a model.

At anything that may be a problem a reader raises `UnusualError`, and the body is read again by the
plain reader, which finds all problems. What both read is equal
(`tests/core/test_generated_order_readers.py`).
"""

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, get_origin

import attrs

from gelato_async.core.order_reader.fields import (
    BodyField,
    element_of,
    fields_of,
    kind_of,
    reader_of_elements,
)
from gelato_async.core.wire.generated import Function as Read, Names, blank_of, compiled
from gelato_async.models.enums import OpenEnum


class UnusualError(Exception):
    """A body may have a problem."""


_READERS: dict[type[Any], Read] = {}


def reader_of(cls: Any) -> Read:
    """Return the function that makes a model from a body, or raises `UnusualError`."""
    read = _READERS.get(cls)
    if read is None:
        source, names = _generate(cls)
        file = f"<reader of a body's {cls.__qualname__}>"
        read = _READERS[cls] = compiled(source, "read", names, file)
    return read


def source_of(cls: Any) -> str:
    """Return the source of a model's reader."""
    return _generate(cls)[0]


def certain(found: Any) -> Any:
    """Return a value that is there; None is refused."""
    if found is None:
        raise UnusualError
    return found


def _generate(cls: Any) -> tuple[str, Names]:
    fields = fields_of(cls)
    names: Names = {
        "UnusualError": UnusualError,
        "blank": blank_of(cls),
        "certain": certain,
        "keys": frozenset(key for field in fields for key in field.keys),
        "model": cls,
    }
    lines = [
        "def read(value):",
        "    if value.__class__ is not dict or not keys.issuperset(value):",
        "        raise UnusualError",
        "    get = value.get",
        "    made = blank()",
    ]
    for field in fields:
        lines += [f"    {line}" for line in _lines_of(field, names)]
    if "extra" in attrs.fields_dict(cls):
        lines.append("    made.extra = {}")
    lines += ["    made.__class__ = model", "    return made", ""]
    return "\n".join(lines), names


def _lines_of(field: BodyField, names: Names) -> Iterator[str]:
    first, *others = field.keys
    yield f"v = get({first!r})"
    for other in others:
        yield "if v is None:"
        yield f"    v = get({other!r})"
        yield f"elif get({other!r}) is not None:"
        yield "    raise UnusualError"
    reading = _reading(field.type, field.name, names)
    if field.is_required:
        # None is refused like any value of a wrong kind
        yield from reading
    else:
        yield "if v is not None:"
        yield from (f"    {line}" for line in reading)
    if field.absent is not None:
        names[f"default_{field.name}"] = field.absent
        yield "else:"
        yield f"    v = default_{field.name}"
    yield f"made.{field.name} = v"


def _reading(type_: Any, name: str, names: Names) -> Iterator[str]:
    """Yield the lines that read a value `v` which is there."""
    element = element_of(type_)
    if element is not None:
        names[f"read_{name}"] = _element_reader(element, name)
        yield "if v.__class__ is not list:"
        yield "    raise UnusualError"
        yield f"v = tuple([read_{name}(element) for element in v])"
    elif attrs.has(type_):
        names[f"read_{name}"] = reader_of(type_)
        yield f"v = read_{name}(v)"
    else:
        yield from _reading_of_kind(type_, name, names)


def _reading_of_kind(type_: Any, name: str, names: Names) -> Iterator[str]:
    kind = kind_of(type_, name)
    reader = kind.read.__name__.lstrip("_")
    names[reader] = kind.read
    read = f"v = certain({reader}(v))"
    if kind.plain is None:
        yield read
    else:
        yield f"if v.__class__ is not {kind.plain.__name__}:"
        yield f"    {read}"
    if isinstance(type_, type) and issubclass(type_, OpenEnum):
        names[type_.__name__] = type_
        names[f"known_{name}"] = type_._value2member_map_.get
        yield f"v = known_{name}(v) or {type_.__name__}(v)"
    if get_origin(type_) is Mapping:
        # what the caller does with the body does not reach the model
        yield "v = dict(v)"


def _element_reader(type_: Any, name: str) -> Read:
    reader_for = reader_of_elements(type_, lambda one: _reader_of_element(one, name))
    if get_origin(type_) is UnionType:
        return lambda value: reader_for(value)(value)
    read: Read = reader_for(None)
    return read


def _reader_of_element(type_: Any, name: str) -> Read:
    if attrs.has(type_):
        return reader_of(type_)
    read = kind_of(type_, name).read
    return lambda value: certain(read(value))
