"""The contract: each rule of the documents, one broken at a time."""

from datetime import datetime

import pytest
from attrs import evolve
from support.contract import (
    APIS,
    CONNECT,
    DEPOT,
    FRAME,
    FRONT,
    GELATO,
    MINIMAL,
    NAN,
    POSTER,
    QUOTE,
    SWEDE,
    body_of,
    both,
    of_orders,
    with_address,
    with_order,
)

from gelato_async import (
    ConfirmDraft,
    CreateOrder,
    DraftItem,
    OrderQuery,
    QuoteOrder,
    ReturnAddress,
    SearchOrders,
    SubmitOrder,
    UpdateShipment,
    ValidationError,
)
from gelato_async.core.rules import problems_of


def with_item(**changes):
    return evolve(MINIMAL, items=[evolve(POSTER, **changes)])


def with_file(**changes):
    return with_item(files=[evolve(FRONT, **changes)])


def with_extra_item(**extra):
    return with_item(extra=extra)


def with_return(**changes):
    return evolve(MINIMAL, return_address=evolve(DEPOT, **changes))


JAPANESE = {
    "country": "JP",
    "first_name": "太郎",
    "last_name": "山田",
    "address_line1": "千代田1-2",
    "city": "東京都",
}
BRAZILIAN = {"country": "BR", "federal_tax_id": "111.222.333-44"}
COMPANY = {**BRAZILIAN, "is_business": True, "state_tax_id": "77", "registration_state": "SP"}
UNCONFUSED = {"key": "a", "value": "b"}

ORDERS_BROKEN_ANYWHERE = [
    (with_order(order_reference_id=""), "orderReferenceId"),
    (with_order(order_reference_id=1.5), "orderReferenceId"),
    (with_order(order_reference_id="order-1 "), "orderReferenceId"),
    (with_order(order_reference_id="order\t1"), "orderReferenceId"),
    (with_order(order_reference_id="o" * 101), "orderReferenceId"),
    (with_order(currency=" "), "currency"),
    (with_order(order_type="sample"), "orderType"),
    (with_order(items=[]), "items"),
    (with_order(extra={"retailShippingPriceInclVat": NAN}), "retailShippingPriceInclVat"),
    (with_order(metadata={"": "b"}), "metadata[0].key"),
    (with_order(metadata={"a": "b", "c": ""}), "metadata[1].value"),
    (with_address(first_name=""), "shippingAddress.firstName"),
    (with_address(last_name=" "), "shippingAddress.lastName"),
    (with_address(address_line1=""), "shippingAddress.addressLine1"),
    (with_address(city=""), "shippingAddress.city"),
    (with_address(email=""), "shippingAddress.email"),
    (with_address(email="nobody"), "shippingAddress.email"),
    (with_address(extra={"postCode": None}), "shippingAddress.postCode"),
    (with_address(extra={"country": None}), "shippingAddress.country"),
    (with_address(country="se"), "shippingAddress.country"),
    (with_address(country="UK"), "shippingAddress.country"),
    (with_address(country="SWE"), "shippingAddress.country"),
    (with_address(country="US"), "shippingAddress.state"),
    (with_address(country="CA", state=""), "shippingAddress.state"),
    (with_address(country="AU", state=" "), "shippingAddress.state"),
    (with_item(item_reference_id=""), "items[0].itemReferenceId"),
    (with_item(product_uid=""), "items[0].productUid"),
    (with_extra_item(quantity=None), "items[0].quantity"),
]
ORDERS_BROKEN_FOR_GELATO = [
    (with_order(customer_reference_id=None), "customerReferenceId"),
    (with_order(customer_reference_id=""), "customerReferenceId"),
    (with_order(items=[POSTER, POSTER]), "items"),
    (with_order(metadata={str(n): "b" for n in range(21)}), "metadata"),
    (with_order(metadata={"k" * 101: "b"}), "metadata[0].key"),
    (with_order(metadata={"a": "v" * 101}), "metadata[0].value"),
    (with_address(first_name="f" * 26), "shippingAddress.firstName"),
    (with_address(last_name="l" * 26), "shippingAddress.lastName"),
    (with_address(company_name="c" * 61), "shippingAddress.companyName"),
    (with_address(address_line1="a" * 36), "shippingAddress.addressLine1"),
    (with_address(address_line2="a" * 36), "shippingAddress.addressLine2"),
    (with_address(city="c" * 31), "shippingAddress.city"),
    (with_address(post_code="1" * 16), "shippingAddress.postCode"),
    (with_address(state="s" * 36), "shippingAddress.state"),
    (with_address(phone="1" * 26), "shippingAddress.phone"),
    (
        with_address(**JAPANESE | {"address_line1": "Chiyoda Street"}),
        "shippingAddress.addressLine1",
    ),
    (with_address(**JAPANESE, address_line2="Chiyoda Street"), "shippingAddress.addressLine2"),
    (with_address(**JAPANESE | {"city": "東京 T"}), "shippingAddress.city"),
    (with_address(country="BR"), "shippingAddress.federalTaxId"),
    (with_address(**BRAZILIAN, state_tax_id="1"), "shippingAddress.stateTaxId"),
    (with_address(**BRAZILIAN, registration_state="SP"), "shippingAddress.registrationStateCode"),
    (with_address(**COMPANY | {"state_tax_id": None}), "shippingAddress.stateTaxId"),
    (with_address(**COMPANY | {"registration_state": ""}), "shippingAddress.registrationStateCode"),
    (with_return(company_name="c" * 61), "returnAddress.companyName"),
    (with_return(address_line1="a" * 36), "returnAddress.addressLine1"),
    (with_return(address_line2="a" * 36), "returnAddress.addressLine2"),
    (with_return(city="c" * 31), "returnAddress.city"),
    (with_return(post_code="1" * 16), "returnAddress.postCode"),
    (with_return(state="s" * 36), "returnAddress.state"),
    (with_return(state=None), "returnAddress.state"),
    (with_return(phone="1" * 26), "returnAddress.phone"),
    (with_return(country="UK"), "returnAddress.country"),
    (with_return(email="@"), "returnAddress.email"),
    (with_file(url=None), "items[0].files[0].url"),
    (with_file(type=None, id="file-77"), "items[0].files[0].type"),
    (with_file(type=None, thread_colors=["#000000"]), "items[0].files[0].type"),
    (with_file(type=None, is_visible=False), "items[0].files[0].type"),
    (with_file(thread_colors=["#000000"] * 7), "items[0].files[0].threadColors"),
    (with_item(quantity=0), "items[0].quantity"),
    (with_item(quantity=-1), "items[0].quantity"),
    (with_item(quantity=1.5), "items[0].quantity"),
    (with_item(quantity=True), "items[0].quantity"),
    (
        with_order(items=[POSTER, evolve(POSTER, item_reference_id="2", quantity=0)]),
        "items[1].quantity",
    ),
]
ORDERS_BROKEN_FOR_CONNECT = [
    (with_address(phone=None), "shippingAddress.phone"),
    (with_address(phone=""), "shippingAddress.phone"),
    (with_item(files=None), "items[0].files"),
    (with_item(files=[]), "items[0].files"),
    (with_file(type=None), "items[0].files[0].type"),
    (with_file(url=None), "items[0].files[0].url"),
    (with_item(metadata={"": "b"}), "items[0].metadata[0].key"),
    (with_item(metadata={"a": ""}), "items[0].metadata[0].value"),
    (with_item(retail_price_excl_vat="NaN"), "items[0].retailPriceInclVat"),
    (with_order(retail_shipping_price_excl_vat="Infinity"), "retailShippingPriceInclVat"),
    (with_extra_item(productName="n"), "items[0].productUid"),
    (with_order(items=[POSTER, evolve(FRAME, item_reference_id="2")]), "items"),
    (with_order(items=[evolve(FRAME, product_name="")]), "items[0].productUid"),
    (with_order(items=[evolve(FRAME, product_variant={})]), "items[0].productUid"),
    (with_order(items=[evolve(FRAME, extra={"productUid": "p"})]), "items[0].productUid"),
]
QUERIES_BROKEN = [
    (OrderQuery(limit=0), "limit"),
    (OrderQuery(limit=101), "limit"),
    (OrderQuery(offset=-1), "offset"),
    (OrderQuery(start_date=datetime(2026, 1, 1)), "startDate"),  # noqa: DTZ001  what is refused
    (OrderQuery(end_date=datetime(2026, 1, 1)), "endDate"),  # noqa: DTZ001  what is refused
    (OrderQuery(countries=["SE", "UK"]), "countries[1]"),
]


def quote_with(**changes):
    return evolve(QUOTE, **changes)


def quote_for(**changes):
    return evolve(QUOTE, recipient=evolve(SWEDE, **changes))


def quote_product(**changes):
    return evolve(QUOTE, products=[evolve(QUOTE.products[0], **changes)])


# a quote needs no state
STATES = {"US", "CA", "AU"}
QUOTES_BROKEN = [
    (quote_with(order_reference_id=""), "orderReferenceId"),
    (quote_with(customer_reference_id=""), "customerReferenceId"),
    (quote_with(currency=""), "currency"),
    (quote_with(products=[]), "products"),
    (quote_with(products=[QUOTE.products[0]] * 2), "products"),
    (quote_product(item_reference_id=""), "products[0].itemReferenceId"),
    (quote_product(product_uid=""), "products[0].productUid"),
    (quote_product(quantity=0), "products[0].quantity"),
    (quote_product(extra={"quantity": None}), "products[0].quantity"),
    (quote_product(files=[evolve(FRONT, url=None)]), "products[0].files[0].url"),
    (quote_product(files=[evolve(FRONT, type=None, id="f")]), "products[0].files[0].type"),
    (
        quote_product(files=[evolve(FRONT, thread_colors=["#0"] * 7)]),
        "products[0].files[0].threadColors",
    ),
    *(
        (
            evolve(QUOTE, recipient=order.shipping_address),
            path.replace("shippingAddress", "recipient"),
        )
        for order, path in [*ORDERS_BROKEN_ANYWHERE, *ORDERS_BROKEN_FOR_GELATO]
        if path.startswith("shippingAddress.") and order.shipping_address.country not in STATES
    ),
]
CONFIRMATIONS_BROKEN = [
    (ConfirmDraft("id-1", [DraftItem(id="")]), "items[0].id"),
    (
        ConfirmDraft("id-1", [DraftItem(id="1", files=[evolve(FRONT, url="")])]),
        "items[0].files[0].url",
    ),
    (
        ConfirmDraft("id-1", [DraftItem(id="1", files=[evolve(FRONT, type=None, id="f")])]),
        "items[0].files[0].type",
    ),
    (
        ConfirmDraft("id-1", [DraftItem(id="1", files=[evolve(FRONT, thread_colors=["#0"] * 7)])]),
        "items[0].files[0].threadColors",
    ),
]
UPDATES_BROKEN = [
    (UpdateShipment(order_id="id-1"), "shipmentMethodUid"),
    (UpdateShipment(order_id="id-1", shipment_method_uid=""), "shipmentMethodUid"),
    *(
        (UpdateShipment(order_id="id-1", shipping_address=order.shipping_address), path)
        for order, path in [*ORDERS_BROKEN_ANYWHERE, *ORDERS_BROKEN_FOR_CONNECT]
        if path.startswith("shippingAddress.")
    ),
]
BROKEN = [
    *((api, api.create(order), path) for api in APIS for order, path in ORDERS_BROKEN_ANYWHERE),
    *(
        (api, api.create(with_order(extra={"shippingAddress": None})), "shippingAddress")
        for api in APIS
    ),
    *((GELATO, CreateOrder(order), path) for order, path in ORDERS_BROKEN_FOR_GELATO),
    *((CONNECT, SubmitOrder(order), path) for order, path in ORDERS_BROKEN_FOR_CONNECT),
    *((api, SearchOrders(query), path) for api in APIS for query, path in QUERIES_BROKEN),
    *((GELATO, QuoteOrder(request), path) for request, path in QUOTES_BROKEN),
    (GELATO, QuoteOrder(quote_with(extra={"recipient": None})), "recipient"),
    *((GELATO, operation, path) for operation, path in CONFIRMATIONS_BROKEN),
    *((CONNECT, operation, path) for operation, path in UPDATES_BROKEN),
]


@pytest.mark.parametrize(
    ("api", "operation", "path"),
    BROKEN,
    ids=[
        f"{api.name}-{type(operation).__name__}-{path}-{n}"
        for n, (api, operation, path) in enumerate(BROKEN)
    ],
)
def test_a_broken_rule_is_the_only_problem_with_its_path(api, operation, path):
    assert set(api.broken(operation)) == {path}


ALLOWED = [
    *((api, api.create(MINIMAL)) for api in APIS),
    *((api, api.create(with_address(country="US", state="IL"))) for api in APIS),
    *((api, api.create(with_address(email="paul.smith@email.com"))) for api in APIS),
    *(
        (api, api.create(with_order(currency="XYZ", shipment_method_uid="cheapest")))
        for api in APIS
    ),
    *(
        (api, api.create(with_order(metadata={str(n): "v" * 100 for n in range(20)})))
        for api in APIS
    ),
    *((api, SearchOrders(OrderQuery(limit=100, offset=0))) for api in APIS),
    (GELATO, CreateOrder(with_address(**JAPANESE))),
    (GELATO, CreateOrder(with_address(**JAPANESE | {"address_line1": "千代田 Abcdefghij"}))),
    (GELATO, CreateOrder(with_address(**BRAZILIAN))),
    (GELATO, CreateOrder(with_address(**COMPANY))),
    (GELATO, CreateOrder(with_address(phone=None))),
    (
        GELATO,
        CreateOrder(
            with_address(first_name="f" * 25, last_name="l" * 25, city="c" * 30, post_code="1" * 15)
        ),
    ),
    (GELATO, CreateOrder(with_return(country=None, state=None, email=None))),
    (GELATO, CreateOrder(evolve(MINIMAL, return_address=ReturnAddress()))),
    (GELATO, CreateOrder(with_item(files=None))),
    (GELATO, CreateOrder(with_file(type=None))),
    (GELATO, CreateOrder(with_file(url=None, id="file-77", thread_colors=["#000000"] * 6))),
    (GELATO, ConfirmDraft("id-1", [])),
    (CONNECT, SubmitOrder(with_order(customer_reference_id=None))),
    (CONNECT, SubmitOrder(with_order(items=[FRAME, evolve(FRAME, item_reference_id="2")]))),
    (CONNECT, SubmitOrder(with_address(first_name="f" * 100, city="c" * 100))),
    (CONNECT, SubmitOrder(with_address(country="BR", is_business=True))),
    (CONNECT, SubmitOrder(with_address(country="JP"))),
]


@pytest.mark.parametrize(("api", "operation"), ALLOWED)
def test_what_the_documents_allow_passes(api, operation):
    assert api.broken(operation) == []


@both
def test_every_rule_of_the_table_is_broken_by_a_case(api):
    backend = api.backend
    bodies = [
        (type(operation), body_of(backend, operation)) for of, operation, _ in BROKEN if of is api
    ]
    untested = [
        (kind.__name__, rule.path, rule.check.__qualname__)
        for kind, table in of_orders(backend.rules).items()
        for rule in table
        if not any(problems_of([rule], body) for broken, body in bodies if broken is kind)
    ]
    assert untested == []


@both
def test_all_problems_come_at_once(api):
    order = evolve(
        MINIMAL,
        order_reference_id="",
        order_type="sample",
        shipping_address=evolve(SWEDE, country="US", email="nobody", first_name=""),
        items=[
            evolve(POSTER, files=[evolve(FRONT, url=None)]),
            evolve(POSTER, item_reference_id="", files=[evolve(FRONT, url=None)]),
        ],
    )
    assert set(api.broken(api.create(order))) == {
        "orderReferenceId",
        "orderType",
        "shippingAddress.state",
        "shippingAddress.email",
        "shippingAddress.firstName",
        "items[0].files[0].url",
        "items[1].itemReferenceId",
        "items[1].files[0].url",
    }


@both
def test_without_validation_rules_do_not_count(api):
    api.backend.check(api.create(with_order(currency="", items=[])), validate=False)


@both
def test_a_problem_shows_no_value_of_the_recipient(api):
    order = with_address(
        country="US", first_name="Ida" * 20, email="ida-at-home", city="Riverton" * 9
    )
    with pytest.raises(ValidationError) as caught:
        api.backend.check(api.create(order))
    assert not [
        word
        for word in ("IdaIda", "ida-at-home", "Riverton", "Nordmann")
        if word in str(caught.value)
    ]


@both
@pytest.mark.parametrize("items", [5, "text", True, {"0": {}}])
def test_items_of_the_wrong_kind_in_extra_break_no_check(api, items):
    api.broken(api.create(with_order(extra={"items": items})))


@both
@pytest.mark.parametrize("country", [["SE"], {"code": "SE"}, 46])
def test_a_country_of_the_wrong_kind_in_extra_is_a_problem(api, country):
    assert api.broken(api.create(with_address(extra={"country": country}))) == [
        "shippingAddress.country"
    ]
