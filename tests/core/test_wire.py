from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import field, frozen

from gelato_async import (
    FulfillmentStatus,
    Order,
    OrderPage,
    OrderSummary,
    OrderType,
    Quotation,
    Shipment,
)
from gelato_async.core import wire
from gelato_async.core.wire import MalformedError
from gelato_async.core.wire.names import camel
from gelato_async.models.addresses import OrderAddress

LEAST = {"id": "id-1", "orderReferenceId": "order-1", "fulfillmentStatus": "created"}


def order(**found):
    return wire.load(Order, {**LEAST, **found})


def item(**found):
    return order(items=[{"id": "item-1", **found}]).items[0]


def test_three_values_are_enough_for_an_order():
    found = order()
    assert (found.id, found.order_reference_id, found.fulfillment_status) == (
        "id-1",
        "order-1",
        "created",
    )
    assert (found.items, found.receipts, found.connected_order_ids, found.metadata) == (
        (),
        (),
        (),
        (),
    )
    assert (found.shipment, found.created_at, found.channel, found.refusal_reason_details) == (
        None,
        None,
        None,
        None,
    )


def test_unknown_keys_are_ignored_and_stay_in_raw():
    news = {
        "brandNew": {"deep": [1, None]},
        "items": [{"id": "item-1", "colour": "green"}],
        "raw": "a key of their own",
    }
    found = order(**news)
    assert found.raw == {**LEAST, **news}
    assert found.items[0].id == "item-1"


def test_raw_takes_no_part_in_comparisons_or_reprs():
    assert order(brandNew="secret") == order()
    assert "secret" not in repr(order(brandNew="secret"))


@pytest.mark.parametrize(
    ("name", "attribute", "wrong"),
    [
        ("currency", "currency", [7, {}, [], True]),
        ("createdAt", "created_at", [7, "soon", {}, ""]),
        ("channel", "channel", [7, [], {}]),
        ("orderType", "order_type", [7, []]),
        ("shipment", "shipment", [7, "x", [], [{}]]),
        ("shippingAddress", "shipping_address", [7, "x", []]),
        ("comment", "comment", [7, {}]),
        ("customerReferenceId", "customer_reference_id", [1.5, {}, True]),
    ],
)
def test_a_value_of_the_wrong_kind_is_none_and_stays_in_raw(name, attribute, wrong):
    for value in [None, *wrong]:
        found = order(**{name: value})
        assert getattr(found, attribute) is None
        assert found.raw[name] == value


@pytest.mark.parametrize("wrong", [None, {}, "x", 7, True])
def test_a_list_of_the_wrong_kind_is_empty(wrong):
    found = order(items=wrong, connectedOrderIds=wrong, appServices=wrong, receipts=wrong)
    assert (found.items, found.connected_order_ids, found.app_services, found.receipts) == (
        (),
        (),
        (),
        (),
    )


def test_elements_of_the_wrong_kind_are_left_out():
    found = order(
        connectedOrderIds=["id-1", 2, None, {}, []], items=[None, {"id": "item-1"}, "x", []]
    )
    assert found.connected_order_ids == ("id-1", "2")
    assert [one.id for one in found.items] == ["item-1"]


@pytest.mark.parametrize("value", [[], None, "x", 7])
def test_an_empty_map_of_php_is_an_empty_map(value):
    assert item(productVariant=value).product_variant == {}


def test_a_map_is_kept_as_it_is():
    assert item(productVariant={"Size": "A3"}).product_variant == {"Size": "A3"}


def test_ids_and_references_become_text():
    found = wire.load(
        Order, {"id": 17, "orderReferenceId": 4711, "fulfillmentStatus": "created", "storeId": 5}
    )
    assert (found.id, found.order_reference_id, found.store_id) == ("17", "4711", "5")
    assert order(billingEntity={"id": 218}).billing_entity.id == "218"
    assert order(shipment={"packages": [{"orderItemIds": [1, "b"]}]}).shipment.packages[
        0
    ].order_item_ids == ("1", "b")


@pytest.mark.parametrize(
    ("shown", "amount"),
    [
        (6.27, "6.27"),
        (0.1, "0.1"),
        (19, "19"),
        ("49.10", "49.10"),
        (0, "0"),
        ("free", None),
        (True, None),
        (float("inf"), None),
    ],
)
def test_money_keeps_the_digits_it_shows(shown, amount):
    price = item(price=shown).price
    assert price == (None if amount is None else Decimal(amount))
    assert price is None or str(price) == amount


@pytest.mark.parametrize(
    "text", ["2026-03-04T09:10:11+00:00", "2026-03-04T09:10:11+0000", "2026-03-04T09:10:11Z"]
)
def test_moments_come_in_several_spellings(text):
    assert order(createdAt=text).created_at == datetime(2026, 3, 4, 9, 10, 11, tzinfo=UTC)


def test_days_are_dates():
    found = order(
        shipment={"minDeliveryDate": "2026-03-08", "maxDeliveryDate": "2026-03-10T00:00:00+00:00"}
    ).shipment
    assert (found.min_delivery_date, found.max_delivery_date) == (
        date(2026, 3, 8),
        date(2026, 3, 10),
    )
    assert type(found.min_delivery_date) is date


@pytest.mark.parametrize(
    ("cls", "spellings", "attribute", "value"),
    [
        (Shipment, ("packageCount", "packagesCount"), "package_count", 2),
        (OrderAddress, ("postCode", "post\u0421ode"), "post_code", "11203"),
        (OrderAddress, ("registrationState", "registrationStateCode"), "registration_state", "SP"),
    ],
)
def test_both_spellings_are_read_and_a_null_hides_neither(cls, spellings, attribute, value):
    first, second = spellings
    for found in (
        {first: value},
        {second: value},
        {first: None, second: value},
        {first: value, second: "other"},
    ):
        assert getattr(wire.load(cls, found), attribute) == value
    assert getattr(wire.load(cls, {}), attribute) is None


def test_a_price_without_vat_is_read_from_its_lying_name():
    assert item(retailPriceInclVat=18.9).retail_price_excl_vat == Decimal("18.9")
    found = order(shipment={"retailShippingPriceInclVat": "6.49"}).shipment
    assert found.retail_shipping_price_excl_vat == Decimal("6.49")


def test_enums_are_open():
    found = order(fulfillmentStatus="brand_new", channel="fax", orderType="order")
    assert isinstance(found.fulfillment_status, FulfillmentStatus)
    assert (found.fulfillment_status, found.channel) == ("brand_new", "fax")
    assert (found.fulfillment_status.is_known, found.order_type.is_known) == (False, True)
    assert found.order_type is OrderType.ORDER


def test_a_huge_number_where_a_size_is_expected_is_none():
    assert item(filesSize=10**400).files_size is None


def test_plain_json_stays_plain():
    assert item(customTrim={"width": [1]}, eventLog=[{"a": 1}, 2]).custom_trim == {"width": [1]}
    assert item(eventLog=[{"a": 1}, 2]).event_log == ({"a": 1}, 2)


def problems(cls, found):
    with pytest.raises(MalformedError) as caught:
        wire.load(cls, found)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_every_missing_path_is_named():
    found = {
        "fulfillmentStatus": None,
        "items": [{"id": "item-1"}, {}, {"id": ["x"]}],
    }
    assert problems(Order, found) == {
        "id": "missing",
        "orderReferenceId": "missing",
        "fulfillmentStatus": "required, and not as documented (it is of kind null)",
        "items[1].id": "missing",
        "items[2].id": "required, and not as documented (it is of kind array)",
    }


def test_paths_count_from_what_was_answered():
    assert set(problems(OrderPage, {"orders": [None, {**LEAST}, "x", {**LEAST, "id": None}]})) == {
        "orders[3].id"
    }


@pytest.mark.parametrize(
    ("cls", "found", "path"),
    [
        (OrderPage, {}, "orders"),
        (OrderPage, {"orders": None}, "orders"),
        (OrderPage, {"orders": {}}, "orders"),
        (OrderSummary, {**LEAST, "fulfillmentStatus": 7}, "fulfillmentStatus"),
        (
            Quotation,
            {"quotes": [{"shipmentMethods": [{}], "id": "q"}]},
            "quotes[0].shipmentMethods[0].shipmentMethodUid",
        ),
        (Quotation, {"quotes": [{}]}, "quotes[0].id"),
        (Order, None, ""),
        (Order, [], ""),
        (Order, "text", ""),
        (Order, 7, ""),
    ],
)
def test_what_is_required_must_be_there(cls, found, path):
    assert list(problems(cls, found)) == [path]


def test_a_malformed_answer_reads_as_its_problems():
    with pytest.raises(
        MalformedError, match="orderReferenceId: missing; fulfillmentStatus: missing"
    ):
        wire.load(Order, {"id": "id-1"})


def test_an_answer_without_a_type_is_none():
    assert [wire.load(type(None), found) for found in (None, {}, [], "x", {"code": 200})] == [
        None
    ] * 5


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("id", "id"),
        ("order_reference_id", "orderReferenceId"),
        ("address_line1", "addressLine1"),
        ("dpi", "dpi"),
    ],
)
def test_names_are_spelt_in_camel_case(name, spelt):
    assert camel(name) == spelt


@frozen(kw_only=True)
class Odd:
    id: str
    amounts: tuple[int, ...] = ()
    names: Mapping[str, Any] = field(factory=dict)
    maybe: int | None = None


def test_a_model_without_raw_reads_a_key_of_that_name_no_further():
    assert wire.load(
        Odd, {"id": 7, "raw": 1, "amounts": [1, "x", 2.0], "names": [], "maybe": "x"}
    ) == Odd(id="7", amounts=(1, 2))
