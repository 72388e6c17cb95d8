"""What became of the orders reported so far, and the exit code that follows."""

from attrs import define

from gelato_async.bulk import Created, Outcome, Rejected, Unknown
from gelato_async.cli.console import ExitCode


@define
class Tally:
    """Counts of reported outcomes, and of lines without an outcome.

    A run's `Progress` may be ahead of these: it counts orders whose outcome still waits to be
    reported, and knows nothing of lines that hold no order.

    `adopted` and `replayed` are among `created`; `conflicts` (a reference that was used before) and
    `unread` lines among `rejected`; `in_flight`, those open when a run ended, among `unknown`.
    """

    created: int = 0
    adopted: int = 0
    rejected: int = 0
    conflicts: int = 0
    unread: int = 0
    unknown: int = 0
    in_flight: int = 0
    repeated: int = 0
    replayed: int = 0
    skipped: int = 0

    def count(self, outcome: Outcome) -> None:
        """Count an outcome."""
        match outcome:
            case Created():
                self.created += 1
                self.adopted += outcome.adopted
                self.replayed += outcome.replayed
            case Rejected():
                self.rejected += 1
                self.conflicts += outcome.is_conflict
            case Unknown():
                self.unknown += 1
                self.in_flight += outcome.in_flight

    @property
    def done(self) -> int:
        """The lines whose end is known."""
        return self.created + self.rejected + self.unknown + self.repeated + self.skipped

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
