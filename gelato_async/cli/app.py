"""The commands and their options, with the help that users read.

What a command does is in the module or room that it calls, not here. A command imports that when it
runs, so that `--help` waits for no other.
"""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from gelato_async._version import __version__
from gelato_async.cli.choices import RECONCILE, BackendName, Format
from gelato_async.cli.console import spared_imports
from gelato_async.cli.options import CODES, AtLeastZero, BaseUrl, Count, Seed
from gelato_async.files.bounded_lines import MAX_BYTES

app: App = App(
    name="gelato-async",
    version=__version__,
    help=(
        "Submit print orders to Gelato and GelatoConnect, none twice and none lost. Try it against"
        " a sandbox first."
    ),
    default_parameter=Parameter(negative=""),  # no --no-x beside each flag
    suppress_keyboard_interrupt=False,  # __main__ turns Ctrl-C into an exit code
)


@app.command
def sample(
    *,
    number: Annotated[Count, Parameter(name=["--number", "-n"])] = 10,
    backend: BackendName = "gelato",
    seed: Seed | None = None,
    output: Path | None = None,
    csv: bool = False,
) -> int:
    """Write invented orders, ready for submit: JSON lines, or CSV to fill with your own.

    Args:
        number: How many orders to write.
        backend: The API whose rules and spelling the orders follow.
        seed: The same seed makes the same orders. If not given, the orders differ each time.
        output: The file to write, standard output if not given. A name that ends in .csv means
            CSV, one that ends in .gz is compressed.
        csv: Write CSV, a line for each item, with a column for everything that the backend takes.
    """
    with spared_imports():
        from gelato_async.cli.samples.sample import write_samples  # noqa: PLC0415

    return write_samples(backend, number, seed, output, as_csv=csv)


@app.command
def check(
    file: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    backend: BackendName = "gelato",
    fix: Path | None = None,
    format_: Annotated[Format | None, Parameter(name="--format")] = None,
    max_bytes: Count = MAX_BYTES,
) -> int:
    """Show everything that is wrong with a file of orders, line by line, without sending any.

    No key is needed. Exit code: 0 nothing is wrong, 1 some orders are wrong, 2 the command failed.

    Args:
        file: JSON lines or CSV, by its name; either may be compressed (.gz). `-` reads standard
            input.
        backend: The API whose rules the orders must follow.
        fix: Write a copy to this file in which white space around values is cut off, countries are
            in upper case, and UK is GB.
        format_: The format of the file, if its name does not state it.
        max_bytes: The most bytes that an order may have in the file; a longer one is rejected.
    """
    with spared_imports():
        from gelato_async.cli.input.check import check as check_file  # noqa: PLC0415

    return check_file(file, backend=backend, fix=fix, format_=format_, max_bytes=max_bytes)


@app.command
def submit(  # noqa: PLR0913  each is an option of the command
    file: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    backend: BackendName = "gelato",
    base_url: BaseUrl = None,
    report: Path | None = None,
    reconcile: AtLeastZero = RECONCILE,
    marker: bool = False,
    journal: Path | None = None,
    no_journal: bool = False,
    resume_only: bool = False,
    limit: Count | None = None,
    dry_run: bool = False,
    draft: bool = False,
    format_: Annotated[Format | None, Parameter(name="--format")] = None,
    max_bytes: Count = MAX_BYTES,
) -> int:
    """Submit every order of a file, each exactly once, as fast as Gelato permits.

    Keys come from the environment: GELATO_API_KEY, or GELATO_CONNECT_PREFIX, GELATO_CONNECT_API_KEY
    and GELATO_CONNECT_API_SECRET. On a terminal you are asked for missing ones.

    Exit code: 0 all orders are created, 1 some are rejected, 2 the command failed, 3 the outcome of
    some is unknown, 130 Ctrl-C.

    Args:
        file: JSON lines, as Gelato documents the body of a create, or CSV; `-` reads standard
            input.
        backend: The API that takes the orders.
        report: Write a row for every order to this .jsonl or .csv file, as soon as its outcome is
            known.
        reconcile: Seconds for which an order whose answer was lost is looked for, before it is sent
            again.
        marker: Add a metadata entry with a random value to each order, by which a lost order is
            recognised beyond doubt.
        journal: The file that survives a crash: a run with the same journal does not make again
            what was made. FILE.journal if not given; also for FILE.rejected.jsonl, so that no order
            of both is made twice.
        no_journal: Keep no journal: after a crash it is not known what was sent.
        resume_only: Send no order that the journal does not have.
        limit: Submit only the first orders of the file, at most so many.
        dry_run: Read and check everything, and send nothing.
        draft: Make drafts, which are not printed before they are confirmed. GelatoConnect has none.
        format_: The format of the file, if its name does not state it.
        max_bytes: The most bytes that an order may have in the file; a longer one is rejected.
    """
    with spared_imports():
        from gelato_async.cli.submit.submit import submit as submit_file  # noqa: PLC0415
        from gelato_async.cli.submit.submit_options import SubmitOptions, journal_for  # noqa: PLC0415

    options = SubmitOptions(
        file=file,
        backend=backend,
        format=format_,
        base_url=base_url,
        report=report,
        reconcile=reconcile,
        marker=marker,
        journal=journal_for(file, journal, none=no_journal, dry=dry_run),
        resume_only=resume_only,
        limit=limit,
        draft=draft,
        dry=dry_run,
        max_bytes=max_bytes,
    )
    return submit_file(options)


@app.command
def status(journal: Path, /, *, json: bool = False) -> int:
    """Show what a journal of submit belongs to, and how many of its orders are in which state.

    Args:
        journal: The journal; it may be in use.
        json: Print JSON.
    """
    with spared_imports():
        from gelato_async.cli.submit import journals  # noqa: PLC0415

    return journals.status(journal, as_json=json)


@app.command
def reconcile(
    journal: Path,
    /,
    *,
    backend: BackendName = "gelato",
    base_url: BaseUrl = None,
    reconcile: AtLeastZero = RECONCILE,
) -> int:
    """Look again for the orders of a journal whose outcome is not known. Nothing is sent.

    Exit code: 0 all outcomes are known now, 2 the command failed, 3 some are still unknown, 130
    Ctrl-C.

    Args:
        journal: The journal of a run that has ended.
        backend: The API that took the orders.
        reconcile: Seconds for which the orders are looked for.
    """
    with spared_imports():
        from gelato_async.cli.submit import journals  # noqa: PLC0415

    return journals.reconcile(journal, backend=backend, base_url=base_url, reconcile=reconcile)


@app.command
def demo(*, orders: Count = 1000, seed: Seed = 1) -> int:
    """Submit sample orders to a faulty sandbox with both clients, and count what became of them.

    The sandbox counts. A tenth of the requests fails on purpose, before or after taking effect, and
    a first process is killed during its run; another run continues with its journal. Exit code: 0
    every order was made exactly once, 1 a promise broke, 3 the outcome of some is unknown.

    Args:
        orders: How many orders are submitted to each API.
        seed: The seed of the orders and the faults.
    """
    with spared_imports():
        from gelato_async.cli.demo import demo as demonstration  # noqa: PLC0415

    return demonstration.demo(orders, seed)


# commands that cyclopts imports when they are called, or their own help is asked for
_IMPORTED = {
    "service.order_commands:orders": "Show and cancel orders, and ask what an order would cost.",
    "service.product_commands:products": (
        f"Look products up: which there are, what they cost, whether they are in stock.\n\n{CODES}"
    ),
    "service.shipping_commands:shipping": f"Look shipment methods up.\n\n{CODES}",
    "service.store_commands:stores": f"Show the products of a connected store.\n\n{CODES}",
    "service.store_commands:templates": (
        f"Show the templates that products of a store are made from.\n\n{CODES}"
    ),
    "sandbox_command:sandbox": "Serve a stand-in for both APIs, until Ctrl-C.",
    "webhooks:webhooks": "See the events that Gelato sends about your orders, products and templates.",
}
for _path, _help in _IMPORTED.items():
    app.command(f"gelato_async.cli.{_path}", help=_help)
