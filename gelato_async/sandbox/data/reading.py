"""Reads data from .json and .toml files, and reports everything that is wrong with them at once.

A value must be exactly of its field's type: a number in quotes is a text. No number is negative.
"""

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from gelato_async.sandbox.data.problems import SandboxDataError, place
from gelato_async.sandbox.data.sandbox_data import SandboxData
from gelato_async.sandbox.faults.fault import suggestion

_SUFFIXES = (".json", ".toml")
_MOST = 1e12
_NAMES: Mapping[Any, str] = {
    bool: "true or false",
    dict: "a table",
    float: "a number",
    int: "a whole number",
    list: "a list",
    str: "a text",
    NoneType: "null",
}


def read(path: Path) -> SandboxData:
    """Read a file, or all files of a folder.

    Raises:
        SandboxDataError: Something is wrong with a file, or with all of them together.
    """
    reader = _FilesReader()
    for file in reader.files(path):
        reader.read(file)
    if reader.problems:
        raise SandboxDataError(reader.problems)
    try:
        return SandboxData(**reader.fields)
    except SandboxDataError as error:
        raise SandboxDataError(problem.line(reader.place) for problem in error.entries) from None


class _FilesReader:
    """Reads files into the fields of a `SandboxData`; lists and tables of one key are joined."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.fields: dict[str, Any] = {}
        self._places: dict[tuple[str, int | str], str] = {}
        self._kinds = get_type_hints(SandboxData)

    def files(self, path: Path) -> list[Path]:
        """Return the file, or the files of a folder."""
        if not path.is_dir():
            return [path]
        found = sorted(file for file in path.iterdir() if file.suffix.lower() in _SUFFIXES)
        if not found:
            self.problems.append(f"{path}: the folder has no .json or .toml file")
        return found

    def read(self, file: Path) -> None:
        """Read one file."""
        try:
            content = _parsed(file)
        except (OSError, ValueError, RecursionError) as reason:
            self.problems.append(f"{file}: cannot be read: {reason}")
            return
        values = _Values(f"{file}: ")
        self._join(file, values.keys(content, self._kinds, ""))
        self.problems += values.problems

    def place(self, kind: str, number: int | str) -> str:
        """Return the file that an entry is in, and its place there."""
        return self._places[kind, number]

    def _join(self, file: Path, fields: Mapping[str, Any]) -> None:
        for name, entries in fields.items():
            if isinstance(entries, dict):
                self._join_table(file, name, entries)
                continue
            joined = self.fields.setdefault(name, [])
            for number, entry in enumerate(entries):
                self._places[name, len(joined)] = f"{file}: {place(name, number)}"
                joined.append(entry)

    def _join_table(self, file: Path, name: str, entries: Mapping[str, Any]) -> None:
        joined = self.fields.setdefault(name, {})
        for key, value in entries.items():
            here = f"{file}: {place(name, key)}"
            if key in joined:
                self.problems.append(f"{here}: is taken, by {self._places[name, key]}")
            self._places[name, key] = here
            joined[key] = value


def _parsed(file: Path) -> Any:
    if file.suffix.lower() not in _SUFFIXES:
        raise ValueError("the name must end in .json or .toml")
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix.lower() == ".toml":
        return tomllib.loads(text)
    return json.loads(text)


class _Values:
    """Reads values as the types of fields; what is wrong becomes a problem, and the value None.

    Args:
        file: What a problem's line starts with.
    """

    def __init__(self, file: str) -> None:
        self.problems: list[str] = []
        self._file = file
        self._readers: Mapping[Any, Callable[[Any, Any, str], Any]] = {
            tuple: self._list,
            Mapping: self._mapping,
            Literal: self._word,
            Union: self._union,
            UnionType: self._union,
        }

    def keys(self, content: Any, kinds: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Read the known keys of a table."""
        if not isinstance(content, dict):
            self._wrong(path, dict, content)
            return {}
        prefix = path and f"{path}."
        found = {}
        for name, value in content.items():
            if name in kinds:
                found[name] = self.value(kinds[name], value, prefix + name)
            else:
                self._report(prefix + name, f"no such key{suggestion(name, kinds)}")
        return found

    def value(self, kind: Any, value: Any, path: str) -> Any:
        """Read a value as a type."""
        origin = get_origin(kind)
        if origin is not None:
            return self._readers[origin](kind, value, path)
        if attrs.has(kind):
            return self._object(kind, value, path)
        return self._scalar(kind, value, path)

    def _object(self, kind: Any, value: Any, path: str) -> Any:
        before = len(self.problems)
        found = self.keys(value, get_type_hints(kind), path)
        if isinstance(value, dict):
            for field in attrs.fields(kind):
                if field.default is attrs.NOTHING and field.name not in value:
                    self._report(f"{path}.{field.name}", "is required")
        if len(self.problems) > before:
            return None
        try:
            return kind(**found)
        except ValueError as refused:
            self._report(path, str(refused))
            return None

    def _list(self, kind: Any, value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            self._wrong(path, list, value)
            return ()
        element, _ = get_args(kind)
        read = [self.value(element, each, f"{path}[{n}]") for n, each in enumerate(value)]
        return tuple(read)

    def _mapping(self, kind: Any, value: Any, path: str) -> dict[str, Any]:
        _, element = get_args(kind)
        if not isinstance(value, dict):
            self._wrong(path, dict, value)
            return {}
        return {name: self.value(element, each, f"{path}.{name}") for name, each in value.items()}

    def _word(self, kind: Any, value: Any, path: str) -> Any:
        words = get_args(kind)
        if value not in words:
            self._report(path, f"must be one of {', '.join(words)}")
        return value

    def _union(self, kind: Any, value: Any, path: str) -> Any:
        kinds = [one for one in get_args(kind) if one is not NoneType]
        if value is None and NoneType in get_args(kind):
            return None
        for one in kinds:
            if _fits(one, value):
                return self.value(one, value, path)
        return self.value(kinds[0], value, path)

    def _scalar(self, kind: Any, value: Any, path: str) -> Any:
        if not _fits(kind, value):
            self._wrong(path, kind, value)
        elif kind in {int, float} and not 0 <= value <= _MOST:
            self._report(path, f"must be from 0 to {_MOST:g}")
        elif kind is float:
            return float(value)
        return value

    def _wrong(self, path: str, kind: Any, value: Any) -> None:
        # The value itself may be a key.
        self._report(path, f"must be {_NAMES[kind]}, not {_NAMES.get(type(value), 'a date')}")

    def _report(self, path: str, fault: str) -> None:
        line = f"{path}: {fault}" if path else fault
        self.problems.append(self._file + line)


def _fits(kind: Any, value: Any) -> bool:
    # `type` and not `isinstance`, because True is an integer in Python, and not in these files.
    if kind is float:
        return type(value) in {int, float}
    return type(value) is kind
