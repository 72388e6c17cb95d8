"""Webhooks that a sandbox owes are delivered after a kill."""

import threading
from itertools import count

import pytest
from support.webhook_shop import NOBODY, event, post, sandbox_for, shop, statuses

from gelato_async.sandbox import Sandbox, SandboxError
from gelato_async.sandbox.errors import StateFileError
from gelato_async.sandbox.orders.life_cycle import STAGES
from gelato_async.sandbox.webhooks import delivery as delivering
from gelato_async.sandbox.webhooks.outbox import QUEUES

KEY = {"X-API-KEY": "sandbox-key"}


def announced(api):
    events = [delivery.event for delivery in api.app.webhooks()]
    return statuses(each for each in events if each["event"] == "order_status_updated")


async def create(api, body):
    answer = await api.gelato.post("orders", json=body)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.anyio
async def test_without_a_url_nothing_is_sent_again(keep, kill, order):
    first = keep(webhook_url=NOBODY)
    await create(first, order())
    second = kill(first)
    answer = await second.nobody.post("/_sandbox/webhooks/0/resend")
    assert (answer.status_code, len(second.app.webhooks())) == (409, 2)
    with pytest.raises(SandboxError, match="give the sandbox a webhook_url"):
        second.app.resend_webhook(0)


@pytest.mark.anyio
async def test_what_was_queued_is_queued(keep, kill, order):
    first = keep(webhook_url=NOBODY, webhook_shuffle=True, webhook_duplicates=1.0)
    await create(first, order(items=2))
    second = kill(first, webhook_url=NOBODY)
    before, after = first.app.webhooks(), second.app.webhooks()
    assert len(after) == 6
    for one, other in zip(before, after, strict=True):
        fields = ("event", "answers", "number", "created", "due", "queue", "rank")
        assert [getattr(one, name) for name in fields] == [getattr(other, name) for name in fields]
    await create(second, order())
    assert [delivery.number for delivery in second.app.webhooks()] == list(range(8))


@pytest.mark.anyio
async def test_each_status_is_announced_once_over_all_restarts(keep, kill, order, travel):
    api = keep(webhook_url=NOBODY, speed=1)
    made = await create(api, order())
    for seconds in (16, 0, 50, 200, 10_000):
        travel(seconds)
        api = kill(api, webhook_url=NOBODY, speed=1)
        await api.gelato.get(f"orders/{made['id']}")
    assert announced(api) == list(STAGES)


@pytest.mark.anyio
async def test_stages_of_products_are_announced_once(keep, kill):
    first = keep(webhook_url=NOBODY)
    body = {"templateId": "template-poster", "title": "A poster"}
    path = "/v1/stores/store-1/products:create-from-template"
    await first.nobody.post(path, json=body, headers=KEY)
    first.app.advance(20)
    second = kill(first, webhook_url=NOBODY)
    seen = len(second.app.webhooks())
    assert len(first.app.webhooks()) == seen
    second.app.advance(1_000)
    assert [delivery.event["status"] for delivery in second.app.webhooks()[seen:]] == [
        "publishing",
        "active",
    ]


@pytest.mark.anyio
async def test_changes_without_a_url_are_not_announced_later(keep, kill, order):
    first = keep()
    await create(first, order())
    await first.nobody.post(
        "/v1/stores/store-1/products:create-from-template",
        json={"templateId": "template-poster", "title": "A poster"},
        headers=KEY,
    )
    first.app.advance(60)
    second = kill(first, webhook_url=NOBODY)
    assert second.app.webhooks() == ()
    second.app.advance(1_000)
    assert announced(second) == list(STAGES[4:])
    products = [each.event for each in second.app.webhooks() if "storeProductId" in each.event]
    assert [each["status"] for each in products] == ["active"]


def taken(api):
    found = [api.app.next_webhook(queue)[0] for queue in range(QUEUES)]
    return [delivery for delivery in found if delivery is not None]


@pytest.mark.anyio
async def test_tries_go_on_after_a_kill(keep, kill, travel):
    first = keep(webhook_url=NOBODY)
    first.app.send_webhook(event())
    (delivery,) = taken(first)
    first.app.record_webhook_try(delivery, 500, None)
    first.app.audit()
    second = kill(first, webhook_url=NOBODY)
    assert taken(second) == []
    travel(5)
    (again,) = taken(second)
    assert (again.answers, again.event) == ((500,), event())


@pytest.mark.anyio
async def test_a_delivery_in_progress_is_made_again(keep, kill):
    first = keep(webhook_url=NOBODY)
    first.app.send_webhook(event())
    assert len(taken(first)) == 1
    (again,) = taken(kill(first, webhook_url=NOBODY))
    assert (again.answers, again.event) == ((), event())


def test_nothing_is_delivered_before_it_is_saved(state_file, monkeypatch):
    monkeypatch.setattr(delivering, "_SECONDS_TO_SAVE", 0.01)
    with shop() as noted, sandbox_for(noted, state_file=state_file) as sandbox:
        saved = sandbox.app._lock.saved
        genuine, calls, sender_refused = saved.save, count(), threading.Semaphore(0)

        def save():
            if next(calls) == 0:
                return genuine()
            if threading.current_thread() is not threading.main_thread():
                sender_refused.release()
            raise StateFileError("full")

        saved.save = save
        with pytest.raises(SandboxError, match="full"):
            sandbox.send_webhook(event())
        for _ in range(20):
            assert sender_refused.acquire(timeout=30)
        assert noted.events == []
        saved.save = genuine
        sandbox.wait_for_webhooks()
        assert noted.events == [event()]


def test_finished_deliveries_are_remembered_as_far_as_wanted(state_file, order):
    with shop() as noted:
        options = {"state_file": state_file, "webhooks_kept": 3}
        with sandbox_for(noted, **options) as first:
            post(first, order(items=4))
            first.wait_for_webhooks()
            kept = [delivery.number for delivery in first.webhooks()]
            assert len(kept) == 3
        with sandbox_for(noted, **options) as second:
            assert [delivery.number for delivery in second.webhooks()] == kept
            assert all(delivery.answers == (200,) for delivery in second.webhooks())
        with sandbox_for(noted, state_file=state_file, webhooks_kept=2) as third:
            third.send_webhook(event())
            third.wait_for_webhooks()
            assert [delivery.number for delivery in third.webhooks()] == [kept[-1], kept[-1] + 1]
    assert len(noted.events) == 6


def test_what_nobody_took_goes_to_the_next_url(state_file, order):
    with Sandbox(state_file=state_file, webhook_url=NOBODY, webhook_retry_seconds=0.1) as first:
        post(first, order())
    with shop() as noted, sandbox_for(noted, state_file=state_file) as second:
        second.wait_for_webhooks()
        assert {each["event"] for each in noted.events} == {
            "order_item_status_updated",
            "order_status_updated",
        }
