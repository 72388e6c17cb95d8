"""The options of a sandbox, listed once for the application and the server."""

from pathlib import Path
from typing import Any, Literal

import attrs

from gelato_async.sandbox.data.references import OWN_ACCOUNT
from gelato_async.sandbox.data.sandbox_data import Account, SandboxData, as_data
from gelato_async.sandbox.faults.plan import FaultPlan
from gelato_async.sandbox.option_checks import (
    are_origins,
    as_origins,
    as_path,
    flag,
    header_or_none,
    key,
    number,
    one_of,
    path_or_none,
    url_or_none,
    whole,
)


def _plan_or_none(_: object, __: object, value: Any) -> None:
    if value is not None and not isinstance(value, FaultPlan):
        raise ValueError("faults: must be a FaultPlan; FaultPlan.from_file reads one from a file")


def _without_own_keys(options: "Options", _: object, data: SandboxData) -> None:
    for account in data.accounts:
        is_taken = account.api_key == options.api_key
        if is_taken or account.connect == options.own_account.connect:
            raise ValueError(
                f"data: the account {account.name!r} has a key of the sandbox's own account"
            )


@attrs.define(kw_only=True, eq=False)
class Options:
    """The options of a sandbox.

    Args:
        api_key: The key of Gelato's routes.
        connect_prefix: The partner's part of GelatoConnect's paths.
        connect_key: The first half of GelatoConnect's key.
        connect_secret: The second half of GelatoConnect's key.
        state_file: The file that orders, store products, webhooks, the commits of the audit and the
            clock are kept in, so that they survive a restart. Without one they are in memory.
        data: What the sandbox starts with: catalogs, templates, stores, further accounts. The path of
            a file or folder is read.
        faults: The plan of faults; without one nothing fails.
        products: Which products exist: those of the catalogs (`catalog`), or also any whose uid has
            the documented shape (`any`).
        search_lag: Real seconds until a new order can be searched (and found by reference on
            GelatoConnect).
        latency: Real seconds that each request takes; it takes effect at their end.
        speed: Life-cycle seconds per real second; 0 for steps by `advance` alone. Affects nothing
            but the life cycle.
        rate_limit: Requests accepted per key in any second, or None.
        connect_duplicates: Whether GelatoConnect accepts a reference that a live order has; what
            the real API does is unknown.
        split: The share of orders of several items that are split in two, as their quotes are; which
            orders depends on their references.
        strict: Whether an order is refused at once that may be accepted in life and fail later.
        refuse_after: Life-cycle seconds after which an order fails that cannot be made.
        webhook_url: The URL to which Gelato's webhooks are posted, by HTTP or HTTPS; GelatoConnect
            has no such webhooks.
        webhook_header: Name and value of a header that each webhook carries.
        webhook_retry_seconds: Real seconds between the three tries of a delivery.
        webhook_timeout_seconds: Real seconds after which a try without an answer has failed.
        webhook_duplicates: The share of events that are delivered twice.
        webhook_shuffle: Whether each delivery is delayed by up to `webhook_retry_seconds`, so that
            they arrive in any order.
        webhooks_kept: How many finished deliveries are remembered.
        cors: The origins of front ends whose pages may call the APIs, like
            "http://localhost:5173", or "*" for all; those named may also use `/_sandbox/`.
        seed: The seed for choosing the orders to split and the events to duplicate, and for
            shuffling.
    """

    api_key: str = attrs.field(default="sandbox-key", validator=key, repr=False)
    connect_prefix: str = attrs.field(default="sandbox", validator=key)
    connect_key: str = attrs.field(default="sandbox-key", validator=key, repr=False)
    connect_secret: str = attrs.field(default="sandbox-secret", validator=key, repr=False)
    state_file: Path | None = attrs.field(default=None, converter=as_path, validator=path_or_none)
    data: SandboxData = attrs.field(
        factory=SandboxData.built_in, converter=as_data, validator=_without_own_keys
    )
    faults: FaultPlan | None = attrs.field(default=None, validator=_plan_or_none)
    products: Literal["any", "catalog"] = attrs.field(
        default="any", validator=one_of("any", "catalog")
    )
    search_lag: float = attrs.field(default=0.0, validator=number())
    latency: float = attrs.field(default=0.0, validator=number())
    speed: float = attrs.field(default=1.0, validator=number())
    rate_limit: int | None = attrs.field(default=100, validator=whole(1, or_none=True))
    connect_duplicates: Literal["accept", "refuse"] = attrs.field(
        default="accept", validator=one_of("accept", "refuse")
    )
    split: float = attrs.field(default=0.0, validator=number(0, 1))
    strict: bool = attrs.field(default=False, validator=flag)
    refuse_after: float = attrs.field(default=5.0, validator=number())
    webhook_url: str | None = attrs.field(default=None, validator=url_or_none)
    webhook_header: tuple[str, str] | None = attrs.field(
        default=None, validator=header_or_none, repr=False
    )
    webhook_retry_seconds: float = attrs.field(default=5.0, validator=number())
    webhook_timeout_seconds: float = attrs.field(default=10.0, validator=number())
    webhook_duplicates: float = attrs.field(default=0.0, validator=number(0, 1))
    webhook_shuffle: bool = attrs.field(default=False, validator=flag)
    webhooks_kept: int = attrs.field(default=10_000, validator=whole(0))
    cors: tuple[str, ...] = attrs.field(default=(), converter=as_origins, validator=are_origins)
    seed: int = attrs.field(default=0, validator=whole())

    @property
    def own_account(self) -> Account:
        """The account whose keys are options."""
        return Account(
            name=OWN_ACCOUNT,
            api_key=self.api_key,
            connect_prefix=self.connect_prefix,
            connect_key=self.connect_key,
            connect_secret=self.connect_secret,
        )

    @property
    def accounts(self) -> tuple[Account, ...]:
        """All accounts: the one whose keys are options, named "sandbox", and those of `data`."""
        return (self.own_account, *self.data.accounts)
