"""The status of an order at each age, and the sets of statuses that rules are about.

| from this age on, in life-cycle seconds | status |
|---|---|
| 0 | created |
| 5 | uploading |
| 15 | passed |
| 60 | in_production |
| 120 | printed |
| 180 | shipped |
| 300 | in_transit |
| 600 | delivered |

A draft stays a draft at any age; when it becomes an order its life begins. The other statuses are
set by a refusal, a cancellation, or the sandbox's own controls.
"""

import math
from bisect import bisect_right

# The life-cycle seconds at which the stages begin.
AGES = (0.0, 5.0, 15.0, 60.0, 120.0, 180.0, 300.0, 600.0)
STAGES = (
    "created",
    "uploading",
    "passed",
    "in_production",
    "printed",
    "shipped",
    "in_transit",
    "delivered",
)
_LATER_AGES = AGES[1:]
OTHER_STATUSES = (
    "draft",
    "failed",
    "canceled",
    "pending_approval",
    "pending_personalization",
    "digitizing",
    "not_connected",
    "on_hold",
    "returned",
)
STATUSES = frozenset((*STAGES, *OTHER_STATUSES))

DEAD = frozenset({"canceled", "failed"})
# GelatoConnect cancels an order until it is shipped, Gelato until it is printed.
SHIPPED = frozenset({"shipped", "in_transit", "delivered", "returned"})
PRINTED = SHIPPED | {"printed"}

_FINANCIAL = {
    "draft": "draft",
    "in_production": "to_be_invoiced",
    "printed": "to_be_invoiced",
    "canceled": "canceled",
    "failed": "canceled",
    "returned": "refunded",
} | dict.fromkeys(("shipped", "in_transit", "delivered"), "paid")


def stage(age: float) -> str:
    """Return the status of an order that is `age` life-cycle seconds old."""
    return STAGES[bisect_right(_LATER_AGES, age)]


def ages(stage: str) -> tuple[float, float]:
    """Return the ages at which a stage begins and ends."""
    number = STAGES.index(stage)
    return (-math.inf, *_LATER_AGES)[number], (*_LATER_AGES, math.inf)[number]


def financial_status(fulfillment_status: str) -> str:
    """Return the financial status that belongs to a fulfillment status."""
    return _FINANCIAL.get(fulfillment_status, "pending")
