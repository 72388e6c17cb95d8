"""WebhookReceiver: authenticates a delivery, awaits your functions for its event, and answers."""

import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from inspect import iscoroutinefunction
from typing import Any, TypeVar

import anyio

from gelato_async.core.errors import WebhookError
from gelato_async.models.tracebacks import hides_arguments_of_methods
from gelato_async.webhooks import answers, asgi
from gelato_async.webhooks.answers import (
    Body,
    Headers,
    WebhookAnswer,
    announced_length,
    header_values,
    read,
)
from gelato_async.webhooks.events.base import Event, UnknownEvent
from gelato_async.webhooks.parsing import parse_event
from gelato_async.webhooks.stores import Claim, LeasedStore, MemoryStore, WebhookStore

E = TypeVar("E", bound=Event)
R = TypeVar("R")

_logger = logging.getLogger("gelato_async.webhooks")

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MOST_CHARACTERS_LOGGED = 200


@hides_arguments_of_methods
class WebhookReceiver:
    """Authenticates webhooks, reads them, and awaits your functions, once for each event.

        secret = os.environ["GELATO_WEBHOOK_SECRET"]
        receiver = WebhookReceiver(secrets=secret, store=SqliteStore("webhooks.sqlite"))

        @receiver.on(OrderStatusUpdated, OrderItemTrackingCodeUpdated)
        async def order_changed(event):
            order = await gelato.orders.get(event.order_id)  # the event is a hint, this the truth
            await shop.save(order)

    The receiver is an ASGI application: serve it (`uvicorn shop:receiver`), or give it a route
    (`app.add_route(path, receiver)` in Starlette and FastAPI; a `mount` serves the path with a
    slash at its end, and Gelato does not follow the redirect there). Or await `receive` in a route
    of your own.

    **What to do with an event.** Events arrive twice, late and out of order, and are lost after
    three tries within ten seconds. So fetch the order and store what it says, whichever event
    arrived: then neither their order nor their number matters. Two events of one order may be
    handled at once though, and the older of two answers be stored last: where that matters, handle
    the events of an order one after another (a lock per order, or its row locked from before the
    fetch). Fetch orders of which no event has arrived for a long time. A function that takes
    longer than some seconds should only record the event, and leave the work to a task.

    **What is answered.** 2xx only after all functions for the event have returned and the store has
    recorded it. If a function raises, the answer is 500, the event is not recorded, and Gelato's
    next try runs all functions again, including those that succeeded: make them safe to repeat.
    While an event is being handled, another delivery of it is answered 409 at once, so that Gelato
    tries again; letting it wait would occupy a second connection. The events of the dashboard's
    test button (`Event.is_test`) are the same each time, and are handled each time. An event that
    no function takes is answered 501 and logged, so that none is lost unnoticed: register a
    function for it, stop it in the dashboard, or accept it with `accept_unhandled`.

    The receiver holds no state of an event loop. It logs as `gelato_async.webhooks`, never a body
    or a secret.

    Args:
        secrets: What the header has to hold: one value, or several while you change it. None
            together with `allow_unauthenticated` accepts events from anybody.
        header: The name of the header that you set in the dashboard (*API Portal*, webhooks).
            Gelato signs nothing.
        store: Remembers the events that were handled. The default, a `MemoryStore`, forgets them
            when the process ends.
        max_body: The most bytes that are read.
        allow_unauthenticated: Do without a secret: for a URL that nobody can guess, or a network
            that nobody can enter.
        accept_unhandled: Answer 200 to events that no function takes, and drop them.
        discard_seconds: How long the rest of a body that was refused early is read and discarded,
            so that the client reads the answer. For the ASGI application alone.

    Raises:
        ValueError: A secret is empty or cannot be sent in a header, or there is none and
            `allow_unauthenticated` is not set; or `header` is not the name of a header.
    """

    def __init__(
        self,
        *,
        secrets: str | Iterable[str] | None,
        header: str = "X-Webhook-Secret",
        store: WebhookStore | None = None,
        max_body: int = 1_048_576,
        allow_unauthenticated: bool = False,
        accept_unhandled: bool = False,
        discard_seconds: float = 5.0,
    ) -> None:
        self._secrets = _validated_secrets(secrets, allow_unauthenticated=allow_unauthenticated)
        if not _TOKEN.fullmatch(header):
            raise ValueError("header: must be the name of a header, without a value")
        self.header: str = header
        self.store: WebhookStore = MemoryStore() if store is None else store
        self.max_body: int = max_body
        self.accept_unhandled: bool = accept_unhandled
        self.discard_seconds: float = discard_seconds
        self._functions: list[tuple[tuple[type[Event], ...], Callable[[Any], Awaitable[Any]]]] = []

    def on(
        self, *events: type[E]
    ) -> Callable[[Callable[[E], Awaitable[R]]], Callable[[E], Awaitable[R]]]:
        """Register an async function for all events of these classes; `Event` stands for all.

        Several functions may be registered for an event: they are awaited one after another, in
        the order of their registration.

        Raises:
            TypeError: No class is named, a class is not an `Event`, or the function is not async.
        """
        if not events or not all(issubclass(event, Event) for event in events):
            raise TypeError(
                "on: name the classes of events, as in @receiver.on(OrderStatusUpdated)"
            )

        def register(function: Callable[[E], Awaitable[R]]) -> Callable[[E], Awaitable[R]]:
            is_async = iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)
            if not is_async:
                raise TypeError("on: the function must be async")
            self._functions.append((events, function))
            return function

        return register

    async def receive(self, headers: Headers, body: Body) -> WebhookAnswer:
        """Handle a delivery in a route of your own; answer with the result's `status` and `reason`.

        Args:
            headers: The request's headers, in any of the forms that frameworks have.
            body: The request's body, or an async iterable of its parts (Starlette's
                `request.stream()`). Nothing of it is read before the secret is verified, and no
                more than `max_body`.
        """
        if not self._is_authentic(headers):
            _logger.warning("A webhook was refused: the header %s is missing or wrong", self.header)
            return answers.UNAUTHENTICATED
        content = None
        if announced_length(headers) <= self.max_body:
            content = await read(body, self.max_body)
        if content is None:
            _logger.warning("A webhook was refused: its body has more than %d bytes", self.max_body)
            return answers.TOO_LARGE
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
                await asgi.confirm_lifespan(receive, send)
            case other:
                raise NotImplementedError(f"Webhooks come by HTTP, not {other}")

    async def _serve(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        body = asgi.RequestBody(receive)
        try:
            answer = answers.WRONG_METHOD
            if scope["method"] == "POST":
                answer = await self.receive(scope["headers"], body)
        except asgi.ClientGoneError:
            return
        await asgi.respond(scope, body, send, answer, self.discard_seconds)

    def _is_authentic(self, headers: Headers) -> bool:
        if not self._secrets:
            return True
        given = header_values(headers, self.header)
        # All are compared, so that the time does not depend on which one is right.
        matches = [
            hmac.compare_digest(secret, value) for secret in self._secrets for value in given
        ]
        return len(given) == 1 and any(matches)

    async def _answer(self, event: Event) -> WebhookAnswer:
        _log_problems(event)
        if not any(isinstance(event, events) for events, _ in self._functions):
            return self._answer_unhandled(event)
        if event.is_test:
            return await self._handle_test(event)
        try:
            claim = await self.store.claim(event.deduplication_key)
        except Exception:
            _logger.exception("The store of webhooks failed with event %s", _shown(event))
            return answers.FAILED
        match claim:
            case Claim.GRANTED:
                return await self._handle_claimed(event)
            case Claim.FINISHED:
                return answers.HANDLED_ALREADY
            case Claim.BUSY:
                return answers.BUSY

    def _answer_unhandled(self, event: Event) -> WebhookAnswer:
        # Not recorded in the store, so that a later delivery reaches a function that was added
        # meanwhile.
        if self.accept_unhandled:
            return answers.ACCEPTED
        _logger.warning("No function takes event %s: it is answered 501", _shown(event))
        return answers.UNHANDLED

    async def _handle_test(self, event: Event) -> WebhookAnswer:
        try:
            await self._run(event)
        except Exception:
            _logger.exception("Handling event %s failed", _shown(event))
            return answers.FAILED
        return answers.HANDLED

    async def _handle_claimed(self, event: Event) -> WebhookAnswer:
        if not isinstance(self.store, LeasedStore):
            return await self._handle(event)
        answer = answers.FAILED
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_renewing, self.store, event)
            answer = await self._handle(event)
            tasks.cancel_scope.cancel()
        return answer

    async def _handle(self, event: Event) -> WebhookAnswer:
        is_recorded, record = False, self.store.release
        try:
            await self._run(event)
            # From here on the event was handled, and a cancellation does not change that.
            record = self.store.finish
            await record(event.deduplication_key)
            is_recorded = True
        except Exception:
            record = self.store.release
            _logger.exception("Handling event %s failed", _shown(event))
        finally:
            if not is_recorded:
                with anyio.CancelScope(shield=True):
                    await self._record(record, event)
        return answers.HANDLED if is_recorded else answers.FAILED

    async def _record(self, record: Callable[[str], Awaitable[None]], event: Event) -> None:
        try:
            await record(event.deduplication_key)
        except Exception:
            _logger.exception("The store of webhooks failed with event %s", _shown(event))

    async def _keep_renewing(self, store: LeasedStore, event: Event) -> None:
        while True:
            # One renewal may fail, or come late, before the lease ends.
            await anyio.sleep(store.lease / 3)
            await self._record(store.renew, event)

    async def _run(self, event: Event) -> None:
        for events, function in self._functions:
            if isinstance(event, events):
                await function(event)


def _log_problems(event: Event) -> None:
    if isinstance(event, UnknownEvent) and event.problems:
        problems = "; ".join(map(str, event.problems))[:_MOST_CHARACTERS_LOGGED]
        _logger.warning("Event %s is not as documented: %s", _shown(event), problems)


def _shown(event: Event) -> str:
    # The sender chooses both texts, at any length.
    name, event_id = event.event, event.id or ""
    return f"{name[:_MOST_CHARACTERS_LOGGED]!r} {event_id[:_MOST_CHARACTERS_LOGGED]!r}"


def _validated_secrets(
    secrets: str | Iterable[str] | None, *, allow_unauthenticated: bool
) -> tuple[bytes, ...]:
    if isinstance(secrets, str):
        secrets = (secrets,)
    found = tuple(secrets or ())
    if not found and not allow_unauthenticated:
        raise ValueError("secrets: give at least one, or allow_unauthenticated=True to do without")
    for secret in found:
        is_printable_ascii = secret.isascii() and secret.isprintable()
        if not secret or not is_printable_ascii or secret != secret.strip():
            raise ValueError(
                "secrets: must be printable ASCII, not empty and without white space around it"
            )
    return tuple(secret.encode() for secret in found)
