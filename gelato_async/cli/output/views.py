"""Views: things as rows of text, whatever writes them."""

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
    """A thing with the JSON that the API answered."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """The JSON of the answer."""
        ...


A = TypeVar("A", bound=Answered)


@frozen
class View(Generic[T_contra]):
    """How things of one kind are shown: the headings of columns, and the rows of one thing."""

    head: Sequence[str]
    rows: Callable[[T_contra], Iterable[Row]]


@frozen
class Table:
    """Rows of text. `name` says what a row is, like `item`."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def table(name: str, view: View[T], things: Iterable[T]) -> Table:
    """Return the rows of things."""
    rows: list[list[str]] = []
    for thing in things:
        rows += [list(map(text, row)) for row in view.rows(thing)]
    return Table(name, view.head, rows)


def text(value: object) -> str:
    """Return a value on one line.

    None is empty, moments are in UTC, and characters that could control a terminal are left out.
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case Decimal():
            # without an exponent
            return f"{value:f}"
        case tuple() | list():
            return ", ".join(filter(None, map(text, value)))
    return shown(str(value))
