"""GelatoClient and GelatoConnectClient: compose an engine from options, and own what they made."""

import copy
import os
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import attrs

from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.backends.origins import Paths
from gelato_async.client.create_once import create
from gelato_async.client.engine import Engine
from gelato_async.client.options import (
    LOGGING,
    CallOptions,
    ClientOptions,
    as_transport,
    check_positive,
    reporter_for,
)
from gelato_async.client.orders import GelatoConnectOrders, GelatoOrders
from gelato_async.client.products import Products
from gelato_async.client.sender import Reply, Sender
from gelato_async.client.shipping import Shipping
from gelato_async.client.stores import Stores
from gelato_async.core.backend import Backend
from gelato_async.core.events import Observer
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.retry import RetryPolicy
from gelato_async.limiters.base import Clock, RateLimiter
from gelato_async.limiters.local import shared_limiter
from gelato_async.models.tracebacks import hides_arguments_of_methods
from gelato_async.transports.base import Transport
from gelato_async.transports.injected import AsyncClient

T = TypeVar("T")

# the options of a call that belong to the sender; the others belong to the engine
_OF_SENDER = frozenset({"timeout", "limiter", "reporter"})


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
        observer: Observer | None = LOGGING,
        transport: Transport | AsyncClient | None = None,
        max_response_bytes: int | None = None,
        clock: Clock | None = None,
    ) -> None:
        used = as_transport(transport, max_response_bytes)
        # what was passed in is the caller's to close
        self._owned = None
        if transport is None:
            self._owned = used
        if total_timeout is not None:
            check_positive("total_timeout", total_timeout)
        check_positive("timeout", timeout)
        sender = Sender(
            backend=backend,
            transport=used,
            limiter=limiter or shared_limiter(backend.credentials.digest),
            clock=clock or Clock(),
            timeout=timeout,
            reporter=reporter_for(observer),
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
            UnsupportedError: this API has no route for it.
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
        """Return a cheap copy with other options, on the same connections and limiter.

        Closing the copy closes nothing.
        """
        # a TypedDict is not checked at run time, and a misspelled option must not be ignored
        unknown = options.keys() - CallOptions.__annotations__.keys()
        if unknown:
            raise TypeError(f"with_options() has no option {', '.join(sorted(unknown))}")
        changes: dict[str, Any] = dict(options)
        if "timeout" in changes:
            check_positive("timeout", changes["timeout"])
        if changes.get("total_timeout") is not None:
            check_positive("total_timeout", changes["total_timeout"])
        if "retry" in changes:
            changes["retry"] = changes["retry"] or RetryPolicy()
        if "limiter" in changes:
            shared = shared_limiter(self._engine.backend.credentials.digest)
            changes["limiter"] = changes["limiter"] or shared
        if "observer" in changes:
            changes["reporter"] = reporter_for(changes.pop("observer"))
        of_sender = {name: changes.pop(name) for name in _OF_SENDER & changes.keys()}
        sender = attrs.evolve(self._engine.sender, **of_sender)
        other = copy.copy(self)
        other._owned = None  # noqa: SLF001  a copy of our own class
        other._use(attrs.evolve(self._engine, sender=sender, **changes))  # noqa: SLF001
        return other

    async def aclose(self) -> None:
        """Close the connections of this event loop. A transport that was passed in stays open.

        Calling it twice is fine.
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
        api_key = _given_or_environment(api_key, "GELATO_API_KEY")
        if base_url is None:
            base_url = os.environ.get("GELATO_BASE_URL")
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
        prefix = _given_or_environment(prefix, "GELATO_CONNECT_PREFIX")
        api_key = _given_or_environment(api_key, "GELATO_CONNECT_API_KEY")
        api_secret = _given_or_environment(api_secret, "GELATO_CONNECT_API_SECRET")
        if base_url is None:
            base_url = os.environ.get("GELATO_CONNECT_BASE_URL")
        self._set_up(
            connect_backend(prefix, api_key, api_secret, base_url=base_url, paths=paths), **options
        )

    def _use(self, engine: Engine) -> None:
        super()._use(engine)
        self.orders = GelatoConnectOrders(engine)


Client = GelatoClient | GelatoConnectClient


def _given_or_environment(value: str | None, name: str) -> str | None:
    # what was given counts even where it is empty: the backend says what is wrong with it
    if value is not None:
        return value
    return os.environ.get(name)
