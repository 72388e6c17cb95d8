"""The command `sample`: sample orders, as JSON lines or CSV, into a file or down a pipe."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gelato_async.cli.apis import BackendName
from gelato_async.cli.console import CommandError, ExitCode, raw_output
from gelato_async.cli.input.formats import format_of, open_to_write
from gelato_async.cli.samples.columns import COLUMNS
from gelato_async.cli.samples.orders import sample_orders, to_body, to_line
from gelato_async.files.csv_writer import to_csv
from gelato_async.models.new_order import NewOrder

_SEEDS = 1_000_000


def write_samples(
    backend: BackendName, number: int, seed: int | None, output: Path | None, *, as_csv: bool
) -> int:
    """Write so many sample orders; without a seed they are other ones each time.

    The output's name may ask for CSV too.
    """
    seed = secrets.randbelow(_SEEDS) if seed is None else seed
    orders = sample_orders(backend, number, seed)
    as_csv = as_csv or (output is not None and format_of(output.name) == "csv")
    with _opened(output) as stream:
        stream.writelines(
            _csv_lines(orders, backend) if as_csv else (to_line(order, backend) for order in orders)
        )
        stream.flush()
    return ExitCode.FINE


def _csv_lines(orders: Iterable[NewOrder], backend: BackendName) -> Iterator[bytes]:
    return to_csv((to_body(order, backend) for order in orders), COLUMNS[backend])


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
