"""Route: the HTTP request that an operation becomes. The tables of routes are in the backends.

How a call may be repeated is not said here: that belongs to the operation's class.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from string import Formatter
from types import NoneType
from typing import Any, TypeVar
from urllib.parse import quote

from attrs import field, frozen

from gelato_async.core.errors import Problem, ValidationError
from gelato_async.core.operations.base import Operation

T = TypeVar("T")


@frozen(kw_only=True)
class Route:
    """The request that one operation becomes, and what its answer is.

    `path` is a template like `/v4/orders/{order_id}:cancel`; the names in it are fields of the
    operation, or of the backend (`prefix`). `body` names the field that is sent as the body, or
    several fields that make up an object; `query` names fields that are sent as query parameters
    instead. No route has both. `fixed` is merged into the object. `answer` is the type of the
    answer, NoneType if the body does not matter; if the answer is a list instead of an object,
    `bare` is the field of `answer` that holds it. `names_product`: the answer's `id` is that of a
    store product, which an error names if the rest cannot be read.
    """

    method: str
    service: str
    path: str
    body: str | tuple[str, ...] | None = None
    query: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(factory=dict)
    answer: type[Any] = NoneType
    bare: str | None = None
    names_product: bool = False

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


class LazyTable(Mapping[type[Operation[Any]], T]):
    """A table by operation, in parts: one part for each service of an API.

    A part is imported when one of its operations is first looked up. `parts` has what imports them,
    by the first word of the operations' names.
    """

    def __init__(self, parts: Mapping[str, Callable[[], Mapping[type[Operation[Any]], T]]]) -> None:
        self._parts = dict(parts)
        self._read: dict[type[Operation[Any]], T] = {}

    def __getitem__(self, operation: type[Operation[Any]]) -> T:
        if operation not in self._read:
            self._import(operation.name.partition(".")[0])
        return self._read[operation]

    def __iter__(self) -> Iterator[type[Operation[Any]]]:
        for service in list(self._parts):
            self._import(service)
        return iter(self._read)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _import(self, service: str) -> None:
        part = self._parts.get(service)
        if part is not None:
            self._read |= part()
            # not before: another thread would miss the part
            self._parts.pop(service, None)


def _path_segment(text: str) -> str | None:
    if text.strip() in {"", ".", ".."}:
        return None
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        return None
