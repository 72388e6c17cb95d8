"""The page of the sandbox in a real browser: what it shows, and what its buttons do."""

import re

import httpx
import pytest
from support.browser import expect
from support.orders import order_body

from gelato_async.sandbox import SandboxData
from gelato_async.sandbox.data import Account

pytestmark = pytest.mark.system


def row(page, text):
    return page.locator("#order-rows li").filter(has_text=text)


def choose(page, text):
    row(page, text).get_by_role("button").click()
    expect(page.locator("#order-title")).to_have_text(text)


def status(page):
    return page.locator("#order-status")


def press(page, name):
    page.locator("#order").get_by_role("button", name=name, exact=True).click()


def test_an_order_appears_and_a_click_ships_it(open_page, make, sandbox, receiver):
    page = open_page()
    expect(page.locator("#no-orders")).to_contain_text("No orders yet")
    order_id = make("shop-1", items=2)
    expect(row(page, "shop-1")).to_contain_text("Ada Example")
    expect(row(page, "shop-1")).to_contain_text("2 items")
    expect(page.locator("#total")).to_have_text("1")
    choose(page, "shop-1")
    expect(page.locator("#recipient")).to_contain_text("1 Sample Street")
    expect(page.locator("#items li").first).to_contain_text("poster_a4_ver")
    expect(page.locator("#sums")).to_contain_text("Total")
    for stage in ("uploading", "passed", "in production", "printed", "shipped"):
        press(page, f"To {stage}")
        expect(status(page)).to_have_text(stage)
    expect(row(page, "shop-1").locator(".pill")).to_have_text("shipped")
    expect(page.locator("#shipment")).to_contain_text("SBX")
    expect(page.locator("#stages .present")).to_contain_text("shipped")
    sandbox.wait_for_webhooks()
    shipped = [event for event in receiver.events if event.get("fulfillmentStatus") == "shipped"]
    assert [event["orderId"] for event in shipped] == [order_id]
    expect(page.locator("#order-webhooks .pill").first).to_have_text("delivered")
    press(page, "To delivered")
    expect(status(page)).to_have_text("delivered")
    expect(page.get_by_role("button", name="Next stage")).to_have_attribute("aria-disabled", "true")


def test_both_apis_are_shown(open_page, make):
    make("by-gelato")
    make("by-connect", api="connect")
    page = open_page()
    expect(row(page, "by-gelato")).to_contain_text("Gelato")
    expect(row(page, "by-connect")).to_contain_text("Connect")
    expect(page.locator("#legend li")).to_have_count(2)
    expect(page.locator("#worst")).to_contain_text("limit 100 for each key")


def test_the_clock_is_advanced_for_all(open_page, make):
    make("ref-1")
    page = open_page()
    page.get_by_role("button", name="+1 min").click()
    expect(row(page, "ref-1")).to_contain_text("in production")
    expect(page.locator("#clock")).to_have_text("1:00")
    expect(page.locator("#speed")).to_have_text("stands still")


def test_a_status_is_forced_and_released(open_page, make):
    make("ref-1")
    page = open_page()
    choose(page, "ref-1")
    page.get_by_label("Force a status").select_option("on_hold")
    press(page, "Set")
    expect(status(page)).to_have_text("on hold")
    expect(page.locator("#aging")).to_contain_text("The status is fixed")
    expect(page.locator("#moments")).to_contain_text("on hold")
    page.get_by_label("Force a status").select_option("as its age says")
    press(page, "Set")
    expect(status(page)).to_have_text("created")
    press(page, "Cancel")
    expect(status(page)).to_have_text("canceled")


def test_an_order_fails_for_a_reason(open_page, make, sandbox, receiver):
    make("ref-1")
    page = open_page()
    choose(page, "ref-1")
    page.get_by_label("Fail, with a reason").fill("The file is too dark")
    press(page, "Fail")
    expect(status(page)).to_have_text("failed")
    expect(page.locator("#order-reason")).to_contain_text("The file is too dark")
    sandbox.wait_for_webhooks()
    assert receiver.events[-1]["comment"] == "The file is too dark"


def test_a_webhook_shows_its_answers_and_is_sent_again(open_page, make, sandbox, receiver):
    receiver.answers[:] = [500]
    make("ref-1")
    sandbox.wait_for_webhooks()
    page = open_page()
    first = page.locator("#deliveries > li").last
    expect(first.locator(".answers")).to_have_text("500, 200")
    first.locator("summary").click()
    expect(first.locator("pre")).to_contain_text('"status": "created"')
    before = len(receiver.events)
    first.get_by_role("button", name="Send again").click()
    expect(page.locator("#deliveries > li")).to_have_count(3)
    expect(page.locator("#deliveries > li").first.locator(".pill")).to_have_text("delivered")
    # It stays open although the list is polled.
    expect(first.locator("pre")).to_be_visible()
    assert len(receiver.events) == before + 1
    assert receiver.events[-1] == receiver.events[0]


def test_a_webhook_that_is_read_stays_while_others_arrive(open_page, make, sandbox):
    make("ref-1")
    page = open_page()
    read = page.locator("#deliveries > li").filter(has_text="order_status_updated")
    read.locator("summary").click()
    for number in range(15):
        make(f"busy-{number}")
    sandbox.wait_for_webhooks()
    expect(page.locator("#webhook-total")).to_have_text("32")
    expect(read.locator("pre")).to_be_visible()
    expect(read.locator("summary")).to_be_focused()
    page.get_by_role("button", name="Newest").click()
    expect(page.locator("#deliveries > li")).to_have_count(20)
    expect(page.locator("#deliveries > li").first).to_contain_text("busy-14")


def test_faults_and_refusals_are_counted(open_page, make, sandbox):
    page = open_page()
    expect(page.locator("#faults")).to_have_text("none")
    make("ref-1")
    expect(page.locator("#worst")).to_contain_text("1 (")
    expect(page.locator("#chart svg")).to_have_attribute("aria-label", re.compile("at most 1;"))
    with sandbox.locked() as state:
        state.audit_log.faults["drop-after"] += 2
        state.audit_log.record_rejection(sandbox.api_key, state.clock.real())
    expect(page.locator("#faults")).to_have_text(re.compile("drop-after . 2"))
    expect(page.locator("#refused")).to_have_text("1")


def test_a_cancel_that_the_api_refuses_is_named_otherwise(open_page, make, sandbox):
    order_id = make("ref-1")
    page = open_page()
    choose(page, "ref-1")
    expect(page.locator("#cancel")).to_have_text("Cancel")
    expect(page.locator("#cancel-note")).to_be_empty()
    sandbox.advance_to(order_id, "shipped")
    expect(page.locator("#cancel-note")).to_contain_text("409")
    press(page, "Force canceled")
    expect(status(page)).to_have_text("canceled")
    expect(page.locator("#cancel")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#cancel")).to_have_text("Cancel")


def test_the_parts_of_a_split_order_lead_to_each_other(open_page, make, sandbox):
    first = make("split", items=2, metadata=[{"key": "sandbox", "value": "split"}])
    (second,) = {order["id"] for order in sandbox.orders()} - {first}
    page = open_page()
    for part, other in ((first, second), (second, first)):
        page.goto(f"{sandbox.url}/_sandbox/#order={part}")
        expect(page.locator("#order-body [data-field=id]").first).to_have_text(part)
        link = page.locator("#connected").get_by_role("link", name=other)
        expect(page.locator("#connected .pill")).to_have_text("created")
        link.click()
        expect(page.locator("#order-body [data-field=id]").first).to_have_text(other)
        expect(page.locator("#order-title")).to_be_focused()
        assert page.url.endswith(other)
    make("whole")
    choose(page, "whole")
    expect(page.locator("#connected-part")).to_be_hidden()


class TestWithALowLimit:
    @pytest.fixture
    def sandbox_options(self):
        return {"rate_limit": 25}

    def test_the_limit_is_always_shown(self, open_page, make, sandbox):
        page = open_page()
        limit = page.locator("#cap")
        expect(limit).to_have_text("limit 25/s, not to scale")
        expect(page.locator("#scale")).to_have_text("10/s")
        with sandbox.locked() as state:
            for _ in range(20):
                state.audit_log.record_request(sandbox.api_key, state.clock.real())
        expect(limit).to_have_text("limit 25/s")
        expect(page.locator("#scale")).to_be_empty()


class TestWithoutALimit:
    @pytest.fixture
    def sandbox_options(self):
        return {"rate_limit": None}

    def test_no_limit_is_shown(self, open_page):
        page = open_page()
        expect(page.locator("#scale")).to_have_text("10/s")
        expect(page.locator("#cap")).to_be_empty()


def test_a_reset_asks_first(open_page, make, sandbox):
    make("ref-1")
    page = open_page()
    choose(page, "ref-1")
    page.get_by_role("button", name="Reset …").click()
    expect(page.get_by_role("button", name="Keep them")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#reset-dialog")).to_be_hidden()
    expect(row(page, "ref-1")).to_be_visible()
    page.get_by_role("button", name="Reset …").click()
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.locator("#no-orders")).to_be_visible()
    expect(page.locator("#no-order")).to_be_visible()
    assert sandbox.orders() == ()


def test_orders_are_searched_and_paged(open_page, make):
    for number in range(30):
        make(f"shop-{number}")
    page = open_page()
    rows = page.locator("#order-rows li")
    expect(rows).to_have_count(25)
    page.get_by_role("button", name="Older").first.click()
    expect(rows).to_have_count(5)
    expect(page.locator("#range")).to_have_text(re.compile("26.30"))
    make("shop-new")
    expect(page.locator("#newer")).to_have_text("Show 1 newer order")
    expect(rows).to_have_count(5)
    page.locator("#newer").click()
    expect(rows.first).to_contain_text("shop-new")
    page.get_by_role("searchbox").fill("shop-2 ada")
    expect(rows).to_have_count(11)
    page.get_by_role("searchbox").fill("nobody")
    expect(page.locator("#no-orders")).to_have_text("No order has these words.")


class TestWithSeveralAccounts:
    @pytest.fixture
    def sandbox_options(self):
        return {"data": SandboxData(accounts=[Account(name="north", api_key="of-the-north")])}

    def test_orders_and_requests_have_their_account(self, open_page, make, sandbox):
        make("ref-1")
        body = order_body("ref-2", orderType="draft")
        key = {"X-API-KEY": "of-the-north"}
        assert httpx.post(f"{sandbox.url}/v4/orders", json=body, headers=key).status_code == 200
        page = open_page()
        expect(row(page, "ref-1")).to_contain_text(re.compile("sandbox . Gelato"))
        expect(row(page, "ref-2")).to_contain_text(re.compile("north . Gelato"))
        expect(page.locator("#legend")).to_contain_text("north")
        choose(page, "ref-2")
        expect(page.locator("#aging")).to_have_text("A draft ages once it is confirmed.")


class TestOnAnAddressOfOthers:
    @pytest.fixture
    def sandbox_options(self):
        return {"host": "0.0.0.0", "api_key": "of-mine"}

    def test_the_key_is_the_password_of_the_page(self, open_page, make):
        make("ref-1")
        page = open_page(password="of-mine")
        page.get_by_role("button", name="+1 min").click()
        expect(row(page, "ref-1")).to_contain_text("in production")


def test_a_reload_shows_the_same_order(open_page, make):
    make("ref-1")
    page = open_page()
    choose(page, "ref-1")
    page.reload()
    expect(page.locator("#order-title")).to_have_text("ref-1")


def test_a_sandbox_that_has_stopped_is_reported_until_it_is_back(open_page, make, sandbox):
    page = open_page()
    sandbox.port = int(sandbox.url.rpartition(":")[2])
    sandbox.__exit__()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    sandbox.__enter__()
    expect(page.get_by_role("alert")).to_be_hidden()
    make("ref-1")
    expect(row(page, "ref-1")).to_be_visible()
    forget_failed_requests(open_page)


def forget_failed_requests(open_page):
    # The browser itself reports them.
    kept = [text for text in open_page.noted if "Failed to load resource" not in text]
    open_page.noted[:] = kept


def test_an_act_that_was_not_answered_is_reported_until_a_poll_is(open_page, make, sandbox):
    make("ref-1")
    page = open_page()
    choose(page, "ref-1")
    page.route("**/_sandbox/**", lambda route: route.abort())
    press(page, "To uploading")
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.unroute_all()
    expect(page.get_by_role("alert")).to_be_hidden()
    # What was answered is no matter of the connection, and stays until the next act.
    page.route("**/advance", lambda route: route.fulfill(status=409, json={"message": "Too late"}))
    page.get_by_role("button", name="+1 min").click()
    expect(page.get_by_role("alert")).to_have_text("Too late")
    sandbox.advance_to(sandbox.orders()[0]["id"], "delivered")
    expect(status(page)).to_have_text("delivered")
    expect(page.get_by_role("alert")).to_have_text("Too late")
    page.unroute_all()
    page.get_by_role("button", name="+1 min").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    forget_failed_requests(open_page)
