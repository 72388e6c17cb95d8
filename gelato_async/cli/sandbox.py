"""The command `sandbox`: serves a stand-in for both APIs, and tells the shell how to reach it."""

import _thread
import os
import shlex
import sys
import threading
from pathlib import Path
from typing import Any

from gelato_async.cli.console import CommandError, ExitCode, print_line, spare_imports
from gelato_async.cli.webhooks import SECRET

try:
    from gelato_async.sandbox import FaultPlan, FaultPlanError, Sandbox, SandboxError
except ImportError as _missing:
    raise CommandError(
        f'the sandbox needs uvicorn and h11: pip install "gelato-async[sandbox]" ({_missing.name})'
    ) from _missing


def options(*, faults: Path | None, webhook_header: str | None, **others: Any) -> dict[str, Any]:
    """The options of a `Sandbox`, with the plan read from its file.

    Raises:
        CommandError: the plan makes no sense, or cannot be read, or the header of webhooks has no
        value.
    """
    try:
        plan = None if faults is None else FaultPlan.from_file(faults)
    except FaultPlanError as error:
        raise CommandError(str(error)) from error
    return {"faults": plan, "webhook_header": _header(webhook_header), **others}


def _header(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    name, colon, value = text.partition(":")
    if not colon and not (value := os.environ.get(SECRET, "")):
        # the name may be a secret that was put in its place
        raise CommandError(
            f"--webhook-header: no value: set {SECRET}, or give both, like 'Name: value'"
        )
    return name.strip(), value.strip()


def serve(options: dict[str, Any], *, until_input_ends: bool = False) -> int:
    """Serve until Ctrl-C or, if wanted, until standard input ends.

    Raises:
        CommandError: the port cannot be had, or an option makes no sense.
    """
    spare_imports()
    try:
        sandbox = Sandbox(**options)
    except ValueError as error:
        raise CommandError(str(error)) from error

    def on_started(url: str) -> None:
        _tell(sandbox, url)
        if until_input_ends:
            threading.Thread(target=_end_with_input, name="gelato-async input", daemon=True).start()

    try:
        sandbox.run(on_started)
    except SandboxError as error:
        raise CommandError(f"{error}. Choose another --port, or 0 for a free one") from error
    return ExitCode.FINE


def _tell(sandbox: Sandbox, url: str) -> None:
    for name, value in sandbox.environment.items():
        print_line(f"export {name}={shlex.quote(value)}")
    print_line(f"# The sandbox serves at {url} until Ctrl-C.")


def _end_with_input() -> None:
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as stream:
        while stream.read(1024):
            pass
    _thread.interrupt_main()
