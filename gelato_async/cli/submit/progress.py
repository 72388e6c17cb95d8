"""How a submission shows that it goes on: a live bar on a terminal, plain lines elsewhere.

Both on standard error.
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
        """End, and leave the terminal as it was."""


@define
class PlainLines:
    """A line every five seconds, and for every 500 orders."""

    total: int | None
    now: Callable[[], float] = time.monotonic
    _told_at: float = 0.0
    _told: int = 0

    def __enter__(self) -> Self:
        """Start timing."""
        self._told_at = self.now()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the last word to the summary."""

    def show(self, tally: Tally, progress: Progress) -> None:
        """Write a line if it is time for one."""
        now = self.now()
        if tally.done - self._told < _LINE_ORDERS and now - self._told_at < _LINE_SECONDS:
            return
        self._told, self._told_at = tally.done, now
        looked_for = f", {progress.unresolved} being looked for" if progress.unresolved else ""
        paused = "; paused, since requests fail" if progress.paused else ""
        print_error(
            f"{self._place(tally)}: {tally}{looked_for};"
            f" {progress.rate:.1f}/s{self._left(tally, progress.rate)}{paused}"
        )

    def _place(self, tally: Tally) -> str:
        return f"{tally.done} done" if self.total is None else f"{tally.done} of {self.total} done"

    def _left(self, tally: Tally, rate: float) -> str:
        return f", {(self.total - tally.done) / rate:.0f} s left" if self.total and rate else ""


@define
class LiveBar:
    """A bar with its figures, drawn by rich.

    Lines written to standard error meanwhile appear above it.
    """

    total: int | None
    _bar: drawn.Progress = field(init=False)
    _task: drawn.TaskID = field(init=False)

    def __attrs_post_init__(self) -> None:
        figures = (
            drawn.TextColumn("{task.fields[figures]}"),
            drawn.TimeRemainingColumn(compact=True),
        )
        count = (drawn.BarColumn(12), drawn.MofNCompleteColumn())
        self._bar = drawn.Progress(*count, *figures, console=Console(stderr=True))
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
        """Draw it a last time."""
        self._bar.stop()

    def show(self, tally: Tally, progress: Progress) -> None:
        """Bring the figures up to date."""
        figures = (
            f"{tally.adopted} adopted {tally.rejected} rejected {tally.unknown} unknown"
            f" {progress.unresolved} open"
            f" {progress.rate:.0f}/s{f' {tally.replayed} replayed' if tally.replayed else ''}"
            f"{' PAUSED' if progress.paused else ''}"
        )
        self._bar.update(self._task, completed=tally.done, figures=figures)


def display_for(total: int | None) -> Display:
    """What fits standard error."""
    return LiveBar(total) if sys.stderr.isatty() else PlainLines(total)
