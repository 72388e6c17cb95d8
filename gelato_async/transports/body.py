"""Body: collects an answer part by part, unpacks it, and keeps it within bounds."""

import zlib
from collections.abc import AsyncIterable, Callable, Sequence
from typing import Any

import anyio

MAX_RESPONSE_BYTES = 32 * 1024 * 1024
"""The most bytes of an answer, as they come in and unpacked."""

_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})
# an answer is packed once, rarely twice; a long list of codings is an attack
_MOST_CODINGS = 3
# bytes that are unpacked at a time: one byte that comes in may become a thousand
_PIECE = 65_536
# zlib's number for "gzip or zlib, whatever the header says"
_ANY_HEADER = 47


class UnreadableError(Exception):
    """A body is too long, or cannot be unpacked."""


def validated_limit(max_response_bytes: int) -> int:
    """Return the limit if it is one.

    Raises:
        ValueError: it is less than 1.
        TypeError: it is not a whole number.
    """
    if not isinstance(max_response_bytes, int):
        kind = type(max_response_bytes).__name__
        raise TypeError(f"max_response_bytes must be a whole number, not a {kind}")
    if max_response_bytes < 1:
        raise ValueError(f"max_response_bytes must be 1 or more, not {max_response_bytes}")
    return max_response_bytes


class Body:
    """Collects a body part by part, until it is whole or proves unreadable.

    `coding` is the answer's `Content-Encoding`. What comes in, and what each coding makes of it,
    may have `limit` bytes. `failure` says why the body is unreadable, if it is.
    """

    def __init__(self, coding: str, limit: int) -> None:
        codings = _codings_of(coding)
        self.failure: str | None = None
        if len(codings) > _MOST_CODINGS or not _CODINGS.issuperset(codings):
            self.failure = "its Content-Encoding is not gzip, as was asked for"
        self._limit = limit
        self._content = bytearray()
        self._unpackers: Sequence[Any] = [zlib.decompressobj(_ANY_HEADER) for _ in codings]
        # the bytes so far: as they came in, and after each unpacker
        self._sizes = [0] * (len(codings) + 1)

    def add(self, part: bytes) -> bool:
        """Take the next part; False means that no more of the body is of use."""
        self._try(self._take, part, 0)
        return self.failure is None

    def whole(self) -> bytes:
        """Return the body, all of whose parts were added.

        Raises:
            UnreadableError: it is too long, or cannot be unpacked.
        """
        if self._sizes[0]:
            self._try(self._finish)
        if self.failure is not None:
            raise UnreadableError(self.failure)
        return bytes(self._content)

    async def read(self, parts: AsyncIterable[bytes], scope: anyio.CancelScope) -> bytes:
        """Read all parts within `scope`, which is cancelled where the body proves unreadable.

        Raises:
            UnreadableError: it did.
        """
        async for part in parts:
            if not self.add(part):
                # leaving the loop would leave httpx's generators unfinished, which warn under trio;
                # the cancellation ends them from within, with the next read from the network
                scope.cancel()
        return self.whole()

    def _try(self, act: Callable[..., None], *arguments: Any) -> None:
        if self.failure is not None:
            return
        try:
            act(*arguments)
        except (zlib.error, UnreadableError) as error:
            self.failure = str(error)

    def _take(self, data: bytes, stage: int) -> None:
        self._sizes[stage] += len(data)
        if self._sizes[stage] > self._limit:
            raise UnreadableError(f"it is longer than max_response_bytes, {self._limit}")
        if stage == len(self._unpackers):
            self._content += data
            return
        unpacker = self._unpackers[stage]
        while data and not unpacker.eof:
            piece = unpacker.decompress(data, _PIECE)
            data = unpacker.unconsumed_tail
            self._take(piece, stage + 1)

    def _finish(self) -> None:
        for stage, unpacker in enumerate(self._unpackers, 1):
            # zlib holds back the end of one match at most: a few hundred bytes
            self._take(unpacker.flush(), stage)
            if not unpacker.eof:
                raise UnreadableError("it breaks off where it is packed")


def _codings_of(header: str) -> Sequence[str]:
    names = [name.strip() for name in header.lower().split(",")]
    return [name for name in names if name not in ("", "identity")]
