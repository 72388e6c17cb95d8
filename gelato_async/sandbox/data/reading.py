"""Reads data from .json and .toml files, and reports everything that is wrong with them at once."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gelato_async.sandbox.data.problems import SandboxDataError, place
from gelato_async.sandbox.data.sandbox_data import SandboxData
from gelato_async.sandbox.data.values import ValueReader, kinds_of

_SUFFIXES = (".json", ".toml")


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
        self._places: dict[tuple[str, int | str | None], str] = {}
        self._kinds = kinds_of(SandboxData)

    def files(self, path: Path) -> Sequence[Path]:
        """Return the file, or the files of a folder."""
        if not path.exists():
            self.problems.append(f"{path}: there is no such file or folder")
            return []
        if not path.is_dir():
            return [path]
        # Sorted, so that the order of entries does not depend on the file system.
        found = [file for file in sorted(path.iterdir()) if file.suffix.lower() in _SUFFIXES]
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
        values = ValueReader(f"{file}: ")
        self._join(file, values.table(content, self._kinds, ""))
        self.problems += values.problems

    def place(self, kind: str, number: int | str | None) -> str:
        """Return the file that an entry is in, and its place there."""
        return self._places[kind, number]

    def _join(self, file: Path, fields: Mapping[str, Any]) -> None:
        for name, entries in fields.items():
            self._places.setdefault((name, None), f"{file}: {name}")
            if isinstance(entries, dict):
                self._join_table(file, name, entries)
            else:
                self._join_list(file, name, entries)

    def _join_list(self, file: Path, name: str, entries: Sequence[Any]) -> None:
        joined = self.fields.setdefault(name, [])
        for number, entry in enumerate(entries):
            # Problems number the entries of all files, but a user those of one.
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
    # Some editors of Windows put a mark before the text.
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix.lower() == ".toml":
        return tomllib.loads(text)
    return json.loads(text, object_pairs_hook=_table)


def _table(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that is given twice, as TOML does; JSON would drop the first value."""
    table: dict[str, Any] = {}
    for name, value in pairs:
        if name in table:
            raise ValueError(f"the key {name!r} is given twice")
        table[name] = value
    return table
