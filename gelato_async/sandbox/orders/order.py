"""An order as the sandbox remembers it: plain values, and what happens to an order."""

import json
import uuid
from typing import Any, TypedDict

import attrs

from gelato_async.sandbox.answers import Backend, Body
from gelato_async.sandbox.checks import whole
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.life_cycle import DEAD, stage
from gelato_async.sandbox.records import Record, note_change

# Of an order that the sandbox's own routes let fail.
FORCED_CODE = "sandbox_request"
FORCED_REASON = "A request to the sandbox let the order fail."


class Line(TypedDict):
    """What was agreed on for an item: its place in the caller's list, its product and its price."""

    number: int
    productUid: str
    price: float


class Terms(TypedDict):
    """What was agreed on for an order, in its currency and without VAT.

    Terms are fixed when an order is placed, whatever becomes of the products and prices since. Each
    package is the numbers of the items in it.
    """

    lines: list[Line]
    grams: float
    packages: list[list[int]]
    shipping: float
    shipmentMethodUid: str
    shipmentMethodName: str
    type: str
    minDays: int
    maxDays: int
    hasTracking: bool
    isCheapest: bool


@attrs.frozen
class Refusal:
    """Why an order fails: a code for programs, a reason for people."""

    code: str
    reason: str


def new_id() -> str:
    """Return a new id in the vendor's form."""
    return str(uuid.uuid4())


def shown_quantity(item: Body) -> Any:
    """Return the quantity of an item as answers show it: 2.0 as 2, and a wrong one as given."""
    count = whole(item["quantity"])
    return item["quantity"] if count is None else count


def compact(content: Any) -> bytes:
    """Write JSON as it is remembered."""
    return json.dumps(content, separators=(",", ":")).encode()


@attrs.define(eq=False, kw_only=True, on_setattr=note_change)
class Order(Record):
    """One order in plain values: its fields are texts, bytes, numbers, None and tuples of texts.

    Bodies are kept as JSON, because ten thousand orders of dicts take long to collect. What a
    search reads is beside them. The status is computed from the order's age unless it is `forced`.

    Attributes:
        number: The place in the order of creation, from 1 on, within the account and API.
        row_texts: First and last name, customer reference and total, which rows show. One tuple,
            because the collector of garbage looks at each field and not into tuples of texts.
        content: The caller's body as JSON. The parts of a split order share it.
        terms_json: The terms as JSON; they say which of the caller's items belong to the order.
        created: POSIX time.
        ordered: POSIX time at which the life cycle began, for a draft that of its confirmation.
        began: The same moment in life-cycle seconds.
        visible_from: The real second from which searches find the order.
        ends_after: The age in life-cycle seconds at which the life cycle ends early, or None.
        ends_as: The status of the order from then on.
        refusal: Code and reason, if it ends early by a refusal.
        forced: The status that is fixed, or None.
        forced_refusal: Code and reason of an order that is forced to fail.
        shown: The status of the last answer.
        changed: POSIX time of the last change.
        announced: The status of the last webhook, or None.
    """

    id: str
    account: str
    backend: Backend
    number: int = 0
    reference: str
    row_texts: tuple[str, str, str | None, str]
    order_type: str
    currency: str
    country: str
    items_count: int
    content: bytes
    terms_json: bytes
    connected: tuple[str, ...] = ()
    days_late: int = 0
    created: float
    ordered: float
    began: float
    visible_from: float
    ends_after: float | None = None
    ends_as: str = "failed"
    refusal: tuple[str, str] | None = None
    forced: str | None = None
    forced_refusal: tuple[str, str] | None = None
    shown: str = ""
    changed: float = 0.0
    announced: str | None = None
    # Computed from other fields: what a search for a text looks in.
    search_text: str = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._note_search_text()

    @property
    def customer_reference(self) -> str | None:
        """The caller's reference of the customer."""
        return self.row_texts[2]

    def body(self) -> Body:
        """Return the caller's body."""
        body: Body = json.loads(self.content)
        return body

    def terms(self) -> Terms:
        """Return what was agreed on."""
        terms: Terms = json.loads(self.terms_json)
        return terms

    def item_numbers(self) -> list[int]:
        """Return the places of its items in the caller's list."""
        return [line["number"] for line in self.terms()["lines"]]

    def item_id(self, number: int) -> str:
        """Return the id of the item at a place in the caller's list."""
        return self.part_id(4, number)

    def part_id(self, kind: int, number: int = 0) -> str:
        """Return the id of a part of the order: as unique as its own id, and always the same."""
        return f"{kind:02x}{number:06x}{self.id[8:]}"

    @property
    def is_ageing(self) -> bool:
        """Whether the status depends on nothing but the order's age."""
        return self.forced is None and self.ends_after is None and self.order_type != "draft"

    def status(self, now: Moment) -> str:
        """Return the fulfillment status of the order and of each of its items."""
        if self.forced is not None:
            return self.forced
        if self.order_type == "draft":
            return "draft"
        age = now.life - self.began
        if self.ends_after is not None and age >= self.ends_after:
            return self.ends_as
        return stage(age)

    def is_live(self, now: Moment) -> bool:
        """Return whether the order is neither canceled nor failed (nor deleted)."""
        return self.status(now) not in DEAD

    def refused(self, now: Moment) -> Refusal | None:
        """Return why the order failed or was canceled, or None for one that was not refused."""
        refusal = self.refusal
        if self.forced is not None:
            refusal = self.forced_refusal
        if refusal is None or self.is_live(now):
            return None
        return Refusal(*refusal)

    def force(
        self, status: str | None, now: Moment, reason: str | None = None, code: str | None = None
    ) -> None:
        """Fix the status, or with None return it to the life cycle.

        A failure has a code and a reason: those given, or that the sandbox was asked for it.
        """
        self.forced, self.changed, self.forced_refusal = status, now.wall, None
        if status == "failed":
            self.forced_refusal = (code or FORCED_CODE, reason or FORCED_REASON)

    def begin(self, now: Moment) -> None:
        """Turn a draft into an order whose life cycle begins now."""
        self.order_type, self.forced = "order", None
        self.ordered = self.changed = now.wall
        self.began = now.life

    def end(self, after: float, status: str, refusal: Refusal | None = None) -> None:
        """Let the life cycle end early, at an age in life-cycle seconds, unless it ends before."""
        if self.ends_after is not None and self.ends_after <= after:
            return
        self.ends_after, self.ends_as, self.refusal = after, status, None
        if refusal is not None:
            self.refusal = (refusal.code, refusal.reason)

    def live_on(self) -> None:
        """Let the life cycle end with the delivery again."""
        self.ends_after, self.refusal = None, None

    def describe(self, country: str, row_texts: tuple[str, str, str | None, str]) -> None:
        """Replace what searches and rows read, as far as it may change."""
        self.country, self.row_texts = country, row_texts
        self._note_search_text()

    def updated(self, now: Moment) -> float:
        """Return the POSIX time of the last change.

        A change by the life cycle counts from the first answer that shows it.
        """
        status = self.status(now)
        if status != self.shown:
            self.shown = status
            self.changed = max(self.changed, now.wall)
        return self.changed

    def _note_search_text(self) -> None:
        first_name, last_name, _, _ = self.row_texts
        self.search_text = f"{first_name}\n{last_name}\n{self.reference}".lower()


@attrs.define(eq=False, kw_only=True, on_setattr=note_change)
class Commit(Record):
    """A create that took effect; a split order is one commit of several orders.

    Attributes:
        is_duplicate: Whether an order of an earlier commit of the reference was still live.
    """

    account: str
    backend: Backend
    reference: str
    order_ids: tuple[str, ...]
    at: Moment
    is_duplicate: bool
