"""Lines whose orders are on their way: an outcome knows its order or reference, not its line."""

from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from gelato_async.bulk import OrderLine, Outcome, Rejected
from gelato_async.cli.console import print_error
from gelato_async.core.errors import Problem
from gelato_async.models.new_order import NewOrder


@frozen
class LineInFlight:
    """A line, its order as it was read, and the order that was `sent`.

    `raw` is the line if it held that order alone, and empty otherwise.
    """

    number: int
    raw: bytes = field(repr=False)
    order: NewOrder
    sent: NewOrder


@define
class LinesInFlight:
    """The lines that have no outcome yet, by reference."""

    _lines: dict[str, list[LineInFlight]] = field(factory=dict)

    def add(self, line: LineInFlight) -> None:
        """Remember a line whose order is about to be sent."""
        self._lines.setdefault(line.order.order_reference_id, []).append(line)

    def take(self, outcome: Outcome) -> LineInFlight | None:
        """Forget and return the line of an outcome; None if no line belongs to it."""
        lines = self._lines.get(outcome.reference)
        if lines is None:
            return None
        taken = lines.pop(_position(lines, outcome))
        if not lines:
            del self._lines[outcome.reference]
        return taken

    def left(self) -> Iterator[LineInFlight]:
        """Yield the lines that have no outcome of their own."""
        for lines in self._lines.values():
            yield from lines


def print_problems(file: str, line: OrderLine, problems: Iterable[Problem]) -> None:
    """Print what is wrong with a line."""
    kind = ""
    if line.is_warning:
        kind = "warning: "
    for problem in problems:
        print_error(f"{file}:{line.number}: {kind}{problem}")


def _position(lines: list[LineInFlight], outcome: Outcome) -> int:
    # One reference may have several lines. A rejection has the very order that was sent; any other
    # outcome is that of the first line, since the later ones repeat it.
    if isinstance(outcome, Rejected):
        for position, line in enumerate(lines):
            if line.sent is outcome.order:
                return position
    return 0
