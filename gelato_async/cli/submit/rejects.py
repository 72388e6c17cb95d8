"""Orders that were rejected, in a file of their own.

As they were written, ready to be fixed and submitted again.
"""

import io
from collections import deque
from pathlib import Path
from typing import BinaryIO

from attrs import define, field

from gelato_async.cli.apis import BackendName
from gelato_async.cli.console import CommandError
from gelato_async.cli.input.formats import create_private
from gelato_async.cli.input.sources import STANDARD_INPUT
from gelato_async.cli.samples.orders import to_line
from gelato_async.cli.submit.submit_options import REJECTED
from gelato_async.models.new_order import NewOrder


class RawLines(io.BytesIO):
    """A file whose lines can still be had when the orders in them are taken.

    In the same order, each once.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._name = stream.name
        self._stream = stream
        self._number = 0
        self._kept: deque[tuple[int, bytes]] = deque()

    @property
    def name(self) -> str:
        """What the file is called."""
        return str(self._name)

    def __next__(self) -> bytes:
        line = next(self._stream)
        self._number += 1
        if line.strip():
            self._kept.append((self._number, line))
        return line

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()

    def take(self, number: int) -> bytes | None:
        """The line of this number; those before it are forgotten."""
        while self._kept and self._kept[0][0] <= number:
            taken, line = self._kept.popleft()
            if taken == number:
                return line
        return None


@define
class Rejects:
    """The file for them, made when the first one comes.

    An older one is kept beside it: somebody may be fixing it.
    """

    path: Path | None
    backend: BackendName
    written: int = 0
    _stream: BinaryIO | None = field(default=None, init=False)

    @classmethod
    def beside(cls, file: str, backend: BackendName) -> "Rejects":
        """For the orders of a file: beside it; standard input has no place for them."""
        return cls(Path(f"{file}{REJECTED}") if file != STANDARD_INPUT else None, backend)

    def add(self, raw: bytes | None, order: NewOrder | None) -> bool:
        """Write an order as its line was or, if it had no line of JSON to itself, as the backend spells it.

        False: there is nothing that can be written, or no place for it.

        Raises:
            CommandError: it cannot be written.
        """
        line = raw or (to_line(order, self.backend) if order else None)
        if self.path is None or line is None:
            return False
        try:
            self._stream = self._stream or self._opened(self.path)
            self._stream.write(line.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n") + b"\n")
            self._stream.flush()
        except OSError as error:
            path, self.path = self.path, None
            raise CommandError(f"cannot write {path}: {error.strerror}") from error
        self.written += 1
        return True

    def close(self) -> None:
        """No more will come."""
        if self._stream is not None:
            self._stream.close()

    @staticmethod
    def _opened(path: Path) -> BinaryIO:
        if path.exists():
            path.replace(f"{path}.old")
        create_private(path)
        return path.open("wb")
