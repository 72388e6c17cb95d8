"""What keeps a sandbox of many orders fast, counted instead of timed."""

import gc
import json
import weakref

import pytest

from gelato_async.sandbox.control import routes
from gelato_async.sandbox.orders.order import Order

pytestmark = pytest.mark.anyio


async def make(api, order, number):
    for position in range(number):
        made = await api.gelato.post("orders", json=order(f"ref-{position}", items=2))
        assert made.status_code == 200
    return made.json()["id"]


@pytest.fixture
async def many(serve, order):
    api = serve(rate_limit=None)
    await make(api, order, 200)
    api.app.advance(1000)
    return api


@pytest.fixture
def examined(monkeypatch):
    """The orders whose status was computed."""
    seen, status = [], Order.status

    def recorded(self, now):
        seen.append(self)
        return status(self, now)

    monkeypatch.setattr(Order, "status", recorded)
    return seen


async def test_a_collection_follows_no_more_than_the_order_itself(serve, order):
    api = serve(rate_limit=None, webhooks_kept=0)
    await make(api, order, 10)
    gc.collect()
    before = len(gc.get_objects())
    await make(api, order, 200)
    gc.collect()
    assert len(gc.get_objects()) - before < 2 * 200


async def test_a_search_for_a_status_examines_the_orders_that_have_it(many, examined):
    found = await many.gelato.post("/orders:search", json={"fulfillmentStatuses": ["printed"]})
    assert (found.json()["orders"], len(examined)) == ([], 0)
    page = {"financialStatuses": ["paid"], "limit": 5}
    found = await many.gelato.post("/orders:search", json=page)
    assert len(found.json()["orders"]) == 5
    assert len({order.id for order in examined}) < 10


async def test_a_page_examines_no_order_behind_it(many, examined):
    found = await many.gelato.post("/orders:search", json={"countries": ["US"], "limit": 5})
    assert len(found.json()["orders"]) == 5
    assert len({order.id for order in examined}) < 10


def reference_to(order_id, app):
    with app.locked() as state:
        return weakref.ref(state.find(order_id))


@pytest.mark.parametrize("webhook_url", [None, "http://127.0.0.1:1/"])
async def test_what_a_reset_forgets_is_freed_without_a_collection(serve, order, webhook_url):
    """A process of its own collects nothing that has survived once."""
    api = serve(webhook_url=webhook_url)
    made = await make(api, order, 1)
    forgotten = reference_to(made, api.app)
    gc.collect()
    gc.disable()
    try:
        api.app.reset()
        assert forgotten() is None
    finally:
        gc.enable()


async def test_the_rows_of_all_orders_are_made_while_they_are_sent(many, examined):
    answer = routes.serve(many.app, "GET", "/_sandbox/orders", b"")
    assert not examined
    rows = json.loads(b"".join(answer.pieces))["orders"]
    assert [row["reference"] for row in rows] == [f"ref-{number}" for number in range(200)]
    assert rows == json.loads(json.dumps(many.app.orders()))
