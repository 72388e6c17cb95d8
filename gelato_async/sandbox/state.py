"""Everything that a sandbox remembers; a reset replaces it as a whole.

Nothing in it runs by itself. Statuses are computed from an order's age, and what was postponed
happens at the next access, as of the moment it was due. From outside this cannot be distinguished
from a timer, and it works without an event loop.
"""

import random
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from typing import Any

from gelato_async.sandbox.account import AccountState
from gelato_async.sandbox.audit import AuditLog
from gelato_async.sandbox.clock import Clock, Moment
from gelato_async.sandbox.data.sandbox_data import Account
from gelato_async.sandbox.faults.fault import Fault
from gelato_async.sandbox.faults.plan import FaultInjector
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.orders.order import Order
from gelato_async.sandbox.rate_limit import RateLimiter
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.webhooks.change_detector import ChangeDetector
from gelato_async.sandbox.webhooks.outbox import Outbox


class State:
    """Accounts, clock, audit log, fault injector and webhooks of one sandbox."""

    def __init__(self, options: Options, clock: Clock, on_webhooks: Callable[[], None]) -> None:
        self.options = options
        self.clock = clock
        self.audit_log: AuditLog = AuditLog(clock.started)
        self.outbox: Outbox = Outbox(options, on_webhooks)
        self.changes: ChangeDetector | None = None
        if options.webhook_url:
            self.changes = ChangeDetector(self.outbox.add)
        self._injector = FaultInjector(options.faults) if options.faults else None
        self._random = random.Random(options.seed)  # noqa: S311  repeatable is the point, nothing is secret
        self.rate_limiter: RateLimiter = RateLimiter(options.rate_limit)
        self._postponed: list[tuple[float, int, Callable[[Moment], Any]]] = []
        self._postponed_so_far = 0
        self.accounts: Mapping[str, AccountState] = {
            account.name: self._account(account) for account in options.accounts
        }

    def now(self) -> Moment:
        """Let everything happen that is due by now, and return the present."""
        now = self.clock.moment()
        while self._postponed and self._postponed[0][0] <= now.real:
            due, _, action = heappop(self._postponed)
            then = self.clock.moment(due)
            self._detect_changes(then)
            action(then)
        self._detect_changes(now)
        return now

    def advance(self, seconds: float) -> None:
        """Advance the life-cycle clock."""
        self.now()
        self.clock.advanced += seconds
        self.now()

    def postpone(self, seconds: float, action: Callable[[Moment], Any]) -> None:
        """Let an action happen `seconds` later; it takes the moment at which it was due."""
        due = self.clock.real() + seconds
        # Numbered, so that the heap never compares two actions.
        self._postponed_so_far += 1
        heappush(self._postponed, (due, self._postponed_so_far, action))

    def decide(self, route: str) -> Fault | None:
        """Return the fault that the next request to `route` meets, and record it."""
        if self._injector is None:
            return None
        fault = self._injector.decide(route)
        if fault is not None:
            self.audit_log.faults[fault.name] += 1
        return fault

    def account_of(self, target: Target, key: str) -> AccountState | None:
        """Return the account whose key a request has, or None for a key of no account."""
        for account in self.accounts.values():
            if _has_key(account.account, target, key):
                return account
        return None

    def find(self, order_id: str) -> Order | None:
        """Return an order of any account and either API."""
        for account in self.accounts.values():
            if (order := account.find(order_id)) is not None:
                return order
        return None

    def _detect_changes(self, now: Moment) -> None:
        if self.changes is not None:
            self.changes.detect(now)

    def _account(self, account: Account) -> AccountState:
        return AccountState(
            account=account,
            options=self.options,
            changes=self.changes,
            audit_log=self.audit_log,
            random=self._random,
        )


def _has_key(account: Account, target: Target, key: str) -> bool:
    if target.backend == "gelato":
        return account.api_key == key
    if account.connect_prefix != target.prefix:
        return False
    return f"{account.connect_key}:{account.connect_secret}" == key
