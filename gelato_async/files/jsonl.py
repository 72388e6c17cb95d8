"""Readers of files of orders: line by line, and no bad line keeps the others from being read."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from attrs import evolve, field, frozen

from gelato_async.core.errors import Problem
from gelato_async.core.json_values import as_identifier
from gelato_async.core.order_reader import read_order, shown
from gelato_async.files.bounded_lines import MAX_BYTES, bounded_lines, too_long
from gelato_async.models.new_order import NewOrder

_ITEM = re.compile(r"items\[(\d+)\]")


@frozen(kw_only=True)
class OrderLine:
    """A line of a file: an order, or all that is wrong with it. `number` counts from 1.

    `reference` is the order's, also where there is no order, as far as it can be read.
    `item_numbers` are the lines of an order's items where each has its own (CSV); `number` is the
    first of them. `is_header`: it is the header of a CSV file, which holds no order; `is_warning`:
    what is told of it keeps no order from being read. `raw` is the line as it was read, where it
    holds the order alone (JSON lines) and was read whole.
    """

    number: int
    order: NewOrder | None
    problems: tuple[Problem, ...] = ()
    reference: str = ""
    item_numbers: tuple[int, ...] = ()
    is_header: bool = False
    is_warning: bool = False
    raw: bytes = field(default=b"", repr=False)

    def located(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Problems of this order, those of an item on another line with the number of that line."""
        return locate(problems, self.number, self.item_numbers)


def locate(
    problems: Iterable[Problem], number: int, item_numbers: Sequence[int]
) -> tuple[Problem, ...]:
    """Add the line to problems of items that are not on line `number`."""
    return tuple(_located(problem, number, item_numbers) for problem in problems)


def _located(problem: Problem, number: int, item_numbers: Sequence[int]) -> Problem:
    item = _ITEM.match(problem.path) if item_numbers else None
    own = item_numbers[int(item[1])] if item else number
    return problem if own == number else Problem(problem.path, f"{problem.message} (line {own})")


def read_jsonl(lines: Iterable[bytes], *, max_bytes: int = MAX_BYTES) -> Iterator[OrderLine]:
    """Orders from JSON lines: each is the JSON body that Gelato documents for a create.

    Empty lines are passed over, a byte-order mark is too. Unknown keys are problems, with a
    suggestion. A line of more than `max_bytes` is a problem and is not read; of a file it is never
    held whole.

    Raises:
        ValueError: `max_bytes` is less than 1.
    """
    return _read_lines(bounded_lines(lines, max_bytes), max_bytes)


def _read_lines(lines: Iterator[bytes], max_bytes: int) -> Iterator[OrderLine]:
    for number, line in enumerate(lines, 1):
        if len(line) > max_bytes:
            yield _bad(number, Problem("", too_long(max_bytes)))
            continue
        text = line
        if number == 1:
            text = line.removeprefix(b"\xef\xbb\xbf")
        if text := text.strip():
            yield evolve(_read(number, text), raw=line)


def _read(number: int, text: bytes) -> OrderLine:
    try:
        value = _DECODER.decode(text.decode())
        # as deep as can be read may be deeper than can be written: a RecursionError too
        is_text = b"\\ud" not in text.lower() or _is_text(value)
    except UnicodeDecodeError:
        return _bad(number, Problem("", "not UTF-8 text"))
    except _TwiceError as error:
        return _bad(
            number, Problem(shown(str(error)), "is there twice: leave one out"), _reference_in(text)
        )
    except json.JSONDecodeError as error:
        return _bad(number, Problem("", f"not JSON at column {error.colno}: {error.msg}"))
    except (ValueError, RecursionError):
        return _bad(number, Problem("", "not JSON"))
    if not is_text:
        problem = Problem("", "holds half of a surrogate pair (\\ud800 ...), which is no character")
        return _bad(number, problem, _reference_of(value))
    order, problems = read_order(value)
    reference = order.order_reference_id if order else _reference_of(value)
    return OrderLine(number=number, order=order, problems=tuple(problems), reference=reference)


def _bad(number: int, problem: Problem, reference: str = "") -> OrderLine:
    return OrderLine(number=number, order=None, problems=(problem,), reference=reference)


def _reference_of(value: Any) -> str:
    found = as_identifier(value.get("orderReferenceId")) if isinstance(value, dict) else None
    return found if found and _is_text(found) else ""


def _reference_in(text: bytes) -> str:
    if text.count(b'"orderReferenceId"') != 1:
        return ""
    with suppress(ValueError, RecursionError):
        return _reference_of(json.loads(text.decode()))
    return ""


def _is_text(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


class _TwiceError(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counted = Counter(key for key, _ in pairs)
        raise _TwiceError(next(key for key in counted if counted[key] > 1))
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_object)
