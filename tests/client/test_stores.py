import json
import math
import pickle

import pytest
from attrs import evolve
from support.stepping import Stepping

from gelato_async import (
    DecodeError,
    GelatoClient,
    NoAnswerError,
    NotFoundError,
    OutcomeUnknownError,
    Response,
    ResponseError,
    RetryPolicy,
    ScriptedTransport,
    ServerError,
    Unlimited,
    ValidationError,
)
from gelato_async.client.stores import Stores
from gelato_async.core.errors import ConnectionFailedError, WaitTimeoutError
from gelato_async.core.operations.stores import ListStoreProducts
from gelato_async.models.store_product import (
    NewStoreProduct,
    NewStoreProductVariant,
    PlaceholderImage,
)
from gelato_async.sandbox import Fault, FaultPlan, Sandbox

pytestmark = pytest.mark.anyio

SHIRT = NewStoreProduct(template_id="template-t-shirt", title="Harbour shirt")


@pytest.fixture
def faults():
    return None


@pytest.fixture
def sandbox(faults):
    with Sandbox(speed=0.0, rate_limit=None, faults=faults and FaultPlan(faults)) as running:
        yield running


@pytest.fixture
def stepping(sandbox):
    return Stepping(sandbox)


@pytest.fixture
async def stores(sandbox, stepping):
    options = {"limiter": Unlimited(), "clock": stepping.clock, "retry": RetryPolicy(initial=0)}
    async with GelatoClient(sandbox.api_key, base_url=sandbox.url, **options) as client:
        yield Stores(client.engine)


@pytest.fixture
def script(virtual):
    """Stores over answers in memory, and the transport that tells what was asked."""

    def make(*answers, **options):
        queue = list(answers)

        async def answer(request):
            found = queue.pop(0) if len(queue) > 1 else queue[0]
            found = found(request) if callable(found) else found
            if isinstance(found, BaseException):
                raise found
            return (
                found
                if isinstance(found, Response)
                else Response(status=200, body=json.dumps(found).encode())
            )

        transport = ScriptedTransport(answer)
        options = {
            "limiter": Unlimited(),
            "clock": virtual.clock,
            "retry": RetryPolicy(initial=0),
        } | options
        return Stores(GelatoClient("test-key", transport=transport, **options).engine), transport

    return make


async def titles(stores, store_id="store-1", **how):
    return [product.title async for product in stores.products(store_id, **how)]


# making a product


async def test_a_product_is_made_from_a_template_and_published(stores, stepping):
    template = await stores.template("template-t-shirt")
    first, second, *_ = template.variants
    front = PlaceholderImage(
        name="Front", file_url="https://files.example.org/harbour.png", fit_method="meet"
    )
    chosen = NewStoreProductVariant(template_variant_id=first.id, image_placeholders=[front])
    other = NewStoreProductVariant(template_variant_id=second.id)
    made = await stores.create_product_from_template(
        "store-1", evolve(SHIRT, variants=[chosen, other], tags=["sea"])
    )
    assert (made.status, made.title, made.tags, made.store_id) == (
        "created",
        "Harbour shirt",
        ("sea",),
        "store-1",
    )
    ready = await stores.wait_until_ready("store-1", made.id)
    assert [variant.title for variant in ready.variants] == [first.title, second.title]
    assert 10 <= stepping.time <= 20
    published = await stores.wait_until_published("store-1", made.id)
    assert (published.id, published.status) == (made.id, "active")
    assert await stores.product("store-1", made.id) == published


async def test_without_variants_a_product_has_all_of_the_template(stores):
    template = await stores.template("template-poster")
    made = await stores.create_product_from_template(
        "store-1", evolve(SHIRT, template_id=template.id)
    )
    found = await stores.wait_until_ready("store-1", made.id)
    assert [variant.product_uid for variant in found.variants] == [
        v.product_uid for v in template.variants
    ]


async def test_what_breaks_a_documented_limit_is_not_sent(script):
    stores, transport = script({})
    with pytest.raises(ValidationError):
        await stores.create_product_from_template("store-1", evolve(SHIRT, tags=["t"] * 14))
    with pytest.raises(ValidationError):
        await stores.products_page("store-1", limit=101)
    assert transport.requests == []


async def test_an_unknown_template_or_product_is_not_found(stores):
    with pytest.raises(NotFoundError):
        await stores.create_product_from_template("store-1", evolve(SHIRT, template_id="nothing"))
    for call in (stores.template("nothing"), stores.product("store-1", "nothing")):
        with pytest.raises(NotFoundError):
            await call
    with pytest.raises(NotFoundError):
        await stores.wait_until_ready("store-1", "nothing")


@pytest.mark.parametrize(
    ("faults", "cause"),
    [
        (
            [Fault("status", status=503, when="after", count=9, routes=["ecommerce.create"])],
            ServerError,
        ),
        ([Fault("drop", when="after", count=9, routes=["ecommerce.create"])], NoAnswerError),
        ([Fault("truncated", count=9, routes=["ecommerce.create"])], NoAnswerError),
        ([Fault("html", when="after", count=9, routes=["ecommerce.create"])], DecodeError),
    ],
    ids=["503", "dropped", "truncated", "html"],
)
async def test_a_lost_answer_makes_no_second_product(stores, sandbox, cause):
    with pytest.raises(
        OutcomeUnknownError, match=r"Do not send it again: look for its title with stores\.products"
    ) as caught:
        await stores.create_product_from_template("store-1", SHIRT)
    assert isinstance(caught.value.__cause__, cause)
    assert await titles(stores) == ["Harbour shirt"]
    assert sum(sandbox.audit().faults.values()) == 1


@pytest.mark.parametrize(
    "faults", [[Fault("status", status=429, retry_after=1, count=2, routes=["ecommerce.create"])]]
)
async def test_a_create_that_was_refused_for_now_is_sent_again(stores):
    await stores.create_product_from_template("store-1", SHIRT)
    assert await titles(stores) == ["Harbour shirt"]


async def test_a_create_that_never_left_is_sent_again(script):
    stores, transport = script(ConnectionFailedError("refused"), {"id": "1"})
    assert (await stores.create_product_from_template("store-1", SHIRT)).id == "1"
    assert len(transport.requests) == 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Response(status=500), "nobody knows whether it took effect"),
        (Response(status=408), "nobody knows whether it took effect"),
        (NoAnswerError("read timeout"), "nobody knows whether it took effect"),
        (NoAnswerError("cut off", status=201), "it took effect, and its answer is lost"),
        (Response(status=201, body=b"<html>"), "it took effect, and its answer is lost"),
        (Response(status=204), "it took effect, and its answer is lost"),
    ],
    ids=["500", "408", "no answer", "truncated", "html", "nothing"],
)
async def test_a_create_of_unknown_outcome_says_so_and_what_to_do(script, answer, message):
    stores, transport = script(Response(status=429), ConnectionFailedError("refused"), answer)
    with pytest.raises(OutcomeUnknownError, match=message) as caught:
        await stores.create_product_from_template("store-1", SHIRT)
    error = caught.value
    assert (error.order_reference_id, error.order_ids, error.product_id) == (None, (), None)
    assert (error.sends, len(transport.requests)) == (2, 3)
    assert (error.operation, error.reason) == (
        "stores.create_product_from_template",
        str(error.__cause__),
    )
    assert vars(pickle.loads(pickle.dumps(error))) == vars(error)


async def test_an_unreadable_answer_names_the_product_it_made(script):
    stores, _ = script({"id": "product-1", "variants": [{"title": "no id"}]})
    with pytest.raises(OutcomeUnknownError, match="it made 'product-1'") as caught:
        await stores.create_product_from_template("store-1", SHIRT)
    assert (caught.value.product_id, caught.value.order_ids) == ("product-1", ())
    assert (caught.value.__cause__.product_id, caught.value.__cause__.order_id) == (
        "product-1",
        None,
    )


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 302])
async def test_a_create_that_was_refused_is_refused(script, status):
    stores, transport = script(Response(status=status))
    with pytest.raises(ResponseError):
        await stores.create_product_from_template("store-1", SHIRT)
    assert len(transport.requests) == 1


# waiting


async def test_a_product_that_cannot_be_published_ends_the_wait(stores):
    made = await stores.create_product_from_template(
        "store-1", evolve(SHIRT, tags=["sandbox:publishing_error"])
    )
    ended = await stores.wait_until_published("store-1", made.id)
    assert (ended.status, ended.publishing_error_code) == ("publishing_error", "sandbox_request")


async def test_the_looks_come_at_growing_intervals_and_at_the_end(script, virtual):
    stores, transport = script({"id": "1", "status": "publishing"})
    with pytest.raises(WaitTimeoutError) as caught:
        await stores.wait_until_ready("store-1", "1", timeout=60)
    assert virtual.slept[:4] == [1.0, 1.5, 2.25, 3.375]
    assert max(virtual.slept) == 10.0
    assert sum(virtual.slept) == pytest.approx(60)
    assert len(transport.requests) == len(virtual.slept) + 1
    error = caught.value
    assert isinstance(error, TimeoutError)
    assert (error.last.id, error.last.status, error.reason) == ("1", "publishing", None)
    assert str(error).startswith(
        "stores.product: it was publishing when last seen, and 60 seconds are over"
    )


async def test_a_product_that_is_ready_when_time_is_up_is_given(script):
    stores, _ = script(
        {"id": "1", "status": "created"},
        {"id": "1", "status": "created"},
        {"id": "1", "status": "active"},
    )
    assert (await stores.wait_until_ready("store-1", "1", timeout=1.5)).status == "active"


async def test_a_date_of_publishing_does_not_make_it_ready(script):
    early = {"id": "1", "status": "publishing", "publishedAt": "2026-05-01T08:00:00+0000"}
    stores, transport = script(
        early, {"id": "1"}, {"id": "1", "status": "brand_new"}, {"id": "1", "status": "active"}
    )
    assert (await stores.wait_until_ready("store-1", "1")).status == "active"
    assert len(transport.requests) == 4


async def test_no_time_at_all_is_one_look(script, virtual):
    stores, transport = script({"id": "1", "status": "created"})
    with pytest.raises(WaitTimeoutError):
        await stores.wait_until_ready("store-1", "1", timeout=0)
    assert (len(transport.requests), virtual.slept) == (1, [])


async def test_an_outage_does_not_end_a_wait(script):
    down = [Response(status=503)] * 8
    stores, _ = script({"id": "1", "status": "created"}, *down, {"id": "1", "status": "active"})
    assert (await stores.wait_until_ready("store-1", "1", timeout=math.inf)).status == "active"


async def test_a_wait_in_which_no_look_succeeds_says_why(script):
    stores, _ = script(NoAnswerError("read timeout"))
    with pytest.raises(
        WaitTimeoutError, match="no look succeeded, and 5 seconds are over"
    ) as caught:
        await stores.wait_until_ready("store-1", "1", timeout=5)
    assert (caught.value.last, caught.value.reason) == (None, "stores.product: read timeout")


async def test_a_refused_look_ends_a_wait_at_once(script):
    stores, transport = script(Response(status=401, body=b'{"message": "Unauthorized"}'))
    with pytest.raises(Exception, match="Unauthorized"):
        await stores.wait_until_ready("store-1", "1")
    assert len(transport.requests) == 1


async def test_a_look_has_the_clients_total_timeout(script, virtual):
    def slow(_):
        virtual.time += 3
        return Response(status=503)

    stores, transport = script(slow, slow, {"id": "1", "status": "active"}, total_timeout=5)
    assert (await stores.wait_until_ready("store-1", "1")).status == "active"
    assert len(transport.requests) == 3


# listing


async def test_all_products_come_once_and_newest_first(stores):
    for number in range(130):
        await stores.create_product_from_template("store-1", evolve(SHIRT, title=str(number)))
    assert await titles(stores) == [str(number) for number in range(129, -1, -1)]
    assert await titles(stores, order="asc") == [str(number) for number in range(130)]
    assert await titles(stores, order="asc", order_by="updatedAt") == [
        str(number) for number in range(130)
    ]
    listing = stores.products("store-1")
    assert [row.id async for row in listing] == [row.id async for row in aiter(listing)]
    assert await titles(stores, "store-2") == []
    page = await stores.products_page("store-1", order="asc", offset=100, limit=7)
    assert ([row.title for row in page.products], page.length) == (
        [str(number) for number in range(100, 107)],
        7,
    )
    assert (await stores.products_page("store-1")).length == 100


async def test_products_made_meanwhile_hide_and_repeat_no_row(stores):
    for number in range(110):
        await stores.create_product_from_template("store-1", evolve(SHIRT, title=str(number)))
    met = []
    async for product in stores.products("store-1"):
        met.append(product.title)
        if len(met) == 100:
            for number in range(100):
                await stores.create_product_from_template(
                    "store-1", evolve(SHIRT, title=f"new {number}")
                )
    assert [title for title in met if "new" not in title] == [
        str(number) for number in range(109, -1, -1)
    ]
    assert len(met) == len(set(met))


@pytest.mark.parametrize("rows", [5, True, {"a": 1}, "abc", 1.5, None], ids=repr)
async def test_an_answer_without_a_list_of_products_ends_a_listing(script, rows):
    stores, transport = script({"products": rows})
    assert [product async for product in stores.products("store-1")] == []
    assert len(transport.requests) == 1


async def test_leaving_the_loop_early_reads_no_further_page(script):
    stores, transport = script({"products": [{"id": str(number)} for number in range(100)]})
    async for _ in stores.products("store-1"):
        break
    (request,) = transport.requests
    assert (request.method, request.body) == ("GET", b"")
    assert (
        request.url
        == "https://ecommerce.gelatoapis.com/v1/stores/store-1/products?offset=0&limit=100"
    )


async def test_a_listing_shows_what_it_lists(script):
    stores, _ = script({})
    listing = stores.products("store-1", order="asc")
    assert (
        repr(listing)
        == f"StoreProductListing({ListStoreProducts(store_id='store-1', order='asc')!r})"
    )
