"""Walks over the models that an operation holds, one inside another.

A backend looks there for fields that its API cannot carry, and for the private values that no error
may show.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args

import attrs

from gelato_async.core.operations.base import Operation
from gelato_async.core.wire.names import camel
from gelato_async.core.wire.writers import Fields
from gelato_async.models.addresses import ReturnAddress, ShippingAddress
from gelato_async.models.search import OrderQuery


def _fields_but(cls: type[Any], *public: str) -> Sequence[str]:
    return [f.name for f in attrs.fields(cls) if f.name not in public]


_PRIVATE: Fields = {
    ShippingAddress: _fields_but(ShippingAddress, "country", "is_business"),
    ReturnAddress: _fields_but(ReturnAddress, "country"),
    OrderQuery: ["search"],
}


def has_any(value: Any, fields: Fields) -> bool:
    """Whether a model, or one inside it, has a value in any of these fields.

    Faster than a walk with `models_in`, since no paths are spelled out.
    """
    if isinstance(value, (tuple, list)):
        return any(has_any(element, fields) for element in value)
    cls = value.__class__
    for name in fields.get(cls, ()):
        if getattr(value, name) is not None:
            return True
    for name, _ in _parts(cls) or ():
        found = getattr(value, name)
        if found is not None and has_any(found, fields):
            return True
    return False


def models_in(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield a model and all models inside it, each with its path in the body (`items[0].files`).

    What stands in the place of a model without being one is yielded too.
    """
    if isinstance(value, (tuple, list)):
        for position, element in enumerate(value):
            yield from models_in(element, f"{path}[{position}]")
        return
    yield path, value
    for name, step in _parts(value.__class__) or ():
        found = getattr(value, name)
        if found is None:
            continue
        inner = path or step
        if path and step:
            inner = f"{path}.{step}"
        yield from models_in(found, inner)


def private_values(operation: Operation[Any]) -> Iterator[str]:
    """Yield the values of an operation that no error may show: of addresses and text searches."""
    for _, model in models_in(operation):
        for name in _PRIVATE.get(type(model), ()):
            yield from _texts(getattr(model, name))


def carries_address(operation: Operation[Any]) -> bool:
    """Whether an operation names a recipient, whose values `private_values` yields then."""
    models = (model for _, model in models_in(operation))
    return any(isinstance(model, (ShippingAddress, ReturnAddress)) for model in models)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for element in value:
            yield from _texts(element)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield str(value)


@cache
def _parts(cls: type[object]) -> Sequence[tuple[str, str]] | None:
    """The fields of a model that may hold other models, with their names in a path.

    None if the class is not a model.
    """
    if not attrs.has(cls):
        return None
    parts: list[tuple[str, str]] = []
    for attribute in attrs.fields(attrs.resolve_types(cls)):
        if attribute.name == "extra" or _is_plain(attribute.type):
            continue
        # an operation's argument is the body itself, so its name is not part of the path
        step = ""
        if not issubclass(cls, Operation):
            step = camel(attribute.name)
        parts.append((attribute.name, step))
    return parts


def _is_plain(type_: Any) -> bool:
    arguments = get_args(type_)
    if arguments:
        return all(map(_is_plain, arguments))
    return not attrs.has(type_)
