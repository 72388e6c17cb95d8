"""Records: the objects of the state that have a row in the state file, and which of them changed."""

from typing import Any

import attrs
from attrs.setters import NO_OP


@attrs.define(eq=False)
class Record:
    """An object with a row in the state file, if the sandbox has one.

    Subclasses are attrs classes with `on_setattr=note_change`, and their fields hold immutable
    values: so a change is noted wherever it is made.
    """

    # The number of the row, once there is one.
    row: int = attrs.field(init=False, default=0, repr=False, on_setattr=NO_OP)
    unsaved: "Unsaved | None" = attrs.field(init=False, default=None, repr=False, on_setattr=NO_OP)

    def forget(self) -> None:
        """Let the row be deleted."""
        if self.unsaved is not None:
            self.unsaved.remove(self)


def note_change(record: Record, _: Any, value: Any) -> Any:
    """Note that a field of a record is about to be set; attrs calls this."""
    if record.unsaved is not None:
        record.unsaved.changed[record] = None
    return value


@attrs.define(eq=False)
class Unsaved:
    """What has changed since the state file was last written.

    Args:
        is_kept: Whether there is a state file; without one nothing is noted.
    """

    is_kept: bool
    # A dict as an ordered set.
    changed: dict[Record, None] = attrs.field(init=False, factory=dict)
    removed: list[Record] = attrs.field(init=False, factory=list)
    # Whether the time was read, which an answer may show.
    has_time: bool = attrs.field(init=False, default=False)
    _rows: int = attrs.field(init=False, default=0)

    def add(self, record: Record) -> None:
        """Give a new record a row, and note its changes from now on."""
        if self.is_kept:
            self.restore(record, self._rows + 1)
            self.changed[record] = None

    def restore(self, record: Record, row: int) -> None:
        """Note the changes of a record that has this row already."""
        self._rows = max(self._rows, row)
        record.row, record.unsaved = row, self

    def skip(self, row: int) -> None:
        """Give no new record this row."""
        self._rows = max(self._rows, row)

    def remove(self, record: Record) -> None:
        """Note that the row of a record is to be deleted."""
        self.changed.pop(record, None)
        self.removed.append(record)
        record.unsaved = None

    def clear(self) -> None:
        """Note that all is written."""
        self.changed.clear()
        self.removed.clear()
        self.has_time = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.changed or self.removed or self.has_time)
