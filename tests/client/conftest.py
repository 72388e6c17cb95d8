import json
import re
from datetime import UTC, datetime, timedelta
from inspect import isawaitable

import pytest
from support.clocks import warm

from gelato_async import (
    GelatoClient,
    GelatoConnectClient,
    Request,
    Response,
    RetryPolicy,
    ScriptedTransport,
    Unlimited,
)

_KINDS = [
    ("POST", r"/v4/orders|/api/acme/order", "create"),
    ("POST", r"/v4/orders:quote", "quote"),
    ("POST", r"/v4/orders:search|/api/acme/search", "search"),
    ("POST", r"/v4/orders/[^/]+:cancel|/api/acme/[^/]+/cancel", "cancel"),
    ("GET", r"/v4/orders/[^/]+|/api/acme/[^/]+", "get"),
    ("PATCH", r"/v4/orders/[^/]+", "patch"),
    ("PUT", r"/api/acme/[^/]+", "update"),
    ("DELETE", r"/v4/orders/[^/]+", "delete"),
]


def kind_of(request: Request):
    path = re.sub(r"^https?://[^/]+", "", request.url)
    return next(
        kind
        for method, pattern, kind in _KINDS
        if method == request.method and re.fullmatch(pattern, path)
    )


class Server:
    """Answers in memory: what was queued for a kind of call first, then truthfully from its orders."""

    def __init__(self, virtual):
        self.virtual = virtual
        self.queued = {}
        self.calls = []
        self.orders = []

    def queue(self, kind, *answers):
        self.queued.setdefault(kind, []).extend(answers)

    def count(self, kind):
        return sum(1 for called, _ in self.calls if called == kind)

    def times(self, kind):
        return [time for called, time in self.calls if called == kind]

    def order(self, reference="ref-1", *, age=0.0, visible_in=0.0, **changes):
        created = datetime.fromtimestamp(int(self.virtual.wall() - age), UTC)
        document = {
            "id": f"order-{len(self.orders) + 1}",
            "orderReferenceId": reference,
            "orderType": "order",
            "fulfillmentStatus": "created",
            "createdAt": created.isoformat(),
            "connectedOrderIds": [],
            "visible": self.virtual.time + visible_in,
            **changes,
        }
        self.orders.append(document)
        return document

    async def __call__(self, request):
        kind = kind_of(request)
        self.calls.append((kind, self.virtual.time))
        answer = self.queued[kind].pop(0) if self.queued.get(kind) else self.truth(kind, request)
        if callable(answer):
            answer = answer(request)
        if isawaitable(answer):
            answer = await answer
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def commit(self, request, **how):
        body = json.loads(request.body)
        return self.order(body["orderReferenceId"], orderType=body.get("orderType", "order"), **how)

    def truth(self, kind, request):
        match kind:
            case "create":
                return self.answer(self.commit(request))
            case "search":
                return self.answer(self.page(json.loads(request.body)))
            case "get":
                wanted = request.url.rpartition("/")[2]
                found = [
                    order
                    for order in self.orders
                    if wanted in (order["id"], order["orderReferenceId"])
                ]
                return (
                    self.answer(found[0]) if found else self.answer({"message": "not found"}, 404)
                )
        return self.answer({})

    def page(self, query):
        wanted = query.get("orderReferenceIds")
        rows = [
            order
            for order in reversed(self.orders)
            if (wanted is None or order["orderReferenceId"] in wanted)
            and order["visible"] <= self.virtual.time
        ]
        offset = query.get("offset", 0)
        return {"orders": rows[offset : offset + query.get("limit", 50)]}

    def answer(self, document, status=200, **headers):
        date = datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(self.virtual.wall()))
        shown = {"date": date.strftime("%a, %d %b %Y %H:%M:%S GMT"), **headers}
        return Response(status=status, headers=shown, body=json.dumps(document).encode())

    def after_another_create(self, client, ahead=0.0):
        """Answer a search truthfully, but let another order be created first."""

        def answer(request):
            warm(client, ahead)
            return self.truth("search", request)

        return answer

    def lost(self, error, **how):
        """Take a create, and lose its answer."""

        def answer(request):
            self.commit(request, **how)
            return error

        return answer


@pytest.fixture
def server(virtual):
    return Server(virtual)


@pytest.fixture
def gelato(server, virtual):
    return make_gelato(server, virtual)


@pytest.fixture
def connect(server, virtual):
    return make_connect(server, virtual)


def make_gelato(server, virtual, *, cold=False, **options):
    defaults = {
        "transport": ScriptedTransport(server),
        "limiter": Unlimited(),
        "clock": virtual.clock,
    }
    client = GelatoClient("test-key", **(defaults | options))
    return client if cold else warm(client)


def make_connect(server, virtual, *, cold=False, **options):
    defaults = {
        "transport": ScriptedTransport(server),
        "limiter": Unlimited(),
        "clock": virtual.clock,
    }
    client = GelatoConnectClient("acme", "test-key", "test-secret", **(defaults | options))
    return client if cold else warm(client)


@pytest.fixture
def make_client(server, virtual):
    def make(api="gelato", **options):
        return (make_gelato if api == "gelato" else make_connect)(server, virtual, **options)

    return make


@pytest.fixture
def orders(make_client):
    return lambda api, **options: make_client(api, retry=RetryPolicy(initial=0), **options).orders
