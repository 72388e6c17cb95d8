"""The options of the clients: what they are, and what is refused.

They are checked when a client is made, and used when it first sends (`composing`). So this module
imports what an option needs only where the option is given.
"""

from collections.abc import Mapping
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, TypedDict

from gelato_async.transports.base import AsyncClient, Transport
from gelato_async.transports.body import MAX_RESPONSE_BYTES

if TYPE_CHECKING:
    from gelato_async.core.events import Observer
    from gelato_async.core.retry import RetryPolicy
    from gelato_async.limiters.base import Clock, RateLimiter


class CallOptions(TypedDict, total=False):
    """What `with_options` can change.

    `timeout`: seconds for an attempt, from sending to the last byte (30). `total_timeout`: seconds
    for a whole call with all its retries and reconciliation (None: no limit of our own; a deadline of
    yours, like `anyio.fail_after`, counts too). `retry`: the `RetryPolicy`. `limiter`: replaces the
    one that all clients with the same key share in this process. `validate`: False sends what
    breaks documented rules. `observer`: gets the events of all calls (a `LoggingObserver`; None:
    nobody gets them, and nothing is logged).
    """

    timeout: float
    total_timeout: float | None
    retry: "RetryPolicy | None"
    limiter: "RateLimiter | None"
    validate: bool
    observer: "Observer | None"


class ClientOptions(CallOptions, total=False):
    """What a client takes, beside its key.

    `transport`: a `Transport`, or an `httpx.AsyncClient` or `httpx2.AsyncClient` of yours (see
    `ClientTransport` for the socket option to make it with); what was passed in is never closed.
    `max_response_bytes`: how long an answer may be, as it comes in and unpacked (32 MiB); a longer
    one to a create means that the order was made, and is looked for. A `Transport` of yours keeps
    bounds of its own. `clock`: another source of time, for tests.
    """

    transport: Transport | AsyncClient | None
    max_response_bytes: int
    clock: "Clock | None"


def check(options: Mapping[str, Any], known: type[Any], taker: str) -> None:
    """See that all options are among the known ones, and can be used.

    Raises:
        TypeError: there is no such option, or it is of the wrong type.
        ValueError: a number of seconds is 0, negative or NaN.
    """
    # a TypedDict is not checked at run time, and a misspelled option must not be ignored
    unknown = options.keys() - known.__annotations__.keys()
    if unknown:
        raise TypeError(f"{taker}() has no option {', '.join(sorted(unknown))}")
    if options.get("total_timeout") is not None:
        _check_positive("total_timeout", options["total_timeout"])
    if "timeout" in options:
        _check_positive("timeout", options["timeout"])
    _check_kinds(options)


def _check_kinds(options: Mapping[str, Any]) -> None:
    limiter = options.get("limiter")
    if limiter is not None and not hasattr(limiter, "acquire"):
        raise TypeError(
            "limiter must be a RateLimiter, like LocalLimiter(rate=50), not a"
            f" {type(limiter).__name__}"
        )
    observer = options.get("observer")
    if observer is not None and not callable(getattr(observer, "on_event", None)):
        kind = type(observer).__name__
        raise TypeError(f"observer must have a method on_event, like LoggingObserver, not a {kind}")
    retry = options.get("retry")
    if retry is not None:
        from gelato_async.core.retry import RetryPolicy  # noqa: PLC0415

        if not isinstance(retry, RetryPolicy):
            raise TypeError(f"retry must be a RetryPolicy, not a {type(retry).__name__}")


def as_transport(options: ClientOptions) -> Transport:
    """Return the transport that a client sends through.

    Raises:
        TypeError: what was passed in cannot send asynchronously.
        ValueError: `max_response_bytes` is given for a transport that keeps bounds of its own, or
            is less than 1.
    """
    transport = options.get("transport")
    given = options.get("max_response_bytes")
    limit = MAX_RESPONSE_BYTES
    if given is not None:
        limit = given
    if transport is None:
        from gelato_async.transports.httpx import HttpxTransport  # noqa: PLC0415

        return HttpxTransport(max_response_bytes=limit)
    if not iscoroutinefunction(getattr(transport, "send", None)):
        raise TypeError(
            "transport must be a Transport or an asynchronous client, like httpx.AsyncClient(...),"
            f" not a {type(transport).__name__}"
        )
    if isinstance(transport, AsyncClient):
        from gelato_async.transports.injected import ClientTransport  # noqa: PLC0415

        return ClientTransport(transport, max_response_bytes=limit)
    if given is not None:
        raise ValueError("max_response_bytes has no effect on a transport of yours: set it there")
    return transport


def _check_positive(name: str, seconds: Any) -> None:
    if not isinstance(seconds, (int, float)):
        raise TypeError(f"{name} must be a number of seconds, not a {type(seconds).__name__}")
    if not seconds > 0:
        raise ValueError(f"{name} must be more than 0 seconds, not {seconds}")
