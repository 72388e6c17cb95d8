"""WebhookReceiver: from a request to your functions, each event once, and an answer that tells Gelato the truth."""

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
_SHOWN = 200


@hides_arguments_of_methods
class WebhookReceiver:
    """Receives webhooks: checks whose they are, reads them, and awaits your functions, for each event once.

        secret = os.environ["GELATO_WEBHOOK_SECRET"]
        receiver = WebhookReceiver(secrets=secret, store=SqliteStore("webhooks.sqlite"))

        @receiver.on(OrderStatusUpdated, OrderItemTrackingCodeUpdated)
        async def order_changed(event):
            order = await gelato.orders.get(event.order_id)  # the event is a hint, this the truth
            await shop.save(order)

    It is an ASGI application: serve it (`uvicorn shop:receiver`), or give it a route
    (`app.add_route(path, receiver)` in Starlette and FastAPI; a `mount` serves the path with a
    slash at its end, and Gelato does not follow the redirect there). Or await `receive` in a route
    of your own.

    **What to do with an event.** Events come twice, late and out of order, and are lost after three
    tries within ten seconds. So fetch the order and store what it says, whichever event it was:
    then neither their order nor how often they come matters. Two events of one order may be handled
    at once though, and the older of two answers be stored last: where that matters, handle the
    events of an order one after another (a lock per order, or its row locked from before the
    fetch). Ask for orders that you have heard nothing of for long. A function that takes longer
    than some seconds should only note the event, and leave the work to a task.

    **What is answered.** 2xx only after all functions for the event have returned and the store has
    noted it. When one raises, the answer is 500, the event is not noted, and Gelato's next try runs
    all of them again, those that succeeded too: let them bear it. While an event is being handled,
    another delivery of it is answered 409 at once and so is tried again; it does not wait, for a
    second connection would be held for as long. What the dashboard's test button sends
    (`Event.is_test`) is the same each time, and so is handled each time. An event that no function
    takes is answered 501 and logged, so that none is lost unnoticed: give it a function, don't have
    it sent (the dashboard), or accept it with `accept_unhandled`.

    The receiver has no state of an event loop, and logs as `gelato_async.webhooks`, never a body or
    a secret.

    Args:
        secrets: What the header has to hold: one value, or several while you change it. None
            together with `allow_unauthenticated` accepts events from anybody.
        header: The name of the header that you set in the dashboard (*API Portal*, webhooks).
            Gelato signs nothing.
        store: What remembers the events that were handled. `MemoryStore` forgets them with this
            process.
        max_body: The most bytes that are read.
        allow_unauthenticated: Do without a secret: for a URL that nobody can guess, or a network
            that nobody can enter.
        accept_unhandled: Answer 200 to events that no function takes, and drop them.

    Raises:
        ValueError: a secret is empty or cannot be sent in a header, or there is none and that is
            not asked for; or `header` is no name of a header.
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
    ) -> None:
        self._secrets = _validated_options(secrets, allow_unauthenticated=allow_unauthenticated)
        if not _TOKEN.fullmatch(header):
            raise ValueError("header: must be the name of a header, without a value")
        self.header: str = header
        self.store: WebhookStore = MemoryStore() if store is None else store
        self.max_body: int = max_body
        self.accept_unhandled: bool = accept_unhandled
        self._functions: list[tuple[tuple[type[Event], ...], Callable[[Any], Awaitable[Any]]]] = []

    def on(
        self, *events: type[E]
    ) -> Callable[[Callable[[E], Awaitable[R]]], Callable[[E], Awaitable[R]]]:
        """Have an async function awaited for every event of these classes; `Event` itself stands for all.

        Several functions may be given for an event: they are awaited one after another, in the
        order they were given.

        Raises:
            TypeError: no class is named, one is no `Event`, or the function is not async.
        """
        if not events or not all(issubclass(event, Event) for event in events):
            raise TypeError(
                "on: name the classes of events, as in @receiver.on(OrderStatusUpdated)"
            )

        def register(function: Callable[[E], Awaitable[R]]) -> Callable[[E], Awaitable[R]]:
            if not iscoroutinefunction(function) and not iscoroutinefunction(
                type(function).__call__
            ):
                raise TypeError("on: the function must be async")
            self._functions.append((events, function))
            return function

        return register

    async def receive(self, headers: Headers, body: Body) -> WebhookAnswer:
        """Receive one delivery in a route of your own, and return `status` and `reason` as its answer.

        Args:
            headers: The request's headers, in any of the forms that frameworks have.
            body: The request's body, or an async iterable of its parts (Starlette's
                `request.stream()`), of which no more is read than is allowed, and nothing before
                the secret was found to be right.
        """
        if not self._is_authentic(headers):
            _logger.warning("A webhook was refused: the header %s is missing or wrong", self.header)
            return answers.UNAUTHENTICATED
        content = (
            await read(body, self.max_body) if announced_length(headers) <= self.max_body else None
        )
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
                await asgi.live(receive, send)
            case other:
                raise NotImplementedError(f"Webhooks come by HTTP, not {other}")

    async def _serve(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        body = asgi.RequestBody(receive)
        try:
            answer = (
                await self.receive(scope["headers"], body)
                if scope["method"] == "POST"
                else answers.WRONG_METHOD
            )
        except asgi.ClientGoneError:
            return
        await asgi.respond(scope, body, send, answer)

    def _is_authentic(self, headers: Headers) -> bool:
        if not self._secrets:
            return True
        given = header_values(headers, self.header)
        # all are compared, so that the time does not tell which one is near
        matches = [
            hmac.compare_digest(secret, value) for secret in self._secrets for value in given
        ]
        return len(given) == 1 and any(matches)

    async def _answer(self, event: Event) -> WebhookAnswer:
        _log_problems(event)
        if not any(isinstance(event, events) for events, _ in self._functions):
            return self._answer_unhandled(event)
        if event.is_test:
            return await self._handle_unnoted(event)
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
        # not noted in the store, so that a later delivery finds a function that has come meanwhile
        if self.accept_unhandled:
            return answers.ACCEPTED
        _logger.warning("No function takes event %s: it is answered 501", _shown(event))
        return answers.UNHANDLED

    async def _handle_unnoted(self, event: Event) -> WebhookAnswer:
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
            tasks.start_soon(self._renew_for_ever, self.store, event)
            answer = await self._handle(event)
            tasks.cancel_scope.cancel()
        return answer

    async def _handle(self, event: Event) -> WebhookAnswer:
        is_noted, note = False, self.store.release
        try:
            await self._run(event)
            # from here on it was handled, and a cancellation does not change that
            note = self.store.finish
            await note(event.deduplication_key)
            is_noted = True
        except Exception:
            note = self.store.release
            _logger.exception("Handling event %s failed", _shown(event))
        finally:
            if not is_noted:
                with anyio.CancelScope(shield=True):
                    await self._note(note, event)
        return answers.HANDLED if is_noted else answers.FAILED

    async def _note(self, note: Callable[[str], Awaitable[None]], event: Event) -> None:
        try:
            await note(event.deduplication_key)
        except Exception:
            _logger.exception("The store of webhooks failed with event %s", _shown(event))

    async def _renew_for_ever(self, store: LeasedStore, event: Event) -> None:
        while True:
            await anyio.sleep(store.lease / 3)
            await self._note(store.renew, event)

    async def _run(self, event: Event) -> None:
        for events, function in self._functions:
            if isinstance(event, events):
                await function(event)


def _log_problems(event: Event) -> None:
    if isinstance(event, UnknownEvent) and event.problems:
        problems = "; ".join(map(str, event.problems))[:_SHOWN]
        _logger.warning("Event %s is not as documented: %s", _shown(event), problems)


def _shown(event: Event) -> str:
    # anybody who has the secret chooses them, at any length
    return f"{event.event[:_SHOWN]!r} {(event.id or '')[:_SHOWN]!r}"


def _validated_options(
    secrets: str | Iterable[str] | None, *, allow_unauthenticated: bool
) -> tuple[bytes, ...]:
    found = (secrets,) if isinstance(secrets, str) else tuple(secrets or ())
    if not found and not allow_unauthenticated:
        raise ValueError("secrets: give at least one, or allow_unauthenticated=True to do without")
    for secret in found:
        if (
            not secret
            or not secret.isascii()
            or not secret.isprintable()
            or secret != secret.strip()
        ):
            raise ValueError(
                "secrets: must be printable ASCII, not empty and without white space around it"
            )
    return tuple(secret.encode() for secret in found)
