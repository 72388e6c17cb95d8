"""Nothing that an order says becomes more than text, whatever it says."""

import httpx
import pytest
from support.browser import expect
from support.orders import AMERICAN, ITEM

pytestmark = pytest.mark.system

ATTACKS = [
    # Short enough for the fields of an address.
    "<img src=x onerror=no()>",
    '"><script>no()</script>',
    "javascript:alert(3)",
    "</pre><svg onload=no()>",
]
ADDRESS = ("firstName", "lastName", "companyName", "addressLine1", "addressLine2", "city")


def order_of(attack):
    address = AMERICAN | dict.fromkeys(ADDRESS, attack)
    file = {"type": "default", "url": attack}
    entry = {"key": "note", "value": attack}
    item = ITEM | {"itemReferenceId": attack, "files": [file], "metadata": [entry]}
    return {"shippingAddress": address, "items": [item], "metadata": [entry]} | {
        "customerReferenceId": attack,
        "shipmentMethodUid": attack,
    }


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_script_in_every_field_stays_text(open_page, sandbox, attack):
    sent = {"orderReferenceId": attack, "currency": "USD", **order_of(attack)}
    answer = httpx.post(
        f"{sandbox.url}/v4/orders", json=sent, headers={"X-API-KEY": sandbox.api_key}
    )
    assert answer.status_code == 200, answer.text
    order_id = answer.json()["id"]
    sandbox.force_status(order_id, "failed", attack, attack)
    sandbox.send_webhook(
        {"event": attack, "id": attack, "orderReferenceId": attack, "status": attack}
    )
    page = open_page()
    expect(page.locator("#order-rows strong")).to_have_text(attack)
    page.locator("#order-rows button").click()
    expect(page.locator("#order-title")).to_have_text(attack)
    expect(page.locator("#recipient li").first).to_have_text(f"{attack} {attack}")
    expect(page.locator("#items")).to_contain_text(attack)
    expect(page.locator("#order-reason")).to_contain_text(attack)
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    expect(page.locator("#order-json")).to_contain_text("shippingAddress")
    own = page.locator("#deliveries li").filter(has_text=attack).first
    expect(own.locator(".event")).to_have_text(attack)
    page.get_by_role("searchbox").fill(attack)
    expect(page.locator("#order-rows li")).to_have_count(1)
    expect(page.locator("script")).to_have_count(1)
    expect(page.locator("main img, main svg svg, [onerror], [onload]")).to_have_count(0)
    links = page.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert not [link for link in links if not link.startswith("http")]


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://files.example.com/a.pdf", True),
        ("http://files.example.com/a.pdf", True),
        ("javascript:alert(1)//https://a.example", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("https://", False),
    ],
)
def test_only_addresses_of_the_web_become_links(open_page, url, is_link):
    page = open_page()
    page.evaluate(
        "async url => { const { showTexts } = await import('./page/elements.js');"
        " showTexts(document.querySelector('#recipient'), [url]) }",
        url,
    )
    link = page.locator("#recipient").locator("a")
    expect(page.locator("#recipient")).to_have_text(url)
    expect(link).to_have_count(int(is_link))
    if is_link:
        expect(link).to_have_attribute("rel", "noreferrer noopener")
        expect(link).to_have_attribute("href", url)
