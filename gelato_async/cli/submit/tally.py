"""What became of the orders so far, and what that makes of the exit code."""

from attrs import define

from gelato_async.bulk import Created, Outcome, Rejected, Unknown
from gelato_async.cli.console import ExitCode


@define
class Tally:
    """Counts of outcomes that were seen, and of lines without one.

    `adopted` and `replayed` ones are among the `created`, `conflicts` (a reference that was used
    before) and `unread` lines among the `rejected`, those still `in_flight` as a run ended among
    the `unknown`.
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
        """Note an outcome."""
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
        """Lines whose end is known."""
        return self.created + self.rejected + self.unknown + self.repeated + self.skipped

    @property
    def exit_code(self) -> ExitCode:
        """The code of a run that came to its end."""
        return (
            ExitCode.UNKNOWN
            if self.unknown
            else ExitCode.REJECTED
            if self.rejected
            else ExitCode.FINE
        )

    def __str__(self) -> str:
        kinds = [
            f"{count} {name}" for name in ("adopted", "replayed") if (count := getattr(self, name))
        ]
        left_out = [
            f", {count} {name}"
            for name in ("repeated", "skipped")
            if (count := getattr(self, name))
        ]
        how = f" ({', '.join(kinds)})" if kinds else ""
        return (
            f"{self.created} created{how}, {self.rejected} rejected, {self.unknown}"
            f" unknown{''.join(left_out)}"
        )
