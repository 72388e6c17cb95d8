"""Times at which a float has few digits left, and moments that lie between two views."""

import pytest

from gelato_async.sandbox import SandboxError
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.life_cycle import AGES
from gelato_async.sandbox.page import views
from gelato_async.sandbox.webhooks.change_detector import ChangeDetector

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("seconds", [1e17, 1.7e308, 10**400])
async def test_the_clock_does_not_leave_the_range_of_dates(anyone, order, seconds):
    with pytest.raises(SandboxError, match="seconds: "):
        anyone.app.advance(seconds)
    answer = await anyone.nobody.post("/_sandbox/advance", content=b'{"seconds":%d}' % int(seconds))
    assert (answer.status_code, "seconds: " in answer.json()["message"]) == (400, True)
    assert (await anyone.gelato.post("orders", json=order())).status_code == 200
    overview = (await anyone.nobody.get("/_sandbox/page/overview")).text
    assert "Infinity" not in overview


async def test_the_clock_stays_in_range_step_by_step(anyone, order):
    made = (await anyone.gelato.post("orders", json=order())).json()
    anyone.app.advance(3e9)
    with pytest.raises(SandboxError, match="seconds: "):
        anyone.app.advance(1e12)
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert now["fulfillmentStatus"] == "delivered"


@pytest.mark.parametrize("life", [1e12, 9e15, 1.9e16, 1e17])
async def test_a_change_is_always_expected_later_than_now(anyone, order, life):
    await anyone.gelato.post("orders", json=order())
    with anyone.app.locked() as state:
        (account,) = state.accounts.values()
        (made,) = account.orders["gelato"].by_id.values()
    detector = ChangeDetector(lambda *_: None, lambda: None)
    made.began = life
    now = Moment(real=0.0, life=life, wall=0.0)
    detector.order(made, now)
    for age in AGES:
        detector.detect(Moment(real=0.0, life=life + age, wall=0.0))
        assert detector.next_change() is None or detector.next_change() > life + age


async def test_a_list_of_the_page_shows_no_earlier_time_than_answers(
    serve, order, clocks, monkeypatch
):
    api = serve()
    made = (await api.gelato.post("orders", json=order())).json()
    path, seen = f"orders/{made['id']}", []

    async def in_slices(found):
        # While the page searches, time goes on and an answer shows the order.
        api.app.advance(10)
        clocks.advance(10)
        seen.append((await api.gelato.get(path)).json())
        for one in found:
            yield one

    monkeypatch.setattr("gelato_async.sandbox.page.order_list.in_slices", in_slices)
    await views.find("orders", api.app, {})
    clocks.advance(10)
    assert (await api.gelato.get(path)).json()["updatedAt"] == seen[0]["updatedAt"]
