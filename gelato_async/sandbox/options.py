"""What a sandbox can be told, written down once for the application and the server."""

from typing import Any, Literal

import attrs
from attrs.validators import ge, in_, le

from gelato_async.sandbox.plan import FaultPlan


def _one_or_none(_: object, __: object, value: Any) -> None:
    if value is not None and value < 1:
        raise ValueError(f"rate_limit: must be at least 1, or None, not {value}")


@attrs.define(kw_only=True, eq=False)
class Options:
    """The options of a sandbox.

    Args:
        api_key: The key Gelato's routes take.
        connect_prefix: The partner's part of GelatoConnect's paths.
        connect_key: The first half of GelatoConnect's key.
        connect_secret: The second half of it.
        faults: What goes wrong on purpose; without a plan nothing does.
        search_lag: Real seconds until a new order can be searched (and found by reference on GelatoConnect).
        latency: Real seconds each request takes; it takes effect at their end.
        speed: Life-cycle seconds per real second; 0 for steps with `advance` alone. Moves nothing but the life cycle.
        rate_limit: Requests accepted per key in any second, or None.
        connect_duplicates: Whether GelatoConnect takes a reference that a live order has already; what the real one
            does is unknown.
        split: The share of orders of several items that are split in two.
        refuse_after: Life-cycle seconds after which an international order without retail prices fails.
        seed: For the choice of orders to split.
    """

    api_key: str = attrs.field(default="sandbox-key", repr=False)
    connect_prefix: str = "sandbox"
    connect_key: str = attrs.field(default="sandbox-key", repr=False)
    connect_secret: str = attrs.field(default="sandbox-secret", repr=False)
    faults: FaultPlan | None = None
    search_lag: float = attrs.field(default=0.0, validator=ge(0))
    latency: float = attrs.field(default=0.0, validator=ge(0))
    speed: float = attrs.field(default=1.0, validator=ge(0))
    rate_limit: int | None = attrs.field(default=100, validator=_one_or_none)
    connect_duplicates: Literal["accept", "refuse"] = attrs.field(default="accept", validator=in_(("accept", "refuse")))
    split: float = attrs.field(default=0.0, validator=[ge(0), le(1)])
    refuse_after: float = attrs.field(default=5.0, validator=ge(0))
    seed: int = 0
