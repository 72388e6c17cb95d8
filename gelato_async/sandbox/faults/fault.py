"""One injected fault: its fields, what they may be, and what it makes of an answer.

Nothing here draws lots or keeps count; that is the plan's.
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

_ERRORS = (408, 429, *range(500, 600))
_STATUSES: Mapping[str, Iterable[int]] = {
    "status": _ERRORS,
    "html": range(200, 600),
    "empty": range(200, 600),
    "truncated": range(200, 600),
}
_PAGE = (
    b"<html><head><title>Sandbox</title></head><body><h1>An HTML page where JSON was"
    b" due</h1></body></html>"
)


class FaultPlanError(ValueError):
    """A fault or a plan that makes no sense; the text names the entry and the field."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, or which there are."""
    words = list(known)
    close = difflib.get_close_matches(word, words, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(words)}"


def _as_tuple(routes: Iterable[str]) -> Any:
    return tuple(routes) if isinstance(routes, list) else routes


def _default_when(fault: "Fault") -> When:
    return "after" if fault.kind == "truncated" or fault.commit_delay else "before"


def _default_name(fault: "Fault") -> str:
    return "-".join(str(part) for part in (fault.kind, fault.status, fault.when) if part)


@attrs.frozen(kw_only=True)
class Fault:
    """One kind of trouble for some share of the requests.

    Args:
        kind: "status" answers an error status; "drop" aborts the connection without a byte; "slow"
            only waits `delay`; "truncated" aborts it after half of the body; "html" and "empty"
            answer that instead of JSON.
        when: Whether it strikes before or after the request takes effect. Default: "after" for
            "truncated" and with a `commit_delay`, else "before".
        share: The share of the matching requests that meet it, 0 to 1. Give this or `count`.
        count: The first so many matching requests meet it.
        routes: Names as "gelato.create", or patterns as "*", "gelato.*"; by default the two
            creates.
        status: For "status" one of 408, 429, 5xx; for "html", "empty", "truncated" 502 before and
            200 after if left out ("truncated" after: that of the true answer).
        delay: Seconds to wait before the answer, whatever the kind; "slow" needs it.
        commit_delay: Answers at once, and the request takes effect so many seconds later.
        retry_after: Seconds for a Retry-After header.
        name: What the audit counts it under; made of kind, status and when by default.
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
        for problem in chain(_wrong_types(self), _wrong_values(self), _wrong_together(self)):
            raise FaultPlanError(problem)

    @classmethod
    def from_mapping(cls, entry: Mapping[str, Any]) -> Self:
        """Read a fault from an entry of a file; an unknown field is an error with a suggestion."""
        for field in entry:
            if field not in _TYPES:
                raise FaultPlanError(f"{field}: no such field{suggestion(field, _TYPES)}")
        if "kind" not in entry:
            raise FaultPlanError(f"kind: is missing; one of {', '.join(get_args(Kind))}")
        return cls(**entry)

    def matches(self, route: str) -> bool:
        """Tell whether this fault concerns a route."""
        return any(fnmatchcase(route, pattern) for pattern in self.routes)

    def disguise(self, route: str, genuine: Answer | None) -> Answer:
        """Give what the client gets instead of the genuine answer (None: there is none yet)."""
        if self.kind == "drop":
            return Answer(0, cut="nothing")
        if self.kind == "slow" and genuine is not None:
            return genuine
        if self.kind == "truncated":
            return self._truncated(genuine or self._error(route))
        if self.kind == "status":
            return self._error(route)
        body, headers = (_PAGE, HTML) if self.kind == "html" else (b"", ())
        return Answer(
            self.status or (200 if self.when == "after" else 502),
            body,
            headers + self._retry_after(),
        )

    def _truncated(self, whole: Answer) -> Answer:
        return attrs.evolve(whole, status=self.status or whole.status, cut="half")

    def _error(self, route: str) -> Answer:
        refused = RefusedError(
            self.status or 502, "A fault of the sandbox's plan", headers=self._retry_after()
        )
        return error(backend_of(route), refused)

    def _retry_after(self) -> tuple[tuple[bytes, bytes], ...]:
        return retry_after(self.retry_after) if self.retry_after is not None else ()


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
