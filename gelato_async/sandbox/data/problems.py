"""What can be wrong with data: problems of entries, and the error that lists all of them."""

from collections.abc import Callable, Iterable, Sequence

import attrs


@attrs.frozen
class Problem:
    """What is wrong with one entry.

    Attributes:
        kind: The field of `SandboxData` that has the entry, like "products".
        number: The entry's place among those of its kind, or its name if they have names; None for
            all of them together.
        path: The path of the value in the entry, like ".price" or "".
        fault: What is wrong, and what to do.
        other: The place of another entry of the same kind, which ends the sentence.
    """

    kind: str
    number: int | str | None
    path: str
    fault: str
    other: int | None = None

    def line(self, place_of: Callable[[str, int | str | None], str]) -> str:
        """Return the problem as a line; `place_of` writes where an entry stands."""
        line = f"{place_of(self.kind, self.number)}{self.path}: {self.fault}"
        if self.other is not None:
            line += f" {place_of(self.kind, self.other)}"
        return line


class SandboxDataError(ValueError):
    """Data that a sandbox cannot start with.

    Attributes:
        problems: All that is wrong, one line each.
        entries: The problems that concern entries alone, if the data are no file's.
    """

    def __init__(self, problems: Iterable[str], entries: Sequence[Problem] = ()) -> None:
        self.problems: tuple[str, ...] = tuple(problems)
        self.entries: tuple[Problem, ...] = tuple(entries)
        super().__init__("\n".join(self.problems))


def place(kind: str, number: int | str | None) -> str:
    """Return the place of an entry in a `SandboxData`."""
    if number is None:
        return kind
    if isinstance(number, str):
        return f"{kind}.{number}"
    return f"{kind}[{number}]"
