import asyncio
import json

import httpx
import pytest
from support.doc_code import listening, served

from gelato_async import GelatoClient

pytestmark = pytest.mark.system

SECRET = "a-long-secret"
PATH = "/webhooks/gelato"


@pytest.fixture
def framework(request):
    return getattr(request, "param", "starlette")


in_every_framework = pytest.mark.parametrize(
    "framework", ["fastapi", "starlette", "litestar", "django"], indirect=True
)


@pytest.fixture
def endpoint():
    with listening() as found:
        yield found


@pytest.fixture
def sandbox_options(endpoint):
    return {
        "webhook_url": f"{endpoint[1]}{PATH}",
        "webhook_header": ("X-Webhook-Secret", SECRET),
        "webhook_retry_seconds": 0.05,
    }


@pytest.fixture
def shop(framework, load, endpoint, sandbox, django_with, monkeypatch):
    """The module of the recipe whose application is served meanwhile, by uvicorn."""
    monkeypatch.setenv("GELATO_WEBHOOK_SECRET", SECRET)
    module = load("webhooks", f"{framework}_hooks")
    with (
        django_with(f"{framework}_hooks") as django,
        served(getattr(module, "app", django), endpoint[0]),
    ):
        yield load("webhooks", "hooks")


@pytest.fixture
def create(make_order):
    """Make an order; gives its id."""

    async def create_order():
        async with GelatoClient() as gelato:
            return (await gelato.orders.create(make_order())).id

    return lambda: asyncio.run(create_order())


@in_every_framework
def test_deliveries_leave_the_true_status(shop, sandbox, create):
    order_id = create()
    for seconds, status in ((0, "created"), (200, "shipped"), (1000, "delivered")):
        sandbox.advance(seconds)
        sandbox.wait_for_webhooks()
        assert shop.saved == {order_id: status}
    assert all(delivery.is_delivered for delivery in sandbox.webhooks())


@in_every_framework
def test_a_wrong_secret_is_refused(shop, endpoint):
    body = json.dumps({"event": "order_status_updated", "id": "e1", "orderId": "o1"})
    refused = httpx.post(
        f"{endpoint[1]}{PATH}", content=body, headers={"X-Webhook-Secret": "wrong"}
    )
    assert refused.status_code == 401
    assert shop.saved == {}


def test_the_dashboard_s_test_is_answered_and_ignored(shop, sandbox):
    sandbox.send_webhook({"event": "order_status_updated", "id": "e1", "orderId": "{{MyOrderId}}"})
    sandbox.wait_for_webhooks()
    assert sandbox.webhooks()[0].is_delivered
    assert shop.saved == {}


def test_an_order_that_cannot_be_fetched_is_tried_again(shop, sandbox):
    sandbox.send_webhook(
        {"event": "order_status_updated", "id": "e1", "orderId": "of-another-account"}
    )
    sandbox.wait_for_webhooks()
    assert sandbox.webhooks()[0].answers == (500, 500, 500)
