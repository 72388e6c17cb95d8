"""The ASGI application: admits a request, decides on its fault, and answers.

The order of events for a request: it is counted on arrival; path (404), method (405), key (401) and
rate limit (429) are checked; the plan decides on a fault; the body is read; the latency passes;
then the request takes effect and is answered at once.

All access to the state is synchronous and under one lock, so that tests may inspect and step it
from other threads.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from gelato_async.sandbox import routes, serving
from gelato_async.sandbox.actions import perform
from gelato_async.sandbox.answers import (
    Answer,
    RefusedError,
    error,
    retry_after,
    unauthorized,
)
from gelato_async.sandbox.clock import Clock
from gelato_async.sandbox.control.access import Access
from gelato_async.sandbox.control.controls import Controls
from gelato_async.sandbox.errors import StateFileError
from gelato_async.sandbox.faults.fault import Fault
from gelato_async.sandbox.http import asgi, cors
from gelato_async.sandbox.http.asgi import Message, Receive, Send
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.state import State
from gelato_async.sandbox.storage.saved_state import SavedState
from gelato_async.sandbox.storage.state_lock import StateLock
from gelato_async.sandbox.webhooks.outbox import WebhookDelivery


@attrs.define(kw_only=True, eq=False)
class SandboxApp(Options, Controls):
    """The sandbox as an ASGI application; all of `Options` are its arguments too.

    Only the server of `Sandbox` can abort connections: with any other, a dropped or truncated
    answer is a `ConnectionAbortedError`. Latency and delays need a running asyncio loop. Only
    `Sandbox` delivers webhooks; here they stay queued, and `webhooks()` lists them.

    Args:
        monotonic: Gives the seconds of a clock that never goes back. The server's must be the
            default.
        wall: Gives POSIX time.

    Attributes:
        webhook_failure: The unexpected error that ended the delivery of webhooks, or None.
        access: Whose requests to the sandbox's own routes are served.
    """

    monotonic: Callable[[], float] = attrs.field(default=time.monotonic, repr=False)
    wall: Callable[[], float] = attrs.field(default=time.time, repr=False)
    webhook_failure: Exception | None = attrs.field(init=False, default=None, repr=False)
    on_webhooks: Callable[[], Any] | None = attrs.field(init=False, default=None, repr=False)
    access: Access = attrs.field(init=False, repr=False)
    _state: State = attrs.field(init=False, repr=False)
    _lock: StateLock = attrs.field(init=False, repr=False, factory=StateLock)
    _prefixes: frozenset[str | None] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.access = Access(origins=self.cors)
        self._prefixes = frozenset(account.connect_prefix for account in self.accounts)
        self._state = self._new_state()
        if self.state_file is not None:
            self.open(self.state_file)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request, of the scope "http"; there is no lifespan and no websocket."""
        if scope["type"] != "http":
            raise NotImplementedError(f"The sandbox speaks HTTP only, not {scope['type']}")
        path = asgi.raw_path(scope)
        origins = self.cors
        try:
            if serving.is_own(scope, path):
                origins = self.access.origins
                result = await serving.serve(self, self.access, scope, receive)
            else:
                result = await self._serve(scope, path, receive)
        except RefusedError as refused:
            result = error(routes.backend_of(path), refused)
        except StateFileError as failed:
            result = error(routes.backend_of(path), RefusedError(500, str(failed)))
        if origins:
            result = cors.shared(result, scope, origins)
        await asgi.send_answer(result, scope, receive, send)

    @contextmanager
    def locked(self) -> Iterator[State]:
        """Hold the lock of the state, in which everything has happened that is due by now."""
        with self._lock:
            self._state.now()
            yield self._state

    def reset(self) -> None:
        """Forget everything: orders, audit, clock, and what the fault plan has already done."""
        with self._lock:
            state = self._new_state()
            if self._lock.saved is not None:
                self._lock.saved.replace(state)
            self._state.outbox.end_waits()
            self._state = state

    def open(self, path: Path) -> None:
        """Continue from a state file, and save to it from now on.

        Raises:
            StateFileError: The file cannot be used.
        """
        self.state_file = path
        state = self._new_state()
        self._lock.saved = SavedState.restore(path, state)
        self._state = state

    def close(self) -> None:
        """Close the state file, if there is one; what happened so far can still be read."""
        self._lock.close()

    def record_connection(self) -> None:
        """Record a new TCP connection."""
        with self._lock.alone:
            self._state.audit_log.connections += 1

    def detect_changes(self) -> float | None:
        """Queue the webhooks of all changes so far, and return the real seconds until the next one.

        None means that nothing changes by itself.
        """
        with self._lock:
            now = self._state.now()
            if self._state.changes is None or not self.speed:
                return None
            change = self._state.changes.next_change()
            if change is None:
                return None
            return (change - now.life) / self.speed

    def next_webhook(self, queue: int) -> tuple[WebhookDelivery | None, float | None]:
        """Take the due delivery of a queue, and return the real seconds until the next one."""
        with self._lock:
            now, outbox = self._state.clock.moment(), self._state.outbox
            delivery, due = outbox.take(queue, now), outbox.due(queue)
            if due is None:
                return delivery, None
            return delivery, max(due - now.real, 0.0)

    def record_webhook_try(
        self, delivery: WebhookDelivery, status: int | None, reason: str | None
    ) -> None:
        """Record the status of a try, or the reason why there was no answer."""
        with self._lock.alone:
            self._state.outbox.record_try(delivery, status, reason, self._state.clock.moment())

    def put_back_webhook(self, delivery: WebhookDelivery) -> None:
        """Queue a delivery again whose try the sandbox interrupted, without counting the try."""
        with self._lock.alone:
            self._state.outbox.put_back(delivery)

    def record_webhook_failure(self, failure: Exception) -> None:
        """Record that webhooks are not delivered any more."""
        with self._lock.alone:
            self.webhook_failure = failure
            self._state.outbox.end_waits()

    def webhooks_done(self) -> threading.Event:
        """Return an event that is set when all deliveries of the past are finished.

        A delivery is finished when it is delivered or lost, or when delivering has failed as a
        whole.
        """
        with self._lock:
            self._state.now()
            done = self._state.outbox.wait()
            if self.webhook_failure is not None:
                done.set()
            return done

    def _new_state(self) -> State:
        clock = Clock(self.speed, monotonic=self.monotonic, wall=self.wall)
        return State(self, clock, self._notify_sender)

    def _notify_sender(self) -> None:
        if self.on_webhooks is not None:
            self.on_webhooks()

    async def _serve(self, scope: Message, path: str, receive: Receive) -> Answer:
        admitted = self._admit(scope, path)
        if isinstance(admitted, Answer):
            return admitted
        body = await asgi.read_body(receive)
        await _sleep(self.latency)
        if admitted.fault is None:
            return self._perform(admitted, body)
        return await self._perform_with_fault(admitted, body, admitted.fault)

    def _admit(self, scope: Message, path: str) -> "Answer | _Admitted":
        key = asgi.api_key(scope)
        with self._lock:
            state = self._state
            now = state.clock.real(asgi.arrived(scope))
            # A preflight is the browser's own question: no client has sent it.
            if not self.cors or scope["method"] != "OPTIONS":
                state.audit_log.record_request(key, now)
            try:
                target = routes.find(scope["method"], path, self._prefixes, asgi.query(scope))
            except RefusedError as refused:
                return error(routes.backend_of(path), refused)
            account = state.account_of(target, key)
            if account is None:
                return unauthorized(target.route)
            if wait := state.rate_limiter.seconds_until_admitted(key, now):
                state.audit_log.record_rejection(key, now)
                busy = RefusedError(429, "Too many requests", headers=retry_after(wait))
                return error(target.backend, busy)
            return _Admitted(account.name, target, state.decide(target.route))

    def _perform(self, admitted: "_Admitted", body: bytes) -> Answer:
        with self._lock:
            now = self._state.now()
            # Looked up by name, because a reset may have replaced the accounts since.
            account = self._state.accounts[admitted.account]
            return perform(account, admitted.target, body, now)

    async def _perform_with_fault(self, admitted: "_Admitted", body: bytes, fault: Fault) -> Answer:
        genuine = None
        if fault.commit_delay:
            with self._lock:
                self._state.postpone(fault.commit_delay, admitted.account, admitted.target, body)
        elif fault.when == "after":
            genuine = self._perform(admitted, body)
        await _sleep(fault.delay)
        if fault.kind == "slow" and genuine is None:
            return self._perform(admitted, body)
        return fault.apply(admitted.target.route, genuine)


@attrs.frozen
class _Admitted:
    account: str
    target: routes.Target
    fault: Fault | None


async def _sleep(seconds: float) -> None:
    if seconds:
        await asyncio.sleep(seconds)
