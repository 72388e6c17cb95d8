"""What every command says and how it ends: exit codes, expected failures, and the two streams."""

import gc
import sys
from contextlib import suppress
from enum import IntEnum
from io import TextIOWrapper
from typing import BinaryIO


class ExitCode(IntEnum):
    """How a command ended; where several apply, `UNKNOWN` beats `REJECTED`."""

    FINE = 0
    REJECTED = 1
    USAGE = 2
    UNKNOWN = 3
    INTERRUPTED = 130


class CommandError(Exception):
    """Something expected went wrong.

    The text is one line for the user, who never sees a traceback of it.
    """


def print_line(text: str) -> None:
    """Write a line that was asked for to standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def print_error(text: str) -> None:
    """Write a line about what happens to standard error."""
    # a reader who has gone must not end a run: what matters is what happens to the orders
    with suppress(BrokenPipeError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def raw_output() -> BinaryIO:
    """Standard output for bytes: JSON is UTF-8 whatever the terminal's encoding is."""
    return sys.stdout.buffer


def escape_what_cannot_be_shown() -> None:
    """From now on, standard output escapes what its encoding lacks.

    On a terminal that is not UTF-8, those are most of the letters.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def shown(text: str) -> str:
    """A text on one line, without what could steer a terminal."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def one_line(error: BaseException) -> str:
    """An error's text on one line, whatever it holds."""
    return shown(str(error)) or type(error).__name__


def spare_imports() -> None:
    """Keep the garbage collector off all that was imported so far, which lives as long as the process.

    A full collection of it stops a process for 0.1 s: long enough for evenly sent requests to
    arrive as a bunch.
    """
    gc.freeze()
