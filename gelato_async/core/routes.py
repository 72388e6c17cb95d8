"""Route: how one operation travels. The tables of routes are in the backends."""

from collections.abc import Mapping
from functools import cached_property
from string import Formatter
from types import NoneType
from typing import Any
from urllib.parse import quote

from attrs import field, frozen

from gelato_async.core.errors import Problem, ValidationError


@frozen(kw_only=True)
class Route:
    """How one operation travels.

    `path` is a template like `/v4/orders/{order_id}:cancel`, its names are the operation's fields
    (or the backend's own, like `prefix`). `body` names the operation's field that is sent, or
    several that make up an object; `query` names those that are sent as query parameters instead,
    and no route has both. `answer` is the type of the answer, NoneType where a body is of no
    interest; `bare` is the field that a list is read into, where the answer is one instead of an
    object.
    """

    method: str
    service: str
    path: str
    body: str | tuple[str, ...] | None = None
    query: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(factory=dict)
    answer: type[Any] = NoneType
    bare: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.body is not None and self.query:
            raise ValueError(f"{self.method} {self.path}: a route has a body or a query, not both")

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that the path template asks for."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.path) if name)

    def expand(self, values: Mapping[str, str], operation: str | None = None) -> str:
        """Fill in the path, percent-encoding every value (`a/b` becomes `a%2Fb`).

        Raises:
            ValidationError: a value is empty, `.` or `..`, which would address something else.
        """
        problems = [
            Problem(name, "must be an id or reference; it is empty, '.', '..' or no text")
            for name in sorted(self.names)
            if _is_no_id(values[name])
        ]
        if problems:
            raise ValidationError(problems, operation=operation)
        return self.path.format_map({name: quote(values[name], safe="") for name in self.names})


def _is_no_id(text: str) -> bool:
    # lone surrogates cannot be percent-encoded
    return text.strip() in {"", ".", ".."} or any("\ud800" <= c <= "\udfff" for c in text)
