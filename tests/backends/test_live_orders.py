"""Quotes without a state, false in addresses, ids of billing entities: as live answers have them."""

import json

import pytest

from gelato_async import CreateOrder, GetOrder, QuoteOrder, Response, ValidationError
from gelato_async.backends.gelato import gelato_backend
from gelato_async.core.order_reader import read_order, read_quote_request

BACKEND = gelato_backend("sample-gelato-key")
ADDRESS = {
    "country": "SE",
    "firstName": "Ida",
    "lastName": "Nordmann",
    "addressLine1": "Lönngatan 3",
    "city": "Åby",
    "postCode": "61630",
    "email": "ida@example.org",
}
ITEM = {"itemReferenceId": "item-1", "productUid": "poster_a3_ver", "quantity": 2}
HEAD = {"orderReferenceId": "order-1", "customerReferenceId": "customer-1", "currency": "EUR"}
ORDER = {**HEAD, "shippingAddress": ADDRESS, "items": [ITEM]}
QUOTE = {**HEAD, "recipient": ADDRESS, "products": [ITEM]}
WITHOUT_STATE = [{}, {"state": None}, {"state": ""}, {"state": False}]


def parse(operation, found):
    return BACKEND.parse(operation, Response(status=200, body=json.dumps(found).encode()))


@pytest.mark.parametrize("state", WITHOUT_STATE, ids=str)
@pytest.mark.parametrize("country", ["US", "CA", "AU"])
def test_a_quote_needs_no_state_and_an_order_does(country, state):
    recipient = {**ADDRESS, "country": country, **state}
    request, problems = read_quote_request({**QUOTE, "recipient": recipient})
    assert not problems
    BACKEND.prepare(QuoteOrder(request))
    order, problems = read_order({**ORDER, "shippingAddress": recipient})
    assert not problems
    with pytest.raises(ValidationError, match=f"shippingAddress.state: is required in {country}"):
        BACKEND.prepare(CreateOrder(order))


def test_a_return_address_needs_its_state_still():
    order, _ = read_order({**ORDER, "returnAddress": {"country": "US", "state": False}})
    with pytest.raises(ValidationError, match=r"returnAddress\.state: is required in US"):
        BACKEND.prepare(CreateOrder(order))


def test_the_length_of_a_quotes_state_counts_still():
    request, _ = read_quote_request({**QUOTE, "recipient": {**ADDRESS, "state": "s" * 36}})
    with pytest.raises(ValidationError, match=r"recipient\.state"):
        BACKEND.prepare(QuoteOrder(request))


def test_false_for_a_state_or_a_post_code_is_empty_text():
    given = {"state": False, "postCode": False}
    body = {**ORDER, "shippingAddress": {**ADDRESS, **given}, "returnAddress": given}
    order, problems = read_order(body)
    assert not problems
    assert (order.shipping_address.state, order.shipping_address.post_code) == ("", "")
    assert (order.return_address.state, order.return_address.post_code) == ("", "")
    BACKEND.prepare(CreateOrder(order))


def test_false_is_not_a_text_elsewhere():
    order, problems = read_order({**ORDER, "shippingAddress": {**ADDRESS, "city": False}})
    assert order is None
    assert [problem.path for problem in problems] == ["shippingAddress.city"]


def test_false_in_an_answered_address_is_read_as_none():
    answer = {
        "id": "order-1",
        "orderReferenceId": "ref-1",
        "fulfillmentStatus": "created",
        "shippingAddress": {"country": "SE", "state": False, "postCode": False},
        "billingEntity": {"id": 533, "state": False},
    }
    order = parse(GetOrder("order-1"), answer)
    assert (order.shipping_address.state, order.shipping_address.post_code) == (None, None)
    assert (order.billing_entity.id, order.billing_entity.state) == ("533", None)


@pytest.mark.parametrize("found", [533, "533", "87cb3d74-de74-4bce-a682-e92f2652a4a2"])
def test_the_id_of_a_billing_entity_is_a_text(found):
    answer = {"id": "1", "orderReferenceId": "r", "fulfillmentStatus": "created"}
    order = parse(GetOrder("1"), {**answer, "billingEntity": {"id": found}})
    assert order.billing_entity.id == str(found)
