"""The command `sandbox`: serves a stand-in for both APIs, and prints how to reach it."""

import _thread
import errno
import os
import shlex
import sys
import threading
from pathlib import Path
from typing import Any

import attrs

from gelato_async.cli.console import CommandError, ExitCode, print_error, print_line, shown
from gelato_async.cli.webhooks import SECRET

# the sandbox has an extra of its own: `app` imports this module when the command runs
try:
    from gelato_async.sandbox import (
        FaultPlan,
        FaultPlanError,
        Sandbox,
        SandboxData,
        SandboxDataError,
        SandboxError,
        StateFileError,
    )
except ImportError as _missing:
    raise CommandError(
        'the sandbox needs uvicorn and h11: pip install "gelato-async[sandbox]"'
    ) from _missing

# What is printed of these is only what the sandbox has invented.
_SECRETS = {
    "GELATO_API_KEY": "api_key",
    "GELATO_CONNECT_API_KEY": "connect_key",
    "GELATO_CONNECT_API_SECRET": "connect_secret",
}
_OTHER_NAMES = {"api_key": "key", "state_file": "state"}
# In use, or one that only the administrator may have.
_OF_THE_PORT = (errno.EADDRINUSE, errno.EACCES)


def options(
    *, data: Path | None, faults: Path | None, webhook_header: str | None, **others: Any
) -> dict[str, Any]:
    """Return the options of a `Sandbox`, with its data and the plan read from their files.

    Keys that are not given, and origins, are left to the sandbox.

    Raises:
        CommandError: the data or the plan cannot be read or are invalid, or the header of webhooks
            has no value.
    """
    plan = None
    try:
        if faults is not None:
            plan = FaultPlan.from_file(faults)
    except FaultPlanError as error:
        raise CommandError(str(error)) from error
    # A variable of the environment that is set to nothing is not a key.
    for name in ("connect_prefix", "cors", *_SECRETS.values()):
        if not others[name]:
            del others[name]
    header = _header(webhook_header)
    return {"data": _data(data), "faults": plan, "webhook_header": header, **others}


def write_data(data: Path | None, folder: Path) -> int:
    """Write data, or else the built-in data, into a folder, and print the names of the files.

    Raises:
        CommandError: the data are invalid, a file exists already, or the folder cannot be written.
    """
    try:
        files = _data(data).write(folder)
    except SandboxDataError as error:
        raise _command_error(error) from error
    for file in files:
        print_line(str(file))
    return ExitCode.FINE


def _data(path: Path | None) -> SandboxData:
    if path is None:
        return SandboxData.built_in()
    try:
        return SandboxData.from_path(path)
    except SandboxDataError as error:
        raise _command_error(error) from error


def _command_error(error: SandboxDataError) -> CommandError:
    *others, last = error.problems
    for problem in others:
        print_error(f"gelato-async: {shown(problem)}")
    return CommandError(last)


def _header(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    name, colon, value = text.partition(":")
    if not colon:
        value = os.environ.get(SECRET, "")
    if not colon and not value:
        # the text is not shown: it may be the secret, given in place of the name
        raise CommandError(
            f"--webhook-header: no value: set {SECRET}, or give both, like 'Name: value'"
        )
    return name.strip(), value.strip()


def serve(options: dict[str, Any], *, until_input_ends: bool = False) -> int:
    """Serve until Ctrl-C or, with `until_input_ends`, until standard input ends.

    Raises:
        CommandError: the host, the port or the state file cannot be used, or an option is invalid.
    """
    try:
        sandbox = Sandbox(**options)
    except ValueError as error:
        raise CommandError(_with_option(str(error))) from error

    def on_started(url: str) -> None:
        _print_environment(sandbox, url)
        if until_input_ends:
            threading.Thread(target=_end_with_input, name="gelato-async input", daemon=True).start()

    try:
        sandbox.run(on_started)
    except StateFileError as error:
        raise CommandError(str(error)) from error
    except SandboxError as error:
        raise CommandError(f"{error}. {_advice(error)}") from error
    return ExitCode.FINE


def _with_option(message: str) -> str:
    """Replace the name of a field at the start of a message by that of the command's option."""
    name, colon, fault = message.partition(":")
    option = _OTHER_NAMES.get(name, name.replace("_", "-"))
    return f"--{option}{colon}{fault}"


def _advice(error: SandboxError) -> str:
    if getattr(error.__cause__, "errno", None) in _OF_THE_PORT:
        return "Choose another --port, or 0 for a free one"
    return "Choose another --host, an address of this machine like 127.0.0.1"


def _print_environment(sandbox: Sandbox, url: str) -> None:
    for name, value in sandbox.environment.items():
        field = _SECRETS.get(name)
        if field is None or value == getattr(attrs.fields(Sandbox), field).default:
            print_line(f"export {name}={shlex.quote(value)}")
        else:
            print_line(f"# {name} is a key of yours, which is not shown.")
    print_line(f"# The sandbox serves at {url} until Ctrl-C. Its page: {url}/_sandbox/")


def _end_with_input() -> None:
    # unbuffered: the process would abort if it ended while this thread held the buffer of sys.stdin
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as stream:
        while stream.read(1024):
            pass
    _thread.interrupt_main()
