"""The search for orders (v4): rows, filters, pages."""

import pytest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("sent", [{"json": {}}, {"content": b"{}"}], ids=str)
async def test_an_empty_object_finds_all_orders(api, make, sent):
    made = [(await make(reference=f"ref-{number}"))["id"] for number in range(3)]
    answer = await api.post("/v4/orders:search", **sent)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert {row["id"] for row in answer.json()["orders"]} == set(made)


async def test_an_answer_has_neither_a_total_nor_a_next_link(api, make):
    await make()
    assert (await api.post("/v4/orders:search", json={"limit": 1})).json().keys() == {"orders"}


async def test_a_total_is_a_text_and_what_is_absent_is_null(make, found):
    await make()
    (row,) = await found()
    assert isinstance(row["totalInclVat"], str)
    assert float(row["totalInclVat"]) > 0
    assert row["storeId"] is None
    assert row["channel"] == "api"
    assert row["clientId"]


async def test_a_draft_was_not_ordered_yet(make, found):
    await make(orderType="draft")
    (row,) = await found(orderTypes=["draft"])
    assert (row["orderedAt"], row["orderType"], row["fulfillmentStatus"]) == (
        None,
        "draft",
        "draft",
    )


async def test_an_unknown_reference_gives_an_empty_list(make, found):
    await make()
    assert await found(orderReferenceId="no-such-reference") == []
    assert await found(orderReferenceIds=["no-such-reference"]) == []
    assert await found(ids=["no-such-id"]) == []
    assert await found(search="no such name") == []


@pytest.fixture
async def three(make):
    german = {"country": "DE", "state": None, "firstName": "Zoë", "lastName": "Müller"}
    return {
        "american": await make(reference="us-1"),
        "german": await make(reference="de-1", currency="EUR", address=german),
        "draft": await make(reference="us-2", orderType="draft"),
    }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"countries": ["DE"]}, "german"),
        ({"countries": ["DE", "US"]}, "american draft german"),
        ({"currencies": ["EUR"]}, "german"),
        ({"orderTypes": ["draft"]}, "draft"),
        ({"orderTypes": ["order"]}, "american german"),
        ({"orderReferenceId": "us-1"}, "american"),
        ({"orderReferenceIds": ["us-1", "de-1", "no"]}, "american german"),
        ({"channels": ["api"]}, "american draft german"),
        ({"channels": ["shopify"]}, ""),
        ({"storeIds": ["a-store"]}, ""),
        ({"fulfillmentStatuses": ["created"]}, "american german"),
        ({"fulfillmentStatuses": ["draft", "created"]}, "american draft german"),
        ({"financialStatuses": ["draft"]}, "draft"),
        ({"search": "Zoë"}, "german"),
        ({"search": "müller"}, "german"),
        ({"search": "us-"}, "american draft"),
        ({"countries": ["US"], "orderTypes": ["order"]}, "american"),
        ({"countries": [], "orderReferenceId": "us-1"}, "american"),
        ({"noSuchFilter": ["x"]}, "american draft german"),
    ],
    ids=str,
)
async def test_a_filter_finds_what_it_says(three, found, filters, expected):
    names = {order["id"]: name for name, order in three.items()}
    assert {names[row["id"]] for row in await found(**filters)} == set(expected.split())


async def test_orders_are_found_by_their_ids(three, found):
    ids = [three["german"]["id"], three["draft"]["id"]]
    assert {row["id"] for row in await found(ids=ids)} == set(ids)


async def test_dates_bound_a_search_in_any_offset(three, found):
    assert len(await found(startDate="2014-04-25T16:15:47-04:00")) == 3
    assert await found(endDate="2014-04-25T16:15:47-04:00") == []
    assert len(await found(endDate="2100-01-01T00:00:00+00:00")) == 3
    assert len(await found(startDate=three["draft"]["createdAt"])) >= 1
    assert await found(startDate="2100-01-01T00:00:00Z") == []


async def test_pages_make_up_the_whole_newest_first(make, found):
    made = [(await make(reference=f"ref-{number}"))["id"] for number in range(7)]
    ids, offset = [], 0
    while True:
        rows = await found(limit=3, offset=offset)
        ids += [row["id"] for row in rows]
        offset += 3
        if len(rows) < 3:
            break
    assert ids == made[::-1]


async def test_a_page_has_50_rows_unless_asked_and_100_at_most(api, make, found):
    for number in range(101):
        await make(reference=f"ref-{number}")
    assert len(await found()) == 50
    assert len(await found(limit=100)) == 100
    assert len(await found(limit=100, offset=100)) == 1
    assert (await api.post("/v4/orders:search", json={"limit": 101})).status_code == 400


@pytest.mark.parametrize(
    "body",
    [{"limit": -1}, {"offset": -1}, {"limit": "ten"}, {"countries": "DE"}, {"startDate": "soon"}],
    ids=str,
)
async def test_a_search_that_is_wrong_names_its_field(api, body):
    refused = await api.post("/v4/orders:search", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
    assert next(iter(body)) in refused.text
