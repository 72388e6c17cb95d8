"""`submit --dry-run`: everything that can be known of the orders before they are sent, with the client that would send them."""

from collections.abc import Iterable

from gelato_async.bulk import OrderLine
from gelato_async.bulk.seen import Seen, SeenReferences
from gelato_async.cli.console import ExitCode, complain, say
from gelato_async.core.backend import Backend
from gelato_async.core.errors import Problem
from gelato_async.models.new_order import NewOrder


def dry_run(file: str, lines: Iterable[OrderLine], backend: Backend) -> int:
    """Tell what would be rejected, and return the exit code. Nothing is sent, and no journal is made."""
    seen, fine, bad = SeenReferences(), 0, 0
    for line in lines:
        problems = line.problems if line.order is None else _problems(line, line.order, backend, seen)
        for problem in problems:
            complain(f"{file}:{line.number}: {problem}")
        bad += bool(problems)
        fine += not problems
    say(f"Dry run, nothing was sent: {fine} would be submitted, {bad} rejected.")
    return ExitCode.REJECTED if bad else ExitCode.FINE


def _problems(line: OrderLine, order: NewOrder, backend: Backend, seen: SeenReferences) -> Iterable[Problem]:
    problems, content = backend.review(backend.creates(order))
    if problems:
        return line.located(problems)
    if seen.add(order.order_reference_id, content) is Seen.OTHER:
        return [Problem("orderReferenceId", "was used before, for an order with other contents")]
    return ()
