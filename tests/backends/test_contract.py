"""One contract for all backends.

The same cases, each against its own golden files in tests/samples.
"""

import json
from datetime import UTC, datetime

import pytest
from attrs import evolve
from support.contract import (
    AMERICAN,
    APIS,
    BACK,
    CONNECT,
    CONNECT_EVERYTHING,
    DEPOT,
    EVERYONE,
    EXTRA,
    FILTERED,
    FRAME,
    GELATO,
    GELATO_EVERYTHING,
    INFINITY,
    MINIMAL,
    NAN,
    ODD_ID,
    OTHERS,
    OWN_FILTERS,
    QUOTE,
    SAMPLES,
    SWEDE,
    body_of,
    both,
    of_orders,
    with_address,
    with_order,
)

from gelato_async import (
    BadRequestError,
    CancelOrder,
    ConfirmDraft,
    DeleteDraft,
    DraftItem,
    GetOrder,
    OrderQuery,
    Problem,
    QuoteOrder,
    Response,
    SearchOrders,
    SubmitOrder,
    UnsupportedError,
    UpdateShipment,
    ValidationError,
)
from gelato_async.core.operations.base import Kind

# building

BUILT = {
    "create_minimal": lambda api: api.create(MINIMAL),
    "create_draft": lambda api: api.create(evolve(MINIMAL, order_type="draft")),
    "create_extra": lambda api: api.create(EXTRA),
    "create_everything": lambda api: api.create(
        GELATO_EVERYTHING if api is GELATO else CONNECT_EVERYTHING
    ),
    "get": lambda api: GetOrder(ODD_ID),
    "cancel": lambda api: CancelOrder(ODD_ID),
    "search_everything": lambda api: SearchOrders(EVERYONE),
    "search_filtered": lambda api: SearchOrders(FILTERED),
    "find": lambda api: api.backend.find_operation(["order-1", "order-2"]),
    "find_next_page": lambda api: api.backend.find_operation(["order-1"], 100),
}
BUILT_BY_GELATO = {
    "search_own_filters": SearchOrders(OWN_FILTERS),
    "quote": QuoteOrder(QUOTE),
    "confirm_draft": ConfirmDraft("id-1"),
    "confirm_draft_without_items": ConfirmDraft("id-1", []),
    "confirm_draft_with_items": ConfirmDraft(
        "id-1", [DraftItem(id="item-id-1"), DraftItem(id="item-id-2", files=[BACK])]
    ),
    "delete_draft": DeleteDraft("id-1"),
}
BUILT_BY_CONNECT = {
    "create_custom": SubmitOrder(evolve(MINIMAL, items=[FRAME])),
    "update_method": UpdateShipment(order_id="id-1", shipment_method_uid="express"),
    "update_address": UpdateShipment(order_id="id-1", shipping_address=SWEDE),
    "update_both": UpdateShipment(
        order_id="id-1", shipment_method_uid="express", shipping_address=AMERICAN
    ),
}
REQUESTS = [
    *((api, name, operation(api)) for api in APIS for name, operation in BUILT.items()),
    *((GELATO, name, operation) for name, operation in BUILT_BY_GELATO.items()),
    *((CONNECT, name, operation) for name, operation in BUILT_BY_CONNECT.items()),
]
requests = pytest.mark.parametrize(
    ("api", "name", "operation"), REQUESTS, ids=[f"{api.name}-{name}" for api, name, _ in REQUESTS]
)


@requests
def test_an_operation_becomes_the_documented_request(api, name, operation):
    backend = api.backend
    backend.check(operation)
    request = backend.build(operation)
    assert {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": json.loads(request.body) if request.body else None,
    } == api.sample(f"request_{name}")


@requests
def test_preparing_is_checking_and_building(api, name, operation):
    assert api.backend.prepare(operation) == api.backend.build(operation)


@both
def test_preparing_refuses_what_checking_refuses(api):
    with pytest.raises(ValidationError):
        api.backend.prepare(api.create(with_order(currency="")))
    assert api.backend.prepare(api.create(with_order(currency="")), validate=False).method == "POST"
    for operation in (
        api.create(with_order(retail_currency="GBP", return_address=DEPOT)),
        *OTHERS[api],
    ):
        with pytest.raises(UnsupportedError):
            api.backend.prepare(operation, validate=False)


@both
def test_an_item_that_is_plain_json_already_is_sent_as_it_is(api):
    item = {
        "itemReferenceId": "item-1",
        "productUid": "p",
        "quantity": 1,
        "files": [{"type": "default", "url": "u"}],
    }
    request = api.backend.prepare(api.create(with_order(items=[item])))
    assert json.loads(request.body)["items"] == [item]


@requests
def test_building_twice_makes_the_same_bytes(api, name, operation):
    assert api.backend.build(operation) == api.backend.build(operation)


@both
def test_every_route_has_its_sample(api):
    built = {type(operation) for of, _, operation in REQUESTS if of is api}
    assert built == of_orders(api.backend.routes).keys()
    files = {path.stem for path in (SAMPLES / api.name).glob("request_*.json")}
    assert files == {f"request_{name}" for of, name, _ in REQUESTS if of is api}


@both
def test_bodies_are_compact_utf_8(api):
    body = api.backend.build(api.create(MINIMAL)).body
    assert "Lönngatan 3".encode() in body
    assert b'": ' not in body


@both
def test_the_operations_that_make_an_order_are_creates(api):
    creates = [operation for operation in api.backend.routes if operation.kind is Kind.CREATE]
    assert creates == [api.backend.create_operation] == [api.create]


@both
def test_reads_are_repeated_freely_and_changes_are_checked(api):
    orders = of_orders(api.backend.routes)
    read = {operation for operation in orders if operation.kind is Kind.READ}
    assert read == orders.keys() & {GetOrder, SearchOrders, QuoteOrder}
    checked = {operation for operation in orders if operation.kind is Kind.CHECKED}
    assert checked == orders.keys() - read - {api.create}


@both
@pytest.mark.parametrize("order_id", ["", " ", ".", ".."])
def test_an_id_that_addresses_something_else_is_refused(api, order_id):
    with pytest.raises(ValidationError) as caught:
        api.backend.build(CancelOrder(order_id))
    assert [problem.path for problem in caught.value.problems] == ["order_id"]
    assert caught.value.operation == "orders.cancel"


@both
@pytest.mark.parametrize(
    ("extra", "path"),
    [
        ({"when": datetime(2026, 1, 1, tzinfo=UTC)}, "extra"),
        ({"bytes": b"x"}, "extra"),
        ({("a", "b"): 1}, "extra"),
        ({"amount": NAN}, ""),
        ({"amount": INFINITY}, ""),
        ({"text": "\ud800"}, ""),
    ],
    ids=str,
)
def test_what_json_cannot_represent_is_refused(api, extra, path):
    with pytest.raises(ValidationError) as caught:
        api.backend.build(api.create(evolve(MINIMAL, extra=extra)))
    assert [problem.path for problem in caught.value.problems] == [path]


def test_a_problem_is_a_value():
    assert Problem("a", "b") == Problem("a", "b")


@both
@pytest.mark.parametrize("key", ["orderReferenceId", "orderType"])
def test_what_an_order_is_looked_for_by_has_a_field_of_its_own(api, key):
    # what was sent under another reference, or as another type, would never be found again
    with pytest.raises(UnsupportedError) as caught:
        api.backend.check(api.create(with_order(extra={key: "other"})))
    assert [problem.path for problem in caught.value.problems] == [f"extra.{key}"]


@both
def test_a_reference_given_as_a_number_becomes_a_string(api):
    operation = api.create(with_order(order_reference_id=1001))
    assert operation.order.order_reference_id == "1001"
    assert body_of(api.backend, operation)["orderReferenceId"] == "1001"


@both
def test_what_an_address_has_in_extra_is_masked_however_deep(api):
    operation = api.create(
        with_address(extra={"floor": {"name": "Mezzanine"}, "codes": ["gate-4711", 90210]})
    )
    body = b'{"message": "Mezzanine, gate-4711, 90210"}'
    with pytest.raises(BadRequestError) as caught:
        api.backend.parse(operation, Response(status=400, body=body))
    assert str(caught.value) == "orders.create: 400: ***, ***, ***"


@both
def test_a_review_gives_all_problems_or_the_body(api):
    assert (
        api.backend.problems_and_body(api.create(with_order(currency="")))[0][0].path == "currency"
    )
    problems, body = api.backend.problems_and_body(api.create(MINIMAL))
    assert (list(problems), body) == ([], api.backend.build(api.create(MINIMAL)).body)
    problems, body = api.backend.problems_and_body(api.create(with_order(extra={"odd": {1, 2}})))
    assert (problems[0].path, body) == ("extra", b"")


@both
@pytest.mark.parametrize("kind", [list, dict])
def test_what_is_nested_without_end_is_a_problem(api, kind):
    nested = kind()
    for _ in range(5_000):
        nested = [nested] if kind is list else {"in": nested}
    operation = api.create(with_order(extra={"odd": nested}))
    with pytest.raises(ValidationError, match="extra: must not be nested that deep"):
        api.backend.prepare(operation)
    assert api.backend.problems_and_body(operation)[0][0].path == "extra"


@both
def test_a_field_of_a_wrong_kind_is_a_problem_and_no_other_error(api):
    with pytest.raises(ValidationError, match="wrong type") as caught:
        api.backend.check(api.create(with_order(shipping_address="Storgatan 1")))
    assert [problem.path for problem in caught.value.problems] == ["shippingAddress"]
    with pytest.raises(ValidationError, match=r"items\[0\]: is of the wrong type"):
        api.backend.check(api.create(with_order(items=["odd"])))
    with pytest.raises(ValidationError, match="wrong type: a ReturnAddress cannot stand there"):
        api.backend.prepare(api.create(with_order(items=[DEPOT])), validate=False)
    with pytest.raises(ValidationError, match="wrong type: use the class for it, not a dict"):
        api.backend.check(api.create(with_order(metadata=[{"key": "a", "value": "b"}])))
    with pytest.raises(ValidationError, match="wrong type: 'str' object has no"):
        api.backend.check(SearchOrders(OrderQuery(start_date="2026-03-04")))
    assert api.backend.redactor(api.create(with_order(items=["odd"]))).text("odd") == "odd"
