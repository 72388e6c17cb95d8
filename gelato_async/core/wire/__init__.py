"""Wire: from JSON to models (`load`), and in `writers` from models to JSON. Only `by_cattrs` uses cattrs.

Reading is tolerant: only fields without a default are required, any other that is missing or of the
wrong kind gets its default, and unknown keys are ignored. Writing is exact: None is left out and
nothing else.

An answer is read by the generated functions of `readers`, from JSON that nobody has checked
(`read`). Where one of them refuses it, the text is parsed again with all checks (`load`), and if
need be cattrs reads that, slowly, and finds every problem with its path.
"""

from typing import Any, TypeVar

from gelato_async.core.errors import Problem
from gelato_async.core.json_text import Loads, parse_unchecked
from gelato_async.core.wire.readers import reader_of

T = TypeVar("T")


class MalformedError(Exception):
    """Required fields of an answer are missing or malformed; `problems` names the first of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def read_text(
    cls: type[T], text: bytes, *, bare: str | None = None, loads: Loads | None = None
) -> T | None:
    """Read the text of an answer into a model; None if `parse` and `load` have to try.

    `bare` is the key of an answer that is a bare list; `loads` is as for `parse_unchecked`.
    """
    try:
        value = parse_unchecked(text, loads)
        if bare and isinstance(value, list):
            value = {bare: value}
        return read(cls, value)
    except Exception:  # noqa: BLE001  whatever it is, `parse` and `load` read again
        return None


def read(cls: type[T], value: Any) -> T:
    """Read what `parse_unchecked` returned into a model, and vouch for all of it.

    Raises any exception where `parse` and `load` have to try.
    """
    model: T = reader_of(cls)(value)
    return model


def load(cls: type[T], value: Any) -> T:
    """Read plain JSON into a model.

    Raises:
        MalformedError: a required field is missing or of the wrong kind.
    """
    try:
        return read(cls, value)
    except Exception:  # noqa: BLE001  whatever it is, reading again says what is wrong, and where
        # rarely needed, and with it cattrs
        from gelato_async.core.wire.by_cattrs import load_by_cattrs  # noqa: PLC0415

        return load_by_cattrs(cls, value)
