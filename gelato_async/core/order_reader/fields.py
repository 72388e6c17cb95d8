"""What the body of an order may hold: the fields of each model, their keys and their kinds.

Both ways of reading are made of this: the plain one, which finds problems, and the generated one.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from attrs import frozen

from gelato_async.core import json_values
from gelato_async.core.wire.names import wire_names
from gelato_async.models.addresses import ShippingAddress
from gelato_async.models.new_order import CatalogItem, CustomItem, File

_NAMES = {str: "a string", bool: "true or false", int: "a whole number"}
# stricter than the models: the documents require a quantity
_REQUIRED = {(CatalogItem, "quantity"), (CustomItem, "quantity")}
# a file without a type is sent without one, where the model's default is the type "default"
_ABSENT: Mapping[tuple[type[Any], str], Any] = {(File, "type"): None}
# a shop system in production writes false for what an address does not have
_MAY_BE_FALSE = {"state", "post_code"}
_ALSO = {(ShippingAddress, "registration_state"): ("registrationStateCode",)}


@frozen(kw_only=True)
class BodyField:
    """A field of a model, as a body has it.

    Any of the `keys` leads to it, and problems name the first. `absent` is its value if the body
    has none; `type` is that of a value which is there.
    """

    name: str
    keys: Sequence[str]
    type: Any
    is_required: bool
    absent: Any


@frozen
class Kind:
    """How a value that is neither a model nor a list is read, and what to call a right one.

    `read` returns None if the value is of the wrong kind. A value of the very type `plain` is taken
    as it is.
    """

    read: json_values.Reader
    wanted: str
    plain: type[Any] | None = None


@cache
def fields_of(cls: Any) -> Sequence[BodyField]:
    """Return the fields of a model that a body may hold."""
    found: list[BodyField] = []
    for attribute in attrs.fields(attrs.resolve_types(cls)):
        if attribute.name == "extra":
            continue
        place = (cls, attribute.name)
        is_required = attribute.default is attrs.NOTHING or place in _REQUIRED
        absent = None
        if not is_required:
            absent = _ABSENT.get(place, attribute.default)
        field = BodyField(
            name=attribute.name,
            keys=(*wire_names(attribute), *_ALSO.get(place, ())),
            type=_without_none(attribute.type),
            is_required=is_required,
            absent=absent,
        )
        found.append(field)
    return found


def kind_of(type_: Any, name: str) -> Kind:
    """Return how to read a value of this type, in the field of this name."""
    if get_origin(type_) is Mapping:
        return Kind(_as_texts, "an object whose values are strings")
    if name in _MAY_BE_FALSE:
        return Kind(json_values.as_text_or_false, "a string", str)
    if name == "id" or name.endswith("_id"):
        return Kind(json_values.as_identifier, "a string", str)
    if isinstance(type_, type) and issubclass(type_, Enum):
        return Kind(json_values.as_text, "a string", str)
    if type_ in _NAMES:
        return Kind(json_values.READERS[type_], _NAMES[type_], type_)
    return Kind(json_values.READERS[type_], "an amount")


def element_of(type_: Any) -> Any:
    """Return the type of the elements of a list, or None if the type is not a list."""
    if get_origin(type_) is not tuple:
        return None
    return get_args(type_)[0]


def reader_of_elements(type_: Any, reader_for: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function from an element to its reader, which `reader_for` makes for each type.

    The only list of more than one type is an order's items.
    """
    if get_origin(type_) is not UnionType:
        read = reader_for(type_)
        return lambda _: read
    by_type = {one: reader_for(one) for one in get_args(type_)}
    return lambda value: by_type[_type_of_item(value)]


def _as_texts(value: Any) -> Mapping[str, str] | None:
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return value
    return None


def _type_of_item(value: Any) -> type[CatalogItem | CustomItem]:
    if not isinstance(value, dict) or value.get("productUid") is not None:
        return CatalogItem
    if "productName" in value or "productVariant" in value:
        return CustomItem
    return CatalogItem


def _without_none(type_: Any) -> Any:
    if get_origin(type_) in {Union, UnionType}:
        (type_,) = (arg for arg in get_args(type_) if arg is not NoneType)
    return type_
