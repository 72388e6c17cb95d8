"""Lines whose orders are on their way.

An outcome has its order or its reference only, and they know the line.
"""

from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from gelato_async.bulk import OrderLine, Outcome, Rejected
from gelato_async.cli.console import print_error
from gelato_async.core.errors import Problem
from gelato_async.models.new_order import NewOrder


@frozen
class LineInFlight:
    """A line, its order as it was read, and the order that was `sent`.

    `raw` is the line where it held that order alone, and empty where it did not.
    """

    number: int
    raw: bytes = field(repr=False)
    order: NewOrder
    sent: NewOrder


@define
class LinesInFlight:
    """They are forgotten as their outcomes come."""

    _lines: dict[str, list[LineInFlight]] = field(factory=dict)

    def add(self, line: LineInFlight) -> None:
        """Its order is on its way."""
        self._lines.setdefault(line.order.order_reference_id, []).append(line)

    def take(self, outcome: Outcome) -> LineInFlight | None:
        """The line that an outcome is of; None where it has none."""
        lines = self._lines.get(outcome.reference, [])
        taken = lines.pop(_position(lines, outcome)) if lines else None
        if not lines:
            self._lines.pop(outcome.reference, None)
        return taken

    def left(self) -> Iterator[LineInFlight]:
        """Those without an outcome of their own."""
        for lines in self._lines.values():
            yield from lines


def print_problems(file: str, line: OrderLine, problems: Iterable[Problem]) -> None:
    """Say what is wrong with a line."""
    for problem in problems:
        print_error(f"{file}:{line.number}: {'warning: ' * line.is_warning}{problem}")


def _position(lines: list[LineInFlight], outcome: Outcome) -> int:
    # one reference may have several lines: the rejected ones say which they were, and of the others
    # the first was sent
    rejected = outcome.order if isinstance(outcome, Rejected) else None
    return next((at for at, line in enumerate(lines) if line.sent is rejected), 0)
