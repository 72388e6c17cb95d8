"""WebhookReceiver: from a request to your functions, each event once, and an answer that tells Gelato the truth."""

import hmac
import logging
from collections.abc import Awaitable, Callable, Iterable
from inspect import iscoroutinefunction
from typing import Any, TypeVar

import anyio

from gelato_async.core.errors import WebhookError
from gelato_async.webhooks import asgi
from gelato_async.webhooks.answers import Body, Headers, WebhookAnswer, announced_length, header_values, read
from gelato_async.webhooks.base_events import Event, UnknownEvent
from gelato_async.webhooks.parsing import parse_event
from gelato_async.webhooks.stores import Claim, MemoryStore, WebhookStore

E = TypeVar("E", bound=Event)
R = TypeVar("R")

_logger = logging.getLogger("gelato_async.webhooks")

_HANDLED = WebhookAnswer(200, "Handled")
_HANDLED_ALREADY = WebhookAnswer(200, "Handled already")
_UNAUTHENTICATED = WebhookAnswer(401, "The secret header is missing or wrong")
_WRONG_METHOD = WebhookAnswer(405, "Webhooks are posted", headers={"allow": "POST"})
_BUSY = WebhookAnswer(409, "Another delivery of this event is being handled")
_TOO_LARGE = WebhookAnswer(413, "The body is too large")
_FAILED = WebhookAnswer(500, "The event could not be handled")


class WebhookReceiver:
    """Receives webhooks: checks whose they are, reads them, and awaits your functions, for each event once.

        receiver = WebhookReceiver(secrets=os.environ["GELATO_WEBHOOK_SECRET"], store=SqliteStore("webhooks.sqlite"))

        @receiver.on(OrderStatusUpdated, OrderItemTrackingCodeUpdated)
        async def order_changed(event):
            order = await gelato.orders.get(event.order_id)   # an event is a hint: the order has the truth
            await shop.save(order)

    It is an ASGI application: serve it (`uvicorn shop:receiver`), or give it a route (`app.add_route(path, receiver)` in
    Starlette and FastAPI; a `mount` serves the path with a slash at its end, and Gelato does not follow the redirect
    there). Or await `receive` in a route of your own.

    **What to do with an event.** Events come twice, late and out of order, and are lost after three tries within ten
    seconds. So fetch the order and store what it says, whichever event it was: this is right in any order and however
    often it is done. Ask for orders that you have heard nothing of for long. A function that takes longer than some
    seconds should only note the event, and leave the work to a task.

    **What is answered.** 2xx only after all functions for the event have returned and the store has noted it. When one
    raises, the answer is 500, the event is not noted, and Gelato's next try runs all of them again, those that
    succeeded too: let them bear it. While an event is being handled, another delivery of it is answered 409 at once
    and so is tried again; it does not wait, for a second connection would be held for as long.

    The receiver has no state of an event loop, and logs as `gelato_async.webhooks`, never a body or a secret.

    Args:
        secrets: What the header has to hold: one value, or several while you change it. None together with
            `allow_unauthenticated` accepts events from anybody.
        header: The name of the header that you set in the dashboard (*API Portal*, webhooks). Gelato signs nothing.
        store: What remembers the events that were handled. `MemoryStore` forgets them with this process.
        max_body: The most bytes that are read.
        allow_unauthenticated: Do without a secret: for a URL that nobody can guess, or a network that nobody can enter.

    Raises:
        ValueError: a secret is empty or cannot be sent in a header, or there is none and that is not wished for.
    """

    def __init__(
        self,
        *,
        secrets: str | Iterable[str] | None,
        header: str = "X-Webhook-Secret",
        store: WebhookStore | None = None,
        max_body: int = 1_048_576,
        allow_unauthenticated: bool = False,
    ) -> None:
        self._secrets = _checked(secrets, allow_unauthenticated=allow_unauthenticated)
        if not header or not header.isascii():
            raise ValueError("header: must be the name of a header")
        self.header: str = header
        self.store: WebhookStore = MemoryStore() if store is None else store
        self.max_body: int = max_body
        self._functions: list[tuple[tuple[type[Event], ...], Callable[[Any], Awaitable[Any]]]] = []

    def on(self, *events: type[E]) -> Callable[[Callable[[E], Awaitable[R]]], Callable[[E], Awaitable[R]]]:
        """Have an async function awaited for every event of these classes; `Event` itself stands for all.

        Several functions may be given for an event: they are awaited one after another, in the order they were given.

        Raises:
            TypeError: no class is named, one is no `Event`, or the function is not async.
        """
        if not events or not all(issubclass(event, Event) for event in events):
            raise TypeError("on: name the classes of events, as in @receiver.on(OrderStatusUpdated)")

        def register(function: Callable[[E], Awaitable[R]]) -> Callable[[E], Awaitable[R]]:
            if not iscoroutinefunction(function) and not iscoroutinefunction(type(function).__call__):
                raise TypeError("on: the function must be async")
            self._functions.append((events, function))
            return function

        return register

    async def receive(self, headers: Headers, body: Body) -> WebhookAnswer:
        """Receive one delivery in a route of your own, and return `status` and `reason` as its answer.

        Args:
            headers: The request's headers, in any of the forms that frameworks have.
            body: The request's body, or an async iterable of its parts (Starlette's `request.stream()`), of which no more
                is read than is allowed, and nothing before the secret was found to be right.
        """
        if not self._is_authentic(headers):
            _logger.warning("A webhook was refused: the header %s is missing or wrong", self.header)
            return _UNAUTHENTICATED
        content = await read(body, self.max_body) if announced_length(headers) <= self.max_body else None
        if content is None:
            _logger.warning("A webhook was refused: its body has more than %d bytes", self.max_body)
            return _TOO_LARGE
        try:
            event = parse_event(content)
        except WebhookError as error:
            _logger.warning("A webhook was refused: %s", error)
            return WebhookAnswer(400, str(error))
        return await self._answer(event)

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        """Serve as an ASGI application, at whatever path."""
        match scope["type"]:
            case "http":
                await self._serve(scope, receive, send)
            case "lifespan":
                await asgi.live(receive, send)
            case other:
                raise NotImplementedError(f"Webhooks come by HTTP, not {other}")

    async def _serve(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        if scope["method"] != "POST":
            return await asgi.respond(send, _WRONG_METHOD)
        try:
            answer = await self.receive(scope["headers"], asgi.RequestBody(receive))
        except asgi.ClientGoneError:
            return None
        return await asgi.respond(send, answer)

    def _is_authentic(self, headers: Headers) -> bool:
        if not self._secrets:
            return True
        given = header_values(headers, self.header)
        # all are compared, so that the time does not tell which one is near
        matches = [hmac.compare_digest(secret, value) for secret in self._secrets for value in given]
        return len(given) == 1 and any(matches)

    async def _answer(self, event: Event) -> WebhookAnswer:
        try:
            claim = await self.store.claim(event.deduplication_key)
            if claim is Claim.GRANTED:
                return await self._handle(event)
        except Exception:
            _logger.exception("The store of webhooks failed with event %r %r", event.event, event.id)
            return _FAILED
        return _HANDLED_ALREADY if claim is Claim.FINISHED else _BUSY

    async def _handle(self, event: Event) -> WebhookAnswer:
        is_handled = False
        try:
            await self._run(event)
            await self.store.finish(event.deduplication_key)
            is_handled = True
        except Exception:
            _logger.exception("Handling event %r %r failed", event.event, event.id)
        finally:
            if not is_handled:
                with anyio.CancelScope(shield=True):
                    await self.store.release(event.deduplication_key)
        return _HANDLED if is_handled else _FAILED

    async def _run(self, event: Event) -> None:
        if isinstance(event, UnknownEvent) and event.problems:
            _logger.warning(
                "Event %r %r is not as documented: %s", event.event, event.id, "; ".join(map(str, event.problems))
            )
        for events, function in self._functions:
            if isinstance(event, events):
                await function(event)


def _checked(secrets: str | Iterable[str] | None, *, allow_unauthenticated: bool) -> tuple[bytes, ...]:
    found = (secrets,) if isinstance(secrets, str) else tuple(secrets or ())
    if not found and not allow_unauthenticated:
        raise ValueError("secrets: give at least one, or allow_unauthenticated=True to do without")
    for secret in found:
        if not secret or not secret.isascii() or not secret.isprintable() or secret != secret.strip():
            raise ValueError("secrets: must be printable ASCII, not empty and without white space around it")
    return tuple(secret.encode() for secret in found)
