import json
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

from gelato_async import (
    DecodeError,
    GelatoClient,
    GelatoConnectClient,
    NoAnswerError,
    OrderQuery,
    Response,
    RetryPolicy,
    ScriptedTransport,
    Unlimited,
    ValidationError,
)
from gelato_async.sandbox import Sandbox

pytestmark = pytest.mark.anyio

ORDER = {"orderReferenceId": "r", "fulfillmentStatus": "created"}
LISTINGS = {
    "orders": ("orders", "id", lambda client: client.orders.search()),
    "products": ("products", "productUid", lambda client: client.products.search("posters")),
    "store products": ("products", "id", lambda client: client.stores.products("store-1")),
}
EVERY = pytest.mark.parametrize("listing", LISTINGS)


class Shelf:
    """Rows in memory, newest first.

    `more(n)` is called after the n-th page was cut, and may put rows in front.
    """

    def __init__(self, listing, count, more=None):
        self.field, self.key, self.listing = LISTINGS[listing]
        self.rows = [f"old-{number}" for number in range(count)]
        self.more = more or (lambda page: 0)
        self.offsets = []
        self.client = GelatoClient(
            "k",
            transport=ScriptedTransport(self),
            limiter=Unlimited(),
            retry=RetryPolicy(attempts=1),
        )

    def asked(self, request):
        if request.body:
            return json.loads(request.body)
        return {
            name: int(values[0]) for name, values in parse_qs(urlsplit(request.url).query).items()
        }

    def page(self, offset, limit):
        return self.rows[offset : offset + limit]

    async def __call__(self, request):
        asked = self.asked(request)
        self.offsets.append(asked["offset"])
        page = self.page(asked["offset"], asked["limit"])
        number = len(self.offsets)
        self.rows[:0] = [f"new-{number}-{row}" for row in range(self.more(number))]
        rows = [{**ORDER, self.key: name} for name in page]
        return Response(status=200, body=json.dumps({self.field: rows}).encode())

    async def read(self):
        return [
            getattr(row, "product_uid", None) or row.id async for row in self.listing(self.client)
        ]


class Deaf(Shelf):
    """A server that ignores its offset."""

    def page(self, offset, limit):
        return self.rows[:limit]


@EVERY
@pytest.mark.parametrize("pages", [2, 4, 40], ids="{} pages".format)
@pytest.mark.parametrize("added", [1, 50, 99, 100, 110, 250], ids="{} added to each".format)
async def test_rows_added_in_front_hide_and_repeat_no_row(listing, added, pages):
    shelf = Shelf(listing, 500, lambda page: added if page <= pages else 0)
    met = await shelf.read()
    assert [name for name in met if name.startswith("old")] == [
        f"old-{number}" for number in range(500)
    ]
    assert len(met) == len(set(met))


@EVERY
async def test_rows_that_are_added_late_end_nothing(listing):
    shelf = Shelf(listing, 1000, lambda page: 110 if 6 <= page <= 8 else 0)
    assert {f"old-{number}" for number in range(1000)} <= set(await shelf.read())


@EVERY
async def test_many_rows_at_once_end_nothing(listing):
    shelf = Shelf(listing, 1000, lambda page: 2000 if page == 1 else 0)
    assert {f"old-{number}" for number in range(1000)} <= set(await shelf.read())


@EVERY
@pytest.mark.parametrize("count", [100, 1000])
async def test_a_server_that_ignores_the_offset_is_an_error(listing, count):
    shelf, met = Deaf(listing, count), []
    with pytest.raises(DecodeError, match="answers the same page again: it ignores its offset"):
        async for row in shelf.listing(shelf.client):
            met.append(row)
    assert len(met) == 100
    assert shelf.offsets == [0, 100, 200, 300, 0]


@EVERY
async def test_an_ignored_offset_is_found_when_the_rows_come_to_rest(listing):
    shelf = Deaf(listing, 1000, lambda page: 3 if page < 20 else 0)
    with pytest.raises(DecodeError):
        await shelf.read()
    assert len(shelf.offsets) == 28


async def test_a_server_that_knows_no_further_offset_is_told():
    class Short(Shelf):
        def page(self, offset, limit):
            return super().page(min(offset, 300), limit)

    shelf = Short("orders", 1000)
    with pytest.raises(DecodeError) as caught:
        await shelf.read()
    assert caught.value.operation == "orders.search"


@pytest.mark.parametrize(("there_are", "asked"), [(0, 1), (99, 1), (100, 2), (101, 2), (300, 4)])
@EVERY
async def test_a_page_shorter_than_its_limit_is_the_last(listing, there_are, asked):
    shelf = Shelf(listing, there_are)
    assert len(await shelf.read()) == there_are
    assert shelf.offsets == [100 * number for number in range(asked)]


async def test_a_query_with_limit_and_offset_is_read_to_the_end():
    shelf = Shelf("orders", 45, lambda page: 10 if page <= 12 else 0)
    met = [row.id async for row in shelf.client.orders.search(OrderQuery(limit=10, offset=5))]
    assert {f"old-{number}" for number in range(5, 45)} <= set(met)
    assert len(met) == len(set(met))


@pytest.mark.parametrize("limit", [0, -1, 101])
async def test_a_limit_out_of_range_is_refused_as_that_of_a_page_is(limit):
    shelf = Shelf("orders", 10)
    with pytest.raises(ValidationError) as caught:
        await anext(aiter(shelf.client.orders.search(OrderQuery(limit=limit))))
    with pytest.raises(ValidationError):
        await shelf.client.orders.search_page(OrderQuery(limit=limit))
    assert [problem.path for problem in caught.value.problems] == ["limit"]
    assert shelf.offsets == []


async def test_a_limit_of_0_without_validation_is_an_empty_page():
    shelf = Shelf("orders", 10)
    loose = shelf.client.with_options(validate=False)
    assert [row async for row in loose.orders.search(OrderQuery(limit=0))] == []
    assert shelf.offsets == [0]


async def test_after_an_error_a_listing_goes_on_where_it_was():
    shelf, met, errors = Shelf("orders", 250), [], 0
    cut, failing = shelf.page, {2, 4}

    def page(offset, limit):
        if len(shelf.offsets) in failing:
            raise NoAnswerError("gone")
        return cut(offset, limit)

    shelf.page = page
    rows = aiter(shelf.client.orders.search())
    while len(met) < 250:
        try:
            met.append((await anext(rows)).id)
        except NoAnswerError:
            errors += 1
    assert (errors, shelf.offsets) == (2, [0, 100, 100, 200, 200])
    assert met == [f"old-{number}" for number in range(250)]


# the sandbox


@pytest.fixture(scope="module")
def filled():
    """A sandbox with a thousand orders of each API."""
    with Sandbox(speed=0.0, rate_limit=None) as sandbox:
        yield sandbox


def clients(sandbox):
    options = {"base_url": sandbox.url, "limiter": Unlimited()}
    keys = (sandbox.connect_prefix, sandbox.connect_key, sandbox.connect_secret)
    return {
        "gelato": GelatoClient(sandbox.api_key, **options),
        "connect": GelatoConnectClient(*keys, **options),
    }


async def add(client, orders):
    orders = iter(orders)

    async def work():
        for order in orders:
            await client.orders.create(order)

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(work)


@pytest.mark.system
@pytest.mark.parametrize("api", ["gelato", "connect"])
async def test_all_orders_are_read_while_the_sandbox_gets_more(filled, api, make_order):
    filled.reset()
    async with clients(filled)[api] as client:
        await add(client, [make_order(f"old-{number}") for number in range(500)])
        met, added = [], iter([50, 100, 110, 110])
        async for row in client.orders.search():
            met.append(row)
            if len(met) % 100 == 0:
                await add(
                    client,
                    [make_order(f"new-{len(met)}-{number}") for number in range(next(added, 0))],
                )
    assert len(met) == len({row.id for row in met})
    old = [row.order_reference_id for row in met if row.order_reference_id.startswith("old")]
    assert sorted(old) == sorted(f"old-{number}" for number in range(500))
