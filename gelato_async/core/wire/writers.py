"""Writers: from models to plain JSON, in the spelling of one API. None is left out, nothing else is.

This is the plain way, which writes whatever a model holds. What a usual request needs is written
in one pass by the generated functions of `core.encoder`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs

from gelato_async.core.wire.names import wire_names
from gelato_async.models.enums import OpenEnum

Renames = Mapping[tuple[type[Any], str], str]
Fields = Mapping[type[Any], Sequence[str]]
Write = Callable[[Any], Any]

# values of these types are JSON already
_JSON = frozenset({str, int, bool, NoneType})


def _as_number(amount: Decimal) -> float:
    # a rule refuses NaN afterwards, but float() raises for a signaling one
    if amount.is_nan():
        return math.nan
    return float(amount)


def _as_text(member: OpenEnum) -> str:
    return member.value


def _as_moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


_OWN_SPELLING: Mapping[Any, Write] = {
    Decimal: _as_number,
    datetime: _as_moment,
    Mapping: dict,
}


def kinds_of(type_: Any) -> tuple[Any, ...]:
    """Return the types that a field may have: those of a union, or its only one."""
    if get_origin(type_) in {Union, UnionType}:
        return get_args(type_)
    return (type_,)


class Dialect:
    """How one API spells what is sent.

    `renames` maps (model, field) to the wire name where it is not the usual one. `unsupported`
    lists, by model, the fields that the API cannot carry; they are refused before anything is sent.
    """

    def __init__(self, renames: Renames, unsupported: Fields = MappingProxyType({})) -> None:
        self._renames = renames
        self.unsupported: Fields = unsupported
        # of each model: its fields, their names on the wire, and what writes them (None: as it is)
        self._fields: dict[type[Any], list[tuple[str, str, Write | None]]] = {}

    def name(self, cls: type[Any], field: str) -> str:
        """Return what a model's field is called on this wire."""
        return self._renames.get((cls, field)) or wire_names(attrs.fields_dict(cls)[field])[0]

    def dump(self, value: Any) -> Any:
        """Write a model, or a list of them, as plain JSON; `extra` is merged last."""
        if isinstance(value, (list, tuple)):
            return [self.dump(element) for element in value]
        if isinstance(value, Mapping):
            return {key: self.dump(element) for key, element in value.items()}
        cls = type(value)
        if attrs.has(cls):
            return self._dump_model(cls, value)
        if cls in _OWN_SPELLING:
            return _OWN_SPELLING[cls](value)
        return value

    def _dump_model(self, cls: type[Any], model: Any) -> dict[str, Any]:
        fields = self._fields.get(cls)
        if fields is None:
            fields = self._fields[cls] = self._plan(cls)
        found: dict[str, Any] = {}
        for name, key, write in fields:
            value = getattr(model, name)
            if value is None:
                continue
            if write is not None:
                value = write(value)
            found[key] = value
        extra: Mapping[str, Any] = getattr(model, "extra", {})
        found.update(extra)
        return found

    def _dump_one_of(self, kinds: tuple[type[Any], ...], model: Any) -> dict[str, Any]:
        cls = type(model)
        for kind in kinds:
            # a subclass of a user's is written as what it stands for
            if issubclass(cls, kind):
                return self._dump_model(kind, model)
        # an item may be plain JSON already
        if len(kinds) > 1 and issubclass(cls, Mapping):
            return dict(self.dump(model))
        raise TypeError(f"a {cls.__name__} cannot stand there")

    def _plan(self, cls: type[Any]) -> list[tuple[str, str, Write | None]]:
        return [
            (field.name, self.name(cls, field.name), self._writer_of(field.type))
            for field in attrs.fields(attrs.resolve_types(cls))
            if field.name != "extra"
        ]

    def _writer_of(self, type_: Any) -> Write | None:
        kinds = set(kinds_of(type_)) - {NoneType}
        if kinds <= _JSON:
            return None
        if all(map(attrs.has, kinds)):
            return partial(self._dump_one_of, tuple(kinds))
        # no field has several other types
        (kind,) = kinds
        if get_origin(kind) is tuple:
            return self._list_writer(get_args(kind)[0])
        return self._single_writer(kind)

    def _single_writer(self, kind: Any) -> Write:
        if isinstance(kind, type) and issubclass(kind, OpenEnum):
            return _as_text
        return _OWN_SPELLING[get_origin(kind) or kind]

    def _list_writer(self, element: Any) -> Write:
        write = self._writer_of(element)
        if write is None:
            return list
        return lambda values: [write(value) for value in values]
