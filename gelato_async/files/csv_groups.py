"""Which rows of a CSV file make up an order: those that stand together and have its reference.

A broken row may be an item of the order before it or behind it, and an order printed without one
of its items costs money. So a broken row that names an order, or stands between two rows of it,
keeps that order from being read. Any other broken row is rejected alone, with its number.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from attrs import define, frozen

from gelato_async.files.csv_records import Record

# how many broken rows in a row, of four orders' bytes at most, wait for a sound row, which decides
# whose they are
HELD = 100
# what a cell holds if a lost quote made one cell of several
_NOT_IN_REFERENCES = set(',;\t\r\n"')


@define
class Group:
    """The rows of one order, at most `max_bytes` of them; of more, only the first and the last."""

    reference: str
    records: list[Record]
    max_bytes: int
    too_long: bool = False
    _size: int = 0

    def __attrs_post_init__(self) -> None:
        self._bound(self.records)

    @property
    def number(self) -> int:
        """The line of the first row."""
        return self.records[0].number

    @property
    def sound(self) -> list[Record]:
        """The rows that are not broken."""
        return [record for record in self.records if not record.problem]

    def add(self, records: Sequence[Record]) -> None:
        """Add rows."""
        self.records += records
        self._bound(records)

    def at(self, record: Record) -> str:
        """Return where a row stands, to end a problem with, unless the group begins there."""
        if record.number == self.number:
            return ""
        return f" (line {record.number})"

    def _bound(self, added: Sequence[Record]) -> None:
        self._size += _size_of(added)
        if self._size > self.max_bytes:
            self.too_long = True
            # the first says whose they are, the last where they end
            del self.records[1:-1]


@frozen
class Grouping:
    """Groups rows by the cell at `position`, that of the column `orderReferenceId`."""

    position: int
    max_bytes: int

    def groups(self, records: Iterable[Record]) -> Iterator[Group]:
        """Yield the groups of a file in order, a broken row of no order as a group of its own."""
        group: Group | None = None
        held: deque[Record] = deque()
        for record in records:
            if not record.problem and not any(record.cells):
                continue
            own = self.reference_of(record)
            if group is not None and self._belongs(record, own, group):
                group.add([*held, record])
                held.clear()
                if own and not record.problem:
                    group.reference = own
            elif record.problem:
                held.append(record)
                while len(held) > HELD or _size_of(held) > 4 * self.max_bytes:
                    yield self._without_waiting(group, held.popleft())
                    group = None
            else:
                if group is not None:
                    yield group
                if held:
                    yield from self._alone(held, own)
                group = Group(own, [*held, record], self.max_bytes)
                held.clear()
        if group is not None:
            yield group
        yield from self._alone(held, None)

    def reference_of(self, record: Record) -> str:
        """Return the reference that a row has, or nothing."""
        if self.position < len(record.cells):
            return record.cells[self.position]
        return ""

    def plain_reference_of(self, broken: Record) -> str:
        """Return the reference of a broken row if nothing before it can have moved it."""
        if self.position != 0 or len(broken.cells) < 2:
            return ""
        first = broken.cells[0]
        if _NOT_IN_REFERENCES & set(first):
            return ""
        return first

    def _belongs(self, record: Record, own: str, group: Group) -> bool:
        if not own or own == group.reference:
            return True
        if record.problem and self._names(record, group.reference):
            return True
        last = group.records[-1]
        return bool(last.problem) and self._names(last, own)

    def _names(self, broken: Record, reference: str) -> bool:
        if self.position == 0:
            return reference in broken.cells[:1]
        # every cell behind the broken one may have moved
        return reference in broken.cells

    def _alone(self, held: deque[Record], following: str | None) -> Iterator[Group]:
        """Take from `held` the rows in front of the order `following`, or all if none follows."""
        while held and not self._may_begin(held[0], following):
            yield self._group_of(held.popleft())

    def _may_begin(self, broken: Record, following: str | None) -> bool:
        if following is None:
            return False
        # a row without a reference may go on with any order
        return not following or self._names(broken, following)

    def _without_waiting(self, group: Group | None, oldest: Record) -> Group:
        # the order may go on behind the broken rows, so it must not be read
        if group is None:
            return self._group_of(oldest)
        group.add([oldest])
        return group

    def _group_of(self, broken: Record) -> Group:
        return Group(self.reference_of(broken), [broken], self.max_bytes)


def _size_of(records: Iterable[Record]) -> int:
    size = 0
    for record in records:
        size += len(record.raw)
    return size
