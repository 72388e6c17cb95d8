"""The command `sample`: sample orders, as JSON lines or CSV, into a file or a pipe."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gelato_async.cli.choices import BackendName
from gelato_async.cli.console import CommandError, ExitCode, raw_output
from gelato_async.cli.input.formats import format_of, open_to_write
from gelato_async.cli.samples.columns import COLUMNS
from gelato_async.cli.samples.orders import sample_orders, to_body, to_line
from gelato_async.files.csv_writer import to_csv

_SEEDS = 1_000_000


def write_samples(
    backend: BackendName, number: int, seed: int | None, output: Path | None, *, as_csv: bool
) -> int:
    """Write sample orders and return the exit code; without a seed they differ each time.

    A name of the output that ends in .csv asks for CSV too.

    Raises:
        CommandError: the output cannot be written.
    """
    if seed is None:
        seed = secrets.randbelow(_SEEDS)
    if output is not None and format_of(output.name) == "csv":
        as_csv = True
    orders = sample_orders(backend, number, seed)
    if as_csv:
        lines = to_csv((to_body(order, backend) for order in orders), COLUMNS[backend])
    else:
        lines = (to_line(order, backend) for order in orders)
    with _opened(output) as stream:
        stream.writelines(lines)
        stream.flush()
    return ExitCode.FINE


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        yield raw_output()
        return
    try:
        with open_to_write(output, output.name) as stream:
            yield stream
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror}") from error
