"""What a sandbox with a state file has answered is there after a kill."""

import json

import pytest
from support.webhook_shop import NOBODY

from gelato_async.sandbox import Fault, FaultPlan, SandboxData
from gelato_async.sandbox.data import Account
from gelato_async.sandbox.orders.life_cycle import STAGES
from gelato_async.sandbox.storage.state_lock import StateLock

pytestmark = pytest.mark.anyio

PRODUCT = {"templateId": "template-poster", "title": "A poster", "tags": ["a", "b"]}
PRODUCTS = "/v1/stores/store-1/products"
KEY = {"X-API-KEY": "sandbox-key"}


async def answered(call, status=200):
    answer = await call
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def create(api, body):
    return await answered(api.gelato.post("orders", json=body))


async def get(api, order_id):
    return await answered(api.gelato.get(f"orders/{order_id}"))


async def create_product(api, body=PRODUCT):
    path = f"{PRODUCTS}:create-from-template"
    return await answered(api.nobody.post(path, json=body, headers=KEY))


async def products(api):
    found = await answered(api.nobody.get(PRODUCTS, headers=KEY))
    return found["products"]


async def search(api, **filters):
    found = await answered(api.gelato.post("/orders:search", json=filters))
    return found["orders"]


@pytest.mark.parametrize("seconds", [0, 20, 130, 10_000])
async def test_an_order_is_as_it_was_last_answered(keep, kill, order, seconds):
    first = keep()
    made = await create(first, order(items=2))
    first.app.advance(seconds)
    before = await get(first, made["id"])
    second = kill(first)
    assert await get(second, made["id"]) == before
    assert await search(second) == await search(first)
    assert await search(second, orderReferenceIds=["ref-1"]) == await search(first)


async def test_a_connect_order_is_as_it_was_last_answered(keep, kill, order):
    first = keep(split=1.0)
    made = await answered(first.connect.post("order", json=order(items=2)))
    address = order()["shippingAddress"] | {"firstName": "Iris", "country": "US"}
    await answered(first.connect.put(made["id"], json={"shippingAddress": address}))
    before = await answered(first.connect.get(made["id"]))
    assert len(before["connectedOrderIds"]) == 2
    second = kill(first)
    assert await answered(second.connect.get(made["id"])) == before
    assert await answered(second.connect.get("ref-1")) == await answered(first.connect.get("ref-1"))


async def test_cancellations_deletions_and_confirmations_stay(keep, kill, order):
    first = keep()
    canceled, draft, confirmed = [
        (await create(first, order(f"ref-{n}", orderType=kind)))["id"]
        for n, kind in enumerate(["order", "draft", "draft"])
    ]
    await answered(first.gelato.post(f"orders/{canceled}:cancel"))
    await answered(first.gelato.delete(f"orders/{draft}"))
    await answered(first.gelato.patch(f"orders/{confirmed}", json={"orderType": "order"}))
    second = kill(first)
    assert (await get(second, canceled))["fulfillmentStatus"] == "canceled"
    assert await get(second, confirmed) == await get(first, confirmed)
    assert (await second.gelato.get(f"orders/{draft}")).status_code == 404
    assert await search(second, orderReferenceId="ref-1") == []


async def test_forced_statuses_and_their_reasons_stay(keep, kill, order):
    first = keep()
    made = await create(first, order())
    first.app.force_status(made["id"], "failed")
    before = await get(first, made["id"])
    assert before["refusalReason"]
    assert await get(kill(first), made["id"]) == before


async def test_store_products_stay_and_deleted_ones_do_not_return(keep, kill):
    first = keep()
    made, gone = await create_product(first), await create_product(first)
    await answered(first.nobody.delete(f"{PRODUCTS}/{gone['id']}", headers=KEY))
    first.app.advance(1_000)
    before = await products(first)
    second = kill(first)
    assert await products(second) == before
    assert [product["id"] for product in before] == [made["id"]]


async def test_the_audit_has_the_commits_and_duplicates(keep, kill, order):
    first = keep()
    made = [(await create(first, order()))["id"] for _ in range(2)]
    for order_id in made:
        await answered(first.gelato.post(f"orders/{order_id}:cancel"))
    draft = await create(first, order("ref-2", orderType="draft"))
    await answered(first.gelato.delete(f"orders/{draft['id']}"))
    audit, earlier = kill(first).app.audit(), first.app.audit()
    assert (audit.commits, audit.orders, audit.duplicates) == (
        earlier.commits,
        earlier.orders,
        earlier.duplicates,
    )
    assert audit.commits == 3
    assert audit.duplicates == ("ref-1",)
    assert audit.commit_times == earlier.commit_times
    assert audit.requests == 0


async def test_commits_after_a_kill_see_those_before_it(keep, kill, order):
    first = keep()
    await create(first, order())
    second = kill(first)
    await create(second, order())
    assert second.app.audit().duplicates == ("ref-1",)
    third = kill(second)
    assert third.app.audit().duplicates == ("ref-1",)
    assert [row["id"] for row in await search(third)] == [row["id"] for row in await search(second)]


async def test_a_lost_answer_is_a_kept_order(keep, kill, order):
    first = keep(faults=FaultPlan([Fault("drop", when="after", count=1)]))
    with pytest.raises(ConnectionAbortedError):
        await first.gelato.post("orders", json=order())
    (row,) = await search(kill(first))
    assert row["orderReferenceId"] == "ref-1"


async def test_a_late_commit_is_owed_after_a_kill(keep, kill, travel, order):
    late = FaultPlan([Fault("status", status=503, commit_delay=30, count=1)])
    first = keep(faults=late)
    await answered(first.gelato.post("orders", json=order()), 503)
    travel(20)
    second = kill(first)
    assert await search(second) == []
    travel(20)
    third = kill(second)
    (row,) = await search(third)
    assert third.app.audit().commit_times == (pytest.approx(30, abs=1),)
    travel(60)
    fourth = kill(third)
    assert await search(fourth) == [row]
    assert fourth.app.audit().commits == 1


async def test_the_lag_of_the_search_goes_on(keep, kill, travel, order):
    first = keep(search_lag=30)
    await create(first, order())
    second = kill(first, search_lag=0)
    assert await search(second) == []
    travel(31)
    assert len(await search(second)) == 1


async def test_texts_that_are_not_unicode_are_kept(keep, kill, order):
    odd = "half \ud83d of a pair, and \0"
    address = order()["shippingAddress"] | {"firstName": odd}
    first = keep()
    body = json.dumps(order(odd, shippingAddress=address, customerReferenceId=odd))
    made = await answered(first.gelato.post("orders", content=body))
    second = kill(first)
    assert await get(second, made["id"]) == made
    (row,) = await search(second)
    assert (row["orderReferenceId"], row["firstName"]) == (odd, odd)
    assert second.app.audit().orders["gelato"] == {odd: ((made["id"],),)}


async def test_accounts_stay_apart_and_wait_for_their_return(keep, kill, order):
    other = Account(name="other", api_key="key-2")
    data, key = SandboxData(accounts=[other]), {"X-API-KEY": "key-2"}
    first = keep(data=data)
    theirs = await answered(first.nobody.post("/v4/orders", json=order(), headers=key))
    await create(first, order())
    second = kill(first)
    assert (await second.nobody.get(f"/v4/orders/{theirs['id']}", headers=key)).status_code == 401
    assert second.app.audit().commits == 1
    await create(second, order("ref-2"))
    third = kill(second, data=data)
    found = await answered(third.nobody.get(f"/v4/orders/{theirs['id']}", headers=key))
    assert found == theirs
    assert len(await search(third)) == 2
    assert third.app.audit().commits == 3


async def test_amounts_are_kept_whatever_the_prices_are(keep, kill, order):
    first = keep()
    made = await create(first, order(items=2))
    draft = await create(first, order("ref-2", items=2, orderType="draft"))
    rates = SandboxData.built_in().currencies
    dearer = {code: rate * 2 for code, rate in rates.items()} | {"EUR": 1.0}
    second = kill(first, data=SandboxData(currencies=dearer))
    assert await get(second, made["id"]) == made
    # What is confirmed is priced anew.
    assert (await get(second, draft["id"]))["receipts"] == draft["receipts"]
    confirm = {"orderType": "order"}
    await answered(second.gelato.patch(f"orders/{draft['id']}", json=confirm))
    (before,) = draft["receipts"]
    (after,) = (await get(second, draft["id"]))["receipts"]
    assert after["productsPriceInitial"] == pytest.approx(2 * before["productsPriceInitial"], 1e-3)


async def test_a_reset_forgets_the_clock_in_the_file(keep, kill, order):
    first = keep()
    await create(first, order())
    first.app.advance(100_000)
    await answered(first.nobody.post("/_sandbox/reset"))
    with kill(first).app.locked() as state:
        assert state.clock.moment().life < 100


async def test_a_reset_empties_the_file(keep, kill, order):
    first = keep(webhook_url=NOBODY)
    await create(first, order())
    await create_product(first)
    first.app.advance(100)
    first.app.reset()
    second = kill(first)
    assert (await search(second), await products(second)) == ([], [])
    assert (second.app.audit().commits, second.app.webhooks()) == (0, ())
    await create(first, order("ref-2"))
    (row,) = await search(kill(first))
    assert row["orderReferenceId"] == "ref-2"


async def test_saving_after_the_answer_would_lose_an_order(keep, kill, order, monkeypatch):
    """The mutation: the same look finds what is lost by saving too late."""
    first = keep()
    monkeypatch.setattr(StateLock, "__exit__", lambda lock, *_: lock.alone.release())
    made = await create(first, order())
    monkeypatch.undo()
    assert (await kill(first).gelato.get(f"orders/{made['id']}")).status_code == 404
    # The next one that has the lock saves it.
    first.app.audit()
    assert await get(kill(first), made["id"]) == made


async def test_a_restart_alone_changes_nothing(keep, kill, order):
    first = keep(webhook_url=NOBODY)
    await create(first, order())
    await create_product(first)
    saved = kill(first, webhook_url=NOBODY).app._lock.saved
    # Nothing but the clock is written.
    assert saved._file._connection.total_changes == 1


async def test_time_goes_on_while_the_sandbox_is_off(keep, kill, travel, order):
    first = keep(speed=1)
    made = await create(first, order())
    travel(16)
    second = kill(first, speed=1)
    assert (await get(second, made["id"]))["fulfillmentStatus"] == "passed"
    travel(10_000)
    third = kill(second, speed=0)
    assert (await get(third, made["id"]))["fulfillmentStatus"] == "passed"
    third.app.advance(50)
    assert (await get(third, made["id"]))["fulfillmentStatus"] == "in_production"


@pytest.mark.parametrize("back", [0, 3_600])
async def test_nothing_that_was_seen_goes_back(keep, kill, order, clocks, back):
    first = keep(speed=1)
    made = await create(first, order())
    seen, dates = [], []
    for seconds in (0, 16, 50, 60, 70):
        clocks.advance(seconds)
        found = await get(first, made["id"])
        seen.append(STAGES.index(found["fulfillmentStatus"]))
        dates.append(found["updatedAt"])
        # As if the host's clock was set back while the sandbox was off.
        wall = clocks.wall
        first = kill(first, speed=0, wall=lambda wall=wall: wall() - back)
        found = await get(first, made["id"])
        seen.append(STAGES.index(found["fulfillmentStatus"]))
        dates.append(found["updatedAt"])
        later = await create(first, order("later"))
        dates.append(later["createdAt"])
        first = kill(first, speed=1)
    assert seen == sorted(seen)
    assert dates == sorted(dates)
