"""The contract: how answers are read, whatever comes."""

import json
from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st
from support.contract import APIS, CONNECT, DEPOT, EVERYONE, GELATO, MINIMAL, QUOTE, SWEDE, both

from gelato_async import (
    BadRequestError,
    CancelOrder,
    ConfirmDraft,
    CreateOrder,
    DecodeError,
    DeleteDraft,
    GetOrder,
    OrderQuery,
    QuoteOrder,
    RateLimitError,
    Response,
    ResponseError,
    SearchOrders,
    SubmitOrder,
    UpdateShipment,
)
from gelato_async.models.fields import WIRE_NAMES

ANSWERS = [
    *((api, "answer_order", GetOrder("order-id-1")) for api in APIS),
    *((api, "answer_page", SearchOrders(EVERYONE)) for api in APIS),
    (GELATO, "answer_order", CreateOrder(MINIMAL)),
    (GELATO, "answer_order", ConfirmDraft("order-id-1")),
    (GELATO, "answer_quotation", QuoteOrder(QUOTE)),
    (CONNECT, "answer_submitted", SubmitOrder(MINIMAL)),
    (
        CONNECT,
        "answer_shipment",
        UpdateShipment(order_id="order-id-1", shipment_method_uid="express"),
    ),
]
answers = pytest.mark.parametrize(
    ("api", "name", "operation"),
    ANSWERS,
    ids=[f"{api.name}-{name}-{type(operation).__name__}" for api, name, operation in ANSWERS],
)


def spellings(model):
    """Each attribute of a model by all names that it has on the wire."""
    return {
        name: getattr(model, field.name)
        for field in type(model).__attrs_attrs__
        for name in field.metadata.get(WIRE_NAMES) or [camel(field.name)]
    }


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def unread(found, model, path=""):
    """The paths of an answer that have reached no attribute."""
    if isinstance(found, dict) and hasattr(type(model), "__attrs_attrs__"):
        known = spellings(model)
        for key, value in found.items():
            here = f"{path}.{key}".lstrip(".")
            if value is not None and value != []:
                yield from unread(value, known[key], here) if known.get(key) is not None else [here]
    elif isinstance(found, list) and isinstance(model, tuple):
        if len(found) != len(model):
            yield path
        for position, (value, element) in enumerate(zip(found, model, strict=False)):
            yield from unread(value, element, f"{path}[{position}]")
    elif isinstance(found, dict) and found != model:
        yield path


@answers
def test_every_documented_key_reaches_an_attribute(api, name, operation):
    found = api.sample(name)
    assert list(unread(found, api.parse(operation, found))) == []


@answers
def test_raw_is_the_whole_answer(api, name, operation):
    found = api.sample(name)
    assert api.parse(operation, found).raw == found


@answers
def test_an_answer_shows_no_person(api, name, operation):
    text = repr(api.parse(operation, api.sample(name)))
    private = (
        "Ida",
        "Nordmann",
        "Maple",
        "Lager",
        "Depot",
        "Ledger",
        "Accounts",
        "@example.org",
        "+1 555",
        "6099",
    )
    assert [word for word in private if word in text] == []


@both
def test_an_order_is_read_with_its_types(api):
    order = api.parse(GetOrder("order-id-1"), api.sample("answer_order"))
    first, second = order.items
    assert (order.id, order.fulfillment_status.is_known, order.financial_status) == (
        "order-id-1",
        True,
        "paid",
    )
    assert order.created_at == datetime(2026, 3, 4, 9, 10, 11, tzinfo=UTC)
    assert order.updated_at == datetime(2026, 3, 4, 9, 12, 13, tzinfo=UTC)
    assert order.ordered_at == datetime(2026, 3, 4, 9, 14, 15, tzinfo=UTC)
    assert (second.id, second.item_reference_id, second.files, second.processed_file_url) == (
        "77",
        "88",
        (),
        None,
    )
    assert (first.page_count, str(first.price), str(first.retail_price_excl_vat)) == (
        116,
        "12.4",
        "18.9",
    )
    assert first.product_variant == ({} if api is GELATO else {"Size": "A5"})
    assert (order.shipment.package_count, order.shipment.min_delivery_date.isoformat()) == (
        2,
        "2026-03-08",
    )
    assert order.shipment.packages[0].order_item_ids == ("item-id-1", "77")
    assert (order.billing_entity.id, order.receipts[0].billing_entity.id) == ("5301", "payer-1")
    assert [str(line.price_base) for line in order.receipts[0].items] == ["6.8012", "6.27", "1"]
    assert order.receipts[0].items[0].order_id is None
    assert (order.return_address.post_code, order.return_address.last_name) == ("60998", "Lager")
    assert order.shipping_address.registration_state == "IL"
    assert order.connected_order_ids == ("order-id-1", "order-id-2")


@both
def test_a_page_is_read_with_its_types(api):
    first, second = api.parse(SearchOrders(EVERYONE), api.sample("answer_page")).orders
    assert (str(first.total_incl_vat), first.items_count, first.country) == ("49.12", 2, "SE")
    assert (second.store_id, second.channel, second.ordered_at, second.app_services) == (
        None,
        None,
        None,
        (),
    )
    assert first.raw == api.sample("answer_page")["orders"][0]


@both
@pytest.mark.parametrize("body", [b"", b'{"code": 200, "message": "OK"}', b"OK", b"[]"])
@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_cancel_needs_no_body(api, body, status):
    assert api.backend.parse(CancelOrder("id-1"), Response(status=status, body=body)) is None


def test_a_deleted_draft_answers_nothing():
    assert GELATO.backend.parse(DeleteDraft("id-1"), Response(status=200)) is None


def test_the_documented_answer_to_a_cancel_is_read():
    assert CONNECT.parse(CancelOrder("id-1"), CONNECT.sample("answer_canceled")) is None


@both
@pytest.mark.parametrize(
    ("body", "paths", "order_id"),
    [
        (b"", [""], None),
        (b"<html>Ida</html>", [""], None),
        (b'{"id": "id-1", "orderRefer', [""], None),
        (b"[]", [""], None),
        (b"null", [""], None),
        (b'{"id": "id-1"}', ["orderReferenceId"], "id-1"),
        (b'{"id": 17}', ["orderReferenceId"], "17"),
        (b'{"id": ""}', ["id", "orderReferenceId"], None),
        (b'{"id": null, "orderReferenceId": []}', ["id", "orderReferenceId"], None),
    ],
)
def test_an_answer_that_cannot_be_read_says_all_it_can(api, body, paths, order_id):
    with pytest.raises(DecodeError) as caught:
        api.backend.parse(api.create(MINIMAL), Response(status=201, body=body))
    error = caught.value
    told = [problem.path for problem in error.problems if problem.path != "fulfillmentStatus"]
    assert (told, error.order_id, error.operation) == (paths, order_id, "orders.create")
    assert str(error).startswith("orders.create: 201, but the answer is not as documented")


@both
@pytest.mark.parametrize(
    "body",
    [
        (
            b'{"message": "Ida Nordmann, L\\u00f6nngatan 3", "sample-key": "sample-gelato-key'
            b' sample-secret"}'
        ),
        'half of it {"firstName": "Ida", "lastName": "Nordmann", "street": "Lönngatan 3'.encode(),
        b'half of it {"firstName": "Ida", "city": "\\u00c5by", "street": "L\\u00f6nngatan 3',
    ],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_no_error_shows_the_recipient_or_the_key(api, body, status):
    with pytest.raises((DecodeError, ResponseError)) as caught:
        api.backend.parse(api.create(MINIMAL), Response(status=status, body=body))
    shown = json.dumps({key: str(value) for key, value in vars(caught.value).items()}) + str(
        caught.value
    )
    private = ("Ida", "Nordmann", "nngatan", 'by"', *api.secrets)
    assert [word for word in private if word in shown] == []


@both
def test_an_error_shows_no_value_of_extra_in_an_address(api):
    order = evolve(
        MINIMAL,
        shipping_address=evolve(SWEDE, extra={"doorCode": "4711-door"}),
    )
    with pytest.raises(BadRequestError) as caught:
        api.parse(api.create(order), {"message": "bad doorCode 4711-door"}, status=400)
    assert caught.value.message == "400: bad doorCode ***"


def test_an_error_shows_no_value_of_other_calls_with_addresses():
    for api, operation in [
        (CONNECT, UpdateShipment(order_id="id-1", shipping_address=SWEDE)),
        (GELATO, QuoteOrder(QUOTE)),
        (GELATO, SearchOrders(OrderQuery(search="Nordmann"))),
        (GELATO, CreateOrder(evolve(MINIMAL, return_address=evolve(DEPOT, city="Nordmann")))),
    ]:
        with pytest.raises(BadRequestError) as caught:
            api.parse(operation, {"message": "bad: Nordmann"}, status=400)
        assert caught.value.message == "400: bad: ***"


@both
def test_a_refusal_is_an_error_with_the_operations_name(api):
    with pytest.raises(BadRequestError) as caught:
        api.parse(GetOrder("id-1"), {"code": 400, "message": "no"}, status=400)
    assert (caught.value.operation, caught.value.code, caught.value.status) == (
        "orders.get",
        "400",
        400,
    )


@both
def test_retry_after_is_measured_from_now_where_no_date_came(api):
    response = Response(status=429, headers={"retry-after": "Wed, 04 Mar 2026 12:00:09 GMT"})
    with pytest.raises(RateLimitError) as caught:
        api.backend.parse(GetOrder("id-1"), response, datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert caught.value.retry_after == 9.0


# parsing whatever comes

NEEDED = {
    "answer_order": {"": {"id", "orderReferenceId", "fulfillmentStatus"}, "items[]": {"id"}},
    "answer_page": {"": {"orders"}, "orders[]": {"id", "orderReferenceId", "fulfillmentStatus"}},
    "answer_quotation": {
        "quotes[]": {"id"},
        "quotes[].shipmentMethods[]": {"shipmentMethodUid"},
        "quotes[].products[]": {"itemReferenceId"},
    },
    "answer_submitted": {"": {"id", "orderReferenceId"}},
    "answer_shipment": {},
}
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["brand_new", "2026-13-45", "+0000", "", "0", "1e999", "-"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2)
    ),
    max_leaves=3,
)


def mutated(draw, found, needed, path=""):
    if isinstance(found, list):
        kept = [mutated(draw, element, needed, f"{path}[]") for element in found]
        return kept + draw(st.lists(SCALARS, max_size=1))
    if not isinstance(found, dict):
        return found
    changed = {
        f"new{key}": value
        for key, value in draw(st.dictionaries(st.text(max_size=4), JSON, max_size=2)).items()
    }
    required = needed.get(path, set())
    for key, value in found.items():
        here = f"{path}.{key}".lstrip(".")
        change = draw(st.sampled_from(["keep"] * 6 + ["drop", "null", "other", "news"]))
        holds_required = key in required
        if change == "keep" or holds_required:
            changed[key] = mutated(draw, value, needed, here)
        elif change != "drop":
            changed[key] = {"null": None, "other": draw(JSON), "news": "brand_new"}[change]
    return changed


def is_harmless(found, needed, path=""):
    """Whether every object that was put anywhere by chance has what it needs there."""
    if isinstance(found, list):
        return all(is_harmless(element, needed, f"{path}[]") for element in found)
    if not isinstance(found, dict):
        return True
    missing = [key for key in needed.get(path, ()) if key not in found]
    return not missing and all(
        is_harmless(value, needed, f"{path}.{key}".lstrip(".")) for key, value in found.items()
    )


@pytest.mark.system
@answers
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_only_changes_of_required_values_break_the_reading(api, name, operation, data):
    needed = NEEDED[name]
    found = mutated(data.draw, api.sample(name), needed)
    if is_harmless(found, needed):
        answer = api.parse(operation, found)
        assert answer.raw == found


@answers
def test_the_required_values_are_really_required(api, name, operation):
    def strip(found, path, key):
        if isinstance(found, list):
            return [strip(element, f"{path}[]", key) for element in found]
        if not isinstance(found, dict):
            return found
        return {
            name_: strip(value, f"{path}.{name_}".lstrip("."), key)
            for name_, value in found.items()
            if (path, name_) != key
        }

    for place, keys in NEEDED[name].items():
        for key in keys:
            with pytest.raises(DecodeError):
                api.parse(operation, strip(api.sample(name), "", (place, key)))
