"""No answer, however made, lets anything but a GelatoError out, nor makes an order twice."""

import copy
import itertools
import json
import pickle
import traceback
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from gelato_async import (
    CatalogItem,
    DecodeError,
    GelatoClient,
    GelatoError,
    NewOrder,
    OutcomeUnknownError,
    Problem,
    Response,
    ResponseError,
    ScriptedTransport,
    ServerError,
    ShippingAddress,
    Unlimited,
    WebhookError,
)
from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.bulk import Created, submit_orders
from gelato_async.core import json_text, wire
from gelato_async.core.json_values import as_decimal, as_moment
from gelato_async.core.operations.orders import (
    CancelOrder,
    CreateOrder,
    GetOrder,
    SearchOrders,
    SubmitOrder,
    UpdateShipment,
)
from gelato_async.core.operations.products import (
    GetAvailability,
    GetPrices,
    ListCatalogs,
    SearchProducts,
)
from gelato_async.core.operations.shipping import ListShipmentMethods
from gelato_async.core.operations.stores import GetTemplate, ListStoreProducts
from gelato_async.core.redaction import Redactor
from gelato_async.core.responses import BODY_CUT, retry_after, server_date
from gelato_async.core.wire import by_cattrs
from gelato_async.models.order import Order
from gelato_async.models.search import OrderQuery
from gelato_async.webhooks import parse_event

steady = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

GELATO = gelato_backend("a-secret-key")
CONNECT = connect_backend("acme", "a-secret-key", "a-secret")
ADDRESS = ShippingAddress(
    country="SE",
    first_name="Vera",
    last_name="O'Lind <&>",
    address_line1="Harbour Street 1",
    city="Exampletown",
    post_code="00001",
    email="vera@example.org",
)


def new_order(reference="order-1"):
    item = CatalogItem(item_reference_id="item", product_uid="mug", files=[])
    return NewOrder(
        order_reference_id=reference,
        customer_reference_id="customer",
        currency="SEK",
        shipping_address=ADDRESS,
        items=[item],
    )


OPERATIONS = [
    (GELATO, CreateOrder(new_order())),
    (GELATO, GetOrder("1")),
    (GELATO, SearchOrders(OrderQuery())),
    (GELATO, CancelOrder("1")),
    (GELATO, GetAvailability(["mug"])),
    (GELATO, GetPrices("mug")),
    (GELATO, ListCatalogs()),
    (GELATO, SearchProducts("posters")),
    (GELATO, ListShipmentMethods()),
    (GELATO, GetTemplate("1")),
    (GELATO, ListStoreProducts(store_id="1")),
    (CONNECT, SubmitOrder(new_order())),
    (CONNECT, GetOrder("1")),
    (CONNECT, SearchOrders(OrderQuery())),
    (CONNECT, UpdateShipment(order_id="1")),
]


def nested(levels, inside=b"1"):
    return b"[" * levels + inside + b"]" * levels


def order_with(**fields):
    answer = {"id": "1", "orderReferenceId": "order-1", "fulfillmentStatus": "created"}
    return json.dumps(answer | fields).encode()


def order_with_raw(key, value):
    return order_with()[:-1] + b', "%s": %s}' % (key, value)


NASTY = {
    "nothing": b"",
    "no JSON": b"<html>",
    "no text": b"\xff\xfe\x00\x00",
    "another encoding": '{"id": "1"}'.encode("utf-16"),
    "nested in itself": nested(330),
    "nested in a field": order_with_raw(b"metadata", nested(330)),
    "objects in objects": b'{"id":' * 400 + b"1" + b"}" * 400,
    "nested beyond the parser": nested(100_000),
    "nested as an id": order_with_raw(b"id", nested(90)),
    "an integer of 5,000 digits": order_with_raw(b"id", b"9" * 5_000),
    "an amount without end": order_with_raw(b"discount", b'"1e999999999"'),
    "a float without end": order_with_raw(b"discount", b"1e999"),
    "NaN": order_with_raw(b"id", b"NaN"),
    "the last year": order_with(createdAt="9999-12-31T23:59:59-12:00"),
    "the first year": order_with(createdAt="0001-01-01T00:00:00+14:00"),
    "half a character": order_with(id="\ud83d"),
    "half a character in its bytes": order_with_raw(b"id", b'"\xed\xa0\xbd"'),
    "a zero in an id": order_with(id="\0"),
    "a dot as an id": order_with(id=".."),
    "too many values": b"[" + b"0," * json_text.MAX_VALUES + b"0]",
    "items that are none": order_with(items=[{}] * 5_000),
}
NASTY_BODIES = pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["9999-12-31T23:59:59-12:00", "0001-01-01", "1e999999999", "\ud800", "created", 10**400]
    ),
)
KEYS = ["id", "orderReferenceId", "fulfillmentStatus", "createdAt", "items", "orders", "message"]
KEYS += ["code", "requestId", "details", "event", "orderId", "connectedOrderIds", "shippingAddress"]
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=6),
    ),
    max_leaves=25,
)
wrapped = st.builds(
    lambda value, levels, kind: (
        b'{"%s":' % kind * levels + json.dumps(value).encode() + b"}" * levels
    ),
    values,
    st.integers(0, 700),
    st.sampled_from([b"id", b"message", b"orders", b"event"]),
)
bodies = st.one_of(values.map(lambda value: json.dumps(value).encode()), wrapped, st.binary())
DATES = [
    "Fri, 31 Dec 9999 23:59:59 -1200",
    "Mon, 01 Jan 0001 00:00:00 +1400",
    "Wed, 04 Mar 2026 09:10:11 +9999999999",
]
dates = st.sampled_from(DATES) | st.text(st.characters(max_codepoint=255), max_size=60)
headers = st.fixed_dictionaries(
    {}, optional={"date": dates, "retry-after": dates | st.just("9" * 400), "x-request-id": dates}
)
responses = st.builds(
    Response,
    status=st.sampled_from([200, 201, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 550]),
    headers=headers,
    body=bodies,
)


def read(backend, operation, response):
    """What is read from a response, or the error, which must be one of ours and must be whole."""
    try:
        return backend.parse(operation, response, datetime.now(UTC))
    except (DecodeError, ResponseError) as error:
        assert len(error.body) <= BODY_CUT
        assert len(str(error)) <= 20_000
        assert str(pickle.loads(pickle.dumps(error))) == str(error)
        return error


# reading


@pytest.mark.parametrize(
    ("backend", "operation"), OPERATIONS, ids=lambda value: getattr(value, "name", None)
)
def test_whatever_comes_is_read_or_is_an_error_of_ours(backend, operation):
    @steady
    @given(responses)
    def check(response):
        answer = read(backend, operation, response)
        repr(answer)
        assert copy.deepcopy(answer) is not None or answer is None

    check()


@NASTY_BODIES
@pytest.mark.parametrize("status", [200, 400, 503])
def test_nothing_nasty_does_more_than_be_refused(body, status):
    for backend, operation in OPERATIONS:
        read(backend, operation, Response(status=status, body=body))


@pytest.mark.parametrize("body", [nested(65), nested(330), nested(100_000)])
def test_what_is_nested_too_deep_is_accepted_but_unreadable(body):
    error = read(GELATO, GetOrder("1"), Response(status=200, body=body))
    assert isinstance(error, DecodeError)
    assert str(error.problems[0]) == "it is nested more than 64 levels deep"


def test_what_is_nested_as_deep_as_allowed_is_read():
    assert json_text.parse(nested(64)) is not None
    metadata = b'{"a":' * 63 + b"1" + b"}" * 63
    order = read(
        GELATO, GetOrder("1"), Response(status=200, body=order_with_raw(b"metadata", metadata))
    )
    assert order.id == "1"


def test_the_bound_on_values_counts_them():
    full = b"[" + b"0," * (json_text.MAX_VALUES - 2) + b"0]"
    assert len(json_text.parse(full)) == json_text.MAX_VALUES - 1
    with pytest.raises(ValueError, match="more than 150000 values"):
        json_text.parse(b"[0,0," + full[1:])


def test_half_a_character_becomes_the_sign_for_one_and_a_whole_one_stays():
    body = b'{"\\ud83d": ["a\\uDE00b", {"c": "\\ud83d\\ude00 \\\\ud83d"}], "d": 1}'
    assert json_text.parse(body) == {"\ufffd": ["a\ufffdb", {"c": "\U0001f600 \\ud83d"}], "d": 1}


def test_of_many_problems_the_first_hundred_are_named():
    body = order_with(items=[{"id": "1"}, *[{}] * 5_000])
    error = read(GELATO, GetOrder("1"), Response(status=200, body=body))
    assert len(error.problems) == by_cattrs.MOST_PROBLEMS
    assert error.problems[0] == Problem("items[1].id", "missing")


def test_an_error_of_any_kind_in_a_reader_is_a_malformed_answer(monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("an accident")

    monkeypatch.setattr(by_cattrs, "_READING", SimpleNamespace(structure=fail))
    with pytest.raises(wire.MalformedError, match=r"cannot be read \(ZeroDivisionError\)"):
        wire.load(Order, {})


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_cannot_be_computed_with_is_none(text):
    assert as_moment(text) is None


def test_the_moments_that_are_left_can_be_computed_with():
    for text in ("9998-12-31T23:59:59-12:00", "0002-01-01T00:00:00+14:00"):
        moment = as_moment(text)
        assert moment.astimezone(UTC) + timedelta(days=1) > moment - timedelta(days=1)


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999", "0e999999999", "9" * 2_000])
def test_an_amount_beyond_reason_is_none(text):
    assert as_decimal(text) is None


@steady
@given(dates, dates | st.from_regex(r"\d+", fullmatch=True))
@example(*DATES[:2])
def test_dates_of_any_kind_give_seconds_or_none(date, asked):
    response = Response(status=429, headers={"date": date, "retry-after": asked})
    now = datetime.now(UTC)
    wait, moment = retry_after(response, now), server_date(response)
    assert wait is None or wait >= 0
    assert moment is None or moment + timedelta(days=300) > moment - timedelta(days=300)


@steady
@given(bodies)
def test_a_webhook_of_any_kind_is_an_event_or_an_error(body):
    try:
        repr(parse_event(body))
    except WebhookError as error:
        assert len(str(error)) < 200


@NASTY_BODIES
def test_a_nasty_webhook_is_an_event_or_an_error(body):
    for text in (body, body.decode("latin-1"), body.decode("utf-8", "surrogateescape")):
        try:
            event = parse_event(text)
        except WebhookError:
            continue
        json.dumps(event.raw, ensure_ascii=False).encode()


# what an error shows

WORDS = [*"abcd <>&'\"\\/é", "Vera Lind", "Ve", "Harbour Street 1", "O'Lind <&>", "\ud83d"]
texts = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)
SECRETS = ["Vera Lind", "Harbour Street 1", "O'Lind <&>"]


@steady
@given(texts, st.integers(0, 80))
def test_a_cut_leaves_no_part_of_a_secret_behind(text, length):
    redactor = Redactor(SECRETS)
    whole = redactor.text(text)
    cut = redactor.cut(text, length)
    assert whole.startswith(cut)
    assert len(cut) >= min(length, len(whole)) - len(max(SECRETS, key=len)) * (length // 9 + 1)


@pytest.mark.parametrize("start", range(BODY_CUT - 20, BODY_CUT + 3))
def test_a_secret_at_the_cut_of_a_page_is_masked_as_a_whole(start):
    page = ("x" * start + "Vera O'Lind <&>, Harbour Street 1").encode()
    for status, part in ((502, page), (200, page), (200, json.dumps(page.decode()).encode())):
        error = read(GELATO, CreateOrder(new_order()), Response(status=status, body=part))
        assert set(error.body) <= set('"x*, ')


def test_a_secret_that_a_page_escapes_in_any_usual_way_is_masked():
    escaped = r"O\u0027Lind \u003C\u0026\u003E O'Lind <&> O&#x27;Lind &lt;&amp;&gt;"
    for body in (b"<p>" + escaped.encode(), nested(330, b'"%s"' % escaped.encode())):
        error = read(GELATO, CreateOrder(new_order()), Response(status=502, body=body))
        assert "Lind" not in error.body


def test_only_the_first_part_of_a_long_json_answer_is_kept_and_all_of_it_is_masked():
    found = {"message": "Vera " * 100_000, "details": [{"note": "Vera"}] * 100_000}
    error = read(
        GELATO, CreateOrder(new_order()), Response(status=400, body=json.dumps(found).encode())
    )
    assert "Vera" not in f"{error} {error.details} {error.body}"
    assert len(str(error)) < 3_000
    assert len(json.dumps(error.details)) < 200_000


def test_an_echoed_key_in_the_header_of_the_request_id_is_masked():
    response = Response(status=500, headers={"x-request-id": "for a-secret-key"})
    assert read(GELATO, GetOrder("1"), response).request_id == "for ***"


class Counted(str):
    """A text that counts how much of it was looked at."""

    seen = 0

    def __getitem__(self, part):
        found = super().__getitem__(part)
        Counted.seen += len(found)
        return found


def test_of_a_long_text_no_more_is_looked_at_than_is_shown():
    text = Counted("<" * 10_000_000)
    redactor = Redactor(SECRETS)
    assert len(redactor.cut(text, BODY_CUT)) == BODY_CUT
    assert Counted.seen <= BODY_CUT + redactor.longest


def test_a_page_of_nothing_but_brackets_is_shown_at_once():
    # looking for the ends of ten million tags, each of which is looked for to the end of the page,
    # would take hours
    error = read(GELATO, GetOrder("1"), Response(status=502, body=b"<" * 10_000_000))
    assert isinstance(error, ServerError)
    assert error.body == "<" * BODY_CUT


# creates


class Shop:
    """A server that makes every order it is sent, and answers a create with what the test says."""

    def __init__(self, body, *, status=200, searchable=True, headers=()):
        self.answer = Response(status=status, body=body, headers=dict(headers))
        self.searchable = searchable
        self.made = []

    def __call__(self, request):
        if request.url.endswith("/v4/orders"):
            reference = json.loads(request.body)["orderReferenceId"]
            self.made.append(
                {
                    "id": f"made-{len(self.made)}",
                    "orderReferenceId": reference,
                    "fulfillmentStatus": "created",
                    "createdAt": datetime.now(UTC).isoformat(),
                }
            )
            return self.answer
        if request.url.endswith(":search"):
            found = self.made if self.searchable else []
            return Response(status=200, body=json.dumps({"orders": found}).encode())
        wanted = request.url.rpartition("/")[2]
        found = [order for order in self.made if order["id"] == wanted]
        if not found:
            return Response(status=404, body=b"{}")
        return Response(status=200, body=json.dumps(found[0]).encode())


def client_of(shop, virtual):
    # the server's dates are those of today, and so is this clock
    clock = virtual.clock
    return GelatoClient(
        "a-secret-key",
        transport=ScriptedTransport(shop, keep=False),
        limiter=Unlimited(),
        clock=type(clock)(
            now=clock.now, sleep=clock.sleep, wall=lambda: datetime.now(UTC).timestamp()
        ),
    )


# these say in spite of all whose answer they are, so that nothing is looked for
READABLE = {
    "an amount without end",
    "a float without end",
    "the last year",
    "the first year",
    "half a character",
    "half a character in its bytes",
    "a zero in an id",
    "a dot as an id",
}
UNREADABLE = [body for name, body in NASTY.items() if name not in READABLE]


@pytest.mark.anyio
@NASTY_BODIES
@pytest.mark.parametrize("date", DATES)
async def test_a_create_whose_answer_is_nasty_makes_one_order(virtual, body, date):
    shop = Shop(body, headers={"date": date})
    async with client_of(shop, virtual) as client:
        order = await client.orders.create(new_order())
    assert order.order_reference_id == "order-1"
    assert len(shop.made) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("body", UNREADABLE)
async def test_a_create_that_was_accepted_unreadably_is_never_sent_again(virtual, body):
    shop = Shop(body, searchable=False)
    async with client_of(shop, virtual) as client:
        with pytest.raises(OutcomeUnknownError):
            await client.orders.create(new_order())
    assert len(shop.made) == 1


@pytest.mark.anyio
@NASTY_BODIES
@pytest.mark.parametrize("searchable", [True, False])
async def test_a_bulk_run_goes_on_past_nasty_answers(virtual, tmp_path, body, searchable):
    shop = Shop(body, searchable=searchable)
    orders = [new_order(f"order-{number}") for number in range(1, 4)]
    async with (
        client_of(shop, virtual) as client,
        submit_orders(client, orders, journal=tmp_path / "journal") as outcomes,
    ):
        found = [outcome async for outcome in outcomes]
    assert sorted(outcome.reference for outcome in found) == ["order-1", "order-2", "order-3"]
    # an answer about another order is none: where no search shows the order, it is sent once more
    assert 3 <= len(shop.made) <= (3 if searchable else 6)
    if searchable:
        assert {type(outcome) for outcome in found} == {Created}


@pytest.mark.anyio
async def test_a_create_is_made_once_whatever_is_answered(virtual):
    cases = itertools.count()

    @steady
    @given(bodies, st.sampled_from([200, 201, 202]))
    def collect(body, status):
        drawn.append((body, status))

    drawn = []
    collect()
    for body, status in drawn:
        shop = Shop(body, status=status, searchable=next(cases) % 2 == 0)
        async with client_of(shop, virtual) as client:
            try:
                await client.orders.create(new_order())
            except GelatoError as error:
                assert isinstance(error, OutcomeUnknownError), traceback.format_exception(error)
        assert len(shop.made) == 1, body
