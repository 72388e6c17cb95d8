"""Views: things as rows of text, whatever they are written to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from attrs import frozen

from gelato_async.cli.console import shown

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
Row = Sequence[object]
Facts = Mapping[str, object]


class Answered(Protocol):
    """Anything with the vendor's own JSON."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """The JSON as it came."""
        ...


A = TypeVar("A", bound=Answered)


@frozen
class View(Generic[T_contra]):
    """How things of one kind are shown.

    The heads of the columns, and the rows that one thing gives.
    """

    head: Sequence[str]
    rows: Callable[[T_contra], Iterable[Row]]


@frozen
class Table:
    """Rows of text. `name` is what one row is: `item`."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def table(name: str, view: View[T], things: Iterable[T]) -> Table:
    """The rows that things give."""
    return Table(
        name,
        view.head,
        [[text(cell) for cell in row] for thing in things for row in view.rows(thing)],
    )


def text(value: object) -> str:
    """A value on one line: None is nothing, moments are in UTC, and what could steer a terminal is left out."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case Decimal():
            return f"{value:f}"
        case tuple() | list():
            return ", ".join(filter(None, map(text, value)))
    return shown(str(value))
