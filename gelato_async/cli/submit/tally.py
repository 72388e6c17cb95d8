"""What became of the orders reported so far, and the exit code that follows."""

from attrs import define

from gelato_async.bulk import Outcome, Progress, Rejected, Unknown
from gelato_async.cli.console import ExitCode


@define(kw_only=True)
class Tally(Progress):
    """The progress of the command: outcomes that it has reported, and lines without an outcome.

    The run's own `Progress` may be ahead: it counts outcomes that still wait to be reported, and no
    line that holds no order. `conflicts` (a reference that was used before) and `unread` lines are
    among the `rejected`, orders `left_open` when the run ended among the `unknown`.
    """

    conflicts: int = 0
    unread: int = 0
    left_open: int = 0

    def count(self, outcome: Outcome) -> None:
        """Count an outcome."""
        super().count(outcome)
        if isinstance(outcome, Rejected) and outcome.is_conflict:
            self.conflicts += 1
        if isinstance(outcome, Unknown) and outcome.in_flight:
            self.left_open += 1

    @property
    def done(self) -> int:
        """The lines whose end is known."""
        return self.finished + self.repeated + self.skipped

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a run that came to its end."""
        if self.unknown:
            return ExitCode.UNKNOWN
        if self.rejected:
            return ExitCode.REJECTED
        return ExitCode.FINE

    def __str__(self) -> str:
        parts = [f"{self.created} created{self._how_created()}"]
        parts += [f"{self.rejected} rejected", f"{self.unknown} unknown"]
        if self.repeated:
            parts.append(f"{self.repeated} repeated")
        if self.skipped:
            parts.append(f"{self.skipped} skipped")
        return ", ".join(parts)

    def _how_created(self) -> str:
        kinds = []
        if self.adopted:
            kinds.append(f"{self.adopted} adopted")
        if self.replayed:
            kinds.append(f"{self.replayed} replayed")
        if not kinds:
            return ""
        return f" ({', '.join(kinds)})"
