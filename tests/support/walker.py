"""Walks what tools that capture variables see of an error, and looks for planted secrets in it."""

import json
import traceback
from collections.abc import Mapping
from pathlib import Path

from rich.pretty import pretty_repr

KEY, SECRET = "planted-key-0815", "planted-secret-4711"
PRIVATE = {
    "first_name": "Zoelle",
    "last_name": "Plantowitz",
    "address_line1": "Planted Alley 17b",
    "city": "Plantville",
    "post_code": "PLANT-99",
    "email": "zoe@planted.example",
    "phone": "+49 555 7001",
}
PLANTED = (KEY, SECRET, *PRIVATE.values())

_TESTS = str(Path(__file__).parent.parent)


def chain(error):
    """An error, its causes and contexts (suppressed ones too), and the parts of groups."""
    open_, seen = [error], []
    while open_:
        found = open_.pop()
        if found is None or any(found is other for other in seen):
            continue
        seen.append(found)
        open_ += [found.__cause__, found.__context__, *getattr(found, "exceptions", ())]
    return seen


def planted_in(error, *, attributes=True):
    """Where a planted secret shows in an error: one line for each variable or attribute."""
    found = []
    for one in chain(error):
        name = type(one).__name__
        for frame, line in traceback.walk_tb(one.__traceback__):
            # a test's own variables are the caller's
            if frame.f_code.co_filename.startswith(_TESTS):
                continue
            where = f"{name} at {Path(frame.f_code.co_filename).name}:{line}"
            found += [
                f"{where} {frame.f_code.co_name}: variable {variable}"
                for variable, value in frame.f_locals.items()
                if shows(value)
            ]
        if attributes:
            texts = {"text": str(one), "repr": repr(one), "args": one.args, **vars(one)}
            found += [f"{name}.{what}" for what, value in texts.items() if shows(value)]
    return found


def shows(value, depth=0):
    """Whether a tool that prints a value shows something planted: by its repr, by rich, or by walking through it."""
    texts = [repr(value), pretty_repr(value)]
    if isinstance(value, (str, bytes)):
        texts.append(str(value))
    if any(spelling in text for text in texts for spelling in _spellings()):
        return True
    if depth > 8 or isinstance(value, (str, bytes)):
        return False
    if isinstance(value, Mapping):
        return any(shows(part, depth + 1) for pair in value.items() for part in pair)
    return isinstance(value, (list, tuple, set, frozenset)) and any(
        shows(part, depth + 1) for part in value
    )


def _spellings():
    return {spelling for text in PLANTED for spelling in (text, json.dumps(text)[1:-1])}
