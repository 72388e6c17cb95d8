"""Where things are on the page: no holes, nothing cut that must be read whole, nothing reversed."""

import re

import pytest
from support.browser import expect
from support.orders import AMERICAN

from gelato_async.sandbox import Sandbox

pytestmark = pytest.mark.system

# Whether a text is cut, or reaches into its neighbour or out of its row.
CUT = """
places => places.filter(place => {
  const [own, row] = [place, place.parentElement].map(e => e.getBoundingClientRect());
  const next = [...place.parentElement.children].map(e => e.getBoundingClientRect())
    .filter(box => box.left > own.left && box.top < own.bottom && box.bottom > own.top);
  const end = Math.min(row.right, ...next.map(box => box.left));
  return place.scrollWidth > place.clientWidth || own.left + place.scrollWidth > end + 0.5;
}).map(place => place.textContent)
"""


def choose(page, reference):
    page.locator("#order-rows li").filter(has_text=reference).get_by_role("button").click()
    expect(page.locator("#order-title")).to_have_text(reference)


@pytest.mark.parametrize("width", [1280, 1920])
def test_the_lists_stand_together_beside_a_long_order(open_page, make, width):
    make("ref-1", items=12)
    page = open_page(width)
    choose(page, "ref-1")
    expect(page.locator("#items li strong")).to_have_count(12)
    orders, webhooks = (page.locator(name).bounding_box() for name in (".orders", ".webhooks"))
    assert webhooks["y"] - (orders["y"] + orders["height"]) == pytest.approx(20, abs=1)


@pytest.mark.parametrize("width", [1920, 1280, 1100, 970, 940, 400])
def test_a_total_is_never_cut(open_page, make, sandbox, width):
    make("of-one")
    order_id = make("of-many-" + "x" * 100, currency="IDR", items=120)
    sandbox.force_status(order_id, "pending_personalization")
    page = open_page(width)
    totals = page.locator("#order-rows .total")
    expect(totals).to_have_count(2)
    expect(totals.first).to_have_text(re.compile(r"\d,\d{3},\d{3}\.\d\d IDR"))
    assert page.locator("#order-rows").locator(".total, .items").evaluate_all(CUT) == []
    names = page.locator("#order-rows").locator(".what, .who")
    assert min(names.evaluate_all("all => all.map(e => e.clientWidth)")) > 60


# Whether the first letter of a text is left of its last one.
RUNS_RIGHT = """
place => {
  const [text] = [...place.childNodes].filter(node => node.nodeType === 3 && node.data.trim());
  const left = at => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect().left;
  };
  return left(0) < left(text.length - 1);
}
"""
REVERSED = "\u202eabc"


def test_a_value_does_not_turn_its_neighbours(open_page, make, sandbox):
    address = AMERICAN | {"firstName": REVERSED, "postCode": REVERSED}
    order_id = make(REVERSED, shippingAddress=address)
    sandbox.force_status(order_id, "failed", REVERSED, "too_dark")
    sandbox.wait_for_webhooks()
    page = open_page()
    page.locator("#order-rows button").click()
    expect(page.locator("#order-title")).to_have_text(REVERSED)
    places = {
        "#order-rows strong": False,
        "#order-rows [data-field=owner]": True,
        "#order-rows [data-field=firstName]": False,
        "#order-rows [data-field=lastName]": True,
        "#order-rows [data-field=country]": True,
        "#recipient li:first-child bdi:first-child": False,
        "#recipient li:first-child bdi:last-child": True,
        "#recipient bdi:text('Springfield')": True,
        "#order-reason [data-field=refusalReason]": False,
        "#order-reason [data-field=refusalReasonCode]": True,
    }
    seen = {place: page.locator(place).first.evaluate(RUNS_RIGHT) for place in places}
    assert seen == places
    expect(page.locator("#order-json")).to_contain_text('"firstName": "\\u202eabc"')
    expect(page.locator("#deliveries pre").first).to_contain_text('"\\u202eabc"')


class TestWithoutAUrl:
    @pytest.fixture
    def sandbox(self):
        with Sandbox(speed=0) as running:
            yield running

    def test_no_webhook_can_be_sent_again(self, open_page, sandbox):
        # As after a restart with the same state file, but without the URL.
        with sandbox.locked() as state:
            state.outbox.add({"event": "made_up"}, state.clock.moment())
        page = open_page()
        page.locator("#deliveries summary").click()
        again = page.get_by_role("button", name="Send again")
        expect(again).to_have_attribute("aria-disabled", "true")
        again.dispatch_event("click")
        expect(page.locator("#no-webhooks")).to_contain_text("has no URL to deliver to")
        expect(page.get_by_role("alert")).to_be_hidden()
