"""Stock by region (v3): the only route with lower-case codes."""

import pytest
from support.json_shapes import DAY, faults

pytestmark = pytest.mark.anyio

STOCK = "/v3/stock/region-availability"
REGIONS = {"US-CA", "EU", "OC", "AS", "SA", "UK", "ROW"}
STATUSES = {
    *("in-stock", "out-of-stock-replenishable", "out-of-stock", "non-stockable"),
    "not-supported",
}
ROW = {"stockRegionUid": REGIONS, "status": STATUSES, "replenishmentDate": (DAY, None)}
SHAPE = {"productsAvailability": [{"productUid": str, "availability": [ROW]}]}


@pytest.fixture
def stock(api):
    async def ask(*uids):
        answer = await api.post(STOCK, json={"products": list(uids)})
        assert (answer.status_code, faults(answer.json(), SHAPE)) == (200, [])
        return {row["productUid"]: row["availability"] for row in answer.json()[SHAPE_KEY]}

    return ask


(SHAPE_KEY,) = SHAPE


@pytest.fixture
async def frames(api):
    answer = await api.post("/v3/catalogs/frames/products:search", json={"limit": 50})
    return [row["productUid"] for row in answer.json()["products"]]


async def test_each_product_has_each_region_once(stock, frames):
    found = await stock(*frames, "no such product")
    assert list(found) == [*frames, "no such product"]
    for rows in found.values():
        assert sorted(row["stockRegionUid"] for row in rows) == sorted(REGIONS)


async def test_only_stockable_products_run_out(api, stock, frames):
    posters = await api.post("/v3/catalogs/posters/products:search", json={"limit": 1})
    poster = posters.json()["products"][0]["productUid"]
    found = await stock(*frames, poster, "no such product")
    assert {row["status"] for row in found[poster]} == {"non-stockable"}
    assert {row["status"] for row in found["no such product"]} == {"not-supported"}
    statuses = {row["status"] for uid in frames for row in found[uid]}
    assert statuses <= STATUSES - {"non-stockable", "not-supported"}
    assert statuses >= {"in-stock", "out-of-stock-replenishable"}


async def test_only_what_is_replenished_has_a_date(stock, frames):
    for rows in (await stock(*frames)).values():
        for row in rows:
            is_replenished = row["status"] == "out-of-stock-replenishable"
            assert (row["replenishmentDate"] is not None) is is_replenished


async def test_250_products_may_be_asked_for_and_no_more(api):
    whole = await api.post(STOCK, json={"products": ["a"] * 250})
    assert whole.status_code == 200
    refused = await api.post(STOCK, json={"products": ["a"] * 273})
    assert (refused.status_code, refused.json()) == (
        400,
        {
            "code": "invalid_request_too_many_products",
            "message": "Too many products requested: 273 of maximum 250.",
        },
    )


@pytest.mark.parametrize("body", [{}, {"products": []}, {"products": None}], ids=str)
async def test_one_product_at_least_is_required(api, body):
    refused = await api.post(STOCK, json=body)
    assert (refused.status_code, refused.json()) == (
        400,
        {
            "code": "invalid_request_products_not_provided",
            "message": "No products provided, at least one is required.",
        },
    )
