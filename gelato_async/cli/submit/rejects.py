"""Orders that were rejected, in a file of their own.

As they were written, ready to be fixed and submitted again.
"""

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

    def add(self, raw: bytes, order: NewOrder | None) -> bool:
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
