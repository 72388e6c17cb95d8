"""The commands `status` and `reconcile`: what a journal holds, and a look for what is open."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

import anyio
from attrs import define, field

from gelato_async.bulk import Created, Outcome, Progress
from gelato_async.bulk.journal.errors import JournalError
from gelato_async.bulk.journal.reader import Journal
from gelato_async.cli.apis import APIS, name_of, open_client
from gelato_async.cli.choices import BackendName
from gelato_async.cli.console import CommandError, ExitCode, one_line, print_error, print_line
from gelato_async.cli.submit.progress import Display, display_for
from gelato_async.cli.submit.report import is_in_flight, reason_of, word_for
from gelato_async.cli.submit.running import run_orders
from gelato_async.cli.submit.tally import Tally
from gelato_async.client.clients import Client
from gelato_async.core.errors import GelatoError


def status(path: Path, *, as_json: bool) -> int:
    """Print what a journal belongs to, and how many orders are in which state.

    Raises:
        CommandError: the file is not a journal.
    """
    try:
        journal = Journal(path)
        about, counts = journal.about(), journal.count()
    except JournalError as error:
        raise CommandError(one_line(error)) from error
    if as_json:
        print_line(_json(path, about, counts))
    else:
        print_line(_text(path, about, counts))
    return ExitCode.FINE


def reconcile_command(path: Path, backend: BackendName, base_url: str | None) -> str:
    """Return the command line that looks again for what is open."""
    words = ["gelato-async", "reconcile", str(path), "--backend", backend]
    if base_url:
        words += ["--base-url", base_url]
    return shlex.join(words)


def reconcile(path: Path, *, backend: BackendName, base_url: str | None, reconcile: float) -> int:
    """Look again for the open orders of a journal, print what became of each, return the exit code.

    Raises:
        CommandError: the command cannot begin.
    """
    try:
        count = _open_orders(Journal(path).count())
    except JournalError as error:
        raise CommandError(one_line(error)) from error
    client = open_client(backend, base_url, reconcile)
    return _Reconciliation(path, display_for(count)).run(client)


@define
class _Reconciliation:
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
            if self.tally.unknown:
                return ExitCode.UNKNOWN
            return ExitCode.USAGE
        print_line(f"{self.tally.done} looked for: {self.tally}.")
        return self.tally.exit_code

    def begin(self) -> None:
        """Do nothing: there is no report to begin."""

    def note(self, outcome: Outcome) -> None:
        self.tally.count(outcome)
        if isinstance(outcome, Created):
            print_line(f"{outcome.reference}: created: {outcome.order_id}")
        elif not is_in_flight(outcome):
            reason = reason_of(outcome, None, journaled=True)
            print_line(f"{outcome.reference}: {word_for(outcome)}: {reason}")

    def show(self, progress: Progress) -> None:
        self.display.show(self.tally, progress)


def _open_orders(counts: Mapping[str, int]) -> int:
    return counts["intended"] + counts["unknown"]


def _json(path: Path, about: Mapping[str, str], counts: Mapping[str, int]) -> str:
    bound = {name: about[name] for name in ("backend", "origin", "prefix")}
    return json.dumps(
        {"journal": str(path), **bound, "runs": int(about["run"]), "orders": dict(counts)}
    )


def _text(path: Path, about: Mapping[str, str], counts: Mapping[str, int]) -> str:
    head = f"{path}: {about['backend']}, {about['origin']}"
    if about["prefix"]:
        head += f", prefix {about['prefix']}"
    lines = [head, f"  {'runs':<9} {about['run']}"]
    for state, count in counts.items():
        line = f"  {state:<9} {count}"
        if state == "intended" and count:
            line += " (in flight when the run ended, or now)"
        lines.append(line)
    if _open_orders(counts):
        backend = name_of(about["backend"])
        origin = about["origin"]
        if origin == APIS[backend].origin:
            origin = ""
        lines.append(f"To look for the open ones: {reconcile_command(path, backend, origin)}")
    return "\n".join(lines)
