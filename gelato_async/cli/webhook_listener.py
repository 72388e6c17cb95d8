"""What `webhooks listen` runs: a receiver served by uvicorn, and a line for each event."""

import logging
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from attrs import define

from gelato_async.cli.console import (
    CommandError,
    ExitCode,
    escape_what_cannot_be_shown,
    one_line,
    print_error,
    print_line,
    shown,
)
from gelato_async.cli.output.answers import Answers, JsonLines, PlainLines
from gelato_async.cli.output.event_views import EVENTS
from gelato_async.cli.output.views import A, View, table
from gelato_async.webhooks import Event, WebhookReceiver

try:
    import uvicorn
except ImportError as _missing:
    raise CommandError(
        'webhooks listen needs uvicorn and h11: pip install "gelato-async[sandbox]"'
        f" ({_missing.name})"
    ) from _missing

_LOGGER = logging.getLogger("gelato_async.webhooks")


def listen(
    secret: str | None, header: str, *, host: str, port: int, count: int | None, as_json: bool
) -> ExitCode:
    """Listen until Ctrl-C, or until so many events came.

    Raises:
        CommandError: the port cannot be had, or the secret or its header cannot be one.
    """
    try:
        receiver = WebhookReceiver(
            secrets=secret, header=header, allow_unauthenticated=secret is None
        )
    except ValueError as error:
        raise CommandError(str(error)) from error
    listener = _Listener(_answers(as_json=as_json), count, uvicorn.Server(_config(receiver)))
    receiver.on(Event)(listener.show)
    with _listening(host, port) as listening, _errors_printed():
        address = f"[{host}]" if ":" in host else host
        print_error(f"Listening at http://{address}:{listening.getsockname()[1]} until Ctrl-C.")
        return listener.run(listening)


@define
class _Listener:
    answers: Answers
    wanted: int | None
    server: uvicorn.Server
    failure: OSError | None = None

    def run(self, listening: socket.socket) -> ExitCode:
        with suppress(KeyboardInterrupt):
            self.server.run(sockets=[listening])
        if self.failure is not None:
            raise self.failure
        return ExitCode.FINE

    async def show(self, event: Event) -> None:
        if self.server.should_exit:
            raise RuntimeError("it came after the last one that was wanted")
        try:
            self.answers.write_rows(EVENTS, [event])
        except OSError as error:
            self.failure, self.server.should_exit = error, True
            raise
        if self.wanted is not None:
            self.wanted -= 1
            self.server.should_exit = self.wanted == 0


class TerminalLines(PlainLines):
    """A line for each event, with the time it came, and without what it does not have."""

    def write_rows(self, view: View[A], things: Sequence[A]) -> None:
        """Write a line for each."""
        for row in table("", view, things).rows:
            print_line("  ".join([f"{datetime.now().astimezone():%H:%M:%S}", *filter(None, row)]))


def _answers(*, as_json: bool) -> Answers:
    escape_what_cannot_be_shown()
    if as_json:
        return JsonLines()
    return TerminalLines() if sys.stdout.isatty() else PlainLines()


def _config(receiver: WebhookReceiver) -> uvicorn.Config:
    return uvicorn.Config(
        receiver,
        http="h11",
        ws="none",
        interface="asgi3",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="critical",
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise CommandError(
            f"cannot listen on {host}:{port}: {error.strerror}. Choose another --port or --host"
        ) from error


class _PrintedErrors(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        reason = record.exc_info[1] if record.exc_info else None
        print_error(
            f"gelato-async: {shown(record.getMessage())}{f': {one_line(reason)}' if reason else ''}"
        )


@contextmanager
def _errors_printed() -> Iterator[None]:
    handler = _PrintedErrors(logging.WARNING)
    _LOGGER.addHandler(handler)
    try:
        yield
    finally:
        _LOGGER.removeHandler(handler)
