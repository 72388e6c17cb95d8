"""The ASGI application: admits a request, lets it meet its fault, and sends what is left of the answer.

The way of a request: it is counted on arrival; path (404), method (405), key (401) and rate limit
(429) are checked; the plan decides on a fault; the body is read; the latency passes; then it takes
effect and is answered at once.

What touches the state is synchronous and under one lock, so that tests may look and step from other
threads.
"""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import attrs

from gelato_async.sandbox import control, routes
from gelato_async.sandbox.answers import (
    Answer,
    RefusedError,
    answer,
    error,
    retry_after,
    unauthorized,
)
from gelato_async.sandbox.audit import Audit
from gelato_async.sandbox.catalog import product_api, shipment_api
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.faults.fault import Fault
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.orders import connect_api, gelato_api
from gelato_async.sandbox.orders.order import Body
from gelato_async.sandbox.state import State
from gelato_async.sandbox.stores import store_api
from gelato_async.sandbox.webhooks.outbox import WebhookDelivery

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

ABORT = "gelato_async.sandbox.abort"
ARRIVED = "gelato_async.sandbox.arrived"

_ACTIONS = {
    **gelato_api.ACTIONS,
    **product_api.ACTIONS,
    **shipment_api.ACTIONS,
    **store_api.ACTIONS,
    **connect_api.ACTIONS,
}


@attrs.define(kw_only=True, eq=False)
class SandboxApp(Options):
    """The sandbox as an ASGI application.

    Served by anything but `Sandbox` it cannot abort connections: a dropped or truncated answer then
    is a `ConnectionAbortedError`. Latency and delays need a running asyncio loop. Only `Sandbox`
    delivers webhooks; here they stand in line, and `webhooks()` lists them.

    Attributes:
        webhook_failure: What ended the delivering of webhooks, if something did that should not
            have.
    """

    webhook_failure: Exception | None = attrs.field(init=False, default=None, repr=False)
    on_webhooks: Callable[[], Any] | None = attrs.field(init=False, default=None, repr=False)
    _state: State = attrs.field(init=False, repr=False)
    _lock: threading.Lock = attrs.field(init=False, repr=False, factory=threading.Lock)

    def __attrs_post_init__(self) -> None:
        self._state = State(self, self._tell)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request; of the scopes there are it knows "http" alone."""
        if scope["type"] != "http":
            raise NotImplementedError(f"The sandbox speaks HTTP only, not {scope['type']}")
        path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("ascii", "replace")
        if path.startswith(control.PREFIX):
            result = self._control(scope["method"], path, await _read(receive))
        else:
            result = await self._serve(scope, path, receive)
        await _send(result, scope, receive, send)

    def audit(self) -> Audit:
        """Tell what really happened so far."""
        with self._lock:
            self._state.now()
            return self._state.ledger.audit()

    def advance(self, seconds: float) -> None:
        """Step the life-cycle clock, from any thread."""
        with self._lock:
            self._state.advance(seconds)

    def reset(self) -> None:
        """Forget everything: orders, audit, clock, and what the fault plan has already done."""
        with self._lock:
            self._state.outbox.end_waits()
            self._state = State(self, self._tell)

    def connected(self) -> None:
        """Note a TCP connection."""
        with self._lock:
            self._state.ledger.connections += 1

    def send_webhook(self, event: Body) -> None:
        """Deliver an event of the caller's making."""
        # a copy, for the body is made when it is sent; what is no JSON is refused here
        own = json.loads(json.dumps(event))
        with self._lock:
            control.send_webhook(self._state, own)

    def look(self) -> float | None:
        """Tell what has changed, and give the real seconds until something changes with age, if anything does."""
        with self._lock:
            now = self._state.now()
            change = self._state.changes.next_change() if self._state.changes else None
            return (change - now.life) / self.speed if change is not None and self.speed else None

    def next_webhook(self, lane: int) -> tuple[WebhookDelivery | None, float | None]:
        """Give the delivery of a lane that is due, or the real seconds until there is one, if there is any."""
        with self._lock:
            now, outbox = self._state.clock.moment(), self._state.outbox
            delivery, due = outbox.take(lane, now), outbox.due(lane)
            return delivery, None if due is None else max(due - now.real, 0.0)

    def webhook_answered(
        self, delivery: WebhookDelivery, status: int | None, reason: str | None
    ) -> None:
        """Note how a try went, and why if there was no answer."""
        with self._lock:
            self._state.outbox.answered(delivery, status, reason, self._state.clock.moment())

    def webhook_interrupted(self, delivery: WebhookDelivery) -> None:
        """Note that a try was broken off from this side, so that it does not count."""
        with self._lock:
            self._state.outbox.put_back(delivery)

    def webhooks_failed(self, failure: Exception) -> None:
        """Note that nothing is delivered any more."""
        with self._lock:
            self.webhook_failure = failure
            self._state.outbox.end_waits()

    def webhooks(self) -> tuple[WebhookDelivery, ...]:
        """Give all deliveries so far; of those that are over, the last 10,000."""
        with self._lock:
            self._state.now()
            return tuple(map(attrs.evolve, self._state.outbox.deliveries))

    def webhooks_done(self) -> threading.Event:
        """Give what is set when everything that has happened so far is delivered or lost, or delivering has failed."""
        with self._lock:
            self._state.now()
            done = self._state.outbox.wait()
            if self.webhook_failure is not None:
                done.set()
            return done

    def _tell(self) -> None:
        if self.on_webhooks is not None:
            self.on_webhooks()

    async def _serve(self, scope: Message, path: str, receive: Receive) -> Answer:
        arrived = scope.get("extensions", {}).get(ARRIVED)
        admitted = self._admit(scope["method"], path, _key(scope), arrived, _query(scope))
        if isinstance(admitted, Answer):
            await _read(receive)
            return admitted
        target, fault = admitted
        body = await _read(receive)
        await _sleep(self.latency)
        if fault is None:
            return self._act(target, body)
        return await self._disturbed(target, body, fault)

    def _admit(
        self, method: str, path: str, key: str, arrived: float | None, query: dict[str, str]
    ) -> Answer | tuple[routes.Target, Fault | None]:
        with self._lock:
            state = self._state
            now = state.clock.real(arrived)
            state.ledger.arrived(key, now)
            try:
                target = routes.find(method, path, self.connect_prefix, query)
            except RefusedError as refused:
                return error(routes.backend_of(path), refused)
            if key != self._expected_key(target):
                return unauthorized(target.route)
            if wait := state.wait_for_token(key, now):
                state.ledger.rejected += 1
                busy = RefusedError(429, "Too many requests", headers=retry_after(wait))
                return error(target.backend, busy)
            return target, state.decide(target.route)

    def _expected_key(self, target: routes.Target) -> str:
        return (
            self.api_key
            if target.backend == "gelato"
            else f"{self.connect_key}:{self.connect_secret}"
        )

    async def _disturbed(self, target: routes.Target, body: bytes, fault: Fault) -> Answer:
        genuine = None
        if fault.commit_delay:
            with self._lock:
                self._state.postpone(
                    fault.commit_delay, lambda due: _perform(self._state, target, body, due)
                )
        elif fault.when == "after":
            genuine = self._act(target, body)
        await _sleep(fault.delay)
        if fault.kind == "slow" and genuine is None:
            return self._act(target, body)
        return fault.disguise(target.route, genuine)

    def _act(self, target: routes.Target, body: bytes) -> Answer:
        with self._lock:
            return _perform(self._state, target, body, self._state.now())

    def _control(self, method: str, path: str, body: bytes) -> Answer:
        if (method, path) == ("POST", f"{control.PREFIX}reset"):
            self.reset()
            return answer({})
        with self._lock:
            self._state.now()
            try:
                return _controlled(self._state, method, path.removeprefix(control.PREFIX), body)
            except RefusedError as refused:
                return answer({"message": refused.message}, refused.status)


def _controlled(state: State, method: str, path: str, body: bytes) -> Answer:
    match method, path.split("/"):
        case "POST", ["orders", order_id, "status"]:
            return control.force_status(state, unquote(order_id), _json_object(body))
        case _, [name] if (method, name) in control.ROUTES:
            return control.ROUTES[method, name](
                state, {} if method == "GET" else _json_object(body)
            )
    raise RefusedError(404, "No such control")


def _perform(state: State, target: routes.Target, body: bytes, now: Moment) -> Answer:
    reads = target.has_body and (body or not target.needs_no_bytes)
    try:
        content = _json_object(body) if reads else {}
        return _ACTIONS[target.route](state, target, content, now)
    except RefusedError as refused:
        return error(target.backend, refused)


def _json_object(body: bytes) -> Body:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "The body is not valid JSON") from None
    if not isinstance(content, dict):
        raise RefusedError(400, "The body must be a JSON object")
    return content


def _query(scope: Message) -> dict[str, str]:
    return dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))


def _key(scope: Message) -> str:
    return next(
        (
            value.decode("latin-1")
            for name, value in scope["headers"]
            if name.lower() == b"x-api-key"
        ),
        "",
    )


async def _sleep(seconds: float) -> None:
    if seconds:
        await asyncio.sleep(seconds)


async def _read(receive: Receive) -> bytes:
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body


async def _send(result: Answer, scope: Message, receive: Receive, send: Send) -> None:
    if result.cut == "nothing":
        return await _abort(scope, receive)
    # A body of nothing could not be cut short, so at least two bytes are announced.
    length = max(len(result.body), 2) if result.cut else len(result.body)
    headers = [*result.headers, (b"content-length", str(length).encode())]
    await send({"type": "http.response.start", "status": result.status, "headers": headers})
    if not result.cut:
        return await send({"type": "http.response.body", "body": result.body})
    await send(
        {"type": "http.response.body", "body": result.body[: length // 2], "more_body": True}
    )
    return await _abort(scope, receive)


async def _abort(scope: Message, receive: Receive) -> None:
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionAbortedError("The sandbox's plan aborts this connection")
    abort()
    # The server answers 500 for an application that ends before the connection is seen to be gone.
    while (await receive())["type"] != "http.disconnect":
        pass
