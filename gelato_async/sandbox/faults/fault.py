"""One kind of fault: its fields, their rules, and what the fault makes of an answer.

Nothing here draws or counts; `plan` does.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any, Literal, Self, get_args

import attrs

from gelato_async.sandbox.answers import HTML, Answer, RefusedError, error, retry_after
from gelato_async.sandbox.routes import ROUTES, backend_of

Kind = Literal["status", "drop", "slow", "truncated", "html", "empty"]
When = Literal["before", "after"]

# The statuses that a client may take for a passing failure.
_ERRORS = (408, 429, *range(500, 600))
_STATUSES: Mapping[str, Iterable[int]] = {
    "status": _ERRORS,
    "html": range(200, 600),
    "empty": range(200, 600),
    "truncated": range(200, 600),
}
_DEFAULT_STATUSES: Mapping[When, int] = {"before": 502, "after": 200}
_PAGE = (
    b"<html><head><title>Sandbox</title></head><body><h1>An HTML page where JSON was"
    b" due</h1></body></html>"
)


class FaultPlanError(ValueError):
    """An invalid fault or plan; the message names the entry and the field."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a hint for an error message: the closest known word, or all known words."""
    words = list(known)
    close = difflib.get_close_matches(word, words, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(words)}"


def _as_tuple(routes: Iterable[str]) -> Any:
    if isinstance(routes, list):
        return tuple(routes)
    return routes


def _default_when(fault: "Fault") -> When:
    return "after" if fault.kind == "truncated" or fault.commit_delay else "before"


def _default_name(fault: "Fault") -> str:
    parts = filter(None, (fault.kind, fault.status, fault.when))
    return "-".join(map(str, parts))


@attrs.frozen(kw_only=True)
class Fault:
    """One kind of fault, for some share or number of the requests.

    Args:
        kind: "status" answers an error status; "drop" aborts the connection without an answer;
            "slow" only waits for `delay`; "truncated" aborts the connection after half of the body;
            "html" and "empty" answer an HTML page or an empty body instead of JSON.
        when: Whether the fault happens before or after the request takes effect. Default: "after"
            for "truncated" and with a `commit_delay`, else "before".
        share: The share of the matching requests that meet the fault, 0 to 1. Give this or `count`.
        count: The number of matching requests that meet the fault, from the first on.
        routes: Names like "gelato.create", or patterns like "*" and "gelato.*"; by default the two
            creates.
        status: For "status" one of 408, 429, 5xx. For "html", "empty" and "truncated" the default
            is 502 before and 200 after the request takes effect ("truncated" after: that of the
            genuine answer).
        delay: Seconds to wait before the answer, with any kind; "slow" needs it.
        commit_delay: Seconds after the answer until the request takes effect.
        retry_after: Seconds for a Retry-After header.
        name: The fault's name in the audit; by default made of kind, status and when.
    """

    kind: Kind = attrs.field(kw_only=False)
    share: float | None = None
    count: int | None = None
    routes: tuple[str, ...] = attrs.field(default=("*.create",), converter=_as_tuple)
    status: int | None = None
    delay: float = 0.0
    commit_delay: float = 0.0
    retry_after: int | None = None
    when: When = attrs.field(default=attrs.Factory(_default_when, takes_self=True))
    name: str = attrs.field(default=attrs.Factory(_default_name, takes_self=True))

    def __attrs_post_init__(self) -> None:
        problems = chain(_wrong_types(self), _wrong_values(self), _wrong_together(self))
        problem = next(problems, None)
        if problem is not None:
            raise FaultPlanError(problem)

    @classmethod
    def from_mapping(cls, entry: Mapping[str, Any]) -> Self:
        """Read a fault from an entry of a file; the error for an unknown field has a suggestion."""
        for field in entry:
            if field not in _TYPES:
                raise FaultPlanError(f"{field}: no such field{suggestion(field, _TYPES)}")
        if "kind" not in entry:
            raise FaultPlanError(f"kind: is missing; one of {', '.join(get_args(Kind))}")
        return cls(**entry)

    def matches(self, route: str) -> bool:
        """Return whether this fault is for a route."""
        return any(fnmatchcase(route, pattern) for pattern in self.routes)

    def apply(self, route: str, genuine: Answer | None) -> Answer:
        """Return the answer that replaces the genuine one; that is None if there is none yet."""
        if self.kind == "drop":
            return Answer(0, cut="nothing")
        if self.kind == "slow" and genuine is not None:
            return genuine
        if self.kind == "truncated":
            return self._truncated(genuine or self._error(route))
        if self.kind == "status":
            return self._error(route)
        status = self.status or _DEFAULT_STATUSES[self.when]
        if self.kind == "html":
            return Answer(status, _PAGE, HTML + self._retry_after())
        return Answer(status, headers=self._retry_after())

    def _truncated(self, whole: Answer) -> Answer:
        status = self.status or whole.status
        return attrs.evolve(whole, status=status, cut="half")

    def _error(self, route: str) -> Answer:
        refused = RefusedError(
            self.status or 502, "A fault of the sandbox's plan", headers=self._retry_after()
        )
        return error(backend_of(route), refused)

    def _retry_after(self) -> tuple[tuple[bytes, bytes], ...]:
        if self.retry_after is None:
            return ()
        return retry_after(self.retry_after)


_TEXT = ("a string", str)
_WHOLE = ("an integer", int)
_NUMBER = ("a number", (int, float))
_TYPES: Mapping[str, tuple[str, type | tuple[type, ...]]] = {
    "kind": _TEXT,
    "when": _TEXT,
    "share": _NUMBER,
    "count": _WHOLE,
    "routes": ("a list", tuple),
    "status": _WHOLE,
    "delay": _NUMBER,
    "commit_delay": _NUMBER,
    "retry_after": _WHOLE,
    "name": _TEXT,
}
_OPTIONAL = ("share", "count", "status", "retry_after")


def _wrong_types(fault: Fault) -> Iterator[str]:
    for field, (wanted, types) in _TYPES.items():
        value = getattr(fault, field)
        if value is None and field in _OPTIONAL:
            continue
        # To Python `true` is an int, so it would pass for a number.
        if not isinstance(value, types) or isinstance(value, bool):
            yield f"{field}: must be {wanted}, not {value!r}"


def _wrong_values(fault: Fault) -> Iterator[str]:
    if fault.kind not in get_args(Kind):
        yield f"kind: {fault.kind!r} is unknown{suggestion(fault.kind, get_args(Kind))}"
    if fault.when not in get_args(When):
        yield f"when: {fault.when!r} is unknown{suggestion(fault.when, get_args(When))}"
    if fault.share is not None and not 0 <= fault.share <= 1:
        yield f"share: {fault.share} is not between 0 and 1"
    for field in ("count", "delay", "commit_delay", "retry_after"):
        if (getattr(fault, field) or 0) < 0:
            yield f"{field}: {getattr(fault, field)} is negative"
    for pattern in fault.routes:
        if not any(fnmatchcase(route, str(pattern)) for route in ROUTES):
            yield f"routes: {pattern!r} matches no route{suggestion(str(pattern), ROUTES)}"
    if not fault.routes:
        yield "routes: must name at least one route"


def _wrong_together(fault: Fault) -> Iterator[str]:
    if (fault.share is None) == (fault.count is None):
        yield "share: give either share or count"
    if fault.kind == "status" and fault.status is None:
        yield "status: is needed for the kind 'status'"
    if fault.status is not None and fault.status not in _STATUSES.get(fault.kind, ()):
        yield f"status: {fault.status} does not go with the kind {fault.kind!r}"
    if fault.kind == "slow" and not fault.delay:
        yield "delay: is needed for the kind 'slow'"
    if fault.commit_delay and (fault.kind == "slow" or fault.when == "before"):
        yield "commit_delay: needs when='after' and a kind other than 'slow'"
