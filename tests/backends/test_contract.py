"""One contract for all backends.

The same cases, each against its own golden files in tests/samples.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from support.orders import SWEDISH, new_address

from gelato_async import (
    BadRequestError,
    CancelOrder,
    CatalogItem,
    ConfirmDraft,
    CreateOrder,
    CustomItem,
    DecodeError,
    DeleteDraft,
    DraftItem,
    File,
    GetOrder,
    NewOrder,
    NotSentError,
    OrderQuery,
    Problem,
    QuoteOrder,
    QuoteProduct,
    QuoteRequest,
    RateLimitError,
    Response,
    ResponseError,
    ReturnAddress,
    SearchOrders,
    ShippingAddress,
    SubmitOrder,
    UnsupportedError,
    UpdateShipment,
    ValidationError,
)
from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.core.rules import problems_of
from gelato_async.models.fields import WIRE_NAMES

SAMPLES = Path(__file__).parent.parent / "samples"
ODD_ID = "a/b å?x#y"
NAN, INFINITY = float("nan"), float("inf")

SWEDE = new_address(SWEDISH, post_code="", phone="+46 8 555 01")
AMERICAN = ShippingAddress(
    country="US",
    first_name="Ida",
    last_name="Nordmann",
    address_line1="12 Maple Row",
    address_line2="Flat 7",
    city="Riverton",
    post_code="60999",
    state="IL",
    email="ida@example.org",
    phone="+1 555 0142",
    company_name="Maple & Daughters",
    is_business=False,
    federal_tax_id="111.222.333-44",
    state_tax_id="998877",
    registration_state="IL",
)
DEPOT = ReturnAddress(
    company_name="Maple & Daughters",
    address_line1="1 Depot Road",
    address_line2="Gate B",
    city="Riverton",
    post_code="60998",
    state="IL",
    country="US",
    email="returns@example.org",
    phone="+1 555 0143",
)
FRONT = File(url="https://files.example.org/a.pdf")
BACK = File(type="back", url="https://files.example.org/b.pdf")
POSTER = CatalogItem(item_reference_id="item-1", product_uid="poster_a3_ver", files=[FRONT])
FRAME = CustomItem(
    item_reference_id="item-1",
    product_name="Oak Frame",
    product_variant={"Size": "A3", "Colour": "Black"},
    retail_price_excl_vat="20.00",
    metadata={"machine": "M2"},
    files=[FRONT],
)
MINIMAL = NewOrder(
    order_reference_id="order-1",
    customer_reference_id="customer-1",
    currency="EUR",
    shipping_address=SWEDE,
    items=[POSTER],
)
EXTRA = evolve(
    MINIMAL,
    shipping_address=evolve(SWEDE, extra={"city": "Ystad", "doorCode": {"digits": [1, 2]}}),
    items=[
        evolve(
            POSTER,
            files=[evolve(FRONT, extra={"fitMethod": "cover"})],
            extra={"quantity": 7, "giftWrap": True},
        )
    ],
    extra={"currency": "SEK", "newOrderKey": None},
)
GELATO_EVERYTHING = NewOrder(
    order_reference_id="order-1",
    customer_reference_id="customer-1",
    currency="USD",
    shipment_method_uid="normal,express",
    shipping_address=AMERICAN,
    return_address=DEPOT,
    metadata={"campaign": "spring", "shelf": "A 4"},
    items=[
        CatalogItem(
            item_reference_id="item-1",
            product_uid="notebook_wire_a5",
            quantity=3,
            page_count=116,
            adjust_product_uid_by_file_types=False,
            files=[FRONT, BACK],
        ),
        CatalogItem(
            item_reference_id="item-2",
            product_uid="cap_stitched",
            files=[
                File(
                    type="chest-left-embroidery",
                    url="https://files.example.org/c.png",
                    id="file-77",
                    thread_colors=["#A1B2C3", "#000000"],
                    is_visible=False,
                )
            ],
        ),
        CatalogItem(item_reference_id="item-3", product_uid="blank_box", quantity=2, files=[]),
        CatalogItem(item_reference_id="item-4", product_uid="blank_bag"),
    ],
)
CONNECT_EVERYTHING = NewOrder(
    order_reference_id="order-1",
    customer_reference_id="customer-1",
    currency="USD",
    shipment_method_uid="normal,DHL",
    retail_currency="GBP",
    retail_shipping_price_excl_vat="6.49",
    shipping_address=AMERICAN,
    metadata={"campaign": "spring", "shelf": "A 4"},
    items=[
        CatalogItem(
            item_reference_id="item-1",
            product_uid="poster_a3_ver",
            quantity=3,
            retail_price_excl_vat=18.9,
            metadata={"machine": "M2"},
            files=[
                File(type="cover", url="https://files.example.org/a.pdf"),
                evolve(BACK, type="inside"),
            ],
        )
    ],
)
EVERYONE, FILTERED = (
    OrderQuery(),
    OrderQuery(
        order_reference_id="order-1",
        order_reference_ids=["order-1", "order-2"],
        fulfillment_statuses=["created", "passed"],
        financial_statuses=["paid"],
        countries=["SE", "US"],
        start_date=datetime(2026, 2, 1, 8, tzinfo=UTC),
        end_date=datetime(2026, 2, 28, 23, 59, 59, tzinfo=timezone(timedelta(hours=2))),
        limit=25,
        offset=50,
    ),
)
OWN_FILTERS = OrderQuery(
    ids=["id-1"],
    search="Nordmann",
    channels=["api"],
    currencies=["EUR"],
    order_types=["draft", "order"],
    store_ids=["store-1"],
)
QUOTE = QuoteRequest(
    order_reference_id="order-1",
    customer_reference_id="customer-1",
    currency="EUR",
    allow_multiple_quotes=False,
    recipient=SWEDE,
    products=[
        QuoteProduct(
            item_reference_id="item-1",
            product_uid="notebook_wire_a5",
            quantity=4,
            page_count=36,
            files=[FRONT],
        ),
        QuoteProduct(item_reference_id="item-2", product_uid="poster_a3_ver"),
    ],
)


@frozen(kw_only=True)
class Api:
    name: str
    make: Callable
    create: Callable
    secrets: tuple[str, ...]

    @property
    def backend(self):
        return self.make()

    def sample(self, name):
        return json.loads((SAMPLES / self.name / f"{name}.json").read_text(encoding="utf-8"))

    def parse(self, operation, found, status=200):
        return self.backend.parse(
            operation, Response(status=status, body=json.dumps(found).encode())
        )

    def broken(self, operation):
        """The paths of all problems, without any for a good request."""
        try:
            self.backend.check(operation)
        except ValidationError as error:
            return [problem.path for problem in error.problems]
        return []

    def lost(self, operation):
        with pytest.raises(UnsupportedError) as caught:
            self.backend.check(operation)
        return {problem.path for problem in caught.value.problems}


def make_gelato(key="sample-gelato-key", **options):
    return gelato_backend(key, **options)


def make_connect(prefix="acme-print", key="sample-key", secret="sample-secret", **options):
    return connect_backend(prefix, key, secret, **options)


GELATO = Api(name="gelato", make=make_gelato, create=CreateOrder, secrets=("sample-gelato-key",))
CONNECT = Api(
    name="connect",
    make=make_connect,
    create=SubmitOrder,
    secrets=("sample-key", "sample-secret", "sample-key:sample-secret"),
)
APIS = [GELATO, CONNECT]
both = pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)

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


def of_orders(table):
    """The part of a table that is about orders: the other services have contracts of their own."""
    return {kind: entry for kind, entry in table.items() if kind.name.startswith("orders.")}


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
def test_the_creating_operation_is_the_one_that_settles(api):
    settled = [
        kind for kind, route in api.backend.routes.items() if route.repeat.name == "AFTER_SETTLING"
    ]
    assert settled == [api.backend.creates] == [api.create]


@both
def test_reads_are_repeated_freely_and_changes_are_checked(api):
    repeats = {kind: route.repeat.name for kind, route in of_orders(api.backend.routes).items()}
    free = {kind for kind, repeat in repeats.items() if repeat == "FREELY"}
    assert free == repeats.keys() & {GetOrder, SearchOrders, QuoteOrder}


@both
@pytest.mark.parametrize("order_id", ["", " ", ".", ".."])
def test_an_id_that_is_none_is_refused(api, order_id):
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
def test_what_json_cannot_say_is_refused_before_it_is_sent(api, extra, path):
    with pytest.raises(ValidationError) as caught:
        api.backend.build(api.create(evolve(MINIMAL, extra=extra)))
    assert [problem.path for problem in caught.value.problems] == [path]


# what a backend cannot carry

OTHERS = {
    GELATO: [UpdateShipment(order_id="id-1", shipment_method_uid="express"), SubmitOrder(MINIMAL)],
    CONNECT: [CreateOrder(MINIMAL), QuoteOrder(QUOTE), ConfirmDraft("id-1"), DeleteDraft("id-1")],
}


@pytest.mark.parametrize(
    ("api", "operation"),
    [(api, operation) for api, operations in OTHERS.items() for operation in operations],
    ids=lambda value: getattr(value, "name", ""),
)
@pytest.mark.parametrize("step", ["check", "build", "route"])
def test_a_call_that_an_api_does_not_have_is_refused(api, operation, step):
    with pytest.raises(UnsupportedError, match="has no such call") as caught:
        getattr(api.backend, step)(operation)
    assert caught.value.operation == operation.name
    assert isinstance(caught.value, NotSentError)


UNSUPPORTED = [
    (GELATO, CreateOrder(evolve(MINIMAL, retail_currency="GBP")), {"retailCurrency"}),
    (
        GELATO,
        CreateOrder(evolve(MINIMAL, retail_shipping_price_excl_vat=0)),
        {"retailShippingPriceInclVat"},
    ),
    (
        GELATO,
        CreateOrder(evolve(MINIMAL, items=[evolve(POSTER, metadata={"a": "b"})])),
        {"items[0].metadata"},
    ),
    (
        GELATO,
        CreateOrder(evolve(MINIMAL, items=[POSTER, evolve(POSTER, retail_price_excl_vat=1)])),
        {"items[1].retailPriceInclVat"},
    ),
    (
        GELATO,
        CreateOrder(evolve(MINIMAL, items=[FRAME])),
        {
            "items[0].productName",
            "items[0].productVariant",
            "items[0].metadata",
            "items[0].retailPriceInclVat",
        },
    ),
    (CONNECT, SubmitOrder(evolve(MINIMAL, return_address=DEPOT)), {"returnAddress"}),
    (
        CONNECT,
        SubmitOrder(evolve(MINIMAL, items=[evolve(POSTER, page_count=8)])),
        {"items[0].pageCount"},
    ),
    (
        CONNECT,
        SubmitOrder(
            evolve(MINIMAL, items=[evolve(POSTER, adjust_product_uid_by_file_types=False)])
        ),
        {"items[0].adjustProductUidByFileTypes"},
    ),
    (
        CONNECT,
        SubmitOrder(
            evolve(
                MINIMAL,
                items=[
                    evolve(POSTER, files=[FRONT, File(id="f", thread_colors=[], is_visible=False)])
                ],
            )
        ),
        {"items[0].files[1].id", "items[0].files[1].threadColors", "items[0].files[1].isVisible"},
    ),
    (
        CONNECT,
        SearchOrders(OWN_FILTERS),
        {"ids", "search", "channels", "currencies", "orderTypes", "storeIds"},
    ),
    (
        CONNECT,
        SubmitOrder(GELATO_EVERYTHING),
        {
            "returnAddress",
            "items[0].pageCount",
            "items[0].adjustProductUidByFileTypes",
            "items[1].files[0].id",
            "items[1].files[0].threadColors",
            "items[1].files[0].isVisible",
        },
    ),
    (
        GELATO,
        CreateOrder(CONNECT_EVERYTHING),
        {
            "retailCurrency",
            "retailShippingPriceInclVat",
            "items[0].retailPriceInclVat",
            "items[0].metadata",
        },
    ),
]


@pytest.mark.parametrize(("api", "operation", "paths"), UNSUPPORTED)
def test_every_field_that_an_api_cannot_carry_is_named(api, operation, paths):
    assert api.lost(operation) == paths


@pytest.mark.parametrize(("api", "operation", "paths"), UNSUPPORTED)
def test_nothing_is_lost_silently_without_validation_either(api, operation, paths):
    with pytest.raises(UnsupportedError, match="cannot carry this"):
        api.backend.check(operation, validate=False)


@both
def test_all_that_an_api_cannot_carry_is_in_the_cases(api):
    named = {path.rpartition(".")[2] for of, _, paths in UNSUPPORTED if of is api for path in paths}
    backend = api.backend
    listed = {
        backend.dialect.name(model, field)
        for model, names in backend.unsupported.items()
        for field in names
    }
    assert named == listed


@both
def test_extra_passes_what_an_api_cannot_carry(api):
    extra = {"retailCurrency": "GBP", "returnAddress": {"city": "Ystad", "country": "SE"}}
    api.backend.check(api.create(evolve(MINIMAL, extra=extra)))


# rules: one broken at a time


def with_order(**changes):
    return evolve(MINIMAL, **changes)


def with_address(**changes):
    return evolve(MINIMAL, shipping_address=evolve(SWEDE, **changes))


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
        if path.startswith("shippingAddress.")
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
def test_a_broken_rule_is_told_with_its_path_and_no_other(api, operation, path):
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


def body_of(backend, operation):
    try:
        return json.loads(backend.build(operation).body)
    except ValidationError:  # JSON cannot say what is wrong with it
        return backend.dialect.dump(operation.order)


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
def test_all_problems_are_told_at_once(api):
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
def test_a_country_of_the_wrong_kind_in_extra_is_told(api, country):
    assert api.broken(api.create(with_address(extra={"country": country}))) == [
        "shippingAddress.country"
    ]


# parsing

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


def test_an_error_shows_no_value_of_an_update_or_a_quote_or_a_search():
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
        fate = draw(st.sampled_from(["keep"] * 6 + ["drop", "null", "other", "news"]))
        holds_required = key in required
        if fate == "keep" or holds_required:
            changed[key] = mutated(draw, value, needed, here)
        elif fate != "drop":
            changed[key] = {"null": None, "other": draw(JSON), "news": "brand_new"}[fate]
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
def test_no_news_breaks_the_reading_while_the_required_values_stand(api, name, operation, data):
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


# origins and paths


@both
@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://proxy.example.org", "https://proxy.example.org"),
        ("https://proxy.example.org/", "https://proxy.example.org"),
        ("https://proxy.example.org:8443", "https://proxy.example.org:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://127.8.8.8", "http://127.8.8.8"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://sandbox.localhost", "http://sandbox.localhost"),
    ],
)
def test_a_base_url_replaces_scheme_host_and_port_and_keeps_the_paths(api, base_url, origin):
    documented, moved = (
        api.backend.build(GetOrder("id-1")).url,
        api.make(base_url=base_url).build(GetOrder("id-1")).url,
    )
    path = documented.split("/", 3)[3]
    assert moved == f"{origin}/{path}"


@both
@pytest.mark.parametrize("base_url", [None, ""])
def test_without_a_base_url_the_documented_hosts_are_used(api, base_url):
    assert api.make(base_url=base_url).origins == api.backend.origins


@both
@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("http://api.example.org", "plain HTTP"),
        ("http://10.0.0.1", "plain HTTP"),
        ("http://localhost.example.org", "plain HTTP"),
        ("http://notlocalhost", "plain HTTP"),
        ("https://api.example.org/v4", "without a path"),
        ("https://api.example.org?x=1", "without a path"),
        ("https://api.example.org#top", "without a path"),
        ("https://user:s3cr3t@api.example.org", "an origin"),
        ("https://user@api.example.org", "an origin"),
        ("ftp://api.example.org", "an origin"),
        ("api.example.org", "an origin"),
        ("https://", "an origin"),
        ("https://api.example.org:port", "base_url"),
        ("https://api.example.org:99999", "base_url"),
        ("https://[::1", "Invalid IPv6|base_url"),
    ],
)
def test_a_base_url_that_is_no_safe_origin_is_refused(api, base_url, words):
    with pytest.raises(ValueError, match=words) as caught:
        api.make(base_url=base_url)
    assert "s3cr3t" not in str(caught.value)


@both
@pytest.mark.parametrize(
    "template", ["/own/{order_id}/stop", "/{order_id}", "/own/{order_id}/{order_id}"]
)
def test_a_path_can_be_replaced(api, template):
    backend = api.make(paths={CancelOrder: template})
    assert backend.build(CancelOrder("a/b")).url.endswith(template.format(order_id="a%2Fb"))
    assert backend.build(GetOrder("id-1")) == api.backend.build(GetOrder("id-1"))


@both
@pytest.mark.parametrize(
    ("operation", "template"),
    [
        (CancelOrder, "own/{order_id}"),
        (CancelOrder, "/own"),
        (CancelOrder, ""),
        (CancelOrder, "/own/{order_id}/{other}"),
        (CancelOrder, "/own/{order_id}/{}"),
        (CancelOrder, "/own/{order_id}/{0}"),
        (CancelOrder, "/own/{order_id"),
        (CancelOrder, "/own/{order_id.real}"),
        (SearchOrders, "/own/{order_id}"),
    ],
)
def test_a_path_that_cannot_be_filled_in_is_refused(api, operation, template):
    with pytest.raises(ValueError, match=r"paths: the template for|expected"):
        api.make(paths={operation: template})


@pytest.mark.parametrize(
    ("api", "operation"), [(GELATO, UpdateShipment), (CONNECT, QuoteOrder), (CONNECT, CreateOrder)]
)
def test_a_path_for_a_call_that_an_api_does_not_have_is_refused(api, operation):
    with pytest.raises(ValueError, match=f"this API has no {operation.__name__}"):
        api.make(paths={operation: "/own/{order_id}"})


# credentials


@both
def test_no_repr_shows_a_secret(api):
    backend = api.backend
    request = backend.build(api.create(MINIMAL))
    texts = [
        repr(backend),
        repr(backend.credentials),
        repr(request),
        repr(api.create(MINIMAL)),
        str(request),
    ]
    assert [secret for secret in api.secrets for text in texts if secret in text] == []
    assert [
        word for word in ("Ida", "Nordmann", "Lönngatan") for text in texts if word in text
    ] == []


@both
def test_the_digest_names_no_secret(api):
    assert not [secret for secret in api.secrets if secret in api.backend.credentials.digest]
    assert GELATO.backend.credentials.digest != CONNECT.backend.credentials.digest


KEYS = [
    (GELATO, "key", "GELATO_API_KEY"),
    (CONNECT, "prefix", "GELATO_CONNECT_PREFIX"),
    (CONNECT, "key", "GELATO_CONNECT_API_KEY"),
    (CONNECT, "secret", "GELATO_CONNECT_API_SECRET"),
]


@pytest.mark.parametrize(("api", "argument", "variable"), KEYS)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_credential_names_its_variable(api, argument, variable, value):
    with pytest.raises(ValueError, match=variable):
        api.make(**{argument: value})


@pytest.mark.parametrize(("api", "argument", "variable"), KEYS)
@pytest.mark.parametrize(
    "value", ["s3cr3t\n", "s3cr3t\r\nhost: evil", "s3 cr3t", "s3cr3t\x00", "s3cr3té"]
)
def test_a_credential_with_odd_characters_is_refused_without_being_echoed(
    api, argument, variable, value
):
    with pytest.raises(ValueError, match="character that none has") as caught:
        api.make(**{argument: value})
    assert "s3" not in str(caught.value)


@pytest.mark.parametrize("prefix", ["a/b", "a?b", "a#b"])
def test_a_prefix_is_one_segment_of_a_path(prefix):
    with pytest.raises(ValueError, match="prefix"):
        make_connect(prefix=prefix)


@pytest.mark.parametrize("prefix", [".", ".."])
def test_a_prefix_that_addresses_something_else_is_refused_at_once(prefix):
    with pytest.raises(ValueError, match="prefix"):
        make_connect(prefix=prefix)


def test_a_colon_in_the_key_is_refused_and_one_in_the_secret_is_not():
    with pytest.raises(ValueError, match="API key"):
        make_connect(key="a:b")
    assert make_connect(secret="b:c").credentials.header == "sample-key:b:c"


def test_a_prefix_is_percent_encoded():
    assert (
        make_connect(prefix="a%b").build(GetOrder("1")).url
        == "https://api.partner-connect.io/api/a%25b/1"
    )


def test_a_replaced_path_may_use_the_prefix_or_not():
    paths = {GetOrder: "/api/{prefix}/order/{order_id}", CancelOrder: "/x/{order_id}"}
    backend = make_connect(paths=paths)
    assert (
        backend.build(GetOrder("1")).url == "https://api.partner-connect.io/api/acme-print/order/1"
    )
    assert backend.build(CancelOrder("1")).url == "https://api.partner-connect.io/x/1"
    with pytest.raises(ValueError, match=r"may use \{order_id\}$"):
        make_gelato(paths={GetOrder: "/{prefix}/{order_id}"})
    with pytest.raises(ValueError, match="may use no names"):
        make_gelato(paths={CreateOrder: "/{prefix}"})


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
def test_a_reference_given_as_a_number_is_sent_and_known_as_a_string(api):
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
def test_a_review_tells_all_problems_or_gives_the_body(api):
    assert api.backend.review(api.create(with_order(currency="")))[0][0].path == "currency"
    problems, body = api.backend.review(api.create(MINIMAL))
    assert (list(problems), body) == ([], api.backend.build(api.create(MINIMAL)).body)
    problems, body = api.backend.review(api.create(with_order(extra={"odd": {1, 2}})))
    assert (problems[0].path, body) == ("extra", b"")


@both
def test_a_field_that_holds_something_else_is_told_and_never_raises_otherwise(api):
    with pytest.raises(ValidationError, match="wrong type"):
        api.backend.check(api.create(with_order(shipping_address="Storgatan 1")))
    assert api.backend.scrubber(api.create(with_order(items=["odd"]))).text("odd") == "odd"
