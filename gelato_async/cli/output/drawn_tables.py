"""Tables on a terminal, drawn by rich."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table as Drawn
from rich.text import Text

from gelato_async.cli.output.views import A, Answered, Facts, Table, View, table, text

# a longer table would show its first row too late
_BATCH = 50


class DrawnTables:
    """A table for each batch, without the columns that are empty in it."""

    batch = _BATCH

    def write_rows(self, view: View[A], things: Sequence[A]) -> None:
        """Draw one table."""
        _print(_drawn(table("", view, things)))

    def write_whole(self, thing: Answered, facts: Facts, *tables: Table) -> None:  # noqa: ARG002  JSON needs it
        """Draw the facts that have a value, one below the other, then the tables."""
        grid = Drawn.grid(padding=(0, 2))
        for name, value in facts.items():
            if shown := text(value):
                grid.add_row(Text(name, style="bold"), Text(shown, overflow="fold"))
        _print(grid)
        for part in tables:
            if part.rows:
                _print(_drawn(part))


def _drawn(part: Table) -> Drawn:
    used = [number for number in range(len(part.head)) if _has_value(part, number)]
    drawn = Drawn(box=box.SIMPLE_HEAD, pad_edge=False)
    for number in used:
        drawn.add_column(part.head[number], overflow="fold")
    for row in part.rows:
        # as Text: in a plain string rich would look for its own markup
        drawn.add_row(*(Text(row[number]) for number in used))
    return drawn


def _has_value(part: Table, number: int) -> bool:
    return any(row[number] for row in part.rows)


def _print(drawn: Drawn) -> None:
    Console().print(drawn)
