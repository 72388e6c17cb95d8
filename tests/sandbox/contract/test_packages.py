"""Packages: how many, what is in them, and what they weigh.

v4, *Split orders*: an order may be created "with multiple packages", as "20 framed posters can't be
packaged together". *Get order*: "the product might be split into packages if a weight of the
product exceeds the available weight", and the total weight is that of the product in grams
"including the weight of the packages".
"""

import pytest

pytestmark = pytest.mark.anyio

FRAMED = (
    "frame_and_poster_product_frs_300x400-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass"
    "__pf_300x400-mm_pt_170-gsm-coated-silk_cl_4-0_ct_none_prt_none_hor"
)
MUG = "mug_product_msz_15-oz_mmat_ceramic-white_cl_4-0"


@pytest.fixture
def options():
    return {"webhook_url": "http://127.0.0.1:1/webhooks"}


@pytest.fixture
def shipped(app, make, fetch):
    async def ship(*items):
        made = await make(items=list(items))
        app.advance(200)
        return await fetch(made["id"])

    return ship


@pytest.fixture
def framed(item):
    return lambda quantity, number=1: item(number, productUid=FRAMED, quantity=quantity)


async def parcels_of(api, body):
    answer = await api.post("/v4/orders:quote", json=body)
    (quoted,) = answer.json()["quotes"]
    ((parcels, grams),) = {
        (one["numberOfParcels"], one["totalWeight"]) for one in quoted["shipmentMethods"]
    }
    return parcels, grams


async def test_twenty_framed_posters_cannot_be_packed_together(shipped, framed, app):
    order = await shipped(framed(20))
    shipment, packages = order["shipment"], order["shipment"]["packages"]
    assert shipment["packageCount"] == shipment["packagesCount"] == len(packages) > 1
    (item,) = order["items"]
    assert [package["orderItemIds"] for package in packages] == [[item["id"]]] * len(packages)
    for name in ("id", "trackingCode", "trackingUrl"):
        assert len({package[name] for package in packages}) == len(packages)
    codes = [package["trackingCode"] for package in packages]
    bodies = [delivery.event for delivery in app.webhooks()]
    events = [one for one in bodies if one["event"] == "order_item_tracking_code_updated"]
    assert [event["trackingCode"] for event in events] == codes
    last = [one for one in bodies if one["event"] == "order_status_updated"][-1]
    assert [one["trackingCode"] for one in last["items"][0]["fulfillments"]] == codes


@pytest.mark.parametrize("quantity", [1, 10, 11, 25])
async def test_a_quote_has_the_parcels_and_the_weight_of_the_order(
    api, quote, make, framed, quantity
):
    shipment = (await make(items=[framed(quantity)]))["shipment"]
    parcels = await parcels_of(api, quote(items=[framed(quantity)]))
    assert parcels == (shipment["packageCount"], shipment["totalWeight"])


async def test_a_heavy_order_is_split_by_weight(make, item):
    light = await make(items=[item(productUid=MUG, quantity=2)])
    heavy = await make(items=[item(productUid=MUG, quantity=200)])
    assert light["shipment"]["packageCount"] == 1
    assert heavy["shipment"]["packageCount"] > 3


async def test_items_share_packages(shipped, item, framed):
    order = await shipped(framed(5, 1), framed(15, 2), item(3))
    first, second, third = (one["id"] for one in order["items"])
    packages = [package["orderItemIds"] for package in order["shipment"]["packages"]]
    assert packages == [[first, second], [second], [third]]


async def test_the_weight_includes_that_of_the_packages(api, make, framed):
    product = (await api.get(f"/v3/products/{FRAMED}")).json()
    for quantity in (1, 20):
        net = product["weight"]["value"] * quantity
        shipment = (await make(items=[framed(quantity)]))["shipment"]
        box = (shipment["totalWeight"] - net) / shipment["packageCount"]
        assert 20 <= box <= 500


async def test_an_order_of_a_million_is_answered_briefly(shipped, framed):
    order = await shipped(framed(1_000_000))
    assert 10 < len(order["shipment"]["packages"]) <= 100
