"""The command `sample`: sample orders into a file or down a pipe."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gelato_async.cli.console import CommandError, ExitCode, raw_output
from gelato_async.cli.samples import BackendName, sample_orders, to_line

_SEEDS = 1_000_000


def write_samples(backend: BackendName, number: int, seed: int | None, output: Path | None) -> int:
    """Write so many sample orders as JSON lines; without a seed they are other ones each time."""
    seed = secrets.randbelow(_SEEDS) if seed is None else seed
    with _opened(output) as stream:
        stream.writelines(to_line(order, backend) for order in sample_orders(backend, number, seed))
        stream.flush()
    return ExitCode.FINE


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        yield raw_output()
        return
    try:
        with output.open("wb") as stream:
            yield stream
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror}") from error
