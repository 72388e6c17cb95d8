"""The controls: what a test or a developer does to a sandbox, and reads of it, beside the APIs."""

import hashlib
import json
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Any

import attrs

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.audit import Audit
from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.control.stages import seconds_until
from gelato_async.sandbox.errors import ControlError
from gelato_async.sandbox.orders.life_cycle import STATUSES
from gelato_async.sandbox.orders.order import Order
from gelato_async.sandbox.state import State
from gelato_async.sandbox.webhooks.outbox import WebhookDelivery

# 100 years. Dates end with the year 9999, and far earlier a float has no room for the seconds.
_MOST_LIFE_SECONDS = 100 * 365.25 * 86400


class Controls(ABC):
    """The controls of a sandbox as methods, to be called from any thread."""

    __slots__ = ()

    @abstractmethod
    def locked(self) -> AbstractContextManager[State]:
        """Hold the lock of the state, in which everything has happened that is due by now."""

    @abstractmethod
    def reset(self) -> None:
        """Forget everything: orders, audit, clock, and what the fault plan has already done."""

    def audit(self) -> Audit:
        """Return what really happened so far; works when the sandbox has stopped too."""
        with self.locked() as state:
            return state.audit_log.audit()

    def advance(self, seconds: float) -> None:
        """Advance the life-cycle clock.

        Raises:
            SandboxError: The seconds are negative, or not a number, or lead beyond 100 years.
        """
        with self.locked() as state:
            _advance(state, seconds)

    def advance_to(self, order_id: str, status: str | None = None) -> str:
        """Advance the life-cycle clock until an order reaches a status, and return its status.

        The clock is that of all orders. An order that fails on its way is returned as "failed".

        Args:
            order_id: The order.
            status: A status of the life cycle, or None for the next one.

        Raises:
            SandboxError: The order does not exist, or will not reach the status by ageing.
        """
        with self.locked() as state:
            order = _order(state, order_id)
            _advance(state, seconds_until(order, status, state.clock.moment()))
            return order.status(state.clock.moment())

    def orders(self) -> tuple[dict[str, Any], ...]:
        """Return the essentials of all orders that exist, as `GET /_sandbox/orders` lists them."""
        found, now = every_order(self)
        return tuple([essentials(order, now) for order in found])

    def force_status(
        self,
        order_id: str,
        status: str | None,
        reason: str | None = None,
        code: str | None = None,
    ) -> str:
        """Fix the status of an order whatever its age, and return the status it has now.

        Args:
            order_id: The order.
            status: A fulfillment status, or None to return the order to its life cycle.
            reason: The `refusalReason` of an order that fails; by default, that it was asked for.
            code: The `refusalReasonCode` of an order that fails; by default `sandbox_request`.

        Raises:
            SandboxError: The order does not exist, or the status is unknown.
        """
        if status is not None and status not in list(STATUSES):
            known = ", ".join(sorted(STATUSES))
            raise ControlError(f"fulfillmentStatus: must be null or one of {known}")
        with self.locked() as state:
            order, now = _order(state, order_id), state.clock.moment()
            order.force(status, now, reason, code)
            state.accounts[order.account].changed(order, now)
            return order.status(now)

    def webhooks(self) -> tuple[WebhookDelivery, ...]:
        """Return all webhooks so far in the order of the events, with the answers to their tries.

        Of those that are delivered or lost only the last `webhooks_kept` are remembered.
        """
        with self.locked() as state:
            return tuple(map(attrs.evolve, state.outbox.deliveries))

    def send_webhook(self, event: dict[str, Any]) -> None:
        """Deliver an event of your own, about stock or a template for example.

        The event is the body, as Gelato would send it.

        Raises:
            SandboxError: There is no `webhook_url`, or the event is not JSON.
        """
        try:
            # A copy, because the body is encoded when it is sent.
            own = json.loads(json.dumps(event, allow_nan=False))
        except (TypeError, ValueError, RecursionError) as failed:
            raise ControlError(f"The event is not JSON: {failed}") from failed
        with self.locked() as state:
            _require_url(state)
            state.outbox.add(own, state.clock.moment())

    def resend_webhook(self, number: int) -> None:
        """Deliver the event of an earlier delivery once more, as a delivery of its own.

        Args:
            number: The `WebhookDelivery.number` of the earlier one, finished or not.

        Raises:
            SandboxError: There is no such delivery (any more), or no `webhook_url`.
        """
        # By number, because several deliveries may have one event, and events need have no id.
        with self.locked() as state:
            _require_url(state)
            for delivery in state.outbox.deliveries:
                if delivery.number == number:
                    state.outbox.add(dict(delivery.event), state.clock.moment())
                    return
        raise ControlError("No such webhook", 404)


def _order(state: State, order_id: str) -> Order:
    order = state.find(order_id)
    if order is None:
        raise ControlError("Order not found", 404)
    return order


def _advance(state: State, seconds: float) -> None:
    if not 0 <= seconds <= _MOST_LIFE_SECONDS - state.clock.moment().life:
        raise ControlError("seconds: must be a number of at least 0, and 100 years in all at most")
    state.advance(seconds)


def _require_url(state: State) -> None:
    if state.changes is None:
        raise ControlError("There is no URL to deliver to: give the sandbox a webhook_url", 409)


def every_order(controls: Controls) -> tuple[list[Order], Moment]:
    """Return all orders that exist, the oldest first, and the present."""
    found: list[Order] = []
    with controls.locked() as state:
        for account in state.accounts.values():
            for index in account.orders.values():
                found += index.by_id.values()
        now = state.clock.moment()
    found.sort(key=lambda order: order.created)
    return found, now


def essentials(order: Order, now: Moment) -> Body:
    """Return the essentials of an order."""
    content = json.dumps(order.body(), sort_keys=True).encode()
    return {
        "id": order.id,
        "backend": order.backend,
        "reference": order.reference,
        "orderType": order.order_type,
        "status": order.status(now),
        "createdAt": stamp(order.created),
        "connectedOrderIds": list(order.connected),
        "contentHash": hashlib.sha256(content).hexdigest(),
    }
