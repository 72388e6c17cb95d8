"""Writers: from models to plain JSON, in the spelling of one API."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.fns import identity
from cattrs.gen import make_dict_unstructure_fn, override

from gelato_async.core.wire.names import wire_names
from gelato_async.models.enums import OpenEnum

Renames = Mapping[tuple[type[Any], str], str]


def _as_number(amount: Decimal) -> float:
    # a rule refuses NaN afterwards, but float() raises for a signaling one
    if amount.is_nan():
        return math.nan
    return float(amount)


def _is_json(type_: Any) -> bool:
    # values of these types are JSON already; by default cattrs calls two functions for each value
    kinds = {type_}
    if get_origin(type_) in {Union, UnionType}:
        kinds = set(get_args(type_))
    return kinds <= {str, int, bool, NoneType}


class Dialect:
    """How one API spells what is sent.

    `renames` maps (model, field) to the wire name where it is not the usual one.
    """

    def __init__(self, renames: Renames) -> None:
        self._renames = renames
        self._writing = Converter()
        self._writing.register_unstructure_hook_factory(attrs.has, self._make_dumper)
        self._writing.register_unstructure_hook(Decimal, _as_number)
        self._writing.register_unstructure_hook(OpenEnum, lambda member: member.value)
        self._writing.register_unstructure_hook(
            datetime, lambda moment: moment.isoformat(timespec="seconds")
        )

    def name(self, cls: type[Any], field: str) -> str:
        """Return what a model's field is called on this wire."""
        return self._renames.get((cls, field)) or wire_names(attrs.fields_dict(cls)[field])[0]

    def dump(self, model: Any) -> Any:
        """Write a model, or a list of them, as plain JSON; `extra` is merged last."""
        return self._writing.unstructure(model)

    def _make_dumper(self, cls: type[Any], converter: Converter) -> Callable[[Any], dict[str, Any]]:
        overrides: dict[str, Any] = {}
        for field in attrs.fields(attrs.resolve_types(cls)):
            overrides[field.name] = override(
                rename=self.name(cls, field.name),
                omit=field.name == "extra",
                unstruct_hook=identity if _is_json(field.type) else None,
            )
        has_extra = "extra" in overrides
        unstructure = make_dict_unstructure_fn(cls, converter, **overrides)

        def dump_fields(model: Any) -> dict[str, Any]:
            found = {key: value for key, value in unstructure(model).items() if value is not None}
            if has_extra and model.extra:
                found |= model.extra
            return found

        return dump_fields
