"""Everything that a sandbox remembers; a reset replaces it as a whole.

Nothing in it runs by itself. Statuses are computed from an order's age, and what was postponed
happens at the next access, as of the moment it was due. From outside this cannot be distinguished
from a timer, and it works without an event loop.
"""

from collections.abc import Callable, Mapping
from heapq import heappop, heappush

import attrs

from gelato_async.sandbox.account import AccountState
from gelato_async.sandbox.actions import perform
from gelato_async.sandbox.audit import AuditLog
from gelato_async.sandbox.clock import Clock, Moment
from gelato_async.sandbox.data.sandbox_data import Account
from gelato_async.sandbox.faults.fault import Fault
from gelato_async.sandbox.faults.plan import FaultInjector
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.orders.order import Order
from gelato_async.sandbox.rate_limit import RateLimiter
from gelato_async.sandbox.records import Record, Unsaved, note_change
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.webhooks.change_detector import ChangeDetector
from gelato_async.sandbox.webhooks.outbox import Outbox


@attrs.define(eq=False, kw_only=True, on_setattr=note_change)
class Postponed(Record):
    """A request that was answered and takes effect at the real second `due`."""

    due: float
    account: str
    target: Target
    body: bytes


class State:
    """Accounts, clock, audit log, fault injector and webhooks of one sandbox."""

    def __init__(self, options: Options, clock: Clock, on_webhooks: Callable[[], None]) -> None:
        self.options = options
        self.clock = clock
        self.audit_log: AuditLog = AuditLog(clock.started)
        self.unsaved: Unsaved = Unsaved(is_kept=options.state_file is not None)
        self.outbox: Outbox = Outbox(options, on_webhooks, self.unsaved)
        self.changes: ChangeDetector | None = None
        if options.webhook_url:
            self.changes = ChangeDetector(self.outbox.add, on_webhooks)
        self._injector = FaultInjector(options.faults) if options.faults else None
        self.rate_limiter: RateLimiter = RateLimiter(options.rate_limit)
        self._postponed: list[tuple[float, int, Postponed]] = []
        self._postponed_so_far = 0
        self.accounts: Mapping[str, AccountState] = {
            account.name: self._account(account) for account in options.accounts
        }

    def now(self) -> Moment:
        """Let everything happen that is due by now, and return the present."""
        now = self.clock.moment()
        while self._postponed and self._postponed[0][0] <= now.real:
            due, _, late = heappop(self._postponed)
            then = self.clock.moment(due)
            self._detect_changes(then)
            perform(self.accounts[late.account], late.target, late.body, then)
            late.forget()
        self._detect_changes(now)
        self.unsaved.has_time = True
        return now

    def advance(self, seconds: float) -> None:
        """Advance the life-cycle clock."""
        self.now()
        self.clock.advanced += seconds
        self.now()

    def postpone(self, seconds: float, account: str, target: Target, body: bytes) -> None:
        """Let a request take effect `seconds` later."""
        due = self.clock.real() + seconds
        late = Postponed(due=due, account=account, target=target, body=body)
        self.unsaved.add(late)
        self.restore(late)

    def restore(self, late: Postponed) -> None:
        """Add a postponed request, which may be one of an earlier run."""
        # Numbered, so that the heap never compares two requests.
        self._postponed_so_far += 1
        heappush(self._postponed, (late.due, self._postponed_so_far, late))

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
            unsaved=self.unsaved,
            audit_log=self.audit_log,
        )


def _has_key(account: Account, target: Target, key: str) -> bool:
    if target.backend == "gelato":
        return account.api_key == key
    if account.connect_prefix != target.prefix:
        return False
    return f"{account.connect_key}:{account.connect_secret}" == key
