"""Finds the attribute of a model that a documented path ends at, by walking the models' own annotations."""

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from attrs import frozen

# what an attribute of a class is called on the wire
Naming = Callable[[type[Any], "attrs.Attribute[Any]"], tuple[str, ...]]
_STEP = re.compile(r"(?P<name>[^\[\]{}]+)(?P<many>(?:\[\]|\{\})*)")


@frozen
class Spot:
    """An attribute of a model, and the type of what the path means there.

    An element where it ends in `[]` or `{}`.
    """

    owner: type[Any]
    attribute: str
    type: Any

    def __str__(self) -> str:
        return f"{self.owner.__name__}.{self.attribute}"


def spots(root: Any, path: str, naming: Naming) -> list[Spot]:
    """The attributes at a path like `items[].files[].url`.

    Several where an item may be of several classes.
    """
    first, _, rest = path.partition(".")
    step = _STEP.fullmatch(first)
    if step is None or get_origin(root) in {tuple, Mapping}:
        return []
    here = [
        Spot(model, field.name, found)
        for model in classes(root)
        for field in fields(model)
        if any(fnmatchcase(name, step["name"]) for name in naming(model, field))
        for found in _inside(field.type, step["many"])
    ]
    found = [spot for start in here for spot in spots(start.type, rest, naming)] if rest else here
    return list(dict.fromkeys(found))


def leaves(root: Any, name: str, naming: Naming) -> list[Spot]:
    """The attributes of that name anywhere below, for documents that name no path."""
    return [spot for model in below(root) for spot in spots(model, name, naming)]


def below(root: Any) -> list[type[Any]]:
    """All models that a value of this type may hold, itself included."""
    seen: dict[type[Any], None] = {}
    todo = classes(root)
    while todo:
        model = todo.pop(0)
        if model not in seen:
            seen[model] = None
            todo += [inner for field in fields(model) for inner in classes(field.type)]
    return list(seen)


def fields(model: type[Any]) -> list["attrs.Attribute[Any]"]:
    """What goes over the wire of a model."""
    return [
        f
        for f in attrs.fields(attrs.resolve_types(model))
        if f.name not in {"raw", "extra"} and f.init
    ]


def classes(type_: Any) -> list[type[Any]]:
    """The models in a type: `tuple[A | B, ...] | None` holds A and B."""
    if get_args(type_):
        return [model for part in get_args(type_) for model in classes(part)]
    return [type_] if isinstance(type_, type) and attrs.has(type_) else []


def _inside(type_: Any, many: str) -> Iterator[Any]:
    """What is in a list `[]` or map `{}`; nothing where the type is neither."""
    type_ = plain(type_)
    if not many:
        yield type_
    elif many.startswith("[]") and get_origin(type_) is tuple:
        yield from _inside(get_args(type_)[0], many[2:])
    elif many.startswith("{}") and get_origin(type_) is Mapping:
        yield from _inside(get_args(type_)[1], many[2:])


def plain(type_: Any) -> Any:
    """`X | None` without the None."""
    if get_origin(type_) not in {Union, UnionType}:
        return type_
    parts = [part for part in get_args(type_) if part is not NoneType]
    return parts[0] if len(parts) == 1 else type_
