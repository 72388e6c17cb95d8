"""What is wrong with the lines of a file, as far as it can be known before anything is sent."""

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from gelato_async.core.backend import Backend
from gelato_async.core.errors import Problem
from gelato_async.files.jsonl import OrderLine
from gelato_async.files.references import SeenReferences


@frozen
class Review:
    """A line with its problems. `repeats` is the number of the earlier line with the same order."""

    line: OrderLine
    problems: Sequence[Problem] = ()
    repeats: int | None = None


def reviewed(lines: Iterable[OrderLine], backend: Backend) -> Iterator[Review]:
    """Review lines by the rules of an API and by the references that earlier lines have used."""
    seen = SeenReferences()
    for line in lines:
        if line.order is None:
            yield Review(line, line.problems)
            continue
        operation = backend.create_operation(line.order)
        problems, content = backend.problems_and_body(operation)
        if problems:
            yield Review(line, line.located(problems))
            continue
        earlier = seen.add(line.order.order_reference_id, line.number, content)
        if earlier is None:
            yield Review(line)
        elif earlier.is_same:
            yield Review(line, repeats=earlier.number)
        else:
            yield Review(line, [_conflict(earlier.number)])


def _conflict(number: int) -> Problem:
    return Problem(
        "orderReferenceId",
        f"was used before, on line {number}, for an order with other contents: if this is another"
        " order, give it another reference",
    )
