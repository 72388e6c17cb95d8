"""What `webhooks listen` runs: a receiver served by uvicorn, which prints a line for each event."""

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
    """Listen until Ctrl-C or, with `count`, until so many events have come.

    Raises:
        CommandError: the port cannot be used, or the secret or its header is malformed.
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
        port = listening.getsockname()[1]
        print_error(f"Listening at http://{_in_url(host)}:{port} until Ctrl-C.")
        return listener.run(listening)


def _in_url(host: str) -> str:
    if ":" in host:
        return f"[{host}]"
    return host


@define
class _Listener:
    """Prints events, and ends the server after the last of `wanted` ones."""

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
            # any error: the receiver answers 500, and Gelato sends the event again later
            raise RuntimeError("the event came after the last one that was wanted")
        try:
            self.answers.write_rows(EVENTS, [event])
        except OSError as error:
            # the output is closed or full: `run` raises this when the server has ended
            self.failure, self.server.should_exit = error, True
            raise
        if self.wanted is not None:
            self.wanted -= 1
            self.server.should_exit = self.wanted == 0


class TerminalLines(PlainLines):
    """A line for each event, with the time of its arrival and without empty values."""

    def write_rows(self, view: View[A], things: Sequence[A]) -> None:
        """Write a line for each row."""
        for row in table("", view, things).rows:
            time = f"{datetime.now().astimezone():%H:%M:%S}"
            print_line("  ".join([time, *filter(None, row)]))


def _answers(*, as_json: bool) -> Answers:
    escape_what_cannot_be_shown()
    if as_json:
        return JsonLines()
    if sys.stdout.isatty():
        return TerminalLines()
    return PlainLines()


def _config(receiver: WebhookReceiver) -> uvicorn.Config:
    # uvicorn's own messages would mix with the events, so none is printed; events that are being
    # handled as the server ends have 5 s
    return uvicorn.Config(
        receiver,
        http="h11",
        # uvicorn before 0.36 would set its own choice, uvloop, for the whole process
        loop="asyncio",
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
    family = socket.AF_INET
    if ":" in host:
        family = socket.AF_INET6
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise CommandError(
            f"cannot listen on {host}:{port}: {error.strerror}. Choose another --port or --host"
        ) from error


class _PrintedErrors(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        message = f"gelato-async: {shown(record.getMessage())}"
        if record.exc_info and record.exc_info[1]:
            message += f": {one_line(record.exc_info[1])}"
        print_error(message)


@contextmanager
def _errors_printed() -> Iterator[None]:
    handler = _PrintedErrors(logging.WARNING)
    _LOGGER.addHandler(handler)
    try:
        yield
    finally:
        _LOGGER.removeHandler(handler)
