import random

import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture
async def filled(anyone, order, asks_for):
    """One draft, one Canadian order in EUR, one that is in production, one split order.

    Oldest first.
    """
    canadian = order("ref-ca", currency="EUR")
    canadian["shippingAddress"] |= {"country": "CA", "firstName": "Grace"}
    old = order("ref-old")
    for client, path in ((anyone.gelato, "orders"), (anyone.connect, "order")):
        await client.post(path, json=old)
    anyone.app.advance(60)
    bodies = (
        order("ref-draft", orderType="draft"),
        canadian,
        order("ref-split", items=2, **asks_for("split")),
    )
    for body in bodies:
        for client, path in ((anyone.gelato, "orders"), (anyone.connect, "order")):
            assert (await client.post(path, json=body)).status_code == 200
    return anyone


async def found(client, path, **query):
    answer = await client.post(path, json=query)
    assert answer.status_code == 200, answer.text
    return [row["orderReferenceId"] for row in answer.json()["orders"]]


NEWEST_FIRST = ["ref-split", "ref-split", "ref-ca", "ref-draft", "ref-old"]


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ({}, NEWEST_FIRST),
        ({"limit": 2, "offset": 1}, ["ref-split", "ref-ca"]),
        ({"limit": 0}, []),
        ({"offset": 5}, []),
        ({"channels": ["api"]}, NEWEST_FIRST),
        ({"channels": ["etsy"]}, []),
        ({"storeIds": ["one"]}, []),
        ({"countries": ["CA"]}, ["ref-ca"]),
        ({"currencies": ["EUR"]}, ["ref-ca"]),
        ({"orderTypes": ["draft"]}, ["ref-draft"]),
        ({"fulfillmentStatuses": ["in_production", "draft"]}, ["ref-draft", "ref-old"]),
        ({"financialStatuses": ["to_be_invoiced"]}, ["ref-old"]),
        ({"orderReferenceId": "ref-split"}, ["ref-split", "ref-split"]),
        ({"orderReferenceIds": ["ref-old", "unknown", "ref-ca"]}, ["ref-ca", "ref-old"]),
        ({"orderReferenceId": "unknown"}, []),
        ({"search": "grace"}, ["ref-ca"]),
        ({"search": "REF-OLD"}, ["ref-old"]),
        ({"startDate": "2020-01-01T00:00:00-04:00", "endDate": "2100-01-01"}, NEWEST_FIRST),
        ({"startDate": "2100-01-01T00:00:00+00:00"}, []),
        ({"endDate": "2020-01-01T00:00:00+00:00"}, []),
        ({"orderReferenceIds": ["ref-ca", "ref-old"], "countries": ["US"]}, ["ref-old"]),
        ({"countries": []}, NEWEST_FIRST),
    ],
)
async def test_gelatos_filters(filled, query, references):
    assert await found(filled.gelato, "/orders:search", **query) == references


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ({}, NEWEST_FIRST),
        ({"fulfillmentStatus": ["in_production"]}, ["ref-old"]),
        ({"financialStatus": ["draft"]}, ["ref-draft"]),
        ({"countries": ["CA"], "limit": 1}, ["ref-ca"]),
        ({"orderReferenceIds": ["ref-split", "ref-old"]}, ["ref-split", "ref-split", "ref-old"]),
        ({"fulfillmentStatuses": ["in_production"]}, NEWEST_FIRST),
    ],
)
async def test_connects_filters(filled, query, references):
    assert await found(filled.connect, "search", **query) == references


async def test_a_row_has_its_total_as_text(filled):
    (row,) = (
        await filled.gelato.post("/orders:search", json={"orderReferenceId": "ref-ca"})
    ).json()["orders"]
    assert row["totalInclVat"] == "9.59"
    assert (row["firstName"], row["country"], row["itemsCount"]) == ("Grace", "CA", 1)
    assert (row["customerReferenceId"], row["storeId"]) == ("customer-1", None)


async def test_orders_are_found_by_their_ids(filled):
    rows = (await filled.gelato.post("/orders:search", json={})).json()["orders"]
    ids = [rows[3]["id"], "unknown", rows[0]["id"]]
    again = (await filled.gelato.post("/orders:search", json={"ids": ids})).json()["orders"]
    assert [row["id"] for row in again] == [rows[0]["id"], rows[3]["id"]]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"limit": 101}, "limit"),
        ({"limit": "5"}, "limit"),
        ({"offset": -1}, "offset"),
        ({"countries": "US"}, "countries"),
        ({"ids": [1]}, "ids"),
        ({"startDate": "yesterday"}, "startDate"),
        ({"endDate": ["2020-01-01"]}, "endDate"),
    ],
)
async def test_a_wrong_search_is_refused(anyone, query, path):
    for client, where in ((anyone.gelato, "/orders:search"), (anyone.connect, "search")):
        answer = await client.post(where, json=query)
        assert answer.status_code == 400
        assert path in answer.json()["message"]


async def test_search_lags_behind_and_get_does_not(serve, order, travel):
    api = serve(search_lag=30)
    made = (await api.gelato.post("orders", json=order())).json()
    assert (await api.gelato.get(f"orders/{made['id']}")).status_code == 200
    assert await found(api.gelato, "/orders:search") == []
    travel(30)
    assert await found(api.gelato, "/orders:search", orderReferenceId="ref-1") == ["ref-1"]


async def test_each_status_finds_what_has_it(serve, order, asks_for):
    """Whatever befell the orders, a search for a status finds those that a GET shows with it."""
    api, chance = serve(rate_limit=None), random.Random(7)
    for number in range(60):
        kind = chance.choice([{}, {}, {"orderType": "draft"}, asks_for("missing_retail_prices")])
        made = (await api.gelato.post("orders", json=order(f"ref-{number}", **kind))).json()["id"]
        match chance.randrange(6):
            case 0:
                await api.gelato.post(f"orders/{made}:cancel")
            case 1:
                api.app.force_status(made, chance.choice(["on_hold", "returned", "shipped"]))
            case 2:
                api.app.force_status(made, "on_hold")
                api.app.force_status(made, None)
            case 3:
                await api.gelato.patch(f"orders/{made}", json={"orderType": "order"})
        if chance.random() < 0.3:
            api.app.advance(chance.choice([1, 5, 30, 100]))
    listed = (await api.gelato.post("/orders:search", json={"limit": 100})).json()["orders"]
    statuses = {row["fulfillmentStatus"] for row in listed}
    assert len(statuses) > 8
    for wanted in (
        *({status} for status in statuses),
        statuses,
        {"created", "failed", "delivered"},
    ):
        expected = [row["id"] for row in listed if row["fulfillmentStatus"] in wanted]
        query = {"fulfillmentStatuses": sorted(wanted), "limit": 100}
        found = (await api.gelato.post("/orders:search", json=query)).json()["orders"]
        assert [row["id"] for row in found] == expected
