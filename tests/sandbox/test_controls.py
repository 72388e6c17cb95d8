"""The controls, as routes and as methods of the same names."""

import inspect
import pickle
import re

import pytest
from support.doc_code import ROOT
from support.webhook_shop import NOBODY

from gelato_async.sandbox import Sandbox, SandboxError
from gelato_async.sandbox.control.controls import Controls
from gelato_async.sandbox.control.routes import ROUTES
from gelato_async.sandbox.errors import ControlError
from gelato_async.sandbox.orders.life_cycle import AGES, STAGES

pytestmark = pytest.mark.anyio

PAGE = (ROOT / "docs/sandbox-controls.md").read_text(encoding="utf-8")


async def made(api, order, **changes):
    return (await api.gelato.post("orders", json=order(**changes))).json()["id"]


async def post(api, path, body=None):
    return await api.nobody.post(f"/_sandbox/{path}", json=body or {})


def test_the_page_lists_every_route_and_its_method():
    rows = re.findall(r"^\| `(\w+) ([^`]+)` \| `(\w+)\(([^)]*)\)` \|", PAGE, re.MULTILINE)
    assert [row[:3] for row in rows] == [(route.method, route.path, route.name) for route in ROUTES]
    for _, _, name, arguments in rows:
        _, *parameters = inspect.signature(getattr(Sandbox, name)).parameters
        assert arguments.split(", ") == (parameters or [""])


def test_every_public_method_of_the_controls_has_a_route():
    methods = {name for name in vars(Controls) if not name.startswith("_")}
    assert methods - {"locked"} == {route.name for route in ROUTES}


async def test_an_order_is_moved_on_stage_by_stage(anyone, order):
    order_id = await made(anyone, order)
    path = f"orders/{order_id}/advance"
    reached = [(await post(anyone, path, {"fulfillmentStatus": None})).json() for _ in STAGES[1:]]
    assert [answer["fulfillmentStatus"] for answer in reached] == list(STAGES[1:])
    last = await post(anyone, path, {"fulfillmentStatus": None})
    assert (last.status_code, last.json()["message"]) == (409, "The order is delivered already")


async def test_an_order_is_moved_to_a_stage_with_all_others(anyone, order):
    first, second = await made(anyone, order), await made(anyone, order, reference="ref-2")
    assert anyone.app.advance_to(first, "shipped") == "shipped"
    statuses = [row["status"] for row in anyone.app.orders()]
    assert (second in str(anyone.app.orders()), statuses) == (True, ["shipped", "shipped"])
    with anyone.app.locked() as state:
        assert state.clock.advanced == pytest.approx(AGES[STAGES.index("shipped")], abs=0.1)


@pytest.mark.parametrize(
    ("status", "reported"),
    [
        ("created", "The order is printed already"),
        ("printed", "The order is printed already"),
        ("on_hold", "must be null or one of created, uploading"),
    ],
)
async def test_an_order_does_not_age_backwards(anyone, order, status, reported):
    order_id = await made(anyone, order)
    anyone.app.advance_to(order_id, "printed")
    with pytest.raises(SandboxError, match=reported):
        anyone.app.advance_to(order_id, status)


async def test_an_order_that_does_not_age_is_not_moved_on(anyone, order):
    order_id = await made(anyone, order)
    anyone.app.force_status(order_id, "on_hold")
    with pytest.raises(SandboxError, match="does not age, its status is fixed: on_hold"):
        anyone.app.advance_to(order_id)
    draft = await made(anyone, order, reference="ref-2", orderType="draft")
    with pytest.raises(SandboxError, match="does not age, it is draft"):
        anyone.app.advance_to(draft)
    with pytest.raises(SandboxError, match="Order not found"):
        anyone.app.advance_to("unknown")


async def test_a_failure_is_forced_with_a_reason(anyone, order):
    order_id = await made(anyone, order)
    body = {"fulfillmentStatus": "failed", "refusalReason": "Too dark", "refusalReasonCode": "dark"}
    answer = await post(anyone, f"orders/{order_id}/status", body)
    assert answer.json() == {"id": order_id, "fulfillmentStatus": "failed"}
    failed = (await anyone.gelato.get(f"orders/{order_id}")).json()
    assert (failed["refusalReason"], failed["refusalReasonCode"]) == ("Too dark", "dark")
    wrong = body | {"refusalReason": 7}
    assert (await post(anyone, f"orders/{order_id}/status", wrong)).status_code == 400


async def test_a_method_answers_what_its_route_answers(anyone, order):
    await made(anyone, order, items=2)
    listed = (await anyone.nobody.get("/_sandbox/orders")).json()["orders"]
    assert listed == list(anyone.app.orders())
    audit = (await anyone.nobody.get("/_sandbox/audit")).json()
    assert audit["commits"] == anyone.app.audit().commits == 1


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_time_goes_forwards_only(seconds):
    with pytest.raises(SandboxError, match="seconds: must be a number of at least 0"):
        Sandbox().advance(seconds)


@pytest.mark.parametrize("seconds", [1e308, 1e12, 10**400, 3.2e9])
async def test_time_goes_100_years_at_most(anyone, order, seconds):
    order_id = await made(anyone, order)
    answer = await post(anyone, "advance", {"seconds": seconds})
    assert (answer.status_code, "100 years in all" in answer.json()["message"]) == (400, True)
    anyone.app.advance(3.1e9)
    with pytest.raises(SandboxError, match="100 years in all"):
        anyone.app.advance(1e8)
    seen = (await anyone.gelato.get(f"orders/{order_id}")).json()
    assert seen["fulfillmentStatus"] == "delivered"


async def test_a_webhook_is_sent_again(serve):
    api = serve(webhook_url=NOBODY)
    api.app.send_webhook({"event": "first", "id": "1"})
    api.app.send_webhook({"event": "second", "id": "2"})
    number = api.app.webhooks()[1].number
    assert (await post(api, f"webhooks/{number}/resend")).status_code == 200
    events = [delivery.event["event"] for delivery in api.app.webhooks()]
    assert events == ["first", "second", "second"]
    listed = (await api.nobody.get("/_sandbox/webhooks")).json()["webhooks"]
    assert [row["number"] for row in listed] == [row.number for row in api.app.webhooks()]


@pytest.mark.parametrize("number", ["99", "first", "-1"])
async def test_an_unknown_webhook_is_not_sent_again(serve, number):
    answer = await post(serve(webhook_url=NOBODY), f"webhooks/{number}/resend")
    assert (answer.status_code, answer.json()) == (404, {"message": "No such webhook"})


async def test_without_a_url_no_webhook_is_sent_again(anyone):
    # As after a restart with the same state file, but without the URL.
    with anyone.app.locked() as state:
        state.outbox.add({"event": "first"}, state.clock.moment())
    for path in ("webhooks/1/resend", "webhooks"):
        answer = await post(anyone, path)
        assert (answer.status_code, "give the sandbox a webhook_url" in answer.text) == (409, True)
    assert len(anyone.app.webhooks()) == 1


async def test_a_wrong_method_is_answered_with_those_allowed(anyone):
    answer = await anyone.nobody.put("/_sandbox/webhooks")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")


def test_an_error_of_a_control_survives_pickling():
    copied = pickle.loads(pickle.dumps(ControlError("No such webhook", 404)))
    assert (str(copied), copied.status) == ("No such webhook", 404)
