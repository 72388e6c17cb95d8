"""Rejected orders in a file of their own, as they were written: ready to be fixed and submitted."""

from codecs import BOM_UTF8
from pathlib import Path
from typing import BinaryIO

from attrs import define, field

from gelato_async.cli.choices import BackendName
from gelato_async.cli.console import CommandError
from gelato_async.cli.input.formats import create_private
from gelato_async.cli.input.sources import STANDARD_INPUT
from gelato_async.cli.samples.orders import to_line
from gelato_async.cli.submit.submit_options import REJECTED
from gelato_async.models.new_order import NewOrder


@define
class Rejects:
    """The file of rejected orders, made with the first of them.

    An older file is kept beside it, since somebody may be fixing it.
    """

    path: Path | None
    backend: BackendName
    written: int = 0
    _stream: BinaryIO | None = field(default=None, init=False)

    @classmethod
    def beside(cls, file: str, backend: BackendName) -> "Rejects":
        """Make the file for the orders of another, beside it; standard input has none."""
        if file == STANDARD_INPUT:
            return cls(None, backend)
        return cls(Path(f"{file}{REJECTED}"), backend)

    def add(self, raw: bytes, order: NewOrder | None) -> bool:
        """Write an order and return whether there was anything to write, and a place for it.

        The order is written as its line was, or as the backend spells it if it had no JSON line of
        its own.

        Raises:
            CommandError: the file cannot be written.
        """
        line = raw
        if not raw and order is not None:
            line = to_line(order, self.backend)
        if self.path is None or not line:
            return False
        try:
            self._stream = self._stream or self._opened(self.path)
            self._stream.write(line.removeprefix(BOM_UTF8).rstrip(b"\r\n") + b"\n")
            self._stream.flush()
        except OSError as error:
            path, self.path = self.path, None
            raise CommandError(f"cannot write {path}: {error.strerror}") from error
        self.written += 1
        return True

    def close(self) -> None:
        """Close the file, if one was made."""
        if self._stream is not None:
            self._stream.close()

    @staticmethod
    def _opened(path: Path) -> BinaryIO:
        if path.exists():
            path.replace(f"{path}.old")
        create_private(path)
        return path.open("wb")
