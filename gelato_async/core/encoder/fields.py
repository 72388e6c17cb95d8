"""Fields of a request's models: how each is written, and when it certainly keeps its rules."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import attrs
from attrs import define, frozen

from gelato_async.core.rules import Node
from gelato_async.core.rules.conditions import NEVER
from gelato_async.core.wire.writers import kinds_of
from gelato_async.models.enums import OpenEnum


@frozen
class Kind:
    """How a value `v` of a kind is written: its class, what is put into the text, its conditions.

    The class of a text needs no test: `quote` raises for anything else. `conditions` says which of
    a check's conditions are about this kind.
    """

    cls: type[Any] | None
    shown: str
    conditions: Literal["text", "number", "many"]


_KINDS: Mapping[Any, Kind] = {
    str: Kind(None, "{quote(v)}", "text"),
    int: Kind(int, "{v}", "number"),
    bool: Kind(bool, "{boolean[v]}", "number"),
    Decimal: Kind(Decimal, "{amount(v)}", "number"),
    tuple[str, ...]: Kind(tuple, "[{join(map(quote, v))}]", "many"),
    Mapping[str, str]: Kind(dict, "{{{pairs(v)}}}", "many"),
}


@define(kw_only=True)
class Field:
    """A field of a model on its way into the text.

    `kind` is None if only the plain way writes it. `models` are the classes of what is inside: of
    the value itself, or of its elements if it `is_list`; `inside` are the rules for them.
    `conditions` are for a value, `if_missing` for None.
    """

    name: str
    key: str
    kind: Kind | None
    is_optional: bool
    is_list: bool
    models: Sequence[type[Any]]
    inside: Node
    conditions: Sequence[str]
    if_missing: Sequence[str]


def field_of(attribute: "attrs.Attribute[Any]", key: str, node: Node) -> Field:
    """Plan a field that is called `key` on the wire, in an object with these rules."""
    (type_,) = (found for found in kinds_of(attribute.type) if found is not NoneType)
    is_list = get_origin(type_) is tuple
    branches, models = node.objects, kinds_of(type_)
    if is_list:
        branches, models = node.lists, kinds_of(get_args(type_)[0])
    models = tuple(filter(attrs.has, models))
    inside = branches.get(key)
    kind = _kind_of(type_, models)
    # rules for the elements of a list, and for keys of a map, are checked by the plain way alone
    if inside is not None and (inside.elements or not models):
        kind = None
    checks = [check for name, check in node.checks if name == key]
    missing = [check.missing for check in checks]
    return Field(
        name=attribute.name,
        key=key,
        kind=kind,
        # what has a default is usually there
        is_optional=attribute.default is None and NEVER not in missing,
        is_list=is_list,
        models=models,
        inside=inside or Node(),
        conditions=[getattr(check, kind.conditions) for check in checks if kind is not None],
        if_missing=missing,
    )


def _kind_of(type_: Any, models: Sequence[type[Any]]) -> Kind | None:
    if get_origin(type_) is tuple and models:
        return Kind(tuple, "[", "many")
    if models:
        return Kind(None, "", "many")
    if isinstance(type_, type) and issubclass(type_, OpenEnum):
        return Kind(type_, "{quote(v)}", "text")
    return _KINDS.get(type_)
