"""GelatoClient and GelatoConnectClient: compose the engine from options, and own what they made."""

import copy
import os
from inspect import iscoroutinefunction
from types import TracebackType
from typing import Any, Self, TypedDict, TypeVar, Unpack

import attrs

from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.backends.origins import Paths
from gelato_async.client.create_once import create
from gelato_async.client.engine import Engine
from gelato_async.client.logging_observer import LoggingObserver
from gelato_async.client.orders import GelatoConnectOrders, GelatoOrders
from gelato_async.client.products import Products
from gelato_async.client.sender import Reply, Sender
from gelato_async.client.shipping import Shipping
from gelato_async.client.stores import Stores
from gelato_async.core.backend import Backend
from gelato_async.core.calls import Reporter
from gelato_async.core.events import Observer
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.retry import RetryPolicy
from gelato_async.limiters.base import Clock, RateLimiter
from gelato_async.limiters.local import shared_limiter
from gelato_async.models.tracebacks import hides_arguments_of_methods
from gelato_async.transports.base import Transport
from gelato_async.transports.body import MAX_RESPONSE_BYTES
from gelato_async.transports.httpx import HttpxTransport
from gelato_async.transports.injected import AsyncClient, ClientTransport

T = TypeVar("T")

_LOGGING = LoggingObserver()
# the options of a call that belong to the sender; the others belong to the engine
_OF_SENDER = frozenset({"timeout", "limiter", "reporter"})


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


@hides_arguments_of_methods
class _Client:
    _engine: Engine
    _owned: Transport | None

    def _set_up(  # noqa: PLR0913  each is an option of the clients
        self,
        backend: Backend,
        *,
        timeout: float = 30.0,
        total_timeout: float | None = None,
        retry: RetryPolicy | None = None,
        limiter: RateLimiter | None = None,
        validate: bool = True,
        observer: Observer | None = _LOGGING,
        transport: Transport | AsyncClient | None = None,
        max_response_bytes: int | None = None,
        clock: Clock | None = None,
    ) -> None:
        used = _as_transport(transport, max_response_bytes)
        self._owned = used if transport is None else None
        if total_timeout is not None:
            _check_positive("total_timeout", total_timeout)
        _check_positive("timeout", timeout)
        sender = Sender(
            backend=backend,
            transport=used,
            limiter=limiter or shared_limiter(backend.credentials.digest),
            clock=clock or Clock(),
            timeout=timeout,
            reporter=_reporter(observer),
        )
        engine = Engine(
            sender=sender,
            retry=retry or RetryPolicy(),
            total_timeout=total_timeout,
            validate=validate,
        )
        self._use(engine)

    def _use(self, engine: Engine) -> None:
        self._engine = engine

    def __repr__(self) -> str:
        name = type(self).__name__
        if not hasattr(self, "_engine"):
            return f"<{name}, not made: its construction failed>"
        origins = dict.fromkeys(self._engine.backend.origins.values())
        return f"<{name} at {', '.join(origins)}>"

    @property
    def engine(self) -> Engine:
        """What runs this client's operations; bulk runs are built on it."""
        return self._engine

    async def send(self, operation: Operation[T]) -> T:
        """Run any operation that this API has a route for.

        Raises:
            UnsupportedError: it has none.
        """
        return (await self.send_raw(operation)).answer

    async def send_raw(self, operation: Operation[T]) -> Reply[T]:
        """Run an operation.

        The reply holds its `answer` and the `response` that it was read from.
        """
        if isinstance(operation, CreateOperation):
            return await create(self._engine, operation)
        return await self._engine.send_raw(operation)

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """A cheap copy with other options, on the same connections and limiter.

        Closing it closes nothing.
        """
        unknown = options.keys() - CallOptions.__annotations__.keys()
        if unknown:
            raise TypeError(f"with_options() has no option {', '.join(sorted(unknown))}")
        changes: dict[str, Any] = dict(options)
        if "timeout" in changes:
            _check_positive("timeout", changes["timeout"])
        if changes.get("total_timeout") is not None:
            _check_positive("total_timeout", changes["total_timeout"])
        if "retry" in changes:
            changes["retry"] = changes["retry"] or RetryPolicy()
        if "limiter" in changes:
            shared = shared_limiter(self._engine.backend.credentials.digest)
            changes["limiter"] = changes["limiter"] or shared
        if "observer" in changes:
            changes["reporter"] = _reporter(changes.pop("observer"))
        of_sender = {name: changes.pop(name) for name in _OF_SENDER & changes.keys()}
        sender = attrs.evolve(self._engine.sender, **of_sender)
        other = copy.copy(self)
        other._owned = None  # noqa: SLF001  a copy of our own class
        other._use(attrs.evolve(self._engine, sender=sender, **changes))  # noqa: SLF001
        return other

    async def aclose(self) -> None:
        """Close the connections of this event loop; twice is fine.

        What was passed in stays open.
        """
        if self._owned is not None:
            await self._owned.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


@hides_arguments_of_methods
class GelatoClient(_Client):
    """Gelato's own API.

    `api_key` comes from the environment variable GELATO_API_KEY where it is not given, `base_url`
    (an origin in place of the documented hosts: the sandbox, a proxy) from GELATO_BASE_URL. `paths`
    replaces path templates, by operation. For the other options see `ClientOptions`. Use it with
    `async with`, or call `aclose()`; one client may serve several event loops, one after another.

    Raises:
        ValueError: the key, `base_url`, a path or a timeout cannot be used.
    """

    orders: GelatoOrders
    products: Products
    shipping: Shipping
    stores: Stores

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        paths: Paths | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        api_key = api_key if api_key is not None else os.environ.get("GELATO_API_KEY")
        base_url = base_url or os.environ.get("GELATO_BASE_URL")
        self._set_up(gelato_backend(api_key, base_url=base_url, paths=paths), **options)

    def _use(self, engine: Engine) -> None:
        super()._use(engine)
        self.orders = GelatoOrders(engine)
        self.products = Products(engine)
        self.shipping = Shipping(engine)
        self.stores = Stores(engine)


@hides_arguments_of_methods
class GelatoConnectClient(_Client):
    """GelatoConnect, for one partner.

    What is not given comes from the environment: GELATO_CONNECT_PREFIX, GELATO_CONNECT_API_KEY,
    GELATO_CONNECT_API_SECRET, GELATO_CONNECT_BASE_URL. `paths` replaces path templates, by
    operation, as onboarding may hand out other ones: `paths={CancelOrder:
    "/api/{prefix}/orders/{order_id}/cancel"}`. For the other options see `ClientOptions`.

    Raises:
        ValueError: the prefix, the key, the secret, `base_url`, a path or a timeout cannot be used.
    """

    orders: GelatoConnectOrders

    def __init__(
        self,
        prefix: str | None = None,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        base_url: str | None = None,
        paths: Paths | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        prefix = prefix if prefix is not None else os.environ.get("GELATO_CONNECT_PREFIX")
        api_key = api_key if api_key is not None else os.environ.get("GELATO_CONNECT_API_KEY")
        api_secret = (
            api_secret if api_secret is not None else os.environ.get("GELATO_CONNECT_API_SECRET")
        )
        base_url = base_url or os.environ.get("GELATO_CONNECT_BASE_URL")
        self._set_up(
            connect_backend(prefix, api_key, api_secret, base_url=base_url, paths=paths), **options
        )

    def _use(self, engine: Engine) -> None:
        super()._use(engine)
        self.orders = GelatoConnectOrders(engine)


Client = GelatoClient | GelatoConnectClient


def _as_transport(
    transport: Transport | AsyncClient | None, max_response_bytes: int | None
) -> Transport:
    limit = MAX_RESPONSE_BYTES if max_response_bytes is None else max_response_bytes
    if transport is None:
        return HttpxTransport(max_response_bytes=limit)
    if not iscoroutinefunction(transport.send):
        raise TypeError(
            "transport must be asynchronous, like an httpx.AsyncClient, not a"
            f" {type(transport).__name__}"
        )
    if isinstance(transport, AsyncClient):
        return ClientTransport(transport, max_response_bytes=limit)
    if max_response_bytes is not None:
        raise ValueError("max_response_bytes has no effect on a transport of yours: set it there")
    return transport


def _reporter(observer: Observer | None) -> Reporter | None:
    if observer is None:
        return None
    if not callable(getattr(observer, "on_event", None)):
        kind = type(observer).__name__
        raise TypeError(f"observer must have a method on_event, like LoggingObserver, not a {kind}")
    return Reporter(observer)


def _check_positive(name: str, seconds: float) -> None:
    if not isinstance(seconds, (int, float)):
        raise TypeError(f"{name} must be a number of seconds, not a {type(seconds).__name__}")
    if not seconds > 0:
        raise ValueError(f"{name} must be more than 0 seconds, not {seconds}")
