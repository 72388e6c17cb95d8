"""How every command ends and where it writes: exit codes, expected failures, the two streams."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from io import TextIOWrapper
from typing import BinaryIO


class ExitCode(IntEnum):
    """How a command ended; where several apply, `UNKNOWN` beats `REJECTED`."""

    FINE = 0
    REJECTED = 1
    USAGE = 2
    UNKNOWN = 3
    # what a shell reports of a process that SIGINT ended: 128 + 2
    INTERRUPTED = 130


class CommandError(Exception):
    """An expected failure. Its text is one line for the user, who sees no traceback."""


def print_line(text: str) -> None:
    """Write a line of the answer to standard output."""
    sys.stdout.write(f"{text}\n")
    # at once, for a program that reads the lines from a pipe while the run goes on
    sys.stdout.flush()


def print_error(text: str) -> None:
    """Write a line about what happens to standard error."""
    # a closed pipe must not end a run: what matters is what happens to the orders
    with suppress(BrokenPipeError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def raw_output() -> BinaryIO:
    """Return standard output for bytes: JSON is UTF-8 whatever the terminal's encoding is."""
    return sys.stdout.buffer


def escape_what_cannot_be_shown() -> None:
    """Let standard output escape what its encoding lacks, instead of failing.

    A terminal that is not UTF-8 lacks most letters.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def shown(text: str) -> str:
    """Return a text on one line, without the characters that could control a terminal."""
    letters = [_printable(letter) for letter in text]
    return " ".join("".join(letters).split())


def _printable(letter: str) -> str:
    if letter.isprintable():
        return letter
    return " "


def one_line(error: BaseException) -> str:
    """Return an error's text on one line, or the error's class if it has no text."""
    return shown(str(error)) or type(error).__name__


@contextmanager
def spared_imports() -> Iterator[None]:
    """Import something, and exempt all that was imported so far from garbage collection.

    It lives as long as the process. A full collection of it stops a process for 0.1 s: long enough
    for evenly sent requests to arrive as a bunch. Collections while it is imported find nothing.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
