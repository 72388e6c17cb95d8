"""What a model's fields are called on the wire."""

from functools import cache
from typing import Any

import attrs

from gelato_async.models.fields import WIRE_NAMES


@cache
def camel(name: str) -> str:
    """Spell a name as the wire does: `order_reference_id` becomes `orderReferenceId`."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def wire_names(attribute: "attrs.Attribute[Any]") -> tuple[str, ...]:
    """Return the names of a field on the wire: the one to send, then others to read."""
    names: tuple[str, ...] = attribute.metadata.get(WIRE_NAMES) or (camel(attribute.name),)
    return names


def is_identifier(name: str) -> bool:
    """Whether a field holds an identifier or a list of them, which may come as numbers."""
    return name == "id" or name.endswith(("_id", "_ids", "_uid"))
