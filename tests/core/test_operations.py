import attrs
import pytest

from gelato_async import (
    CancelOrder,
    ConfirmDraft,
    CreateOrder,
    DeleteDraft,
    DraftItem,
    GetOrder,
    Order,
    OrderAddress,
    Shipment,
    SubmitOrder,
    UpdateShipment,
)
from gelato_async.backends.connect import orders as connect
from gelato_async.backends.gelato import backend as gelato
from gelato_async.core.operations.base import (
    Answer,
    CheckedOperation,
    Kind,
    OnceOperation,
    Operation,
)
from gelato_async.core.operations.orders import CreateOperation


def shown(status="created", kind="order", **changes):
    return Order(
        id="id-1",
        order_reference_id="order-1",
        fulfillment_status=status,
        order_type=kind,
        **changes,
    )


SAME = OrderAddress(
    country="SE",
    first_name="Ida",
    last_name="Nordmann",
    address_line1="Lönngatan 3",
    address_line2="",
    city="Åby",
    post_code="61630",
)


def test_the_answer_of_a_create_order_is_the_order_itself(order):
    found = shown()
    assert CreateOrder(order()).answer_from(found) is found


def test_the_answer_of_a_submit_order_is_id_reference_and_time(order):
    found = shown(created_at=None, raw={"id": "id-1", "more": 1})
    answer = SubmitOrder(order()).answer_from(found)
    assert (answer.id, answer.order_reference_id, answer.created_at, answer.raw) == (
        "id-1",
        "order-1",
        None,
        {"id": "id-1", "more": 1},
    )


def test_a_canceled_order_proves_its_cancel():
    assert CancelOrder("id-1").answer_from(shown("canceled")) == Answer(None)


@pytest.mark.parametrize("found", [None, shown("created"), shown("failed"), shown("printed")])
def test_any_other_order_proves_no_cancel(found):
    assert CancelOrder("id-1").answer_from(found) is None


def test_an_order_that_is_not_a_draft_proves_its_confirmation():
    found = shown(kind="order")
    assert ConfirmDraft("id-1").answer_from(found) == Answer(found)


@pytest.mark.parametrize("found", [None, shown("draft", "draft"), shown(kind=None)])
def test_any_other_order_proves_no_confirmation(found):
    assert ConfirmDraft("id-1").answer_from(found) is None


def test_a_draft_that_is_gone_proves_its_deletion():
    assert DeleteDraft("id-1").answer_from(None) == Answer(None)
    assert DeleteDraft("id-1").answer_from(shown("draft", "draft")) is None


@pytest.mark.parametrize(
    "found",
    [
        shown(shipment_method_uid="express"),
        shown(shipment=Shipment(shipment_method_uid="express")),
        shown(shipment_method_uid="normal", shipment=Shipment(shipment_method_uid="express")),
    ],
)
def test_the_wanted_method_proves_an_update(found):
    answer = UpdateShipment(order_id="id-1", shipment_method_uid="express").answer_from(found)
    assert answer is not None
    assert (answer.value.shipment, answer.value.shipping_address) == (
        found.shipment,
        found.shipping_address,
    )


@pytest.mark.parametrize(
    "found",
    [
        None,
        shown(),
        shown(shipment_method_uid="normal"),
        shown(shipment=Shipment(shipment_method_uid="normal")),
    ],
)
def test_another_method_proves_nothing(found):
    assert UpdateShipment(order_id="id-1", shipment_method_uid="express").answer_from(found) is None


def test_the_wanted_address_proves_an_update(address):
    operation = UpdateShipment(order_id="id-1", shipping_address=address())
    answer = operation.answer_from(shown(shipping_address=SAME))
    assert answer is not None
    assert answer.value.shipping_address is SAME


@pytest.mark.parametrize(
    "name", [f.name for f in attrs.fields(OrderAddress) if getattr(SAME, f.name) is not None]
)
def test_an_address_that_differs_anywhere_proves_nothing(address, name):
    operation = UpdateShipment(order_id="id-1", shipping_address=address())
    assert (
        operation.answer_from(shown(shipping_address=attrs.evolve(SAME, **{name: "other"}))) is None
    )


def test_an_order_without_address_proves_nothing(address):
    assert UpdateShipment(order_id="id-1", shipping_address=address()).answer_from(shown()) is None


def test_both_must_be_as_wanted(address):
    operation = UpdateShipment(
        order_id="id-1", shipment_method_uid="express", shipping_address=address()
    )
    assert operation.answer_from(shown(shipping_address=SAME)) is None
    assert (
        operation.answer_from(shown(shipping_address=SAME, shipment_method_uid="express"))
        is not None
    )


def test_the_bases_prove_nothing_by_themselves(order):
    with pytest.raises(NotImplementedError):
        CheckedOperation("id-1").answer_from(None)
    with pytest.raises(NotImplementedError):
        CreateOperation(order()).answer_from(shown())


def test_leaving_items_and_removing_them_stay_different():
    assert ConfirmDraft("id-1").items is None
    assert ConfirmDraft("id-1", []).items == ()
    assert ConfirmDraft("id-1", iter([DraftItem(id="item-1")])).items == (DraftItem(id="item-1"),)


def test_operations_are_values(order):
    assert GetOrder("id-1") == GetOrder("id-1") != GetOrder("id-2")
    assert CreateOrder(order()) == CreateOrder(order())
    assert CreateOrder(order()) != SubmitOrder(order())


@pytest.mark.parametrize(
    "make",
    [
        CreateOrder,
        SubmitOrder,
        lambda order: UpdateShipment(order_id="1", shipping_address=order.shipping_address),
    ],
)
def test_no_operation_shows_its_recipient(order, make):
    text = repr(make(order()))
    assert not [
        word for word in ("Ida", "Nordmann", "Lönngatan", "Åby", "61630", "ida@") if word in text
    ]


OPERATIONS = [
    pytest.param(operation, id=f"{backend}-{operation.__name__}")
    for backend, routes in (("gelato", gelato.ROUTES), ("connect", connect.ROUTES))
    for operation in routes
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_class_says_itself_how_it_may_be_repeated(operation):
    bases = [
        base
        for base in (CheckedOperation, CreateOperation, OnceOperation)
        if issubclass(operation, base)
    ]
    assert [operation.kind] == [base.kind for base in bases or [Operation]]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_that_is_never_repeated_says_what_to_do_instead(operation):
    assert bool(getattr(operation, "advice", None)) is (operation.kind is Kind.ONCE)
