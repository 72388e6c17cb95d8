"""Orders that are accepted and fail, as the live API's do, and what a strict sandbox refuses."""

from pathlib import Path

import pytest

from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.built_in import CURRENCIES
from gelato_async.sandbox.catalog.built_in_catalogs import CATALOGS
from gelato_async.sandbox.catalog.built_in_methods import SHIPMENT_METHODS
from gelato_async.sandbox.catalog.entities import Price, Product
from gelato_async.sandbox.orders.doubts import COUNTRIES
from gelato_async.sandbox.orders.failures import FAILURES
from gelato_async.sandbox.orders.wishes import WISHES

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parents[2] / "docs" / "sandbox-failures.md"
ADDRESS = {"country": "SE", "state": ""}
BOOK = "photobooks-hardcover_pf_200x200-mm_ver"


def changed(body, path, value):
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
    part = body
    for step in way:
        part = part[step]
    part[last] = value
    return body


# What is wrong, where, and the code and the path of the failure.
WRONG = [
    ("shippingAddress.country", "ZZ", "unknown_country", "shippingAddress.country"),
    ("shippingAddress.country", "AX", "country_not_supported", "shippingAddress.country"),
    ("items.0.productUid", "nonsense", "unknown_product", "items[0].productUid"),
    ("items.0.productUid", "Poster A4!", "unknown_product", "items[0].productUid"),
    ("items.0.productUid", BOOK, "invalid_page_count", "items[0].pageCount"),
    ("items.0.files", [], "missing_files", "items[0].files"),
    ("items.0.files.0.url", "print.pdf", "invalid_file_url", "items[0].files[0].url"),
    ("items.0.fileUrl", "print.pdf", "invalid_file_url", "items[0].fileUrl"),
    ("items.0.files.0.url", "ftp://a.example/b", "invalid_file_url", "items[0].files[0].url"),
    ("items.0.files.0.url", "https://", "invalid_file_url", "items[0].files[0].url"),
    ("items.0.files.0.url", "https://[::1", "invalid_file_url", "items[0].files[0].url"),
    ("shipmentMethodUid", "by_pigeon", "unknown_shipment_method", "shipmentMethodUid"),
    ("shipmentMethodUid", "sandbox_parcel", "unknown_shipment_method", "shipmentMethodUid"),
]


@pytest.mark.parametrize(("path", "value", "code", "where"), WRONG)
async def test_what_cannot_be_made_is_accepted_and_fails(anyone, order, path, value, code, where):
    answer = await anyone.gelato.post("orders", json=changed(order(), path, value))
    made = answer.json()
    assert (answer.status_code, made["fulfillmentStatus"]) == (200, "created")
    assert (made["refusalReason"], made["refusalReasonCode"]) == (None, None)
    anyone.app.advance(5)
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert (now["fulfillmentStatus"], now["financialStatus"]) == ("failed", "canceled")
    assert (now["refusalReasonCode"], now["comment"]) == (code, now["refusalReason"])
    assert now["refusalReason"] == f"{FAILURES[code].reason} ({where})"
    (row,) = (await anyone.gelato.post("/orders:search", json={})).json()["orders"]
    assert row["refusalReasonCode"] == code


@pytest.mark.parametrize(("path", "value", "code", "where"), WRONG)
async def test_a_strict_sandbox_refuses_it_at_once(serve, order, path, value, code, where):
    api = serve(strict=True)
    answer = await api.gelato.post("orders", json=changed(order(), path, value))
    assert answer.status_code == 400
    detail = {"path": where, "message": FAILURES[code].reason}
    assert detail in answer.json()["details"]
    assert api.app.audit().commits == 0
    assert (await api.gelato.post("orders", json=order())).status_code == 200


@pytest.mark.parametrize("strict", [False, True])
async def test_gelatoconnect_does_the_same(serve, order, strict):
    api = serve(strict=strict)
    body = changed(order(), "items.0.files.0.url", "print.pdf")
    answer = await api.connect.post("order", json=body)
    if strict:
        assert answer.json()["message"].startswith("items[0].files[0].url: ")
        return
    api.app.advance(5)
    now = (await api.connect.get(answer.json()["id"])).json()
    assert (now["fulfillmentStatus"], now["refusalReasonCode"]) == ("failed", "invalid_file_url")


async def test_missing_retail_prices_are_known_to_be_accepted(serve, order):
    api = serve(strict=True)
    body = order()
    body["shippingAddress"] |= ADDRESS
    made = await api.connect.post("order", json=body)
    assert made.status_code == 200
    api.app.advance(5)
    now = (await api.connect.get(made.json()["id"])).json()
    assert now["refusalReasonCode"] == "missing_retail_prices"


FINE = [
    ("items.0.productUid", "frame_product_frs_210x297-mm_frc_black"),
    ("items.0.productUid", "blank_box"),
]


@pytest.mark.parametrize(("path", "value"), FINE)
async def test_only_what_is_surely_printed_needs_files(serve, order, path, value):
    api = serve(strict=True)
    body = changed(order(), path, value)
    del body["items"][0]["files"]
    assert (await api.gelato.post("orders", json=body)).status_code == 200


@pytest.mark.parametrize("pages", [24, 26])
async def test_a_book_with_a_page_count_of_its_own_is_made(serve, order, pages):
    body = changed(order(), "items.0.productUid", BOOK)
    body["items"][0]["pageCount"] = pages
    assert (await serve(strict=True).gelato.post("orders", json=body)).status_code == 200


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("recipient.country", "ZZ", "recipient.country"),
        ("products.0.productUid", "nonsense", "products[0].productUid"),
        ("products.0.productUid", BOOK, "products[0].pageCount"),
        ("currency", "XXX", "currency"),
    ],
)
async def test_what_has_no_price_cannot_be_quoted(anyone, order, path, value, where):
    body = order()
    request = body | {"recipient": body["shippingAddress"], "products": body["items"]}
    answer = await anyone.gelato.post("/orders:quote", json=changed(request, path, value))
    assert answer.status_code == 400
    assert [detail["path"] for detail in answer.json()["details"]] == [where]


async def test_an_unknown_currency_is_refused_on_its_field(anyone, order):
    for client, path in ((anyone.gelato, "orders"), (anyone.connect, "order")):
        answer = await client.post(path, json=order(currency="XXX"))
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("currency: ")


async def test_a_draft_may_get_its_files_later(serve, order):
    api = serve(strict=True)
    draft = order(orderType="draft")
    del draft["items"][0]["files"]
    made = (await api.gelato.post("orders", json=draft)).json()
    path = f"orders/{made['id']}"
    refused = await api.gelato.patch(path, json={"orderType": "order"})
    assert [detail["path"] for detail in refused.json()["details"]] == ["items[0].files"]
    item = {"id": made["items"][0]["id"], "files": [{"url": "https://files.example.com/a.pdf"}]}
    patch = {"orderType": "order", "items": [item]}
    assert (await api.gelato.patch(path, json=patch)).status_code == 200


async def test_a_draft_fails_after_it_became_an_order(anyone, order):
    draft = changed(order(orderType="draft"), "items.0.productUid", "nonsense")
    made = (await anyone.gelato.post("orders", json=draft)).json()
    path = f"orders/{made['id']}"
    anyone.app.advance(100)
    assert (await anyone.gelato.get(path)).json()["fulfillmentStatus"] == "draft"
    await anyone.gelato.patch(path, json={"orderType": "order"})
    assert (await anyone.gelato.get(path)).json()["fulfillmentStatus"] == "created"
    anyone.app.advance(5)
    assert (await anyone.gelato.get(path)).json()["refusalReasonCode"] == "unknown_product"


async def test_a_shipment_updated_to_nonsense_lets_an_order_fail(anyone, serve, order):
    made = (await anyone.connect.post("order", json=order())).json()
    anyone.app.advance(60)
    update = {"shipmentMethodUid": "by_pigeon"}
    assert (await anyone.connect.put(made["id"], json=update)).status_code == 200
    anyone.app.advance(5)
    now = (await anyone.connect.get(made["id"])).json()
    assert now["refusalReasonCode"] == "unknown_shipment_method"
    api = serve(strict=True)
    made = (await api.connect.post("order", json=order())).json()
    assert (await api.connect.put(made["id"], json=update)).status_code == 400


async def test_an_order_whose_mistake_was_put_right_lives_on(anyone, order):
    body = order(shipmentMethodUid="nonsense")
    made = (await anyone.connect.post("order", json=body)).json()
    update = {"shipmentMethodUid": "normal"}
    assert (await anyone.connect.put(made["id"], json=update)).status_code == 200
    anyone.app.advance(10)
    now = (await anyone.connect.get(made["id"])).json()
    assert (now["fulfillmentStatus"], now["refusalReason"]) == ("uploading", None)


async def test_what_was_wished_for_outlives_a_change(anyone, order, asks_for):
    body = order(shipmentMethodUid="nonsense", **asks_for("on_hold"))
    made = (await anyone.connect.post("order", json=body)).json()
    await anyone.connect.put(made["id"], json={"shipmentMethodUid": "normal"})
    anyone.app.advance(10)
    assert (await anyone.connect.get(made["id"])).json()["fulfillmentStatus"] == "on_hold"


@pytest.mark.parametrize(
    ("wishes", "uid", "status", "code"),
    [
        (("capability", "returned"), None, "failed", "capability"),
        (("returned", "capability"), None, "failed", "capability"),
        (("returned",), "nonsense", "failed", "unknown_product"),
    ],
)
async def test_what_ends_an_order_first_counts(anyone, order, wishes, uid, status, code):
    body = order(metadata=[{"key": "sandbox", "value": wish} for wish in wishes])
    if uid is not None:
        body["items"][0]["productUid"] = uid
    made = (await anyone.gelato.post("orders", json=body)).json()
    for seconds in (10, 1_000):
        anyone.app.advance(seconds)
        now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
        assert (now["fulfillmentStatus"], now["refusalReasonCode"]) == (status, code)


async def test_a_forced_failure_has_a_reason(anyone, order):
    made = (await anyone.gelato.post("orders", json=order())).json()
    path = f"/_sandbox/orders/{made['id']}/status"

    async def failed(**more):
        await anyone.nobody.post(path, json={"fulfillmentStatus": "failed"} | more)
        now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
        return now["refusalReasonCode"], now["refusalReason"]

    code, reason = await failed()
    assert code == "sandbox_request"
    assert "sandbox" in reason
    assert await failed(refusalReason="Bad", refusalReasonCode="bad") == ("bad", "Bad")
    await anyone.nobody.post(path, json={"fulfillmentStatus": None})
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert (now["fulfillmentStatus"], now["refusalReasonCode"]) == ("created", None)


async def test_a_reason_that_is_no_text_is_refused(anyone, order):
    made = (await anyone.gelato.post("orders", json=order())).json()
    body = {"fulfillmentStatus": "failed", "refusalReason": 5}
    answer = await anyone.nobody.post(f"/_sandbox/orders/{made['id']}/status", json=body)
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "refusalReason: must be a string",
    )


@pytest.mark.parametrize("code", FAILURES)
async def test_each_failure_can_be_asked_for(anyone, order, asks_for, code):
    made = (await anyone.gelato.post("orders", json=order(**asks_for(code)))).json()
    anyone.app.advance(5)
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert now["fulfillmentStatus"] == "failed"
    assert (now["refusalReasonCode"], now["refusalReason"]) == (code, FAILURES[code].reason)


@pytest.mark.parametrize(
    ("wish", "age", "status"),
    [("on_hold", 5, "on_hold"), ("canceled", 5, "canceled"), ("returned", 600, "returned")],
)
async def test_other_ends_can_be_asked_for(anyone, order, asks_for, wish, age, status):
    made = (await anyone.gelato.post("orders", json=order(**asks_for(wish)))).json()
    anyone.app.advance(age - 1)
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert now["fulfillmentStatus"] != status
    anyone.app.advance(1000)
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert now["fulfillmentStatus"] == status
    assert now["refusalReasonCode"] == (wish if wish == "canceled" else None)


async def test_an_unknown_wish_is_refused_with_the_known_ones(anyone, order, asks_for):
    for client, path in ((anyone.gelato, "orders"), (anyone.connect, "order")):
        answer = await client.post(path, json=order(**asks_for("a_pony")))
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("metadata[0].value: must be one of ")
        assert all(wish in answer.json()["message"] for wish in WISHES)


def test_the_page_has_the_tables():
    def row(*cells):
        return f"| {' | '.join(cells)} |"

    text = PAGE.read_text(encoding="utf-8")
    for failure in FAILURES.values():
        cause = failure.cause or "only if a wish asks for it"
        strict = "refused" if failure.strict else "fails"
        assert row(f"`{failure.code}`", cause, failure.reason, strict) in text
    for name, wish in WISHES.items():
        assert name in FAILURES or row(f"`{name}`", wish.effect) in text


def test_the_countries_are_those_of_iso_3166_and_kosovo():
    # 249 codes are assigned.
    assert len(COUNTRIES - {"XK"}) == 249


OWN = {
    "dear": {"prices": (Price(price=5.0, country="DE"),)},
    "near": {"supported_countries": ("DE",)},
    "far": {"not_supported_countries": ("US",)},
}


@pytest.mark.parametrize("uid", OWN)
async def test_a_product_may_not_be_available_in_a_country(anyone, order, uid):
    with anyone.app.locked() as state:
        (account,) = state.accounts.values()
        account.assortment = Assortment(
            [],
            [Product(uid=uid, **changes) for uid, changes in OWN.items()],
            CURRENCIES,
            SHIPMENT_METHODS,
            any_products=False,
        )
    body = changed(order(), "items.0.productUid", uid)
    made = (await anyone.gelato.post("orders", json=body)).json()
    body["shippingAddress"] |= {"country": "DE", "state": ""}
    fine = (await anyone.gelato.post("orders", json=body)).json()
    anyone.app.advance(5)
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert now["refusalReasonCode"] == "product_not_available"
    assert (await anyone.gelato.get(f"orders/{fine['id']}")).json()["refusalReasonCode"] is None


async def test_what_is_out_of_stock_is_known_to_be_accepted(serve, order):
    api = serve(strict=True)
    hanger = "wall_hanger_product_whs_290-mm_whc_white_whm_wood_whp_w14xt20-mm"
    codes = []
    for reference, country in (("a", "JP"), ("b", "US"), ("c", "AS")):
        body = changed(order(reference), "items.0.productUid", hanger)
        body["shippingAddress"] |= {"country": country, "city": "東京", "addressLine1": "東京"}
        made = await api.gelato.post("orders", json=body)
        if country == "AS":
            assert made.status_code == 400
            continue
        api.app.advance(5)
        now = (await api.gelato.get(f"orders/{made.json()['id']}")).json()
        codes.append(now["refusalReasonCode"])
    assert codes == ["out_of_stock", None]


async def test_the_simple_order_of_the_readme_is_shipped(anyone, order):
    body = changed(order(), "items.0.productUid", "flat_product_pf_a4")
    body["shippingAddress"] |= {"country": "SE", "state": ""}
    made = (await anyone.gelato.post("orders", json=body)).json()
    anyone.app.advance(200)
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert now["fulfillmentStatus"] == "shipped"


async def test_no_method_of_a_carrier_goes_where_only_letters_go(anyone, order):
    with anyone.app.locked() as state:
        (account,) = state.accounts.values()
        letter = [method for method in SHIPMENT_METHODS if not method.has_tracking]
        account.assortment = Assortment(CATALOGS, [], CURRENCIES, letter, any_products=True)
    body = order(shipmentMethodUid="dhl_parcel")
    body["shippingAddress"] |= {"country": "MX", "state": ""}
    made = (await anyone.gelato.post("orders", json=body)).json()
    anyone.app.advance(5)
    now = (await anyone.gelato.get(f"orders/{made['id']}")).json()
    assert now["refusalReasonCode"] == "unknown_shipment_method"
