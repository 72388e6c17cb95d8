"""Checks decoded JSON against shapes, so that one comparison names every wrong value.

A shape is:

- a type (`float` takes whole numbers too), or None;
- a tuple of shapes, one of which the value has;
- a set of allowed values, or a compiled pattern that a string matches from end to end;
- a list of one shape, for every element;
- a dict of the keys that an object must have; it may have others;
- `Map(shape)`, for every value of an object whose keys are free.
"""

import re

from attrs import frozen

UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
# ISO 8601 in the two spellings that live answers have, with and without a colon in the offset.
LONG_DATE = re.compile(_SECONDS + r"\+00:00")
SHORT_DATE = re.compile(_SECONDS + r"\+0000")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
COUNTRY = re.compile("[A-Z]{2}")
CURRENCY = re.compile("[A-Z]{3}")
URL = re.compile(r"https?://\S+")
DECIMAL = re.compile(r"\d+\.\d\d")


@frozen
class Map:
    values: object


def faults(value, shape, path="$"):
    """Return a sentence for each part of a value that does not have its shape."""
    if isinstance(shape, Map):
        return _of_map(value, shape, path)
    if isinstance(shape, dict):
        return _of_object(value, shape, path)
    if isinstance(shape, list):
        return _of_list(value, shape, path)
    if _is(value, shape):
        return []
    return [f"{path}: {value!r} is not {shape}"]


def _is(value, shape):
    if isinstance(shape, tuple):
        return any(not faults(value, one) for one in shape)
    if isinstance(shape, set | frozenset):
        return isinstance(value, str) and value in shape
    if isinstance(shape, re.Pattern):
        return isinstance(value, str) and shape.fullmatch(value) is not None
    if shape is float:
        return type(value) in {int, float}
    return value is None if shape is None else type(value) is shape


def _of_object(value, shape, path):
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is not an object"]
    found = []
    for name, inner in shape.items():
        if name in value:
            found += faults(value[name], inner, f"{path}.{name}")
        else:
            found.append(f"{path}.{name}: missing")
    return found


def _of_list(value, shape, path):
    if not isinstance(value, list):
        return [f"{path}: {value!r} is not a list"]
    found = []
    for number, element in enumerate(value):
        found += faults(element, shape[0], f"{path}[{number}]")
    return found


def _of_map(value, shape, path):
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is not an object"]
    found = []
    for name, inner in value.items():
        found += faults(inner, shape.values, f"{path}.{name}")
    return found
