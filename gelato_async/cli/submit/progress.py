"""How a submission shows that it goes on: a live bar on a terminal, plain lines elsewhere.

Both are written to standard error.
"""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from attrs import define, field
from rich import progress as drawn
from rich.console import Console

from gelato_async.bulk import Progress
from gelato_async.cli.console import print_error
from gelato_async.cli.submit.tally import Tally

# often enough to show that a slow run goes on, seldom enough for the log of a long one
_LINE_SECONDS = 5.0
_LINE_ORDERS = 500


class Display(Protocol):
    """Shows how far a submission is; used as a context manager."""

    def show(self, tally: Tally, progress: Progress) -> None:
        """Show these figures."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End, and restore the terminal."""


@define
class PlainLines:
    """A line every five seconds, and for every 500 orders."""

    total: int | None
    now: Callable[[], float] = time.monotonic
    _shown_at: float = 0.0
    _shown: int = 0

    def __enter__(self) -> Self:
        """Start timing."""
        self._shown_at = self.now()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write nothing: the summary follows."""

    def show(self, tally: Tally, progress: Progress) -> None:
        """Write a line if it is time for one."""
        now = self.now()
        if tally.done - self._shown < _LINE_ORDERS and now - self._shown_at < _LINE_SECONDS:
            return
        self._shown, self._shown_at = tally.done, now
        print_error(self._line(tally, progress))

    def _line(self, tally: Tally, progress: Progress) -> str:
        place = f"{tally.done} done"
        if self.total is not None:
            place = f"{tally.done} of {self.total} done"
        line = f"{place}: {tally}"
        if progress.unresolved:
            line += f", {progress.unresolved} being looked for"
        line += f"; {progress.rate:.1f}/s"
        if self.total and progress.rate:
            line += f", {(self.total - tally.done) / progress.rate:.0f} s left"
        if progress.paused:
            line += "; paused, since requests fail"
        return line


@define
class LiveBar:
    """A bar with its figures, drawn by rich.

    Lines written to standard error meanwhile appear above it.
    """

    total: int | None
    _bar: drawn.Progress = field(init=False)
    _task: drawn.TaskID = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._bar = drawn.Progress(
            drawn.BarColumn(12),
            drawn.MofNCompleteColumn(),
            drawn.TextColumn("{task.fields[figures]}"),
            drawn.TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
        )
        self._task = self._bar.add_task("", total=self.total, figures="")

    def __enter__(self) -> Self:
        """Draw the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Draw the bar a last time."""
        self._bar.stop()

    def show(self, tally: Tally, progress: Progress) -> None:
        """Bring the figures up to date."""
        figures = (
            f"{tally.adopted} adopted {tally.rejected} rejected {tally.unknown} unknown"
            f" {progress.unresolved} open {progress.rate:.0f}/s"
        )
        if tally.replayed:
            figures += f" {tally.replayed} replayed"
        if progress.paused:
            figures += " PAUSED"
        self._bar.update(self._task, completed=tally.done, figures=figures)


def display_for(total: int | None) -> Display:
    """Return the display that fits standard error."""
    if sys.stderr.isatty():
        return LiveBar(total)
    return PlainLines(total)
