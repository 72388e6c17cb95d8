"""Readers of files of orders: line by line, and no bad line keeps the others from being read."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from attrs import frozen

from gelato_async.core.errors import Problem
from gelato_async.core.json_values import as_identifier
from gelato_async.core.order_reader import read_order
from gelato_async.models.new_order import NewOrder

_ITEM = re.compile(r"items\[(\d+)\]")


@frozen(kw_only=True)
class OrderLine:
    """A line of a file: an order, or all that is wrong with it. `number` counts from 1.

    `reference` is the order's, also where there is no order, as far as it can be read.
    `item_numbers` are the lines of an order's items where each has its own (CSV); `number` is the
    first of them. `is_header`: it is the header of a CSV file, which holds no order; `is_warning`:
    what is told of it keeps no order from being read.
    """

    number: int
    order: NewOrder | None
    problems: tuple[Problem, ...] = ()
    reference: str = ""
    item_numbers: tuple[int, ...] = ()
    is_header: bool = False
    is_warning: bool = False

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


def read_jsonl(lines: Iterable[bytes]) -> Iterator[OrderLine]:
    """Orders from JSON lines: each is the JSON body that Gelato documents for a create.

    Empty lines are passed over, a byte-order mark is too. Unknown keys are problems, with a
    suggestion.
    """
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
        if text:
            yield _read(number, text)


def _read(number: int, text: bytes) -> OrderLine:
    try:
        value = _DECODER.decode(text.decode())
    except UnicodeDecodeError:
        return _bad(number, Problem("", "not UTF-8 text"))
    except _TwiceError as error:
        return _bad(
            number, Problem(str(error), "is there twice: leave one out"), _reference_in(text)
        )
    except (ValueError, RecursionError) as error:
        where = (
            f" at column {error.colno}: {error.msg}"
            if isinstance(error, json.JSONDecodeError)
            else ""
        )
        return _bad(number, Problem("", f"not JSON{where}"))
    if b"\\ud" in text.lower() and not _is_text(value):
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
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_object)
