"""Reads an answer field by field, slowly, and finds everything that is wrong with it.

This module is imported when the generated readers refuse an answer. Few processes ever need it.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn, override

from gelato_async.core import json_values
from gelato_async.core.errors import Problem
from gelato_async.core.json_values import Reader
from gelato_async.core.wire import MalformedError
from gelato_async.core.wire.names import camel, is_identifier, wire_names
from gelato_async.models.enums import OpenEnum

MOST_PROBLEMS = 100
"""The most problems of an answer that are named."""

T = TypeVar("T")


class _ListError(Exception):
    """Elements of a list are malformed; `errors` has their positions and errors."""

    def __init__(self, errors: list[tuple[int, Exception]]) -> None:
        super().__init__("elements of a list are malformed")
        self.errors = errors


def load_by_cattrs(cls: type[T], value: Any) -> T:
    """Read plain JSON into a model, field by field, and find all that is wrong. Raises what `load` raises."""
    try:
        return _READING.structure(value, cls)
    except (ClassValidationError, _ListError) as error:
        problems = list(islice(_problems(error, ""), MOST_PROBLEMS))
        raise MalformedError(problems) from error
    except ValueError as error:
        raise MalformedError([Problem("", str(error))]) from error
    except Exception as error:
        # whatever a value does to a reader: the answer is a 2xx, so the request took effect, and an
        # error of another kind would let a caller repeat it
        raise MalformedError([Problem("", f"cannot be read ({type(error).__name__})")]) from error


def _problems(error: BaseException, path: str) -> Iterator[Problem]:
    if isinstance(error, ClassValidationError):
        for inner, note in error.group_exceptions()[0]:
            yield from _problems(inner, f"{path}.{camel(note.name)}".lstrip("."))
    elif isinstance(error, _ListError):
        for position, inner in error.errors:
            yield from _problems(inner, f"{path}[{position}]")
    else:
        message = str(error)
        if isinstance(error, KeyError):
            message = "missing"
        yield Problem(path, message)


def _reader_for(type_: Any, name: str) -> Reader:
    if get_origin(type_) in {Union, UnionType}:
        readers = [_reader_for(part, name) for part in get_args(type_) if part is not NoneType]
        if len(readers) == 1:
            return readers[0]
        return json_values.as_one_of(readers)
    if get_origin(type_) is tuple:
        return _list_reader(get_args(type_)[0], name)
    if get_origin(type_) is Mapping and get_args(type_)[1] is not Any:
        return json_values.as_map_of(_reader_for(get_args(type_)[1], name))
    return _single_reader(type_, name)


def _single_reader(type_: Any, name: str) -> Reader:
    if type_ is str and is_identifier(name):
        return json_values.as_identifier
    if isinstance(type_, type) and issubclass(type_, OpenEnum):
        return _enum_reader(type_)
    if attrs.has(type_):
        return _model_reader(type_)
    return json_values.READERS.get(type_, json_values.as_map)


def _enum_reader(enum: type[OpenEnum]) -> Reader:
    def read(value: Any) -> Any:
        if isinstance(value, str):
            return enum(value)
        return None

    return read


def _model_reader(cls: Any) -> Reader:
    def read(value: Any) -> Any:
        if isinstance(value, dict):
            return _READING.structure(value, cls)
        return None

    return read


def _list_reader(element: Any, name: str) -> Reader:
    if not attrs.has(element):
        return json_values.as_list(_reader_for(element, name))

    def read(values: Any) -> Any:
        if isinstance(values, list):
            return _elements(element, values)
        return None

    return read


def _elements(element: Any, values: list[Any]) -> tuple[Any, ...]:
    read: list[Any] = []
    errors: list[tuple[int, Exception]] = []
    for position, value in enumerate(values):
        if not isinstance(value, dict):
            continue  # it has nothing that a program could want, and stays in `raw`
        try:
            read.append(_READING.structure(value, element))
        except Exception as error:  # noqa: BLE001  any, as for fields: `load` says why
            errors.append((position, error))
            # an answer of 100,000 malformed elements would hold up the event loop
            if len(errors) == MOST_PROBLEMS:
                break
    if errors:
        raise _ListError(errors)
    return tuple(read)


def _empty(type_: Any) -> Callable[[], Any] | None:
    return {tuple: tuple, Mapping: dict}.get(get_origin(type_))


def _required(reader: Reader) -> Callable[[Any, Any], Any]:
    def read(value: Any, _: Any) -> Any:
        found = reader(value)
        if found is None or found == "":
            raise ValueError(
                f"required, and not as documented (it is of kind {json_values.name_of(value)})"
            )
        return found

    return read


def _optional(reader: Reader, empty: Callable[[], Any] | None) -> Callable[[Any, Any], Any]:
    if empty is None:
        return lambda value, _: reader(value)
    return lambda value, _: reader(value) or empty()


def _make_loader(cls: type[Any], converter: Converter) -> Callable[[Any, Any], Any]:
    overrides: dict[str, Any] = {}
    # fields with more than one name on the wire: the first name, and another
    aliases: list[tuple[str, str]] = []
    for field in attrs.fields(attrs.resolve_types(cls)):
        reader = _reader_for(field.type, field.name)
        if field.name == "raw":
            reader = json_values.as_is
        empty = _empty(field.type)
        hook = _required(reader) if field.default is attrs.NOTHING else _optional(reader, empty)
        name, *others = wire_names(field)
        aliases += [(name, other) for other in others]
        overrides[field.name] = override(rename=name, struct_hook=hook)
    structure = make_dict_structure_fn(cls, converter, **overrides)
    keeps_raw = "raw" in overrides

    def load_fields(value: Any, type_: Any) -> Any:
        """Make the model, each field under any of its names, with the JSON itself as `raw`."""
        if not isinstance(value, dict):
            kind = json_values.name_of(value)
            raise ValueError(f"must be an object (it is of kind {kind})")  # noqa: TRY004
        found = value
        if keeps_raw:
            found = {**value, "raw": value}
        # the vendor's tables and examples disagree on some names, and real answers have both
        for name, other in aliases:
            if other in value and value.get(name) is None:
                found = {**found, name: value[other]}
        return structure(found, type_)

    return load_fields


_READING = Converter()
_READING.register_structure_hook_factory(attrs.has, _make_loader)
_READING.register_structure_hook(NoneType, lambda _, __: None)
