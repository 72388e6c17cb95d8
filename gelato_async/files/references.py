"""The references that a file has used so far, without their texts."""

from attrs import frozen

# Python keeps an integer of at most 60 bits in 32 bytes and a longer one in 48. Among a million
# references, two have the same 60 bits with a probability of one in two million.
_REFERENCE_BITS = (1 << 60) - 1
_CONTENT_BITS = (1 << 32) - 1


@frozen
class EarlierUse:
    """The line that used a reference first, and whether its contents were the same."""

    number: int
    is_same: bool


class SeenReferences:
    """References with the line that used each first, in about 110 bytes each.

    However long a reference is, no more of it is kept than a hash.
    """

    # Measured with a million references: 106 MB, 108 at the peak. One array of digests would take 34
    # MB, 50 while it grows, and four times as long, with a hash table of our own.

    def __init__(self) -> None:
        self._uses: dict[int, int] = {}

    def add(self, reference: str, number: int, content: bytes = b"") -> EarlierUse | None:
        """Remember a reference that is new, or return its earlier use."""
        key = hash(reference) & _REFERENCE_BITS
        digest = hash(content) & _CONTENT_BITS
        use = self._uses.get(key)
        if use is None:
            self._uses[key] = number << 32 | digest
            return None
        return EarlierUse(use >> 32, use & _CONTENT_BITS == digest)
