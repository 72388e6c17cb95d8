"""A store product is ready within seconds and published perhaps an hour later: two waits."""

import json

import pytest
from support.stepping import Stepping

from gelato_async import (
    GelatoClient,
    NewStoreProduct,
    NoAnswerError,
    NotFoundError,
    Response,
    RetryPolicy,
    ScriptedTransport,
    Unlimited,
    WaitTimeoutError,
)
from gelato_async.sandbox import Sandbox

pytestmark = pytest.mark.anyio

SHIRT = NewStoreProduct(template_id="template-t-shirt", title="Harbour shirt")


@pytest.fixture
def script(virtual):
    """The stores of a client over answers in memory, and the transport that has the requests."""

    def make(*answers):
        queue = list(answers)

        async def answer(_):
            found = queue.pop(0) if len(queue) > 1 else queue[0]
            if isinstance(found, Exception):
                raise found
            if isinstance(found, Response):
                return found
            return Response(status=200, body=json.dumps({"id": "1", **found}).encode())

        transport, retry = ScriptedTransport(answer), RetryPolicy(initial=0)
        options = {"limiter": Unlimited(), "clock": virtual.clock, "retry": retry}
        return GelatoClient("k", transport=transport, **options).stores, transport

    return make


async def test_ready_takes_seconds_and_published_much_longer():
    with Sandbox(speed=0.0, rate_limit=None) as sandbox:
        stepping = Stepping(sandbox)
        options = {"limiter": Unlimited(), "clock": stepping.clock}
        async with GelatoClient(sandbox.api_key, base_url=sandbox.url, **options) as client:
            made = await client.stores.create_product_from_template("store-1", SHIRT)
            assert (made.is_ready, made.variants) == (False, ())
            ready = await client.stores.wait_until_ready("store-1", made.id)
            assert (ready.status, ready.is_ready_to_publish) == ("created", True)
            assert len(ready.variants) == 4
            assert 9 <= stepping.time <= 20
            published = await client.stores.wait_until_published("store-1", made.id)
            assert (published.status, published.is_publishing_over) == ("active", True)
            assert 600 <= stepping.time <= 700


async def test_is_ready_to_publish_ends_a_wait_for_ready_and_no_other(script):
    ready = {"status": "created", "isReadyToPublish": True}
    stores, transport = script({"status": "created", "isReadyToPublish": False}, ready)
    assert (await stores.wait_until_ready("store-1", "1")).is_ready_to_publish
    assert len(transport.requests) == 2
    with pytest.raises(WaitTimeoutError, match="it was created when last seen"):
        await stores.wait_until_published("store-1", "1", timeout=60)


@pytest.mark.parametrize("status", ["active", "publishing_error"])
async def test_publishing_that_is_over_ends_both_waits(script, status):
    for wait in ("wait_until_ready", "wait_until_published"):
        stores, transport = script({"status": "publishing"}, {"status": status})
        assert (await getattr(stores, wait)("store-1", "1")).status == status
        assert len(transport.requests) == 2


async def test_published_is_looked_for_once_a_minute_for_two_hours(script, virtual):
    stores, transport = script({"status": "publishing", "isReadyToPublish": True})
    with pytest.raises(WaitTimeoutError) as caught:
        await stores.wait_until_published("store-1", "1")
    assert virtual.slept[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert (max(virtual.slept), sum(virtual.slept)) == (60, pytest.approx(7200))
    assert len(transport.requests) < 130
    assert (caught.value.last.id, caught.value.last.status) == ("1", "publishing")


async def test_a_wait_for_ready_has_two_minutes(script, virtual):
    stores, _ = script({"status": "created", "isReadyToPublish": False})
    with pytest.raises(WaitTimeoutError):
        await stores.wait_until_ready("store-1", "1")
    assert (max(virtual.slept), sum(virtual.slept)) == (10, pytest.approx(120))


# deleting


async def test_a_product_is_deleted():
    with Sandbox(speed=0.0, rate_limit=None) as sandbox:
        async with GelatoClient(sandbox.api_key, base_url=sandbox.url) as client:
            made = await client.stores.create_product_from_template("store-1", SHIRT)
            assert await client.stores.delete_product("store-1", made.id) is None
            for call in (client.stores.product, client.stores.delete_product):
                with pytest.raises(NotFoundError):
                    await call("store-1", made.id)


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"<html>"])
async def test_whatever_body_answers_a_delete_is_fine(script, body):
    stores, transport = script(Response(status=200, body=body))
    await stores.delete_product("store-1", "a/b")
    (request,) = transport.requests
    assert (request.method, request.body) == ("DELETE", b"")
    assert request.url.endswith("/v1/stores/store-1/products/a%2Fb")


async def test_a_delete_of_unknown_outcome_is_sent_again(script):
    stores, transport = script(NoAnswerError("read timeout"), {})
    await stores.delete_product("store-1", "1")
    assert len(transport.requests) == 2
