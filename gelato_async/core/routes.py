"""Route: the HTTP request that an operation becomes. The tables of routes are in the backends.

How a call may be repeated is not said here: that belongs to the operation's class.
"""

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
    """The request that one operation becomes, and what its answer is.

    `path` is a template like `/v4/orders/{order_id}:cancel`; the names in it are fields of the
    operation, or of the backend (`prefix`). `body` names the field that is sent as the body, or
    several fields that make up an object; `query` names fields that are sent as query parameters
    instead. No route has both. `fixed` is merged into the object. `answer` is the type of the
    answer, NoneType if the body does not matter; if the answer is a list instead of an object,
    `bare` is the field of `answer` that holds it.
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
        """The names in the path template."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.path) if name)

    def expand(self, values: Mapping[str, str], operation: str | None = None) -> str:
        """Fill in the path, with every value percent-encoded (`a/b` becomes `a%2Fb`).

        Raises:
            ValidationError: a value is empty, `.` or `..`, which would address something else.
        """
        problems: list[Problem] = []
        encoded: dict[str, str] = {}
        for name in sorted(self.names):
            segment = _path_segment(values[name])
            if segment is None:
                problem = (
                    "must be an id or reference; it is empty, '.', '..' or has a lone surrogate"
                )
                problems.append(Problem(name, problem))
            else:
                encoded[name] = segment
        if problems:
            raise ValidationError(problems, operation=operation)
        return self.path.format_map(encoded)


def _path_segment(text: str) -> str | None:
    if text.strip() in {"", ".", ".."}:
        return None
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        return None
