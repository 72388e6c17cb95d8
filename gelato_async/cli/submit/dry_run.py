"""`submit --dry-run`: everything that can be known of the orders before they are sent, with the client that would send them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from gelato_async.bulk import OrderLine
from gelato_async.bulk.outcomes import CONFLICT
from gelato_async.cli.console import ExitCode, print_line
from gelato_async.cli.submit.lines_in_flight import print_problems
from gelato_async.cli.submit.submit_options import SubmitOptions
from gelato_async.core.backend import Backend
from gelato_async.core.errors import Problem
from gelato_async.files.references import Seen, SeenReferences
from gelato_async.models.new_order import NewOrder


def dry_run(options: SubmitOptions, lines: Iterable[OrderLine], backend: Backend) -> int:
    """Tell what would be rejected, and return the exit code.

    Nothing is sent, and no journal is made or looked at.
    """
    seen, fine, bad = SeenReferences(), 0, 0
    for line in _limited(lines, options.limit):
        problems = (
            line.problems
            if line.order is None
            else _problems(line, options.of(line.order), backend, seen)
        )
        print_problems(options.file, line, problems)
        bad += bool(problems) and not line.is_warning
        fine += not problems
    print_line(
        f"Dry run, nothing was sent: {fine} would be submitted, {bad}"
        f" rejected.{_note(options.journal)}"
    )
    return ExitCode.REJECTED if bad else ExitCode.FINE


def _limited(lines: Iterable[OrderLine], limit: int | None) -> Iterator[OrderLine]:
    left = limit
    for line in lines:
        yield line
        left = left and left - (not line.is_warning)
        if left == 0:
            return


def _problems(
    line: OrderLine, order: NewOrder, backend: Backend, seen: SeenReferences
) -> Iterable[Problem]:
    problems, content = backend.problems_and_body(backend.create_operation(order))
    if problems:
        return line.located(problems)
    if seen.add(order.order_reference_id, content) is Seen.OTHER:
        return [CONFLICT]
    return ()


def _note(journal: Path | None) -> str:
    if journal is None or not journal.exists():
        return ""
    return f" The journal {journal} was not looked at: orders that it has are counted too."
