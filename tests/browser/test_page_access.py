"""The page for everybody: by keyboard alone, on a phone, light and dark."""

import pytest
from support.browser import expect

pytestmark = pytest.mark.system

LOOKS = [(width, scheme) for width in (1280, 400) for scheme in ("light", "dark")]

# The contrast of each text with its ground, as WCAG computes it; those below 4.5.
CONTRASTS = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255);
  };
  const light = (color) => {
    const [r, g, b] = color.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 1) return color;
      if (color[3] > 0) throw new Error(`a ground that is seen through: ${at.outerHTML}`);
    }
    throw new Error("no ground");
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
  while (walker.nextNode()) {
    const element = walker.currentNode;
    const texts = [...element.childNodes].filter((node) => node.nodeType === 3);
    const isWritten = texts.some((node) => node.data.trim()) || element.matches("input");
    if (!isWritten || !element.checkVisibility() || element.closest(".unseen")) continue;
    const styles = [getComputedStyle(element)];
    if (element.matches("input")) styles.push(getComputedStyle(element, "::placeholder"));
    for (const style of styles) {
      const pair = [light(rgba(style.color)), light(groundOf(element))].sort((a, b) => a - b);
      const contrast = (pair[1] + 0.05) / (pair[0] + 0.05);
      found.push([contrast, element.textContent.trim().slice(0, 40)]);
    }
  }
  return { number: found.length, low: found.filter(([contrast]) => contrast < 4.5) };
}
"""


def fill_sandbox(make, sandbox):
    """Orders in every status, webhooks in every state, and traffic."""
    statuses = ["draft", "failed", "canceled", "on_hold", "returned", "printed", "shipped"]
    for status in (*statuses, "delivered"):
        order_id = make(f"order-{status}", items=2)
        sandbox.force_status(order_id, status)
    make("a-reference-that-is-much-too-long-for-its-column-" + "x" * 120, api="connect")
    make("in-production")
    sandbox.advance_to(sandbox.orders()[-1]["id"], "in_production")
    sandbox.wait_for_webhooks()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_it_is_readable_and_fits(open_page, make, sandbox, receiver, width, scheme):
    receiver.answers[:] = [500, 500, 500]
    fill_sandbox(make, sandbox)
    page = open_page(width, scheme)
    expect(page.locator("#order-rows li")).to_have_count(10)
    for reference in ("in-production", "order-failed", "a-reference"):
        page.locator("#order-rows li").filter(has_text=reference).get_by_role("button").click()
        expect(page.locator("#order-title")).to_contain_text(reference)
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true }")
        page.locator("#alert").evaluate("alert => { alert.hidden = false; alert.append('Oh no') }")
        seen = page.evaluate(CONTRASTS)
        assert seen["low"] == []
        assert seen["number"] > 80
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > 2000).length"
        assert page.evaluate(wide) == 0
    grounds = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (grounds == "rgb(18, 21, 27)") is (scheme == "dark")


def focused(page):
    """The text of what has the focus, or the id of a field."""
    return page.evaluate(
        "(({ id, innerText, labels }) => (labels?.length ? id : innerText).trim())"
        "(document.activeElement)"
    )


def tab_to(page, name, key="Tab"):
    """Press a key until something has the focus, which must be seen."""
    for _ in range(40):
        page.keyboard.press(key)
        if focused(page).startswith(name):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid"
            return
    raise AssertionError(f"no way to {name!r} by {key}")


def test_everything_is_done_by_keyboard_alone(open_page, make, sandbox):
    make("order-1")
    make("order-2")
    page = open_page()
    expect(page.locator("#order-rows li")).to_have_count(2)
    tab_to(page, "Skip to the orders")
    page.keyboard.press("Enter")
    expect(page.locator("#orders-title")).to_be_focused()
    tab_to(page, "order-1")
    page.keyboard.press("Enter")
    expect(page.locator("#order-title")).to_be_focused()
    expect(page.locator("#order-title")).to_have_text("order-1")
    tab_to(page, "To uploading")
    page.keyboard.press("Enter")
    expect(page.locator("#order-status")).to_have_text("uploading")
    expect(page.locator("#news")).to_have_text("Order order-1 is uploading")
    # The focus stays although the button has another text, and then none to act on.
    assert focused(page) == "To passed"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#order-status")).to_have_text("delivered")
    expect(page.locator("#deliver")).to_be_focused()
    tab_to(page, "force-status")
    page.keyboard.type("on hold")
    tab_to(page, "Set")
    page.keyboard.press("Enter")
    expect(page.locator("#order-status")).to_have_text("on hold")
    tab_to(page, "fail-reason")
    page.keyboard.type("Too dark")
    page.keyboard.press("Enter")
    expect(page.locator("#order-reason")).to_contain_text("Too dark")
    page.keyboard.press("Escape")
    expect(page.locator("#order-body")).to_be_hidden()
    assert focused(page).startswith("order-1")
    tab_to(page, "Reset …", "Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "Reset"
    page.keyboard.press("Enter")
    expect(page.locator("#no-orders")).to_be_visible()
    assert sandbox.orders() == ()


def test_the_focus_keeps_its_row_while_orders_arrive(open_page, make):
    for number in range(25):
        make(f"order-{number}")
    page = open_page()
    last = page.locator("#order-rows li button").last
    expect(last).to_contain_text("order-0")
    last.focus()
    make("order-new")
    expect(page.locator("#newer")).to_have_text("Show 1 newer order")
    expect(last).to_be_focused()
    expect(last).to_contain_text("order-0")
    page.get_by_role("searchbox").focus()
    expect(page.locator("#order-rows li").first).to_contain_text("order-new")


def test_a_search_keeps_its_text_and_focus(open_page, make):
    make("order-1")
    page = open_page()
    page.get_by_role("searchbox").focus()
    page.keyboard.type("order-2")
    expect(page.locator("#no-orders")).to_have_text("No order has these words.")
    make("order-2")
    expect(page.locator("#order-rows li")).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("order-2")


def test_every_control_has_a_name(open_page, make):
    make("order-1")
    page = open_page()
    page.locator("#order-rows button").click()
    expect(page.locator("#order-title")).to_have_text("order-1")
    snapshot = page.locator("body").aria_snapshot()
    assert "- button\n" not in snapshot
    assert "- textbox\n" not in snapshot
    for wanted in (
        'combobox "Force a status"',
        'searchbox "Search the orders"',
        'list "Time line"',
    ):
        assert wanted in snapshot
