"""Orders from CSV, a line for each item.

Cells become the JSON body that Gelato documents, which is then read as strictly as a JSON line. For
rows without problems, `csv_generated` does both at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from attrs import frozen

from gelato_async.core.errors import Problem
from gelato_async.core.order_reader import LISTED, read_order, with_rest
from gelato_async.core.order_reader.generated import UnusualError
from gelato_async.files.bounded_lines import MAX_BYTES, bounded_lines, too_long
from gelato_async.files.csv_columns import REFERENCE, Column, column_for, problems_of
from gelato_async.files.csv_generated import reader_for
from gelato_async.files.csv_groups import Group, Grouping
from gelato_async.files.csv_records import Record, Records
from gelato_async.files.jsonl import OrderLine, locate
from gelato_async.files.references import SeenReferences
from gelato_async.models.new_order import NewOrder
from gelato_async.models.tracebacks import GuardedIterator, hides_arguments

_Columns = Sequence[tuple[int, Column]]


@hides_arguments
def read_csv(stream: Iterable[bytes], *, max_bytes: int = MAX_BYTES) -> Iterator[OrderLine]:
    """Read orders from CSV, one at a time: a line is an item, and an order's lines stand together.

    The text is UTF-8, separated by comma, semicolon or tab. Columns have the names of Gelato's
    documents: those of the order, of its shipping address, `returnAddress.<field>` and
    `metadata.<key>`; of the item, `productVariant.<Name>` and `itemMetadata.<key>`; of its files
    `fileType`, `fileUrl`, `fileId`, `fileThreadColors`, `fileIsVisible`, then `fileType2` and so
    on. An empty cell means that the value is absent, but in `postCode` it is the empty post code of
    a country that has none. From an order's second line on, the order's own cells may be empty.

    Problems of the header are those of its line, and unknown columns are not read. An order is not
    read if one of its lines is broken, if its lines differ in the order's own cells, or if an
    earlier order has its reference. A broken line that does not show its order belongs to the order
    around it, and to no order if another one follows. After a hundred broken lines in a row the
    order before them is not read, whatever follows. A line, a row that quotes spread over several
    lines, or an order of more than `max_bytes` is a problem and is not read; it is never held
    whole.

    Raises:
        ValueError: `max_bytes` is less than 1.
    """
    return GuardedIterator(_read_lines(bounded_lines(stream, max_bytes), max_bytes))


def _read_lines(lines: Iterator[bytes], max_bytes: int) -> Iterator[OrderLine]:
    records = Records(lines, max_bytes)
    yield from read_records(records.header, records, max_bytes)


def read_records(
    header: Record, records: Iterable[Record], max_bytes: int = MAX_BYTES
) -> Iterator[OrderLine]:
    """Read orders from a header and the rows under it."""
    names = header.names
    if header.problem:
        problems, is_fatal = [Problem("", header.problem)], True
    else:
        problems, is_fatal = problems_of(names)
    if problems:
        yield OrderLine(
            number=header.number,
            order=None,
            problems=tuple(problems),
            is_header=True,
            is_warning=not is_fatal,
        )
    if not is_fatal:
        yield from _Reader.for_columns(names, max_bytes).orders(records)


@frozen
class _Reader:
    grouping: Grouping
    order_columns: _Columns
    item_columns: _Columns
    unnamed: Sequence[int]
    order_cells: Callable[[Sequence[str]], object]
    read_rows: Callable[[Sequence[Sequence[str]]], NewOrder]

    @classmethod
    def for_columns(cls, names: Sequence[str], max_bytes: int) -> "_Reader":
        """Find out once for a file what each of its columns is."""
        of_order: list[tuple[int, Column]] = []
        of_item: list[tuple[int, Column]] = []
        unnamed: list[int] = []
        for index, name in enumerate(names):
            column = column_for(name)
            if not name:
                unnamed.append(index)
            elif column is not None and column.per_item:
                of_item.append((index, column))
            elif column is not None:
                of_order.append((index, column))
        cells = itemgetter(*(index for index, _ in of_order))
        grouping = Grouping(names.index(REFERENCE), max_bytes)
        read_rows = reader_for([*of_order, *of_item])
        return cls(grouping, of_order, of_item, unnamed, cells, read_rows)

    def orders(self, records: Iterable[Record]) -> Iterator[OrderLine]:
        seen = SeenReferences()
        for group in self.grouping.groups(records):
            yield self._read(group, self._problems(group, seen))

    def _problems(self, group: Group, seen: SeenReferences) -> list[Problem]:
        problems: list[Problem] = []
        if group.too_long:
            problems.append(Problem("", too_long(group.max_bytes)))
        elif not self._is_sound(group):
            problems.extend(self._problems_of_rows(group))
        if not group.reference:
            return problems
        earlier = seen.add(group.reference, group.number)
        if earlier is not None:
            message = (
                "the lines of an order must stand together; this one has others at line"
                f" {earlier.number}"
            )
            problems.append(Problem(REFERENCE, message))
        return problems

    def _is_sound(self, group: Group) -> bool:
        """Whether no row has a problem of its own; in doubt they are looked at one by one."""
        first, *others = group.records
        if first.problem or self.unnamed:
            return False
        for record in others:
            if record.problem:
                return False
            # one comparison of all cells is faster than one for each
            if self.order_cells(record.cells) != self.order_cells(first.cells):
                return False
        return True

    def _problems_of_rows(self, group: Group) -> Iterator[Problem]:
        first = (group.sound or group.records)[0]
        for record in group.records:
            if record.problem:
                yield Problem("", record.problem + group.at(record))
            else:
                yield from self._problems_of_row(record, first, group)

    def _problems_of_row(self, record: Record, first: Record, group: Group) -> Iterator[Problem]:
        at = group.at(record)
        if group.reference and not self.grouping.reference_of(record):
            yield Problem(REFERENCE, f"is required{at}: the order of this item is not known")
        if self.order_cells(record.cells) != self.order_cells(first.cells):
            for index, column in self.order_columns:
                if record.cells[index] not in {"", first.cells[index]}:
                    path = ".".join(map(str, (*column.outside, column.key)))
                    yield Problem(path, f"must be the same on all lines of an order{at}")
        for index in self.unnamed:
            if record.cells[index]:
                yield Problem("", f"has something in column {index + 1}, which has no name{at}")

    def _read(self, group: Group, problems: list[Problem]) -> OrderLine:
        rows = group.sound
        numbers = tuple([record.number for record in rows])
        order = None
        if rows and not group.too_long:
            order, found = self._order(rows)
            if found:
                problems += locate(found, group.number, numbers)
        if problems:
            order = None
            problems = list(with_rest(problems[:LISTED], len(problems[LISTED:])))
        reference = group.reference
        if not rows:
            reference = self.grouping.plain_reference_of(group.records[0])
        return OrderLine(
            number=group.number,
            order=order,
            problems=tuple(problems),
            reference=reference,
            item_numbers=numbers,
        )

    def _order(self, rows: Sequence[Record]) -> tuple[NewOrder | None, Sequence[Problem]]:
        try:
            return self.read_rows([row.cells for row in rows]), ()
        except UnusualError:
            return read_order(self._body(rows))

    def _body(self, rows: Sequence[Record]) -> dict[str, Any]:
        body = _object(self.order_columns, rows[0].cells)
        if "shippingAddress" in body:
            body["shippingAddress"].setdefault("postCode", "")
        body["items"] = [_object(self.item_columns, row.cells) for row in rows]
        return body


def _object(columns: _Columns, cells: Sequence[str]) -> dict[str, Any]:
    found: dict[Any, Any] = {}
    for index, column in columns:
        text = cells[index]
        if not text:
            continue
        inner = found
        for step in column.outside:
            inner = inner.setdefault(step, {})
        if column.read is str:
            # by far the commonest, and a call for each cell is slow
            inner[column.key] = text
        else:
            inner[column.key] = column.read(text)
    if "metadata" in found:
        found["metadata"] = [
            {"key": key, "value": value} for key, value in found["metadata"].items()
        ]
    if "files" in found:
        found["files"] = [file for _, file in sorted(found["files"].items())]
    return found
