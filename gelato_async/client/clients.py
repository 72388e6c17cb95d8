"""GelatoClient and GelatoConnectClient: check their options, and own what they made.

Making a client imports little. The engine, and with it the API's tables, is made when the client is
entered or first used, the methods of products, shipping and stores when they are first asked for.
"""

import copy
import os
from abc import abstractmethod
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, Unpack

from gelato_async.backends.connect import connect_account
from gelato_async.backends.gelato import gelato_account
from gelato_async.client.options import CallOptions, ClientOptions, as_transport, check
from gelato_async.core.credentials import Account
from gelato_async.models.tracebacks import hides_arguments_of_methods

if TYPE_CHECKING:
    from gelato_async.backends.paths import Paths
    from gelato_async.client.engine import Engine
    from gelato_async.client.orders import GelatoConnectOrders, GelatoOrders
    from gelato_async.client.products import Products
    from gelato_async.client.sender import Reply
    from gelato_async.client.shipping import Shipping
    from gelato_async.client.stores import Stores
    from gelato_async.core.backend import Backend
    from gelato_async.core.operations.base import Operation
    from gelato_async.transports.base import Transport

T = TypeVar("T")

# what is made of a client's engine, and so made anew for a copy with other options
_FACES = ("orders", "products", "shipping", "stores")


@hides_arguments_of_methods
class _Client:
    _account: Account
    _paths: "Paths | None"
    _options: ClientOptions
    _transport: "Transport"
    _owned: "Transport | None" = None
    _engine: "Engine | None" = None

    def _set_up(self, account: Account, paths: "Paths | None", options: ClientOptions) -> None:
        check(options, ClientOptions, type(self).__name__)
        self._options = options
        self._transport = as_transport(options)
        self._paths = paths
        if options.get("transport") is None:
            # what was passed in is the caller's to close
            self._owned = self._transport
        if paths:
            # a template that cannot be used is refused here
            self._engine = self._composed(account)
        self._account = account

    @abstractmethod
    def _backend(self, account: Account) -> "Backend": ...

    def _composed(self, account: Account) -> "Engine":
        from gelato_async.client.composing import compose  # noqa: PLC0415

        return compose(self._backend(account), self._transport, self._options)

    def __repr__(self) -> str:
        name = type(self).__name__
        if not hasattr(self, "_account"):
            return f"<{name}, not made: its construction failed>"
        origins = dict.fromkeys(self._account.origins.values())
        return f"<{name} at {', '.join(origins)}>"

    @property
    def engine(self) -> "Engine":
        """What runs this client's operations; bulk runs are built on it."""
        if self._engine is None:
            # threads that race here get the same engine
            made: Engine = vars(self).setdefault("_engine", self._composed(self._account))
            return made
        return self._engine

    async def send(self, operation: "Operation[T]") -> T:
        """Run any operation that this API has a route for.

        Raises:
            UnsupportedError: this API has no route for it.
        """
        return (await self.send_raw(operation)).answer

    async def send_raw(self, operation: "Operation[T]") -> "Reply[T]":
        """Run an operation.

        The reply holds its `answer` and the `response` that it was read from.
        """
        from gelato_async.client.create_once import create  # noqa: PLC0415
        from gelato_async.core.operations.orders import CreateOperation  # noqa: PLC0415

        if isinstance(operation, CreateOperation):
            return await create(self.engine, operation)
        return await self.engine.send_raw(operation)

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """Return a cheap copy with other options, on the same connections and limiter.

        Closing the copy closes nothing.
        """
        check(options, CallOptions, "with_options")
        from gelato_async.client.composing import with_changes  # noqa: PLC0415

        other = copy.copy(self)
        other._owned = None  # noqa: SLF001  a copy of our own class
        other._engine = with_changes(self.engine, options)  # noqa: SLF001
        for face in _FACES:
            vars(other).pop(face, None)
        return other

    async def aclose(self) -> None:
        """Close the connections of this event loop. A transport that was passed in stays open.

        Calling it twice is fine.
        """
        if self._owned is not None:
            await self._owned.aclose()

    async def __aenter__(self) -> Self:
        # what a create needs is imported here, so that the first one does not wait for that
        from gelato_async.client import orders as _orders  # noqa: F401, PLC0415

        _ = self.engine
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
    Most of the library is imported on entering the block, or with the first call if there is none.

    Raises:
        ValueError: the key, `base_url`, a path or a timeout cannot be used.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        paths: "Paths | None" = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        api_key = _given_or_environment(api_key, "GELATO_API_KEY")
        if base_url is None:
            base_url = os.environ.get("GELATO_BASE_URL")
        self._set_up(gelato_account(api_key, base_url=base_url), paths, options)

    def _backend(self, account: Account) -> "Backend":
        from gelato_async.backends.gelato.backend import backend_of  # noqa: PLC0415

        return backend_of(account, self._paths)

    @cached_property
    def orders(self) -> "GelatoOrders":
        """Orders, quotes and drafts."""
        from gelato_async.client.orders import GelatoOrders  # noqa: PLC0415

        return GelatoOrders(self.engine)

    @cached_property
    def products(self) -> "Products":
        """Catalogs and their products, with prices and stock."""
        from gelato_async.client.products import Products  # noqa: PLC0415

        return Products(self.engine)

    @cached_property
    def shipping(self) -> "Shipping":
        """Shipment methods and prices."""
        from gelato_async.client.shipping import Shipping  # noqa: PLC0415

        return Shipping(self.engine)

    @cached_property
    def stores(self) -> "Stores":
        """The products of connected stores, and templates."""
        from gelato_async.client.stores import Stores  # noqa: PLC0415

        return Stores(self.engine)


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

    def __init__(
        self,
        prefix: str | None = None,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        base_url: str | None = None,
        paths: "Paths | None" = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        prefix = _given_or_environment(prefix, "GELATO_CONNECT_PREFIX")
        api_key = _given_or_environment(api_key, "GELATO_CONNECT_API_KEY")
        api_secret = _given_or_environment(api_secret, "GELATO_CONNECT_API_SECRET")
        if base_url is None:
            base_url = os.environ.get("GELATO_CONNECT_BASE_URL")
        self._set_up(
            connect_account(prefix, api_key, api_secret, base_url=base_url), paths, options
        )

    def _backend(self, account: Account) -> "Backend":
        from gelato_async.backends.connect.backend import backend_of  # noqa: PLC0415

        return backend_of(account, self._paths)

    @cached_property
    def orders(self) -> "GelatoConnectOrders":
        """Orders."""
        from gelato_async.client.orders import GelatoConnectOrders  # noqa: PLC0415

        return GelatoConnectOrders(self.engine)


Client = GelatoClient | GelatoConnectClient


def _given_or_environment(value: str | None, name: str) -> str | None:
    # what was given counts even where it is empty: the backend says what is wrong with it
    if value is not None:
        return value
    return os.environ.get(name)
