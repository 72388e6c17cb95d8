"""One question to an API: from the client to the exit code, with advice for each error."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import anyio

from gelato_async.cli.apis import APIS, name_of
from gelato_async.cli.console import ExitCode, one_line, print_error
from gelato_async.client.clients import Client
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
# errors after which a request may have taken effect
_UNCLEAR = (NoAnswerError, DecodeError, ServerError)
# answers that refuse any question, whatever it asks
_NOT_ABOUT_THE_QUESTION = (AuthenticationError, RateLimitError, ServerError)


def run_query(
    client: C,
    question: Callable[[C], Awaitable[ExitCode]],
    *,
    advice: Advice | None = None,
    unclear: str = "",
) -> ExitCode:
    """Run a question and return its exit code; print an error with advice.

    The exit code is 1 if Gelato refused, 2 if the question could not be asked.

    Args:
        client: Its connections are closed afterwards.
        question: Writes its answer, and returns the exit code.
        advice: What to do about an error, by class.
        unclear: What to do if it is not known whether the request took effect. The exit code is 3
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
        if unclear and isinstance(error, _UNCLEAR):
            _print(error, unclear)
            return ExitCode.UNKNOWN
        _print(error, _advice_for(error, client, advice or {}))
        if isinstance(error, ResponseError) and not isinstance(error, _NOT_ABOUT_THE_QUESTION):
            return ExitCode.REJECTED
        return ExitCode.USAGE


def _advice_for(error: GelatoError, client: Client, own: Advice) -> str:
    if isinstance(error, AuthenticationError):
        return APIS[name_of(client.engine.backend.name)].key_source
    for kind, advice in {**_ADVICE, **own}.items():
        if isinstance(error, kind):
            return advice
    return ""


def _print(error: GelatoError, advice: str) -> None:
    message = f"gelato-async: {one_line(error)}"
    if advice:
        message += f" ({advice})"
    print_error(message)
