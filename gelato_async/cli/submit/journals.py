"""The commands `status` and `reconcile`.

What a journal says of its runs, and another look for what they left open.
"""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

import anyio
from attrs import define, field

from gelato_async.backends import connect, gelato
from gelato_async.bulk import Created, Outcome, Progress
from gelato_async.bulk.journal.errors import JournalError
from gelato_async.bulk.journal.reader import Journal
from gelato_async.cli.apis import BackendName, open_client
from gelato_async.cli.console import CommandError, ExitCode, one_line, print_error, print_line
from gelato_async.cli.submit.progress import Display, display_for
from gelato_async.cli.submit.report import is_in_flight, reason_of, word_for
from gelato_async.cli.submit.running import run_orders
from gelato_async.cli.submit.tally import Tally
from gelato_async.client.clients import Client
from gelato_async.core.errors import GelatoError

_NAMES: Mapping[str, BackendName] = {"Gelato": "gelato", "GelatoConnect": "connect"}
_WORDS = {"intended": "in flight when the run ended, or now"}


def status(path: Path, *, as_json: bool) -> int:
    """Say what a journal belongs to and how many orders are in which state.

    Raises:
        CommandError: it is no journal.
    """
    try:
        journal = Journal(path)
        about, counts = journal.about(), journal.count()
    except JournalError as error:
        raise CommandError(one_line(error)) from error
    print_line(_json(path, about, counts) if as_json else _text(path, about, counts))
    return ExitCode.FINE


def reconcile_command(path: Path, backend: BackendName, base_url: str | None) -> str:
    """The command line that looks again for what is open."""
    origin = ["--base-url", base_url] if base_url else []
    return shlex.join(["gelato-async", "reconcile", str(path), "--backend", backend, *origin])


def reconcile(path: Path, *, backend: BackendName, base_url: str | None, reconcile: float) -> int:
    """Look again for the orders that a journal has open, tell what became of each, and return the exit code.

    Raises:
        CommandError: it cannot begin.
    """
    try:
        open_ = _open(Journal(path).count())
    except JournalError as error:
        raise CommandError(one_line(error)) from error
    return _Reconciling(path, display_for(open_)).run(open_client(backend, base_url, reconcile))


@define
class _Reconciling:
    path: Path
    display: Display
    tally: Tally = field(factory=Tally)

    def run(self, client: Client) -> int:
        try:
            with self.display:
                anyio.run(lambda: run_orders(client, [], self, journal=self.path))
        except KeyboardInterrupt:
            print_error(f"Interrupted: {self.tally}.")
            return ExitCode.INTERRUPTED
        except GelatoError as error:
            print_error(f"gelato-async: {one_line(error)}")
            return ExitCode.UNKNOWN if self.tally.unknown else ExitCode.USAGE
        print_line(f"{self.tally.done} looked for: {self.tally}.")
        return self.tally.exit_code

    def begin(self) -> None:
        """Nothing is to be prepared."""

    def note(self, outcome: Outcome) -> None:
        self.tally.count(outcome)
        if isinstance(outcome, Created):
            print_line(f"{outcome.reference}: created: {outcome.order_id}")
        elif not is_in_flight(outcome):
            print_line(
                f"{outcome.reference}: {word_for(outcome)}:"
                f" {reason_of(outcome, None, journaled=True)}"
            )

    def show(self, progress: Progress) -> None:
        self.display.show(self.tally, progress)


def _open(counts: Mapping[str, int]) -> int:
    return counts["intended"] + counts["unknown"]


def _json(path: Path, about: Mapping[str, str], counts: Mapping[str, int]) -> str:
    bound = {name: about[name] for name in ("backend", "origin", "prefix")}
    return json.dumps(
        {"journal": str(path), **bound, "runs": int(about["run"]), "orders": dict(counts)}
    )


def _text(path: Path, about: Mapping[str, str], counts: Mapping[str, int]) -> str:
    prefix = f", prefix {about['prefix']}" if about["prefix"] else ""
    lines = [
        f"{path}: {about['backend']}, {about['origin']}{prefix}",
        f"  {'runs':<9} {about['run']}",
        *(f"  {state:<9} {count}{_note(state, count)}" for state, count in counts.items()),
    ]
    if _open(counts):
        command = reconcile_command(path, _NAMES[about["backend"]], _other_origin(about["origin"]))
        lines.append(f"To look for the open ones: {command}")
    return "\n".join(lines)


def _other_origin(origin: str) -> str | None:
    return None if origin in {gelato.ORIGINS["order"], connect.ORIGINS["order"]} else origin


def _note(state: str, count: int) -> str:
    return f" ({_WORDS[state]})" if count and state in _WORDS else ""
