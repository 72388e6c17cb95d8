"""One question to an API: from the client to the exit code, and what to do about each error."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import anyio

from gelato_async.cli.apis import VARIABLES
from gelato_async.cli.console import ExitCode, one_line, print_error
from gelato_async.client.clients import Client, GelatoClient
from gelato_async.core.errors import (
    AuthenticationError,
    ConnectionFailedError,
    DecodeError,
    GelatoError,
    NoAnswerError,
    RateLimitError,
    ResponseError,
    ServerError,
)

C = TypeVar("C", bound=Client)
Advice = Mapping[type[GelatoError], str]

_LATER = "try again later"
_ADVICE: Advice = {
    ConnectionFailedError: "check the network, or --base-url",
    NoAnswerError: _LATER,
    RateLimitError: _LATER,
    ServerError: _LATER,
}
_UNCLEAR = (NoAnswerError, DecodeError, ServerError)
_NOT_ABOUT_THE_QUESTION = (AuthenticationError, RateLimitError, ServerError)


def run_query(
    client: C,
    question: Callable[[C], Awaitable[ExitCode]],
    *,
    advice: Advice | None = None,
    unclear: str = "",
) -> ExitCode:
    """Run a question and return its exit code, or tell of the error: 1 where Gelato said no, 2 where it could not be asked.

    Args:
        client: Its connections are closed afterwards.
        question: Writes its answer, and returns the exit code.
        advice: What to do about an error.
        unclear: What to do where nobody knows whether the request took effect. The exit code is 3
            then.
    """

    async def run() -> ExitCode:
        try:
            return await question(client)
        finally:
            await client.aclose()

    try:
        return anyio.run(run)
    except GelatoError as error:
        known: Advice = {AuthenticationError: _whence(client), **_ADVICE, **(advice or {})}
        is_unclear = bool(unclear) and isinstance(error, _UNCLEAR)
        _tell(
            error,
            (
                unclear
                if is_unclear
                else next((known[kind] for kind in known if isinstance(error, kind)), "")
            ),
        )
        return ExitCode.UNKNOWN if is_unclear else _code(error)


def _whence(client: Client) -> str:
    variables = VARIABLES["gelato" if isinstance(client, GelatoClient) else "connect"]
    return f"it comes from {' and '.join(variables)}"


def _tell(error: GelatoError, advice: str) -> None:
    print_error(f"gelato-async: {one_line(error)}{f' ({advice})' if advice else ''}")


def _code(error: GelatoError) -> ExitCode:
    refused = isinstance(error, ResponseError) and not isinstance(error, _NOT_ABOUT_THE_QUESTION)
    return ExitCode.REJECTED if refused else ExitCode.USAGE
