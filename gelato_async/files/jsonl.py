"""Orders from JSON lines. A bad line never keeps the others from being read."""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from attrs import field, frozen

from gelato_async.core.errors import Problem
from gelato_async.core.json_values import as_identifier
from gelato_async.core.order_reader import read_order, shown
from gelato_async.files.bounded_lines import MAX_BYTES, bounded_lines, too_long
from gelato_async.models.new_order import NewOrder
from gelato_async.models.tracebacks import GuardedIterator, hides_arguments

_ITEM = re.compile(r"items\[(\d+)\]")


@frozen(kw_only=True)
class OrderLine:
    """A line of a file: an order, or everything that is wrong with the line.

    `number` counts from 1. `reference` is that of the order, also of an order that cannot be read,
    if the line shows it. `item_numbers` are the lines of the items of an order that has a line for
    each (CSV); `number` is the first of them. `is_header`: the line is the header of a CSV file,
    which holds no order; `is_warning`: its problems keep no order from being read. `raw` is the
    line as it was read, if it holds this order alone (JSON lines) and was read whole.
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
        """Return problems of this order; those of an item on another line name that line."""
        return locate(problems, self.number, self.item_numbers)


def locate(
    problems: Iterable[Problem], number: int, item_numbers: Sequence[int]
) -> tuple[Problem, ...]:
    """Add the line to problems of items that are not on line `number`."""
    return tuple(_located(problem, number, item_numbers) for problem in problems)


def _located(problem: Problem, number: int, item_numbers: Sequence[int]) -> Problem:
    item = _ITEM.match(problem.path)
    if not item or not item_numbers:
        return problem
    own = item_numbers[int(item[1])]
    if own == number:
        return problem
    return Problem(problem.path, f"{problem.message} (line {own})")


@hides_arguments
def read_jsonl(lines: Iterable[bytes], *, max_bytes: int = MAX_BYTES) -> Iterator[OrderLine]:
    """Read orders from JSON lines: each is the JSON body that Gelato documents for a create.

    Empty lines and a byte-order mark are skipped. An unknown key is a problem, with a suggestion.
    A line of more than `max_bytes` is a problem and is not read; of a file, such a line is never
    held whole.

    Raises:
        ValueError: `max_bytes` is less than 1.
    """
    return GuardedIterator(_read_lines(bounded_lines(lines, max_bytes), max_bytes))


def _read_lines(lines: Iterator[bytes], max_bytes: int) -> Iterator[OrderLine]:
    for number, line in enumerate(lines, 1):
        if len(line) > max_bytes:
            yield _bad(number, Problem("", too_long(max_bytes)), b"")
            continue
        text = line
        if number == 1:
            text = line.removeprefix(BOM_UTF8)
        if text := text.strip():
            yield _read(number, text, line)


def _read(number: int, text: bytes, raw: bytes) -> OrderLine:
    try:
        value = STRICT_JSON.decode(text.decode())
        # only an escape brings half a pair into UTF-8, so few lines need the search for one; a value
        # nested as deep as can be read may be too deep to be written: RecursionError
        is_text = b"\\u" not in text or b"\\ud" not in text.lower() or _is_text(value)
    except UnicodeDecodeError:
        return _bad(number, Problem("", "not UTF-8 text"), raw)
    except _DuplicateKeyError as error:
        problem = Problem(shown(str(error)), "is there twice: leave one out")
        return _bad(number, problem, raw, _reference_in(text))
    except json.JSONDecodeError as error:
        return _bad(number, Problem("", f"not JSON at column {error.colno}: {error.msg}"), raw)
    except (ValueError, RecursionError):
        return _bad(number, Problem("", "not JSON"), raw)
    if not is_text:
        problem = Problem("", "holds half of a surrogate pair (\\ud800 ...), which is no character")
        return _bad(number, problem, raw, _reference_of(value))
    order, problems = read_order(value)
    reference = _reference_of(value) if order is None else order.order_reference_id
    return OrderLine(
        number=number, order=order, problems=tuple(problems), reference=reference, raw=raw
    )


def _bad(number: int, problem: Problem, raw: bytes, reference: str = "") -> OrderLine:
    return OrderLine(number=number, order=None, problems=(problem,), reference=reference, raw=raw)


def _reference_of(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    found = as_identifier(value.get("orderReferenceId"))
    if not found or not _is_text(found):
        return ""
    return found


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


class _DuplicateKeyError(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse_duplicates(pairs)
    return found


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise _DuplicateKeyError(key)
        seen.add(key)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


# refuses NaN, Infinity and duplicate keys, of which Python keeps the last
STRICT_JSON = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_object)
