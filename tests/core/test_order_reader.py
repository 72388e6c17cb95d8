import json
from decimal import Decimal

import pytest
from support.orders import SWEDISH as ADDRESS

from gelato_async import CatalogItem, CustomItem, File, FileType, Metadata, NewOrder, OrderType
from gelato_async.core.order_reader import (
    LISTED,
    keys_of,
    read_order,
    read_quote_request,
    required_keys,
    shown,
    with_rest,
)

ITEM = {"itemReferenceId": "item-1", "productUid": "poster_a3_ver", "quantity": 2}
ORDER = {
    "orderReferenceId": "order-1",
    "currency": "EUR",
    "shippingAddress": ADDRESS,
    "items": [ITEM],
}


def problems(found):
    order, told = read_order(found)
    assert order is None
    return {problem.path: problem.message for problem in told}


def read(found):
    order, told = read_order(found)
    assert list(told) == []
    return order


def test_the_documented_body_is_an_order():
    order = read(ORDER)
    assert isinstance(order, NewOrder)
    assert (order.order_reference_id, order.order_type, order.customer_reference_id) == (
        "order-1",
        OrderType.ORDER,
        None,
    )
    assert order.items == (
        CatalogItem(item_reference_id="item-1", product_uid="poster_a3_ver", quantity=2),
    )
    assert order.shipping_address.address_line1 == "Lönngatan 3"


def test_the_documented_body_of_a_quote_is_a_request():
    body = {
        "orderReferenceId": "order-1",
        "currency": "EUR",
        "customerReferenceId": "customer-1",
        "recipient": ADDRESS,
        "products": [ITEM],
    }
    request, told = read_quote_request(body)
    assert list(told) == []
    assert (request.order_reference_id, len(request.products)) == ("order-1", 1)
    request, told = read_quote_request({**body, "products": 7})
    assert request is None
    assert [problem.path for problem in told] == ["products"]


def test_the_keys_of_an_item_are_known():
    assert keys_of(CatalogItem)["quantity"] is int
    assert keys_of(CatalogItem)["files"] is None
    assert set(required_keys(CatalogItem)) == {"itemReferenceId", "productUid", "quantity"}


def test_beyond_a_number_of_problems_the_rest_is_counted():
    _, told = read_order({**ORDER, **{f"unknown{n:04}": 1 for n in range(LISTED + 1_234)}})
    assert len(told) == LISTED + 1
    assert told[-1].message == "has 1,234 more problems, which are not listed"
    assert with_rest(told[:3], 0) == told[:3]


def test_of_a_very_long_key_the_start_is_shown():
    assert shown("k" * 100) == "k" * 100
    assert shown("k" * 101) == "k" * 100 + "..."


def test_keys_of_both_apis_are_read():
    order = read(
        {
            **ORDER,
            "customerReferenceId": "customer-1",
            "orderType": "draft",
            "shipmentMethodUid": "express",
            "returnAddress": {"city": "Ystad"},
            "metadata": [{"key": "a", "value": "b"}],
            "retailCurrency": "GBP",
            "retailShippingPriceInclVat": 6.49,
            "items": [
                {
                    **ITEM,
                    "pageCount": 36,
                    "adjustProductUidByFileTypes": True,
                    "retailPriceInclVat": "18.90",
                    "metadata": [{"key": "c", "value": "d"}],
                    "files": [
                        {
                            "type": "back",
                            "url": "u",
                            "id": "f",
                            "threadColors": ["#000000"],
                            "isVisible": False,
                        }
                    ],
                }
            ],
        }
    )
    (item,) = order.items
    assert (order.order_type, order.retail_shipping_price_excl_vat) == ("draft", Decimal("6.49"))
    assert (order.return_address.city, order.metadata) == ("Ystad", (Metadata("a", "b"),))
    assert (item.page_count, item.retail_price_excl_vat, item.metadata) == (
        36,
        Decimal("18.90"),
        (Metadata("c", "d"),),
    )
    assert item.files == (
        File(type="back", url="u", id="f", thread_colors=["#000000"], is_visible=False),
    )


def test_an_item_may_be_named_as_a_customer_product_is():
    item = {
        "itemReferenceId": "1",
        "productName": "Oak Frame",
        "productVariant": {"Size": "A3"},
        "quantity": 1,
    }
    assert read({**ORDER, "items": [item]}).items == (
        CustomItem(item_reference_id="1", product_name="Oak Frame", product_variant={"Size": "A3"}),
    )


@pytest.mark.parametrize("key", ["registrationState", "registrationStateCode"])
def test_both_spellings_of_the_registration_state_are_read(key):
    order = read({**ORDER, "shippingAddress": {**ADDRESS, key: "SP"}})
    assert order.shipping_address.registration_state == "SP"


def test_references_may_be_numbers():
    order = read({**ORDER, "orderReferenceId": 17, "items": [{**ITEM, "itemReferenceId": 4}]})
    assert (order.order_reference_id, order.items[0].item_reference_id) == ("17", "4")


def test_null_is_the_same_as_nothing():
    order = read(
        {**ORDER, "metadata": None, "returnAddress": None, "items": [{**ITEM, "files": None}]}
    )
    assert (order.metadata, order.return_address, order.items[0].files) == (None, None, None)


def test_a_file_without_a_type_gets_none():
    (item,) = read(
        {**ORDER, "items": [{**ITEM, "files": [{"url": "u"}, {"type": "default"}]}]}
    ).items
    assert [file.type for file in item.files] == [None, FileType.DEFAULT]


def test_open_values_pass():
    (item,) = read({**ORDER, "items": [{**ITEM, "files": [{"type": "hologram"}]}]}).items
    assert item.files[0].type == "hologram"


def test_an_unknown_key_is_a_problem_with_a_suggestion():
    found = {**ORDER, "curency": "EUR", "items": [{**ITEM, "quantitiy": 3}], "zzz": 1, "extra": {}}
    assert problems(found) == {
        "curency": "unknown key; did you mean currency?",
        "items[0].quantitiy": "unknown key; did you mean quantity?",
        "zzz": "unknown key",
        "extra": "unknown key",
    }


def test_problems_come_in_the_order_of_the_document():
    keys = [f"unknown{letter}" for letter in "qwertyuiop"]
    _, told = read_order({**ORDER, **dict.fromkeys(keys, 1)})
    assert [problem.path for problem in told] == keys


def test_what_is_missing_is_a_problem_with_its_path():
    found = {
        "items": [{}, {"productName": "n"}],
        "shippingAddress": {"country": "SE"},
        "currency": None,
    }
    assert {path for path, message in problems(found).items() if message == "is required"} == {
        "orderReferenceId",
        "currency",
        "items[0].itemReferenceId",
        "items[0].productUid",
        "items[0].quantity",
        "items[1].itemReferenceId",
        "items[1].productVariant",
        "items[1].quantity",
        "shippingAddress.firstName",
        "shippingAddress.lastName",
        "shippingAddress.addressLine1",
        "shippingAddress.city",
        "shippingAddress.postCode",
        "shippingAddress.email",
    }


@pytest.mark.parametrize(
    ("found", "path", "message"),
    [
        ([], "", "must be an object; it is of kind array"),
        ("text", "", "must be an object; it is of kind string"),
        ({**ORDER, "currency": 7}, "currency", "must be a string; it is of kind number"),
        ({**ORDER, "orderType": 7}, "orderType", "must be a string; it is of kind number"),
        ({**ORDER, "items": {}}, "items", "must be a list; it is of kind object"),
        ({**ORDER, "items": ["x"]}, "items[0]", "must be an object; it is of kind string"),
        (
            {**ORDER, "shippingAddress": []},
            "shippingAddress",
            "must be an object; it is of kind array",
        ),
        (
            {**ORDER, "items": [{**ITEM, "quantity": "2"}]},
            "items[0].quantity",
            "must be a whole number; it is of kind string",
        ),
        (
            {**ORDER, "items": [{**ITEM, "quantity": 1.5}]},
            "items[0].quantity",
            "must be a whole number; it is of kind number",
        ),
        (
            {**ORDER, "retailShippingPriceInclVat": "much"},
            "retailShippingPriceInclVat",
            "must be an amount; it is of kind string",
        ),
        (
            {**ORDER, "items": [{**ITEM, "adjustProductUidByFileTypes": "yes"}]},
            "items[0].adjustProductUidByFileTypes",
            "must be true or false; it is of kind string",
        ),
        (
            {
                **ORDER,
                "items": [
                    {
                        "itemReferenceId": "1",
                        "quantity": 1,
                        "productName": "n",
                        "productVariant": {"a": 1},
                    }
                ],
            },
            "items[0].productVariant",
            "must be an object whose values are strings; it is of kind object",
        ),
        (
            {**ORDER, "items": [{**ITEM, "files": [{"threadColors": ["#000000", 7]}]}]},
            "items[0].files[0].threadColors[1]",
            "must be a string; it is of kind number",
        ),
        (
            {**ORDER, "metadata": [{"key": "a", "value": 1}]},
            "metadata[0].value",
            "must be a string; it is of kind number",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_problem_with_its_path(found, path, message):
    assert problems(found) == {path: message}


def test_an_item_named_both_ways_is_refused():
    assert problems({**ORDER, "items": [{**ITEM, "productName": "Oak Frame"}]}).keys() == {
        "items[0].productName"
    }


def test_two_spellings_of_one_thing_are_not_resolved_by_guessing():
    found = {
        **ORDER,
        "shippingAddress": {**ADDRESS, "registrationState": "SP", "registrationStateCode": "RJ"},
    }
    order, told = read_order(found)
    assert order is None
    assert told


def test_no_problem_shows_what_was_written():
    secret = {
        **ORDER,
        "shippingAddress": {**ADDRESS, "firstName": ["Ida-Secret"], "phone": {"no": "Ida-Secret"}},
    }
    assert "Ida-Secret" not in json.dumps(problems(secret))
