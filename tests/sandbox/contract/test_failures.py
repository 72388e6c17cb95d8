"""What fails in life can fail here: refused at once, or accepted, then `failed` with a reason."""

import pytest

pytestmark = pytest.mark.anyio

BOOK = (
    "photobooks-hardcover_pf_210x280-mm-8x11-inch_pt_170-gsm-65lb-coated-silk_cl_4-4_ccl_4-4"
    "_bt_glued-left_ct_matt-lamination_prt_1-0_cpt_130-gsm-65-lb-cover-coated-silk_ver"
)


@pytest.fixture
def fate(app, api, fetch):
    """Send an order, and return the words of its refusal, or None for one that is delivered."""

    async def follow(body):
        answer = await api.post("/v4/orders", json=body)
        if answer.status_code == 400:
            assert answer.json()["code"] == "BAD_REQUEST"
            return answer.json()["message"]
        assert answer.status_code == 200, answer.text
        app.advance(10_000)
        seen = await fetch(answer.json()["id"])
        if seen["fulfillmentStatus"] != "failed":
            assert seen["refusalReason"] is None
            return None
        assert seen["financialStatus"] in {"canceled", "refused"}
        assert isinstance(seen["refusalReasonCode"], str)
        assert seen["refusalReason"]
        return seen["refusalReason"]

    return follow


def document(**changes):
    return {"type": "default", "url": "https://files.example.com/print.pdf"} | changes


async def test_an_order_as_documented_is_delivered(fate, order):
    assert await fate(order()) is None


@pytest.mark.parametrize("files", [None, []], ids=str)
async def test_a_printable_product_needs_files(fate, order, item, files):
    assert await fate(order(items=[item(files=files)]))


@pytest.mark.parametrize("files", [None, []], ids=str)
async def test_a_frame_needs_no_files(api, fate, order, item, files):
    """Files are required for printable products only; frames and hangers are not printable."""
    hanger = "wall_hanger_product_whs_290-mm_whc_white_whm_wood_whp_w14xt20-mm"
    assert await fate(order(items=[item(productUid=hanger, files=files)])) is None


@pytest.mark.parametrize("url", ["print.pdf", "nonsense", "ftp://a", "https://", "https:// x"])
async def test_the_url_of_a_file_is_one(fate, order, item, url):
    assert await fate(order(items=[item(files=[document(url=url)])]))


async def test_the_url_of_a_file_is_not_empty(fate, order, item):
    assert await fate(order(items=[item(files=[document(url="")])]))


@pytest.mark.parametrize("uid", ["nonsense", "???", "no such product", "12345"])
async def test_a_uid_that_is_none_makes_no_order(fate, order, item, uid):
    assert await fate(order(items=[item(productUid=uid)]))


@pytest.mark.parametrize("count", [None, 1, 7, 100_000])
async def test_a_page_count_is_one_that_the_product_allows(fate, order, item, count):
    changes = {} if count is None else {"pageCount": count}
    assert await fate(order(items=[item(productUid=BOOK, **changes)]))


async def test_a_valid_page_count_is_delivered(api, fate, order, item):
    product = (await api.get(f"/v3/products/{BOOK}")).json()
    for count in product["validPageCounts"]:
        assert await fate(order(items=[item(productUid=BOOK, pageCount=count)])) is None


@pytest.mark.parametrize("country", ["ZZ", "XX", "AB", "QQ"])
async def test_a_country_that_does_not_exist_gets_nothing(fate, order, country):
    assert await fate(order(address={"country": country, "state": None}))


@pytest.mark.parametrize("options", [{"strict": True}])
@pytest.mark.parametrize("method", ["no_such_method", "???", "nonsense,more nonsense"])
async def test_a_strict_sandbox_knows_its_methods(fate, order, method):
    assert await fate(order(shipmentMethodUid=method))


@pytest.mark.parametrize("changes", [{"quantity": 0}, {"quantity": -1}, {"quantity": "1"}], ids=str)
async def test_a_quantity_is_one_at_least(api, order, item, changes):
    refused = await api.post("/v4/orders", json=order(items=[item(**changes)]))
    assert refused.status_code == 400
    assert "quantity" in refused.text


async def test_references_of_items_are_unique(api, order, item):
    refused = await api.post("/v4/orders", json=order(items=[item(1), item(1)]))
    assert refused.status_code == 400
    assert "itemReferenceId" in refused.text


async def test_an_embroidery_has_its_own_rules(api, order, item):
    colors = ["#ffffff"] * 6
    stitched = document(type="chest-left-embroidery", threadColors=colors, isVisible=True)
    accepted = await api.post("/v4/orders", json=order(items=[item(files=[stitched])]))
    assert accepted.status_code == 200, accepted.text
    for file in (stitched | {"threadColors": ["#000000"] * 7}, stitched | {"type": None}):
        refused = await api.post("/v4/orders", json=order(items=[item(files=[file])]))
        assert refused.status_code == 400
    again = {"type": "chest-left-embroidery", "id": "a-file-sent-before"}
    accepted = await api.post("/v4/orders", json=order(items=[item(files=[again])]))
    assert accepted.status_code == 200, accepted.text


@pytest.mark.parametrize(
    "metadata",
    [
        [{"key": "k", "value": "v"}] * 21,
        [{"key": "k" * 101, "value": "v"}],
        [{"key": "k", "value": "v" * 101}],
        [{"key": "k"}],
        [{"value": "v"}],
    ],
    ids=range(5),
)
async def test_metadata_have_their_documented_limits(api, order, metadata):
    refused = await api.post("/v4/orders", json=order(metadata=metadata))
    assert refused.status_code == 400
    assert "metadata" in refused.text


async def test_an_order_can_wish_for_missing_retail_prices(app, make, fetch, found):
    made = await make(metadata=[{"key": "sandbox", "value": "missing_retail_prices"}])
    assert made["fulfillmentStatus"] == "created"
    app.advance(60)
    seen = await fetch(made["id"])
    assert (seen["fulfillmentStatus"], seen["financialStatus"]) == ("failed", "canceled")
    assert seen["refusalReasonCode"] == "missing_retail_prices"
    assert seen["refusalReason"]
    (row,) = await found(ids=[made["id"]])
    assert row["refusalReasonCode"] == "missing_retail_prices"


async def test_a_forced_failure_has_a_reason(api, make, fetch, found):
    made = await make()
    path = f"/_sandbox/orders/{made['id']}/status"
    assert (await api.post(path, json={"fulfillmentStatus": "failed"})).status_code == 200
    seen = await fetch(made["id"])
    assert seen["fulfillmentStatus"] == "failed"
    assert seen["refusalReason"]
    assert seen["refusalReasonCode"]
    (row,) = await found(ids=[made["id"]])
    assert row["refusalReasonCode"] == seen["refusalReasonCode"]


async def test_a_failed_order_is_not_charged_and_cannot_be_canceled(api, make, fetch):
    made = await make()
    await api.post(f"/_sandbox/orders/{made['id']}/status", json={"fulfillmentStatus": "failed"})
    assert (await fetch(made["id"]))["financialStatus"] in {"canceled", "refused"}
    refused = await api.post(f"/v4/orders/{made['id']}:cancel")
    assert refused.status_code == 409


async def test_a_country_that_a_product_is_not_for_gets_none(api, fate, order, item):
    rows = (await api.post("/v3/catalogs/mugs/products:search", json={"limit": 1})).json()
    product = (await api.get(f"/v3/products/{rows['products'][0]['productUid']}")).json()
    uid, country = product["productUid"], product["notSupportedCountries"][0]
    assert country not in product["supportedCountries"]
    assert await fate(order(address={"country": country}, items=[item(productUid=uid)]))
    prices = await api.get(f"/v3/products/{uid}/prices", params={"country": country})
    assert (prices.status_code, prices.json()) == (200, [])


async def test_a_product_that_is_out_of_stock_is_not_made(api, fate, order, item):
    """Items that are not available for shipment let an order fail (*Order statuses*)."""
    rows = (await api.post("/v3/catalogs/frames/products:search", json={"limit": 100})).json()
    uids = [row["productUid"] for row in rows["products"]]
    stock = await api.post("/v3/stock/region-availability", json={"products": uids})
    countries, found = {"US-CA": "US", "EU": "DE", "UK": "GB", "OC": "AU"}, {}
    for product in stock.json()["productsAvailability"]:
        for region in product["availability"]:
            if country := countries.get(region["stockRegionUid"]):
                found.setdefault(region["status"], (product["productUid"], country))
    fates = {}
    for status in ("in-stock", "out-of-stock"):
        uid, country = found[status]
        wanted = {"items": [item(productUid=uid, files=None)], "address": {"country": country}}
        fates[status] = await fate(order(**wanted))
    assert fates["in-stock"] is None
    assert fates["out-of-stock"]
