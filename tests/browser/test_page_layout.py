"""Where things are on the page: no holes, nothing cut that must be read whole, nothing reversed."""

import re

import pytest
from support.browser import expect

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
