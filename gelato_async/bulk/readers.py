"""Readers of files of orders: line by line, and no bad line keeps the others from being read."""

import json
from collections.abc import Iterable, Iterator
from typing import NoReturn

from attrs import frozen

from gelato_async.core.errors import Problem
from gelato_async.core.strict import read_order
from gelato_async.models.new_order import NewOrder


@frozen(kw_only=True)
class OrderLine:
    """A line of a file: an order, or all that is wrong with it. `number` counts from 1."""

    number: int
    order: NewOrder | None
    problems: tuple[Problem, ...] = ()


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
        value = json.loads(text.decode(), parse_constant=_refuse)
    except UnicodeDecodeError:
        return OrderLine(number=number, order=None, problems=(Problem("", "not UTF-8 text"),))
    except (ValueError, RecursionError) as error:
        where = f" at column {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else ""
        return OrderLine(number=number, order=None, problems=(Problem("", f"not JSON{where}"),))
    order, problems = read_order(value)
    return OrderLine(number=number, order=order, problems=tuple(problems))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
