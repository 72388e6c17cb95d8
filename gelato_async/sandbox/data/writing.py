"""Writes data as TOML: a file for each kind, whose head explains the keys of an entry.

A value that is the default of its field is left out.
"""

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import attrs

from gelato_async.sandbox.data.problems import SandboxDataError
from gelato_async.sandbox.data.sandbox_data import SandboxData
from gelato_async.sandbox.data.values import kinds_of

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 100
_CURRENCIES = """\
# Units of each currency for one EUR. Nothing has a price in another currency.
"""


def write(data: SandboxData, folder: Path) -> tuple[Path, ...]:
    """Write the data into a folder, and return the files.

    Raises:
        SandboxDataError: A file exists already, or cannot be written. In the first case nothing was
            written.
    """
    files = {}
    for field in attrs.fields(SandboxData):
        file = folder / f"{field.name.replace('_', '-')}.toml"
        files[file] = "\n".join(_blocks(data, field))
    if existing := list(filter(Path.exists, files)):
        raise SandboxDataError(
            f"{file}: exists already; choose another folder, or remove the file"
            for file in existing
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            file.write_text(text, encoding="utf-8")
    # A text with an unpaired surrogate is a ValueError.
    except (OSError, ValueError) as reason:
        raise SandboxDataError([f"{folder}: cannot be written: {reason}"]) from reason
    return tuple(files)


def _blocks(data: SandboxData, field: "attrs.Attribute[Any]") -> Iterator[str]:
    """Yield the head of a file, and then each entry."""
    entries, name = getattr(data, field.name), field.name
    if isinstance(entries, Mapping):
        yield _CURRENCIES
        yield _block(f"[{name}]", entries.items())
        return
    kind, _ = get_args(kinds_of(SandboxData)[name])
    yield "".join(f"{line}\n" for line in _head(name, kind))
    # Without any entry the key would be missing, and the built-in entries would be read.
    if not entries and _default(field, data):
        yield f"{name} = []\n"
    for entry in entries:
        yield _block(f"[[{name}]]", _given(entry))


def _block(head: str, items: Iterable[tuple[str, Any]]) -> str:
    lines = [head]
    for key, value in items:
        lines.append(f"{_key(key)} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _head(name: str, kind: type) -> Iterator[str]:
    """Yield comments that explain an entry and the tables in it: the docstrings of their classes."""
    yield f"# Each entry begins with [[{name}]]. A key that is left out has its default."
    # A class that is used twice is explained once.
    for one in dict.fromkeys(_kinds(kind)):
        yield "#"
        yield f"# {one.__name__}: {', '.join(attrs.fields_dict(one))}"
        # Without docstrings (python -OO) the names have to do.
        for line in (inspect.getdoc(one) or "").splitlines():
            if line not in {"", "Attributes:"}:
                yield f"#   {line.removeprefix('    ')}"


def _kinds(kind: Any) -> Iterator[type]:
    """Yield the class of an entry, and those of all tables in it."""
    if not attrs.has(kind):
        for argument in get_args(kind):
            yield from _kinds(argument)
        return
    yield kind
    for field_kind in kinds_of(kind).values():
        yield from _kinds(field_kind)


def _given(entry: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an entry that have another value than their default."""
    for field in attrs.fields(type(entry)):
        value = getattr(entry, field.name)
        if value != _default(field, entry):
            yield field.name, value


def _default(field: "attrs.Attribute[Any]", instance: Any) -> Any:
    default: Any = field.default
    if not hasattr(default, "factory"):
        return default
    if default.takes_self:
        return default.factory(instance)
    return default.factory()


def _value(value: Any) -> str:
    """Write a value of an entry; a long list has several lines."""
    line = _inline(value)
    if not isinstance(value, list | tuple) or len(line) < _WIDTH:
        return line
    lines = [""]
    for element in map(_inline, value):
        if len(lines[-1]) + len(element) > _WIDTH:
            lines.append("")
        lines[-1] += f" {element},"
    # The first is empty if the first element is as long as a line.
    return "\n   ".join(["[", *filter(None, lines)]) + "\n]"


def _inline(value: Any) -> str:
    """Write a value on one line: a table within an entry may not have several."""
    if attrs.has(type(value)):
        return _table(_given(value))
    if isinstance(value, Mapping):
        return _table(value.items())
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    return repr(value)


def _table(items: Iterable[tuple[str, Any]]) -> str:
    pairs = ", ".join(f"{_key(name)} = {_inline(value)}" for name, value in items)
    return f"{{ {pairs} }}"


def _key(name: str) -> str:
    if _BARE_KEY.fullmatch(name):
        return name
    return _text(name)


def _text(text: str) -> str:
    # JSON's escapes are TOML's; TOML wants one more character escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
