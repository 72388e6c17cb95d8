"""What became of the orders so far, and what that makes of the exit code."""

from attrs import define

from gelato_async.bulk import Created, Outcome, Rejected
from gelato_async.cli.console import ExitCode


@define
class Tally:
    """Counts of outcomes that were seen, and of lines that held no order. `adopted` ones are among the `created`."""

    created: int = 0
    adopted: int = 0
    rejected: int = 0
    unknown: int = 0
    repeated: int = 0

    def count(self, outcome: Outcome) -> None:
        """Note an outcome."""
        match outcome:
            case Created():
                self.created += 1
                self.adopted += outcome.adopted
            case Rejected():
                self.rejected += 1
            case _:
                self.unknown += 1

    @property
    def done(self) -> int:
        """Lines whose end is known."""
        return self.created + self.rejected + self.unknown + self.repeated

    @property
    def exit_code(self) -> ExitCode:
        """The code of a run that came to its end."""
        return ExitCode.UNKNOWN if self.unknown else ExitCode.REJECTED if self.rejected else ExitCode.FINE

    def __str__(self) -> str:
        adopted = f" ({self.adopted} adopted)" if self.adopted else ""
        repeated = f", {self.repeated} repeated" if self.repeated else ""
        return f"{self.created} created{adopted}, {self.rejected} rejected, {self.unknown} unknown{repeated}"
