"""Orders, calls and both backends, as the contract's cases use them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from attrs import evolve, frozen
from support.orders import SWEDISH, new_address

from gelato_async import (
    CatalogItem,
    ConfirmDraft,
    CreateOrder,
    CustomItem,
    DeleteDraft,
    File,
    NewOrder,
    OrderQuery,
    QuoteOrder,
    QuoteProduct,
    QuoteRequest,
    Response,
    ReturnAddress,
    ShippingAddress,
    SubmitOrder,
    UnsupportedError,
    UpdateShipment,
    ValidationError,
)
from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend

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


def of_orders(table):
    """The part of a table that is about orders: the other services have contracts of their own."""
    return {kind: entry for kind, entry in table.items() if kind.name.startswith("orders.")}


OTHERS = {
    GELATO: [UpdateShipment(order_id="id-1", shipment_method_uid="express"), SubmitOrder(MINIMAL)],
    CONNECT: [CreateOrder(MINIMAL), QuoteOrder(QUOTE), ConfirmDraft("id-1"), DeleteDraft("id-1")],
}


def with_order(**changes):
    return evolve(MINIMAL, **changes)


def with_address(**changes):
    return evolve(MINIMAL, shipping_address=evolve(SWEDE, **changes))


def body_of(backend, operation):
    try:
        return json.loads(backend.build(operation).body)
    except ValidationError:  # JSON cannot say what is wrong with it
        return backend.dialect.dump(operation.order)
