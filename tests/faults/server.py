"""A simulated server of both APIs. It is passive: whatever is due is done before anybody looks.

As the documents have it: it keeps every order it gets, whatever its reference, dates them in whole
seconds, and shows them in a search some seconds later.
"""

import heapq
import json
import re
from collections import defaultdict, deque
from collections.abc import Callable
from itertools import count
from typing import Any

from attrs import define, field, frozen
from faults.clocks import DATE_HEADERS, DAY, SkewedClock, TrueTime
from faults.faults import FAULTS, Answer, Fault, status, whole
from faults.orders import SimulatedOrder, State

from gelato_async import Request, Response

_ROUTES = [
    ("create", "POST", r"/v4/orders|/api/acme/order"),
    ("search", "POST", r"/v4/orders:search|/api/acme/search"),
    ("get", "GET", r"/v4/orders/(?P<id>[^/]+)|/api/acme/(?P<id2>[^/]+)"),
]
CONNECT_ANSWERS = ("id", "orderReferenceId", "createdAt")
# seconds that a search or a GET takes
READING = 0.15


def route(request: Request) -> tuple[str, str]:
    """What a request asks for, and the id in its path."""
    path = re.sub(r"^https?://[^/]+", "", request.url)
    for kind, method, pattern in _ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method == request.method:
            return kind, next(filter(None, match.groups()), "")
    raise AssertionError(f"the simulated server has no route {request.method} {path}")


@frozen(kw_only=True)
class Exchange:
    """A request that arrived: its answer is read `after` so many seconds, and may raise."""

    after: float
    read: Callable[[], Response]
    fault: Fault | None = None


@define(eq=False)
class SimulatedServer:
    """What it holds is the truth.

    `database` dates orders; `date` is the clock of the `Date` header, shown as `date_header` says.
    A search shows the state of `search_lag` seconds ago, a GET that of `get_lag` seconds ago.
    `normalise` is what happens to a reference before it is kept or searched for. `plan` holds what
    becomes of the next creates of a reference, `read_faults` of the next searches and GETs, and
    `storm` answers everything until it is over. `on_accepted` hears of orders that are certain to
    be committed.
    """

    time: TrueTime
    database: SkewedClock
    date: SkewedClock
    date_header: str = "right"
    search_lag: float = 0.5
    get_lag: float = 0.0
    normalise: Callable[[str], str] = str
    keeps_metadata: bool = True
    dates_orders: bool = True
    plan: dict[str, deque[Fault]] = field(factory=lambda: defaultdict(deque))
    read_faults: deque[Answer] = field(factory=deque)
    storm: tuple[float, Answer] = (0.0, whole)
    orders: list[SimulatedOrder] = field(factory=list)
    on_accepted: Callable[[list[SimulatedOrder]], None] = lambda _: None
    _due: list[tuple[float, int, Callable[[], None]]] = field(factory=list)
    _numbers: Any = field(factory=count)

    # the course of things

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """Do something at a moment, in true seconds."""
        heapq.heappush(self._due, (moment, next(self._numbers), act))

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self.at(self.time.now() + seconds, act)

    def catch_up(self, until: float | None = None) -> None:
        """Do what is due by now, or by a moment that is still to come."""
        limit = self.time.now() if until is None else until
        while self._due and self._due[0][0] <= limit:
            moment, _, act = heapq.heappop(self._due)
            self.time.held = moment
            act()
            self.time.held = None

    # requests

    def receive(self, request: Request, tag: Any = None) -> Exchange:
        """Take a request that arrives now; `tag` says who sent it."""
        self.catch_up()
        kind, order_id = route(request)
        over, storm = self.storm
        if self.time.now() < over:
            return self._exchange(storm, {}, 0.1)
        if kind == "create":
            return self._create(request, tag)
        if self.read_faults:
            return self._exchange(self.read_faults.popleft(), {}, READING)
        if kind == "search":
            return self._exchange(lambda _: self._search(json.loads(request.body)), {}, READING)
        return self._exchange(lambda _: self._get(order_id), {}, READING)

    def next_fault(self, reference: str) -> Fault:
        """What becomes of the next create of a reference."""
        planned = self.plan[reference]
        return planned[0] if planned else FAULTS["none"]

    def pop_fault(self, reference: str) -> Fault:
        planned = self.plan[reference]
        return planned.popleft() if planned else FAULTS["none"]

    def _create(self, request: Request, tag: Any) -> Exchange:
        body = json.loads(request.body)
        fault = self.pop_fault(body["orderReferenceId"])
        now = self.time.now()
        orders = self._prepared(body, fault, tag)
        if fault.commit is not None:
            self.on_accepted(orders)
            self.at(now + fault.commit, lambda: self._commit(orders, fault.becomes))
        brief = "/api/" in request.url

        def read(_: Any) -> Response:
            if fault.answer is whole or fault.commit is None:
                self._date_them(orders)
            return fault.answer(_answer_of(orders[0], fault.becomes, brief=brief))

        return self._exchange(read, None, fault.after, fault)

    def _exchange(
        self, answer: Answer, document: Any, after: float, fault: Fault | None = None
    ) -> Exchange:
        def read() -> Response:
            self.catch_up()
            return self._with_date(answer(document))

        return Exchange(after=after, read=read, fault=fault)

    def _with_date(self, response: Response) -> Response:
        shown = DATE_HEADERS[self.date_header](self.date.now())
        headers = dict(response.headers) | ({"date": shown} if shown else {})
        return Response(status=response.status, headers=headers, body=response.body)

    # orders

    def _prepared(self, body: dict[str, Any], fault: Fault, tag: Any) -> list[SimulatedOrder]:
        ids = tuple(f"order-{next(self._numbers)}" for _ in range(fault.parts))
        return [
            SimulatedOrder(
                id=order_id,
                asked=body["orderReferenceId"],
                reference=self.normalise(body["orderReferenceId"]),
                kind=body.get("orderType", "order"),
                created=0.0,
                connected=ids if fault.parts > 1 else (),
                metadata=tuple(body.get("metadata", ())) if self.keeps_metadata else (),
                tag=tag,
            )
            for order_id in ids
        ]

    def _date_them(self, orders: list[SimulatedOrder]) -> None:
        # an answer that comes before the order shows the date that the order will have
        for order in orders:
            order.created = order.created or self.database.now()

    def _commit(self, orders: list[SimulatedOrder], becomes: str) -> None:
        self._date_them(orders)
        for order in orders:
            self._note(order, becomes)
            self.orders.append(order)

    def _note(self, order: SimulatedOrder, becomes: str) -> None:
        now, updated = self.time.now(), self.database.now()
        order.history.append(State(since=now, status=becomes, updated=updated))

    def add_older(self, reference: str, *, age: float, becomes: str = "created") -> SimulatedOrder:
        """An order of another program, or of another day, with this reference."""
        moment, created = self.time.now() - age, self.database.now() - age
        order = SimulatedOrder(
            id=f"order-{next(self._numbers)}",
            asked=reference,
            reference=self.normalise(reference),
            kind="order",
            created=created,
        )
        order.history.append(State(since=moment, status=becomes, updated=created + age / DAY))
        self.orders.append(order)
        return order

    def cancel(self, order: SimulatedOrder) -> None:
        """A person cancels an order, at the dashboard, with all its parts."""
        self.catch_up()
        for part in self.orders:
            if part.is_live and (part is order or part.id in order.connected):
                self._note(part, "canceled")
                part.by_person = True

    # answers

    def _search(self, query: dict[str, Any]) -> Response:
        moment = self.time.now() - self.search_lag
        wanted = {self.normalise(text) for text in query.get("orderReferenceIds", [])}
        rows = []
        for order in reversed(self.orders):
            state = order.seen_at(moment)
            if state is not None and order.reference in wanted:
                rows.append(self._undated(order.row(state)))
        start = query.get("offset", 0)
        return whole({"orders": rows[start : start + query.get("limit", 50)]})

    def _get(self, order_id: str) -> Response:
        moment = self.time.now() - self.get_lag
        for order in self.orders:
            state = order.seen_at(moment)
            if state is not None and order_id in {order.id, order.reference}:
                return whole(self._undated(order.document(state)))
        return status(404)({})

    def _undated(self, document: dict[str, Any]) -> dict[str, Any]:
        return document if self.dates_orders else document | {"createdAt": None, "updatedAt": None}


def _answer_of(order: SimulatedOrder, becomes: str, *, brief: bool) -> dict[str, Any]:
    document = order.document(State(since=0.0, status=becomes, updated=order.created))
    if brief:
        return {name: document[name] for name in CONNECT_ANSWERS}
    return document
