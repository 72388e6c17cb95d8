"""The rows of checklist.txt: what the vendor's documents hold."""

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

CHECKLIST = Path(__file__).parent / "checklist.txt"
_HEADER = re.compile(r"\[(?P<section>\S+) (?P<kind>\w+)(?: (?P<place>path|query|body))?\]")


@frozen
class Row:
    """One documented thing.

    `place` says where a parameter travels; `fact` is what a limit limits to.
    """

    section: str
    kind: str
    place: str
    name: str
    fact: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.section, self.kind, self.name


def read_rows() -> list[Row]:
    return list(_rows(CHECKLIST.read_text(encoding="utf-8").splitlines()))


def _rows(lines: list[str]) -> Iterator[Row]:
    section = kind = place = ""
    for line in lines:
        if header := _HEADER.fullmatch(line):
            section, kind, place = (header[name] or "" for name in ("section", "kind", "place"))
        elif line and not line.startswith("#"):
            name, _, fact = line.partition(" | ")
            yield Row(section, kind, place, name, fact)
