"""Sender: one attempt. Its turn at the limiter, the gate, the bytes, the answer."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

import anyio
from attrs import define, field

from gelato_async.core.backend import Backend
from gelato_async.core.errors import GelatoError, NoAnswerError, NotSentError
from gelato_async.core.events import (
    AttemptAnswered,
    AttemptFailed,
    AttemptSent,
    Call,
    LimiterWaited,
    Reporter,
)
from gelato_async.core.evidence import Evidence
from gelato_async.core.messages import Request, Response
from gelato_async.core.operations.base import Kind, Operation
from gelato_async.core.redaction import redact
from gelato_async.limiters.base import Clock, RateLimiter
from gelato_async.transports.base import SendGate, Transport

T = TypeVar("T")

# seconds: shorter waits at the limiter are no event
SHORTEST_WAIT = 0.001
# seconds: shorter delays of a send are covered by the guard of the limiter's window; a turn of the
# event loop, which is in what is measured, takes less
SHORTEST_DELAY = 0.01
# seconds by which the caller's own deadline counts as the earlier one
_MARGIN = 0.05
_TOO_LATE = "the time for the whole call ran out before it was sent"


def nothing() -> None:
    """Do nothing: the hook of a caller that has none."""


class Reply(NamedTuple, Generic[T]):
    """An answer, and the response that it was read from."""

    answer: T
    response: Response


@define(eq=False, kw_only=True)
class AttemptGate(SendGate):
    """The gate of one attempt.

    `may_send` and `on_sending` are the caller's: both may raise to prevent the sending. The first
    changes nothing and may be asked often, the second is called once, when the limiter agrees.
    """

    call: Call
    operation: str
    limiter: RateLimiter
    clock: Clock
    may_send: Callable[[], None] = nothing
    on_sending: Callable[[], None] = nothing
    sent_at: float = field(init=False, default=0.0)

    def allow(self) -> None:
        """Raise if the caller does not want the request to leave any more."""
        self.may_send()

    async def mark_sent(self) -> None:
        """Ask the caller, wait for the limiter, ask again, and note the send."""
        self.may_send()
        await self.limiter.before_send()
        # the limiter may have held the request back for minutes, after a 429
        try:
            self.on_sending()
        except BaseException:
            self.limiter.take_back()
            raise
        self.sent: bool = True
        self.sent_at: float = self.clock.now()
        self.call.sends += 1
        self.call.emit(AttemptSent, self.operation)

    def mark_written(self) -> None:
        """Report to the limiter how much later than it said the request left, if that matters."""
        delay = self.clock.now() - self.sent_at
        if delay > SHORTEST_DELAY:
            # limiters need not have it
            note_delay = getattr(self.limiter, "note_delay", None)
            if note_delay is not None:
                note_delay(delay)


@define(eq=False, kw_only=True)
class Sender:
    """What all calls of a client share for sending: where to, through what, how fast."""

    backend: Backend
    transport: Transport
    limiter: RateLimiter
    clock: Clock
    timeout: float
    reporter: Reporter | None = None
    evidence: Evidence = field(factory=Evidence)

    async def attempt(
        self,
        call: Call,
        operation: Operation[T],
        request: Request,
        *,
        may_send: Callable[[], None] = nothing,
        on_sending: Callable[[], None] = nothing,
    ) -> Reply[T]:
        """Send a request once, and read its answer. For the hooks see `AttemptGate`.

        Raises:
            GelatoError: it was not sent, not answered, refused, or its answer cannot be read.
        """
        gate = AttemptGate(
            call=call,
            operation=operation.name,
            limiter=self.limiter,
            clock=self.clock,
            may_send=may_send,
            on_sending=on_sending,
        )
        began = self.clock.now()
        try:
            response = await self._exchange(operation, request, gate)
        except BaseException as error:
            self._report_failure(gate, error, began)
            raise
        answered, wall = self.clock.now(), self.clock.wall()
        sent = answered
        if gate.sent:
            sent = gate.sent_at
        self.evidence.note_response(response, sent=sent, answered=answered, wall=wall)
        call.emit(AttemptAnswered, operation.name, status=response.status, seconds=answered - sent)
        moment = None
        if response.status >= 300:  # a `Retry-After` may have to be measured from it
            moment = datetime.fromtimestamp(wall, UTC)
        answer = self.backend.parse(operation, response, moment)
        return Reply(answer, response)

    async def _exchange(
        self, operation: Operation[Any], request: Request, gate: AttemptGate
    ) -> Response:
        limit = self._own_limit(gate.call.deadline)
        if limit is not None and limit <= 0:
            raise NotSentError(_TOO_LATE, operation=operation.name)
        try:
            if limit is None:
                return await self._send(operation, request, gate)
            with anyio.fail_after(limit):
                return await self._send(operation, request, gate)
        except TimeoutError:
            raise _out_of_time(operation, gate) from None
        except GelatoError as error:
            # a transport knows no operation, and may quote what the server echoed
            error.operation = operation.name
            redact(error, self.backend.redactor(operation).text)
            raise

    async def _send(
        self, operation: Operation[Any], request: Request, gate: AttemptGate
    ) -> Response:
        # the turn comes before the connection: no more connections are opened than the rate needs
        began = self.clock.now()
        await self.limiter.acquire()
        waited = self.clock.now() - began
        if waited >= SHORTEST_WAIT:
            gate.call.emit(LimiterWaited, gate.operation, seconds=waited)
        try:
            response = await self.transport.send(request, timeout=self.timeout, gate=gate)
        except GelatoError:
            raise
        except Exception as error:
            if not _is_mapped(operation, gate):
                raise
            raise _no_answer(f"the transport failed ({_named(error)})", gate) from error
        finally:
            # cancelled or failed before it left: the next attempt may have the turn
            if not gate.sent:
                self.limiter.give_back()
        if not gate.sent:
            # it was sent all the same, and the limiter did not count it
            raise TypeError(
                f"{type(self.transport).__name__} did not await gate.mark_sent() before it sent: no"
                " rate limit holds without that"
            )
        return response

    def _own_limit(self, deadline: float) -> float | None:
        # An ambient deadline of the caller's cuts the attempt off by itself, as a cancellation that
        # the caller catches. A limit of ours would turn it into an error.
        if deadline == math.inf:
            return None
        left = deadline - self.clock.now()
        if left >= ambient_limit() - _MARGIN:
            return None
        return left

    def _report_failure(self, gate: AttemptGate, error: BaseException, began: float) -> None:
        since = began
        if gate.sent:
            since = gate.sent_at
        gate.call.emit(
            AttemptFailed,
            gate.operation,
            error=type(error).__name__,
            sent=gate.sent,
            seconds=self.clock.now() - since,
            status=getattr(error, "status", None),
        )


def ambient_limit() -> float:
    """Seconds until the caller's own deadline, like that of `anyio.fail_after`."""
    until = anyio.current_effective_deadline()
    if until == math.inf:
        return math.inf
    return until - anyio.current_time()


def _out_of_time(operation: Operation[Any], gate: AttemptGate) -> GelatoError:
    if not gate.sent:
        return NotSentError(_TOO_LATE, operation=operation.name)
    return _no_answer("it was sent, and the time for the whole call ran out", gate)


def _is_mapped(operation: Operation[Any], gate: AttemptGate) -> bool:
    """Whether an error that is not of this package becomes a `NoAnswerError`."""
    # what makes something may have made it: such an error would read as if it could be repeated
    if operation.kind in {Kind.CREATE, Kind.ONCE}:
        return gate.sent and (gate.call.maps_errors or operation.kind is Kind.ONCE)
    # a look for a lost order
    return gate.call.maps_errors


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


def _no_answer(message: str, gate: AttemptGate) -> NoAnswerError:
    status = gate.status
    if status is not None and not 200 <= status < 300:
        # a refusal of which the body is missing: nothing is known but its status
        status = None
    return NoAnswerError(message, status=status, operation=gate.operation)
