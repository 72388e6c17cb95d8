"""Readers of files of orders: line by line, and no bad line keeps the others from being read."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

from attrs import frozen

from gelato_async.core.errors import Problem
from gelato_async.core.strict import read_order
from gelato_async.models.new_order import NewOrder

_ITEM = re.compile(r"items\[(\d+)\]")


@frozen(kw_only=True)
class OrderLine:
    """A line of a file: an order, or all that is wrong with it. `number` counts from 1.

    `item_numbers` are the lines of an order's items where each has its own (CSV); `number` is the first of them.
    """

    number: int
    order: NewOrder | None
    problems: tuple[Problem, ...] = ()
    item_numbers: tuple[int, ...] = ()

    def located(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Problems of this order, those of an item on another line with the number of that line."""
        return locate(problems, self.number, self.item_numbers)


def locate(problems: Iterable[Problem], number: int, item_numbers: Sequence[int]) -> tuple[Problem, ...]:
    """Add the line to problems of items that are not on line `number`."""
    return tuple(_located(problem, number, item_numbers) for problem in problems)


def _located(problem: Problem, number: int, item_numbers: Sequence[int]) -> Problem:
    item = _ITEM.match(problem.path) if item_numbers else None
    own = item_numbers[int(item[1])] if item else number
    return problem if own == number else Problem(problem.path, f"{problem.message} (line {own})")


def read_jsonl(lines: Iterable[bytes]) -> Iterator[OrderLine]:
    """Orders from JSON lines: each is the JSON body that Gelato documents for a create.

    Empty lines are passed over, a byte-order mark is too. Unknown keys are problems, with a suggestion.
    """
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
        if text:
            yield _read(number, text)


def _read(number: int, text: bytes) -> OrderLine:
    try:
        value = _DECODER.decode(text.decode())
    except UnicodeDecodeError:
        return OrderLine(number=number, order=None, problems=(Problem("", "not UTF-8 text"),))
    except _TwiceError as error:
        return OrderLine(number=number, order=None, problems=(Problem(str(error), "is there twice: leave one out"),))
    except (ValueError, RecursionError) as error:
        where = f" at column {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else ""
        return OrderLine(number=number, order=None, problems=(Problem("", f"not JSON{where}"),))
    if b"\\ud" in text.lower() and not _is_text(value):
        problem = Problem("", "holds half of a surrogate pair (\\ud800 ...), which is no character")
        return OrderLine(number=number, order=None, problems=(problem,))
    order, problems = read_order(value)
    return OrderLine(number=number, order=order, problems=tuple(problems))


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
