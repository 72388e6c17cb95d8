"""SeenReferences: which references a run has met and with which contents, in 16 bytes each and no text."""

from array import array
from enum import Enum
from hashlib import blake2b


class Seen(Enum):
    """What is known of a reference."""

    NEW = "not met before"
    SAME = "met with the same contents"
    OTHER = "met with other contents"


class SeenReferences:
    """A hash table of digests with open addressing.

    A dict of a million references would take ten times the memory.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(16 * 1024))
        self._count = 0

    def add(self, reference: str, content: bytes) -> Seen:
        """Note a reference with its contents, and say whether it was met before."""
        value = _digest(content)
        before = self.note(reference, value)
        return Seen.NEW if not before else Seen.SAME if before == value else Seen.OTHER

    def note(self, reference: str, value: int) -> int:
        """Keep a positive number of 64 bits with a reference that is new.

        Answer the one that was kept before, or 0.
        """
        if self._count * 3 >= len(self._slots):
            self._grow()
        key = _digest(reference.encode())
        slot = _slot_of(self._slots, key)
        if self._slots[slot]:
            return self._slots[slot + 1]
        self._slots[slot], self._slots[slot + 1] = key, value
        self._count += 1
        return 0

    def _grow(self) -> None:
        old, self._slots = (
            self._slots,
            array("Q", bytes(2 * self._slots.itemsize * len(self._slots))),
        )
        for position in range(0, len(old), 2):
            if old[position]:
                slot = _slot_of(self._slots, old[position])
                self._slots[slot], self._slots[slot + 1] = old[position], old[position + 1]


def _slot_of(slots: "array[int]", key: int) -> int:
    slot = 2 * key % len(slots)
    while slots[slot] not in {0, key}:
        slot = (slot + 2) % len(slots)
    return slot


def _digest(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest()) or 1
