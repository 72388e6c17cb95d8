"""`submit --dry-run`: reviews the orders with the backend that would send them."""

from collections.abc import Iterable, Iterator

from attrs import evolve

from gelato_async.bulk import OrderLine
from gelato_async.cli.console import ExitCode, print_line
from gelato_async.cli.input.review import reviewed
from gelato_async.cli.submit.lines_in_flight import print_problems
from gelato_async.cli.submit.submit_options import SubmitOptions
from gelato_async.core.backend import Backend


def dry_run(options: SubmitOptions, lines: Iterable[OrderLine], backend: Backend) -> int:
    """Print what would be rejected, and return the exit code.

    Nothing is sent, and no journal is made or looked at.
    """
    fine, bad = 0, 0
    for review in reviewed(_as_sent(options, lines), backend):
        print_problems(options.file, review.line, review.problems)
        if not review.problems:
            fine += 1
        elif not review.line.is_warning:
            bad += 1
    summary = f"Dry run, nothing was sent: {fine} would be submitted, {bad} rejected."
    if options.journal is not None and options.journal.exists():
        summary += (
            f" The journal {options.journal} was not looked at: orders that it has are counted too."
        )
    print_line(summary)
    if bad:
        return ExitCode.REJECTED
    return ExitCode.FINE


def _as_sent(options: SubmitOptions, lines: Iterable[OrderLine]) -> Iterator[OrderLine]:
    for line in lines:
        if line.order is None:
            yield line
        else:
            yield evolve(line, order=options.of(line.order))
