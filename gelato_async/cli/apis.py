"""Clients made from the environment or, on a terminal, from what the user types.

A key is never an argument.
"""

import os
import sys
from collections.abc import Callable, Mapping
from getpass import getpass
from typing import Literal

from gelato_async.cli.console import CommandError
from gelato_async.client.clients import Client, GelatoClient, GelatoConnectClient
from gelato_async.core.retry import RetryPolicy

BackendName = Literal["gelato", "connect"]


VARIABLES: Mapping[BackendName, Mapping[str, str]] = {
    "gelato": {"GELATO_API_KEY": "Gelato API key"},
    "connect": {
        "GELATO_CONNECT_PREFIX": "GelatoConnect partner prefix",
        "GELATO_CONNECT_API_KEY": "GelatoConnect API key",
        "GELATO_CONNECT_API_SECRET": "GelatoConnect API secret",
    },
}


def open_client(
    backend: BackendName, base_url: str | None, reconcile: float, *, marker: bool = False
) -> Client:
    """A client for the user's own key.

    Raises:
        CommandError: a key is missing or cannot be one, or `base_url` is no origin.
    """
    return make_client(backend, _given(backend), base_url, reconcile, marker=marker)


def open_gelato(base_url: str | None) -> GelatoClient:
    """A client for what only Gelato's own API has.

    Raises:
        CommandError: the key is missing or cannot be one, or `base_url` is no origin.
    """
    given = _given("gelato")
    try:
        return GelatoClient(*given, base_url=base_url)
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
    """A client for these keys, in the order of `VARIABLES`.

    Raises:
        CommandError: a key cannot be one, or `base_url` is no origin.
    """
    try:
        retry = RetryPolicy(reconcile=reconcile, marker=marker)
        return _CLIENTS[backend](keys, base_url, retry)
    except ValueError as error:
        raise CommandError(str(error)) from error


def _gelato(keys: list[str], base_url: str | None, retry: RetryPolicy) -> Client:
    return GelatoClient(*keys, base_url=base_url, retry=retry)


def _connect(keys: list[str], base_url: str | None, retry: RetryPolicy) -> Client:
    return GelatoConnectClient(*keys, base_url=base_url, retry=retry)


_CLIENTS: Mapping[BackendName, Callable[[list[str], str | None, RetryPolicy], Client]] = {
    "gelato": _gelato,
    "connect": _connect,
}


def _given(backend: BackendName) -> list[str]:
    return [_variable(name, meaning) for name, meaning in VARIABLES[backend].items()]


def _variable(name: str, meaning: str) -> str:
    value = os.environ.get(name) or _asked(meaning)
    if not value:
        raise CommandError(f"no {meaning}: set the environment variable {name}")
    return value


def _asked(meaning: str) -> str:
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return ""
    try:
        return getpass(f"{meaning}: ").strip()
    except EOFError:
        return ""
