"""Orders from CSV, a line for each item.

Columns become the JSON body that Gelato documents, and that is read strictly.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from attrs import define, frozen

from gelato_async.core.errors import Problem
from gelato_async.core.order_reader import LISTED, read_order, with_rest
from gelato_async.files.bounded_lines import MAX_BYTES, bounded_lines, too_long
from gelato_async.files.csv_columns import REFERENCE, Column, column_for, problems_of
from gelato_async.files.csv_records import Record, Records
from gelato_async.files.jsonl import OrderLine, locate
from gelato_async.files.references import SeenReferences
from gelato_async.models.new_order import NewOrder

# what stands in a cell that a lost quote has made of several
_ODD = set(',;\t\r\n"')
# how many broken rows wait for one that tells whose they are
HELD = 100
_Columns = Sequence[tuple[int, Column]]


def read_csv(stream: Iterable[bytes], *, max_bytes: int = MAX_BYTES) -> Iterator[OrderLine]:
    """Orders from CSV (UTF-8; comma, semicolon or tab), one at a time: a line is an item, an order's lines stand together.

    Columns bear the names of Gelato's documents: those of the order, of its shipping address,
    `returnAddress.<field>` and `metadata.<key>`; of the item, `productVariant.<Name>` and
    `itemMetadata.<key>`; of its files `fileType`, `fileUrl`, `fileId`, `fileThreadColors`,
    `fileIsVisible`, then `fileType2` and so on. An empty cell says nothing, but in `postCode` it is
    the empty post code of a country that has none. From an order's second line on, its own cells
    may be empty.

    What is wrong with the header is told as its line, and unknown columns are not read. An order is
    not read if a line of it is broken, if its lines differ in what they say of the order, or if
    lines of it stood elsewhere before. A broken line that does not tell whose it is belongs to the
    order around it, and to none where another order follows. After a hundred of them in a row
    nobody waits for what follows: the order before them is not read then. A line, a row that quotes
    spread over several lines, or an order of more than `max_bytes` is a problem and is not read; it
    is never held whole.

    Raises:
        ValueError: `max_bytes` is less than 1.
    """
    return _read_lines(bounded_lines(stream, max_bytes), max_bytes)


def _read_lines(lines: Iterator[bytes], max_bytes: int) -> Iterator[OrderLine]:
    records = Records(lines, max_bytes)
    yield from read_records(records.header, records, max_bytes)


def read_records(
    header: Record, records: Iterable[Record], max_bytes: int = MAX_BYTES
) -> Iterator[OrderLine]:
    """Orders from a header and the rows under it."""
    names = [name.strip() for name in header.cells]
    problems, fatal = (
        problems_of(names) if not header.problem else ([Problem("", header.problem)], True)
    )
    if problems:
        yield OrderLine(
            number=header.number,
            order=None,
            problems=tuple(problems),
            is_header=True,
            is_warning=not fatal,
        )
    if not fatal:
        yield from _Reader.for_columns(names, max_bytes).orders(records)


@define
class _Group:
    """The rows of one order."""

    reference: str
    records: list[Record]
    max_bytes: int
    too_long: bool = False
    size: int = 0

    def __attrs_post_init__(self) -> None:
        self._bound(self.records)

    @property
    def number(self) -> int:
        return self.records[0].number

    def take(self, records: Sequence[Record], reference: str) -> None:
        self.records += records
        self.reference = reference or self.reference
        self._bound(records)

    def _bound(self, added: Sequence[Record]) -> None:
        self.size += _size_of(added)
        if self.size > self.max_bytes:
            self.too_long = True
            # the first says whose they are, the last where they end
            del self.records[1:-1]

    def at(self, record: Record) -> str:
        return f" (line {record.number})" if record.number != self.number else ""


@frozen
class _Reader:
    reference: int
    order_columns: _Columns
    item_columns: _Columns
    nameless: Sequence[int]
    order_cells: Callable[[Sequence[str]], object]
    max_bytes: int

    @classmethod
    def for_columns(cls, names: Sequence[str], max_bytes: int) -> "_Reader":
        """Find out once for a file what each of its columns is."""
        known = [
            (index, column) for index, name in enumerate(names) if (column := column_for(name))
        ]
        of_order = [(index, column) for index, column in known if not column.per_item]
        return cls(
            names.index(REFERENCE),
            of_order,
            [(index, column) for index, column in known if column.per_item],
            [index for index, name in enumerate(names) if not name],
            itemgetter(*(index for index, _ in of_order)),
            max_bytes,
        )

    def orders(self, records: Iterable[Record]) -> Iterator[OrderLine]:
        seen = SeenReferences()
        for group in self._groups(records):
            yield self._read(group, list(self._problems(group, seen)))

    def _groups(self, records: Iterable[Record]) -> Iterator[_Group]:
        group: _Group | None = None
        # broken rows, of which nobody knows yet whose they are
        held: list[Record] = []
        for record in records:
            own = self._reference(record)
            if not any(record.cells) and not record.problem:
                continue
            if group is not None and self._belongs(record, own, group):
                group.take([*held, record], "" if record.problem else own)
                held = []
            elif record.problem:
                held.append(record)
                if len(held) > HELD or _size_of(held) > 4 * self.max_bytes:
                    yield self._doubted(group, held)
                    group = None
            else:
                yield from [group] if group else []
                alone, begun = self._parted(held, own)
                yield from map(self._alone, alone)
                group, held = _Group(own, [*begun, record], self.max_bytes), []
        yield from [group] if group else []
        yield from map(self._alone, held)

    def _belongs(self, record: Record, own: str, group: _Group) -> bool:
        """Rather one line too many: an order that is not read is fixed and sent again, a wrong one is printed."""
        last = group.records[-1]
        return (
            own in {"", group.reference}
            or (bool(record.problem) and self._names(record, group.reference))
            or (bool(last.problem) and self._names(last, own))
        )

    def _names(self, broken: Record, reference: str) -> bool:
        # in a broken row every cell behind the broken one may have moved
        return reference in (broken.cells if self.reference else broken.cells[:1])

    def _parted(self, held: list[Record], own: str) -> tuple[list[Record], list[Record]]:
        first = next(
            (at for at, broken in enumerate(held) if not own or self._names(broken, own)), len(held)
        )
        return held[:first], held[first:]

    def _alone(self, broken: Record) -> _Group:
        return _Group(self._reference(broken), [broken], self.max_bytes)

    def _doubted(self, group: _Group | None, held: list[Record]) -> _Group:
        if group is None:
            return self._alone(held.pop(0))
        group.take([held.pop(0)], "")
        return group

    def _reference(self, record: Record) -> str:
        return record.cells[self.reference] if self.reference < len(record.cells) else ""

    def _problems(self, group: _Group, seen: SeenReferences) -> Iterator[Problem]:
        if group.too_long:
            yield Problem("", too_long(self.max_bytes))
        else:
            yield from self._problems_of_rows(group)
        before = seen.note(group.reference, group.number) if group.reference else 0
        if before:
            yield Problem(
                REFERENCE,
                f"the lines of an order must stand together; this one has others at line {before}",
            )

    def _problems_of_rows(self, group: _Group) -> Iterator[Problem]:
        first = next((record for record in group.records if not record.problem), group.records[0])
        for record in group.records:
            if record.problem:
                yield Problem("", record.problem + group.at(record))
            else:
                yield from self._problems_of_row(record, first, group)

    def _problems_of_row(self, record: Record, first: Record, group: _Group) -> Iterator[Problem]:
        if group.reference and not self._reference(record):
            yield Problem(
                REFERENCE, f"is required{group.at(record)}: whose item this is cannot be told"
            )
        same = record is first or self.order_cells(record.cells) == self.order_cells(first.cells)
        for index, column in () if same else self.order_columns:
            if record.cells[index] not in {"", first.cells[index]}:
                path = ".".join(map(str, (*column.outside, column.key)))
                yield Problem(path, f"must be the same on all lines of an order{group.at(record)}")
        for index in self.nameless:
            if record.cells[index]:
                yield Problem(
                    "", f"has something in column {index + 1}, which has no name{group.at(record)}"
                )

    def _read(self, group: _Group, problems: list[Problem]) -> OrderLine:
        rows = [record for record in group.records if not record.problem]
        numbers = tuple(record.number for record in rows)
        order: NewOrder | None = None
        if rows and not group.too_long:
            order, found = read_order(self._body(rows))
            problems += locate(found, group.number, numbers)
        if problems:
            order = None
        return OrderLine(
            number=group.number,
            order=order,
            problems=tuple(with_rest(problems[:LISTED], len(problems[LISTED:]))),
            reference=group.reference if rows else self._plain_reference(group.records[0]),
            item_numbers=numbers,
        )

    def _plain_reference(self, broken: Record) -> str:
        first = broken.cells[0] if len(broken.cells) > 1 and not self.reference else ""
        return "" if _ODD & set(first) else first

    def _body(self, rows: Sequence[Record]) -> dict[str, Any]:
        body = _object(self.order_columns, rows[0].cells)
        if "shippingAddress" in body:
            body["shippingAddress"].setdefault("postCode", "")
        return {**body, "items": [_object(self.item_columns, row.cells) for row in rows]}


def _size_of(records: Iterable[Record]) -> int:
    return sum(len(record.raw) for record in records)


def _object(columns: _Columns, cells: Sequence[str]) -> dict[str, Any]:
    found: dict[Any, Any] = {}
    for index, column in columns:
        if text := cells[index]:
            inner = found
            for step in column.outside:
                inner = inner.setdefault(step, {})
            inner[column.key] = text if column.read is str else column.read(text)
    if "metadata" in found:
        found["metadata"] = [
            {"key": key, "value": value} for key, value in found["metadata"].items()
        ]
    if "files" in found:
        found["files"] = [file for _, file in sorted(found["files"].items())]
    return found
