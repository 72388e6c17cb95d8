"""The options of the clients: what they are, what is refused, and what a default stands for."""

from inspect import iscoroutinefunction
from typing import TypedDict

from gelato_async.client.logging_observer import LoggingObserver
from gelato_async.core.events import Observer, Reporter
from gelato_async.core.retry import RetryPolicy
from gelato_async.limiters.base import Clock, RateLimiter
from gelato_async.transports.base import Transport
from gelato_async.transports.body import MAX_RESPONSE_BYTES
from gelato_async.transports.httpx import HttpxTransport
from gelato_async.transports.injected import AsyncClient, ClientTransport

LOGGING = LoggingObserver()


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
    retry: RetryPolicy | None
    limiter: RateLimiter | None
    validate: bool
    observer: Observer | None


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
    clock: Clock | None


def as_transport(
    transport: Transport | AsyncClient | None, max_response_bytes: int | None
) -> Transport:
    """Return the transport that a client sends through.

    Raises:
        TypeError: what was passed in cannot send asynchronously.
        ValueError: `max_response_bytes` is given for a transport that keeps bounds of its own.
    """
    limit = MAX_RESPONSE_BYTES
    if max_response_bytes is not None:
        limit = max_response_bytes
    if transport is None:
        return HttpxTransport(max_response_bytes=limit)
    if not iscoroutinefunction(getattr(transport, "send", None)):
        raise TypeError(
            "transport must be a Transport or an asynchronous client, like httpx.AsyncClient(...),"
            f" not a {type(transport).__name__}"
        )
    if isinstance(transport, AsyncClient):
        return ClientTransport(transport, max_response_bytes=limit)
    if max_response_bytes is not None:
        raise ValueError("max_response_bytes has no effect on a transport of yours: set it there")
    return transport


def reporter_for(observer: Observer | None) -> Reporter | None:
    """Return what reports to an observer, None for no observer.

    Raises:
        TypeError: it is no observer.
    """
    if observer is None:
        return None
    if not callable(getattr(observer, "on_event", None)):
        kind = type(observer).__name__
        raise TypeError(f"observer must have a method on_event, like LoggingObserver, not a {kind}")
    return Reporter(observer)


def check_positive(name: str, seconds: float) -> None:
    """See that an option is a positive number of seconds.

    Raises:
        TypeError: it is not a number.
        ValueError: it is 0, negative or NaN.
    """
    if not isinstance(seconds, (int, float)):
        raise TypeError(f"{name} must be a number of seconds, not a {type(seconds).__name__}")
    if not seconds > 0:
        raise ValueError(f"{name} must be more than 0 seconds, not {seconds}")
