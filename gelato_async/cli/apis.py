"""The two APIs as the command line knows them, and clients for them.

Keys come from the environment or, on a terminal, from what the user types; a key is never an
argument of a command.
"""

import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from getpass import getpass

from attrs import frozen

from gelato_async.backends import connect, gelato
from gelato_async.cli.choices import BackendName
from gelato_async.cli.console import CommandError
from gelato_async.client.clients import Client, GelatoClient, GelatoConnectClient
from gelato_async.client.logging_observer import LoggingObserver
from gelato_async.core.backend import Backend
from gelato_async.core.events import CallEvent, ReconciliationAdopted
from gelato_async.core.retry import RetryPolicy


class PossibleDuplicates(LoggingObserver):
    """Logs orders that may be duplicates. All else that a client reports the commands print."""

    def on_event(self, event: CallEvent) -> None:
        """Log an order that was found beside others of its reference."""
        if isinstance(event, ReconciliationAdopted) and event.others:
            super().on_event(event)


@frozen(kw_only=True)
class Api:
    """An API: the environment variables of its keys with their meanings, and what takes those keys.

    `client` and `make_backend` take the keys in the order of `variables`. `origin` is where orders
    are sent unless a base URL says otherwise.
    """

    variables: Mapping[str, str]
    client: Callable[..., Client]
    make_backend: Callable[..., Backend]
    origin: str

    @property
    def key_source(self) -> str:
        """What to say of a key that was refused."""
        return f"it comes from {' and '.join(self.variables)}"


APIS: Mapping[BackendName, Api] = {
    "gelato": Api(
        variables={"GELATO_API_KEY": "Gelato API key"},
        client=GelatoClient,
        make_backend=gelato.gelato_backend,
        origin=gelato.ORIGINS["order"],
    ),
    "connect": Api(
        variables={
            "GELATO_CONNECT_PREFIX": "GelatoConnect partner prefix",
            "GELATO_CONNECT_API_KEY": "GelatoConnect API key",
            "GELATO_CONNECT_API_SECRET": "GelatoConnect API secret",
        },
        client=GelatoConnectClient,
        make_backend=connect.connect_backend,
        origin=connect.ORIGINS["order"],
    ),
}


@cache
def offline_backend(backend: BackendName) -> Backend:
    """Return a backend without keys: it knows rules and spelling, and nothing can be sent to it."""
    api = APIS[backend]
    return api.make_backend(*["none"] * len(api.variables))


def name_of(backend: str) -> BackendName:
    """Return the option's value for a `Backend.name`, which is what journals keep."""
    return next(name for name in APIS if offline_backend(name).name == backend)


def open_client(
    backend: BackendName, base_url: str | None, reconcile: float, *, marker: bool = False
) -> Client:
    """Make a client for the user's own key.

    Raises:
        CommandError: a key is missing or malformed, or `base_url` is not an origin.
    """
    return make_client(backend, _keys(backend), base_url, reconcile, marker=marker)


def open_gelato(base_url: str | None) -> GelatoClient:
    """Make a client for what only Gelato's own API has.

    Raises:
        CommandError: the key is missing or malformed, or `base_url` is not an origin.
    """
    keys = _keys("gelato")
    try:
        return GelatoClient(*keys, base_url=base_url)
    except ValueError as error:
        raise CommandError(str(error)) from error


def make_client(
    backend: BackendName,
    keys: list[str],
    base_url: str | None,
    reconcile: float,
    *,
    marker: bool = False,
) -> Client:
    """Make a client for these keys, in the order of `Api.variables`.

    Raises:
        CommandError: a key is malformed, or `base_url` is not an origin.
    """
    try:
        retry = RetryPolicy(reconcile=reconcile, marker=marker)
        return APIS[backend].client(
            *keys, base_url=base_url, retry=retry, observer=PossibleDuplicates()
        )
    except ValueError as error:
        raise CommandError(str(error)) from error


def _keys(backend: BackendName) -> list[str]:
    keys = []
    for name, meaning in APIS[backend].variables.items():
        value = os.environ.get(name) or _typed(meaning)
        if not value:
            raise CommandError(f"no {meaning}: set the environment variable {name}")
        keys.append(value)
    return keys


def _typed(meaning: str) -> str:
    # a script without its keys must fail, not wait for a user; a process without a console has no
    # streams at all
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return ""
    try:
        return getpass(f"{meaning}: ").strip()
    except EOFError:
        return ""
