import sys
import textwrap
from types import ModuleType

import pytest
from attrs import evolve
from support.doc_code import code_of

from gelato_async import GelatoClient, Response, ScriptedTransport
from gelato_async.backends.gelato import orders as routes
from gelato_async.client import orders as methods
from gelato_async.core.operations import orders as operations

ANSWER = b'{"orderId": "o1", "entries": [{"status": "created", "since": "2024-05-01T10:00:00Z"}]}'


def block(place):
    """The example that stands for a place of the package, without the line that names it."""
    (code,) = [code for code in code_of("CONTRIBUTING.md") if place in code.splitlines()[0]]
    return code.partition("\n")[2]


def run(code, module):
    """The names of a module of the package, and those of code that is added to it."""
    names = dict(vars(module))
    exec(code, names)
    return names


@pytest.fixture
def client(monkeypatch):
    """A client that has the route of the example."""
    timeline = ModuleType("gelato_async.models.timeline")
    exec(block("models/timeline.py"), vars(timeline))
    monkeypatch.setitem(sys.modules, timeline.__name__, timeline)
    added = run(block("core/operations/orders.py"), operations)
    monkeypatch.setattr(operations, "GetTimeline", added["GetTimeline"], raising=False)
    imports, route = block("backends/gelato/orders.py").split("# in its ROUTES\n")
    added = run(f"{imports}ADDED = {{{route}}}", routes)["ADDED"]
    imports, method = block("client/orders.py").split("# in its GelatoOrders\n")
    orders = run(f"{imports}class Orders(GelatoOrders):\n{method}", methods)["Orders"]
    transport = ScriptedTransport(lambda _: Response(status=200, body=ANSWER))
    gelato = GelatoClient("a-key", transport=transport)
    backend = gelato.engine.backend
    backend = evolve(backend, routes={**backend.routes, **added})
    sender = evolve(gelato.engine.sender, backend=backend)
    gelato.orders = orders(evolve(gelato.engine, sender=sender))
    gelato.transport = transport
    return gelato


@pytest.mark.anyio
async def test_the_example_of_a_route_works(client):
    timeline = await client.orders.timeline("o1")
    assert timeline.order_id == "o1"
    assert [entry.status for entry in timeline.entries] == ["created"]
    (request,) = client.transport.requests
    assert (request.method, request.url) == (
        "GET",
        "https://order.gelatoapis.com/v4/orders/o1/timeline",
    )


def test_the_sandbox_s_part_of_the_example_is_code():
    compile(textwrap.dedent(block("sandbox/orders/gelato_api.py")), "CONTRIBUTING.md", "exec")
