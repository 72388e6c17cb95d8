import json
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import anyio.lowlevel
import pytest

from gelato_async import (
    BadRequestError,
    DecodeError,
    GelatoClient,
    NotFoundError,
    NotSentError,
    Response,
    RetryPolicy,
    ScriptedTransport,
    Unlimited,
    ValidationError,
)
from gelato_async.client.products import Products
from gelato_async.core.operations.products import GetAvailability, ListCatalogs
from gelato_async.models.stock_regions import StockRegion
from gelato_async.sandbox import Sandbox

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(rate_limit=None, speed=0.0) as running:
        yield running


@pytest.fixture
async def client(sandbox):
    async with GelatoClient(sandbox.api_key, base_url=sandbox.url, limiter=Unlimited()) as client:
        yield client


@pytest.fixture
def products(client):
    return Products(client.engine)


@pytest.fixture
def scripted(virtual):
    """Products of a Gelato that answers by a function from the request's query and body to JSON."""

    def make(answer, **options):
        async def script(request):
            await anyio.lowlevel.checkpoint()
            query = {
                name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()
            }
            return Response(
                status=200,
                body=json.dumps(answer(query, json.loads(request.body or b"{}"))).encode(),
            )

        transport = ScriptedTransport(script)
        client = GelatoClient(
            "test-key", transport=transport, limiter=Unlimited(), clock=virtual.clock, **options
        )
        return Products(client.engine), transport.requests

    return make


def bodies(requests):
    return [json.loads(request.body) for request in requests]


# catalogs


async def test_catalogs_are_listed_and_one_is_read_with_its_attributes(products):
    catalogs = await products.catalogs()
    assert [catalog.catalog_uid for catalog in catalogs] == [
        "caps",
        "cards",
        "envelopes",
        "framed-posters",
        "frames",
        "hoodies",
        "mugs",
        "multipage-brochures",
        "photobooks",
        "posters",
        "t-shirts",
        "wall-hangers",
    ]
    posters = await products.catalog("posters")
    orientation = next(
        one for one in posters.product_attributes if one.product_attribute_uid == "Orientation"
    )
    assert [value.product_attribute_value_uid for value in orientation.values] == ["hor", "ver"]


async def test_the_real_apis_page_of_catalogs_is_read_too(client):
    page = await client.send(ListCatalogs(limit=2, offset=1))
    assert [catalog.catalog_uid for catalog in page.catalogs] == ["cards", "envelopes"]
    assert (page.pagination.total, page.pagination.offset) == (12, 1)


def catalogs(first, count):
    return [{"catalogUid": f"catalog-{n}"} for n in range(first, first + count)]


async def test_a_bare_list_of_catalogs_is_all_of_them(scripted):
    products, requests = scripted(lambda query, body: catalogs(0, 120))
    assert len(await products.catalogs()) == 120
    assert [request.url for request in requests] == ["https://product.gelatoapis.com/v3/catalogs"]


@pytest.mark.parametrize("total", [45, None], ids=["with a total", "without"])
async def test_pages_of_catalogs_are_read_to_the_end(scripted, total):
    def answer(query, _):
        offset, limit = int(query.get("offset", 0)), min(int(query.get("limit", 20)), 20)
        rows = catalogs(offset, max(0, min(limit, 45 - offset)))
        return {"data": rows, "pagination": {"total": total, "offset": offset}}

    products, requests = scripted(answer)
    assert [catalog.catalog_uid for catalog in await products.catalogs()] == [
        f"catalog-{n}" for n in range(45)
    ]
    assert [urlsplit(request.url).query for request in requests][:3] == [
        "",
        "limit=100&offset=20",
        "limit=100&offset=40",
    ]
    assert len(requests) == (3 if total else 4)


@pytest.mark.parametrize(
    ("total", "rows"),
    [
        (None, catalogs(0, 20)),
        (None, [None]),
        (None, None),
        (20, catalogs(0, 20)),
        (21, [None, *catalogs(0, 20)]),
        (0, []),
    ],
    ids=["without a total", "unreadable", "no list", "all at once", "one unreadable", "none"],
)
async def test_a_server_that_ignores_the_offset_is_not_asked_for_ever(scripted, total, rows):
    products, requests = scripted(
        lambda query, body: {"data": rows, "pagination": {"total": total}}
    )
    assert len(await products.catalogs()) == len([row for row in rows or [] if row])
    assert len(requests) <= 2


@pytest.mark.parametrize(
    ("total", "pages"),
    [
        (1000, [catalogs(0, 20), catalogs(0, 20)]),
        (40, [catalogs(0, 20), catalogs(0, 20)]),
        (1000, [[]]),
        (1000, [None]),
        (45, [catalogs(0, 20), catalogs(20, 20), []]),
        (40, [catalogs(0, 20), catalogs(19, 20)]),
    ],
    ids=["same again", "same to the end", "nothing", "no list", "too few", "moved"],
)
async def test_fewer_catalogs_than_there_are_is_an_error(scripted, total, pages):
    answers = iter(pages)
    products, requests = scripted(
        lambda query, body: {"data": next(answers), "pagination": {"total": total}}
    )
    with pytest.raises(DecodeError, match=rf"the pages hold \d+ of {total} catalogs") as caught:
        await products.catalogs()
    assert caught.value.operation == "products.catalogs"
    assert len(requests) == len(pages)


async def test_the_total_timeout_is_for_all_pages_together(scripted, virtual):
    def answer(query, _):
        virtual.time += 4
        offset = int(query.get("offset", 0))
        return {"data": catalogs(offset, 10), "pagination": {"total": 1000, "offset": offset}}

    products, requests = scripted(answer, total_timeout=10)
    with pytest.raises(NotSentError, match="the time for the whole call ran out"):
        await products.catalogs()
    assert len(requests) == 3


# search


async def test_a_search_over_a_thousand_products_reaches_the_end(products):
    found = [product.product_uid async for product in products.search("posters")]
    assert len(found) > 1000
    assert len(set(found)) == len(found)
    page = await products.search_page("posters", limit=1)
    assert sum(page.hits.attribute_hits["Orientation"].values()) == len(found)
    sizes = page.hits.attribute_hits["PaperFormat"]
    by_size = [
        product.product_uid
        for size in sizes
        for product in [row async for row in products.search("posters", {"PaperFormat": [size]})]
    ]
    assert sorted(by_size) == sorted(found)


async def test_a_search_finds_what_has_the_attributes(products):
    filters = {"Orientation": ["hor"], "PaperFormat": ["A3", "A4"]}
    found = [product async for product in products.search("posters", filters)]
    assert found
    assert {product.attributes["Orientation"] for product in found} == {"hor"}
    assert {product.attributes["PaperFormat"] for product in found} == {"A3", "A4"}
    assert {
        (product.dimensions["Width"].value, product.dimensions["Height"].value) for product in found
    } == {
        (420.0, 297.0),
        (297.0, 210.0),
    }


async def test_an_unknown_filter_finds_nothing(products):
    assert [product async for product in products.search("posters", {"Scent": ["lemon"]})] == []
    assert (await products.search_page("posters", {"Orientation": ["askew"]})).hits is None


async def test_a_page_has_the_hits_of_all_pages(products):
    page = await products.search_page("cards", {"Orientation": ["ver"]}, limit=5, offset=46)
    assert [len(page.products), page.length] == [2, 2]
    assert page.hits.attribute_hits["Orientation"] == {"ver": 48}
    formats = ("A5", "A6", "DL", "5R", "BB", "BX")
    assert page.hits.attribute_hits["PaperFormat"] == dict.fromkeys(formats, 8)


async def test_the_pages_of_a_search_together_are_its_rows(products):
    pages = [await products.search_page("cards", limit=40, offset=offset) for offset in (0, 40, 80)]
    assert [page.length for page in pages] == [40, 40, 16]
    rows = [product.product_uid for page in pages for product in page.products]
    assert rows == [product.product_uid async for product in products.search("cards")]


async def test_a_search_may_be_iterated_again_and_left_early(products):
    search = products.search("posters", {"ColorType": ["4-4"]})
    async for product in search:
        first = product
        break
    iterator = aiter(search)
    assert (await anext(aiter(iterator))).product_uid == first.product_uid
    assert (
        len([product async for product in search])
        == len({product.product_uid async for product in search})
        == 576
    )
    assert "ColorType" in repr(search)


async def test_an_unknown_catalog_is_an_error(products):
    with pytest.raises(NotFoundError):
        await anext(aiter(products.search("no-such-catalog")))
    with pytest.raises(NotFoundError):
        await products.catalog("no/such catalog")


@pytest.mark.parametrize(("limit", "offset"), [(0, None), (101, None), (50, -1)])
async def test_a_limit_out_of_range_is_refused_before_it_is_sent(scripted, limit, offset):
    products, requests = scripted(lambda query, body: {"products": []})
    with pytest.raises(ValidationError):
        await products.search_page("posters", limit=limit, offset=offset)
    assert requests == []


async def test_a_limit_is_always_sent(scripted):
    products, requests = scripted(lambda query, body: {"products": []})
    await products.search_page("posters")
    assert [product async for product in products.search("posters")] == []
    assert bodies(requests) == [{"limit": 100}, {"limit": 100, "offset": 0}]


def rows(first, count):
    return [{"productUid": f"product-{n}"} for n in range(first, first + count)]


@pytest.mark.parametrize(("there_are", "asked"), [(0, 1), (99, 1), (100, 2), (101, 2), (250, 3)])
async def test_a_page_shorter_than_its_limit_is_the_last(scripted, there_are, asked):
    def answer(_, body):
        return {"products": rows(0, there_are)[body["offset"] : body["offset"] + body["limit"]]}

    products, requests = scripted(answer)
    assert len([product async for product in products.search("posters")]) == there_are
    assert [body["offset"] for body in bodies(requests)] == [100 * n for n in range(asked)]


async def test_a_product_that_comes_twice_is_shown_once(scripted):
    answers = iter([[*rows(0, 99), *rows(0, 1)], [*rows(50, 50), *rows(99, 50)], rows(149, 1)])
    products, _ = scripted(lambda query, body: {"products": next(answers)})
    found = [product.product_uid async for product in products.search("posters")]
    assert found == [f"product-{n}" for n in range(150)]


async def test_products_that_are_added_in_front_meanwhile_end_no_search(scripted):
    pages = {0: rows(0, 100), 100: rows(0, 100), 200: rows(0, 100), 300: rows(100, 20)}
    products, _ = scripted(lambda query, body: {"products": pages[body["offset"]]})
    assert len([product async for product in products.search("posters")]) == 120


@pytest.mark.parametrize(
    "answer", [{}, {"products": None}, {"products": {}}, {"products": True}], ids=str
)
async def test_an_answer_without_products_ends_a_search(scripted, answer):
    products, requests = scripted(lambda query, body: answer)
    assert [product async for product in products.search("posters")] == []
    assert len(requests) == 1


async def test_a_row_that_cannot_be_read_counts_for_the_page(scripted):
    pages = {0: [None, *rows(0, 99)], 100: rows(99, 1)}
    products, _ = scripted(lambda query, body: {"products": pages[body["offset"]]})
    assert len([product async for product in products.search("posters")]) == 100


# products, covers, prices


async def test_a_product_is_read_by_its_uid(products):
    first = await anext(aiter(products.search("frames")))
    product = await products.get(first.product_uid)
    assert (product.product_uid, product.weight) == (first.product_uid, first.weight)
    assert (product.is_stockable, product.is_printable, product.valid_page_counts) == (
        True,
        False,
        (),
    )
    assert "SE" in product.supported_countries
    assert "AX" in product.not_supported_countries
    with pytest.raises(NotFoundError):
        await products.get("a/b å?x#y")


async def book(products, cover):
    return await anext(aiter(products.search("photobooks", {"CoverType": [cover]})))


async def test_a_cover_is_as_wide_as_its_areas(products):
    uid = (await book(products, "hardcover")).product_uid
    cover = await products.cover_dimensions(uid, page_count=34)
    assert (cover.product_uid, cover.pages_count, cover.measure_unit) == (uid, 38, "mm")
    strips = [
        cover.content_back_size,
        cover.joint_back_size,
        cover.spine_size,
        cover.joint_front_size,
        cover.content_front_size,
    ]
    for left, right in pairwise(strips):
        assert left.left + left.width == pytest.approx(right.left)
    assert cover.wraparound_edge_size.left == cover.wraparound_inside_size.thickness
    assert cover.bleed_size is None


async def test_a_soft_cover_has_a_bleed(products):
    uid = (await book(products, "softcover")).product_uid
    thin, thick = [await products.cover_dimensions(uid, page_count=count) for count in (24, 100)]
    assert thin.spine_size.width < thick.spine_size.width
    assert thin.bleed_size.width == pytest.approx(
        2 * thin.content_back_size.width + thin.spine_size.width + 6
    )
    assert thin.wraparound_inside_size is None


@pytest.mark.parametrize("page_count", [None, 33])
async def test_a_page_count_that_a_book_cannot_have_is_refused(products, page_count):
    uid = (await book(products, "softcover")).product_uid
    for ask in (products.cover_dimensions, products.prices):
        with pytest.raises(BadRequestError) as caught:
            await ask(uid, page_count=page_count)
        assert caught.value.details[0]["path"] == "pageCount"


async def test_prices_without_a_country_are_of_several(products):
    uid = (await anext(aiter(products.search("mugs")))).product_uid
    prices = await products.prices(uid)
    assert len({row.country for row in prices}) > 1
    assert len({row.currency for row in prices}) > 1
    assert {row.page_count for row in prices} == {None}
    one, two = (
        row for row in prices if (row.country, row.currency) == ("SE", "SEK") and row.quantity <= 2
    )
    assert isinstance(one.price, Decimal)
    assert one.price < two.price < 2 * one.price


async def test_prices_are_filtered_by_country_currency_and_pages(products):
    uid = (await book(products, "softcover")).product_uid
    thin = await products.prices(uid, country="NO", currency="EUR", page_count=24)
    assert {(row.product_uid, row.country, row.currency, row.page_count) for row in thin} == {
        (uid, "NO", "EUR", 24)
    }
    assert (
        thin[0].price
        < (await products.prices(uid, country="NO", currency="EUR", page_count=64))[0].price
    )
    assert await products.prices(uid, country="AX", page_count=24) == ()


# stock


async def test_stock_is_told_for_products_of_all_kinds(products):
    frames = [product.product_uid async for product in products.search("frames")]
    rows = await products.availability([*frames, "mugs_msz_11-oz_mmat_ceramic-white", "nonsense"])
    assert [row.product_uid for row in rows][:-2] == frames
    assert {one.stock_region_uid for one in rows[0].availability} == {*StockRegion}
    statuses = Counter(one.status for row in rows[:-2] for one in row.availability)
    assert statuses.keys() == {"in-stock", "out-of-stock-replenishable", "out-of-stock"}
    awaited = [one for row in rows for one in row.availability if one.replenishment_date]
    assert all(isinstance(one.replenishment_date, date) for one in awaited)
    assert len(awaited) == statuses["out-of-stock-replenishable"]
    assert rows[-2].in_country("SE").status == "non-stockable"
    assert rows[-1].in_country("US").status == "not-supported"


@pytest.mark.parametrize(
    ("count", "chunks"), [(1, [1]), (250, [250]), (251, [250, 1]), (600, [250, 250, 100])]
)
async def test_any_number_of_products_is_asked_for_in_chunks(scripted, count, chunks):
    def answer(_, body):
        return {"productsAvailability": [{"productUid": uid} for uid in body["products"]]}

    products, requests = scripted(answer)
    uids = [f"uid-{n}" for n in range(count)]
    rows = await products.availability(uid for uid in [*uids, *uids])
    assert [row.product_uid for row in rows] == uids
    assert [len(body["products"]) for body in bodies(requests)] == chunks


async def test_six_hundred_products_are_answered_by_the_sandbox(products):
    uids = {f"uid-{n}" for n in range(600)}
    assert {row.product_uid for row in await products.availability(uids)} == uids


@pytest.mark.parametrize(
    "nothing", [[], (), iter([]), set()], ids=["list", "tuple", "iterator", "set"]
)
async def test_no_products_are_refused_before_anything_is_sent(scripted, nothing):
    products, requests = scripted(lambda query, body: {})
    with pytest.raises(ValidationError) as caught:
        await products.availability(nothing)
    assert [problem.path for problem in caught.value.problems] == ["products"]
    assert requests == []


async def test_a_bad_uid_in_a_later_chunk_stops_the_first_one_too(scripted):
    products, requests = scripted(lambda query, body: {})
    with pytest.raises(ValidationError):
        await products.availability([*(f"uid-{n}" for n in range(250)), ""])
    assert requests == []


@pytest.mark.parametrize("uid", [b"x", 1, None, ["a"], {}], ids=repr)
async def test_a_uid_that_is_no_text_is_named(scripted, uid):
    products, requests = scripted(lambda query, body: {})
    with pytest.raises(
        TypeError, match=rf"products\[251\] must be a str, not {type(uid).__name__}"
    ):
        await products.availability([*(f"uid-{n}" for n in range(251)), uid])
    assert requests == []


async def test_the_total_timeout_is_for_all_chunks_together(scripted, virtual):
    def answer(_, body):
        virtual.time += 4
        return {}

    products, requests = scripted(answer, total_timeout=10)
    with pytest.raises(NotSentError, match="the time for the whole call ran out"):
        await products.availability(f"uid-{n}" for n in range(2500))
    assert len(requests) == 3


async def test_a_single_text_is_no_list_of_products(scripted):
    products, requests = scripted(lambda query, body: {})
    with pytest.raises(TypeError):
        await products.availability("frames_frs_210x297-mm")
    with pytest.raises(TypeError):
        products.search("posters", {"Orientation": "hor"})
    assert requests == []


@pytest.mark.parametrize(
    ("uids", "code", "message"),
    [
        ([], "products_not_provided", "No products provided, at least one is required."),
        (["uid"] * 273, "too_many_products", "Too many products requested: 273 of maximum 250."),
    ],
)
async def test_without_validation_the_stock_refuses_in_its_own_words(client, uids, code, message):
    with pytest.raises(BadRequestError) as caught:
        await client.with_options(validate=False).send(GetAvailability(uids))
    assert caught.value.code == f"invalid_request_{code}"
    assert message in str(caught.value)


async def test_without_validation_no_products_are_sent_all_the_same(client):
    with pytest.raises(BadRequestError):
        await Products(client.with_options(validate=False).engine).availability([])


async def test_an_outage_is_waited_out(virtual):
    answers = iter([503, 200])
    transport = ScriptedTransport(
        lambda request: Response(status=next(answers), body=b'{"productsAvailability": []}')
    )
    client = GelatoClient(
        "k", transport=transport, limiter=Unlimited(), clock=virtual.clock, retry=RetryPolicy()
    )
    assert await Products(client.engine).availability(["one"]) == ()
    assert len(transport.requests) == 2
