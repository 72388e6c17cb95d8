"""The call shapes of the public API.

Only type-checked, never run: `mypy --strict` and pyright must both agree.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, assert_type

import httpx

import gelato_async
from gelato_async import (
    AiohttpTransport,
    AttemptAnswered,
    AuthenticationError,
    BadRequestError,
    CallEvent,
    CallOptions,
    CancelOrder,
    CatalogItem,
    ClientOptions,
    ClientTransport,
    Clock,
    ConfirmDraft,
    ConflictError,
    ConnectionFailedError,
    CreateOrder,
    CustomItem,
    DecodeError,
    DeleteDraft,
    DraftItem,
    File,
    FileType,
    FulfillmentStatus,
    GelatoClient,
    GelatoConnectClient,
    GelatoError,
    GetOrder,
    HttpxTransport,
    LocalLimiter,
    LoggingObserver,
    Metadata,
    NewOrder,
    NoAnswerError,
    NotFoundError,
    NotSentError,
    Observer,
    Operation,
    Order,
    OrderAddress,
    OrderItem,
    OrderPage,
    OrderQuery,
    OrderSearch,
    OrderSummary,
    OrderType,
    OutcomeUnknownError,
    Problem,
    Quotation,
    Quote,
    QuoteOrder,
    QuoteProduct,
    QuoteRequest,
    RateLimiter,
    RateLimitError,
    Receipt,
    ReconciliationAdopted,
    Reply,
    Request,
    Response,
    ResponseError,
    RetryPolicy,
    ReturnAddress,
    ScriptedTransport,
    SearchOrders,
    SendGate,
    ServerError,
    Shipment,
    ShippingAddress,
    SubmitOrder,
    SubmittedOrder,
    TokenBucket,
    Transport,
    Unlimited,
    UnsupportedError,
    UpdatedShipment,
    UpdateShipment,
    ValidationError,
    WebhookError,
)

assert_type(gelato_async.__version__, str)

ADDRESS = ShippingAddress(
    country="SE",
    first_name="Ida",
    last_name="Nordmann",
    address_line1="Lönngatan 3",
    city="Åby",
    post_code="61630",
    email="ida@example.org",
    phone="+46 8 555 01",
    is_business=False,
    extra={"doorCode": 4711},
)
ORDER = NewOrder(
    order_reference_id="order-1",
    customer_reference_id="customer-1",
    currency="EUR",
    shipping_address=ADDRESS,
    items=[CatalogItem(item_reference_id="item-1", product_uid="poster_a3_ver")],
    metadata={"a": "b"},
    order_type="draft",
)


def an_order_takes_plain_values() -> None:
    file = File(type="back", url="https://files.example.org/a.pdf", thread_colors=["#000000"])
    assert_type(file.type, FileType | None)
    assert_type(file.thread_colors, tuple[str, ...] | None)
    File(type=FileType.FRONT, id="file-1", is_visible=True, extra={"fitMethod": "cover"})
    File(type=None, url=None)

    item = CatalogItem(
        item_reference_id="item-1",
        product_uid="p",
        quantity=2,
        files=(file for _ in range(2)),
        page_count=36,
        adjust_product_uid_by_file_types=True,
        retail_price_excl_vat=18.9,
        metadata=[Metadata("a", "b")],
    )
    assert_type(item.files, tuple[File, ...] | None)
    assert_type(item.metadata, tuple[Metadata, ...] | None)
    assert_type(item.retail_price_excl_vat, Decimal | None)
    custom = CustomItem(
        item_reference_id="item-2",
        product_name="Oak Frame",
        product_variant={"Size": "A3"},
        retail_price_excl_vat="18.90",
        files=[file],
        metadata={"machine": "M2"},
    )
    assert_type(custom.product_variant, Mapping[str, str])

    order = NewOrder(
        order_reference_id="order-1",
        currency="EUR",
        shipping_address=ADDRESS,
        items=[item, custom],
        order_type=OrderType.DRAFT,
        shipment_method_uid="normal,express",
        return_address=ReturnAddress(city="Åby"),
        retail_currency="GBP",
        retail_shipping_price_excl_vat=Decimal("6.49"),
        metadata=(Metadata("a", "b"),),
        extra={"anything": [1, None]},
    )
    assert_type(order.items, tuple[CatalogItem | CustomItem, ...])
    assert_type(order.order_type, OrderType)
    assert_type(order.metadata, tuple[Metadata, ...] | None)


async def gelato_has_the_methods_of_its_api() -> None:
    async with GelatoClient("key") as gelato:
        assert_type(gelato, GelatoClient)
        assert_type(await gelato.orders.create(ORDER), Order)
        assert_type(await gelato.orders.get("id-1"), Order)
        assert_type(await gelato.orders.find("order-1"), tuple[OrderSummary, ...])
        assert_type(await gelato.orders.confirm_draft("id-1"), Order)
        assert_type(await gelato.orders.confirm_draft("id-1", []), Order)
        assert_type(
            await gelato.orders.confirm_draft(
                "id-1", items=(DraftItem(id="1", files=[File(url="u")]),)
            ),
            Order,
        )
        await gelato.orders.cancel("id-1")
        await gelato.orders.delete_draft("id-1")
        request = QuoteRequest(
            order_reference_id="order-1",
            customer_reference_id="customer-1",
            currency="EUR",
            recipient=ADDRESS,
            products=[
                QuoteProduct(item_reference_id="item-1", product_uid="p", quantity=2, page_count=36)
            ],
            allow_multiple_quotes=False,
        )
        quotation = await gelato.orders.quote(request)
        assert_type(quotation, Quotation)
        assert_type(quotation.quotes, tuple[Quote, ...])
        assert_type(quotation.quotes[0].shipment_methods[0].price, Decimal | None)


async def gelato_connect_has_the_methods_of_its_api() -> None:
    async with GelatoConnectClient("acme", "key", "secret") as connect:
        assert_type(connect, GelatoConnectClient)
        submitted = await connect.orders.create(ORDER)
        assert_type(submitted, SubmittedOrder)
        assert_type(submitted.created_at, datetime | None)
        assert_type(await connect.orders.get("order-1"), Order)
        assert_type(await connect.orders.find("order-1"), tuple[OrderSummary, ...])
        await connect.orders.cancel("order-1")
        assert_type(
            await connect.orders.update_shipment("id-1", shipment_method_uid="express"),
            UpdatedShipment,
        )
        updated = await connect.orders.update_shipment("id-1", shipping_address=ADDRESS)
        assert_type(updated.shipping_address, OrderAddress | None)
        assert_type(updated.shipment, Shipment | None)


async def both_search_alike(gelato: GelatoClient, connect: GelatoConnectClient) -> None:
    query = OrderQuery(
        order_reference_ids=["order-1"],
        fulfillment_statuses=[FulfillmentStatus.CREATED, "passed"],
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        limit=100,
    )
    for client in (gelato, connect):
        assert_type(client.orders.search(), OrderSearch)
        assert_type(aiter(client.orders.search(query)), AsyncIterator[OrderSummary])
        async for row in client.orders.search(query):
            assert_type(row, OrderSummary)
            assert_type(row.total_incl_vat, Decimal | None)
        page = await client.orders.search_page(query)
        assert_type(page, OrderPage)
        assert_type(page.orders, tuple[OrderSummary, ...])
        assert_type((await client.orders.search_page()).raw, Mapping[str, Any])


def an_order_is_read_with_types(order: Order) -> None:
    assert_type(order.id, str)
    assert_type(order.fulfillment_status, FulfillmentStatus)
    assert_type(order.fulfillment_status.is_known, bool)
    assert_type(order.items, tuple[OrderItem, ...])
    assert_type(order.items[0].price, Decimal | None)
    assert_type(order.items[0].product_variant, Mapping[str, Any])
    assert_type(order.receipts, tuple[Receipt, ...])
    assert_type(order.created_at, datetime | None)
    assert_type(order.raw, Mapping[str, Any])
    if order.shipment:
        assert_type(order.shipment.min_delivery_date, date | None)
        assert_type(order.shipment.packages[0].order_item_ids, tuple[str, ...])


async def any_operation_can_be_sent(gelato: GelatoClient, connect: GelatoConnectClient) -> None:
    assert_type(await gelato.send(CreateOrder(ORDER)), Order)
    assert_type(await gelato.send(GetOrder("id-1")), Order)
    assert_type(await gelato.send(SearchOrders(OrderQuery())), OrderPage)
    assert_type(await gelato.send(ConfirmDraft("id-1", [DraftItem(id="1")])), Order)
    quotation = await gelato.send(
        QuoteOrder(
            QuoteRequest(
                order_reference_id="1",
                customer_reference_id="2",
                currency="EUR",
                recipient=ADDRESS,
                products=[],
            )
        )
    )
    assert_type(quotation, Quotation)
    await gelato.send(CancelOrder("id-1"))
    await gelato.send(DeleteDraft("id-1"))
    assert_type(await connect.send(SubmitOrder(ORDER)), SubmittedOrder)
    assert_type(
        await connect.send(UpdateShipment(order_id="id-1", shipment_method_uid="express")),
        UpdatedShipment,
    )

    reply = await gelato.send_raw(GetOrder("id-1"))
    assert_type(reply, Reply[Order])
    assert_type(reply.answer, Order)
    assert_type(reply.response, Response)
    answer, response = await connect.send_raw(SubmitOrder(ORDER))
    assert_type(answer, SubmittedOrder)
    assert_type(response.status, int)
    assert_type(response.body, bytes)
    assert_type((await gelato.send_raw(CancelOrder("id-1"))).answer, None)


async def an_operation_keeps_its_answer_through_generic_code(client: GelatoClient) -> None:
    operations: list[Operation[Order]] = [
        CreateOrder(ORDER),
        GetOrder("id-1"),
        ConfirmDraft("id-1"),
    ]
    for operation in operations:
        assert_type(operation.name, str)
        assert_type(await client.send(operation), Order)


async def an_operation_may_stand_for_a_wider_one(
    client: GelatoClient, wider: Operation[Order | None]
) -> None:
    assert_type(await client.send(wider), Order | None)
    await an_operation_may_stand_for_a_wider_one(client, GetOrder("id-1"))


async def options_are_the_same_for_both() -> None:
    async def script(request: Request) -> Response:
        assert_type(request.headers, Mapping[str, str])
        return Response(status=200, body=request.body)

    transport: Transport = ScriptedTransport(script)
    limiter: RateLimiter = LocalLimiter(50)
    retry = RetryPolicy(attempts=6, reconcile=120.0, resend=False)
    client = GelatoClient(
        "key",
        base_url="http://127.0.0.1:8000",
        timeout=10,
        total_timeout=60.0,
        retry=retry,
        limiter=limiter,
        transport=transport,
        validate=False,
        clock=Clock(),
        paths={CancelOrder: "/v4/orders/{order_id}:cancel"},
    )
    GelatoConnectClient(transport=httpx.AsyncClient(), total_timeout=None, limiter=Unlimited())
    GelatoConnectClient(
        prefix="acme",
        api_key="key",
        api_secret="secret",
        transport=ClientTransport(httpx.AsyncClient()),
    )
    GelatoClient(api_key=None, transport=AiohttpTransport(connections=10, keepalive=5))
    GelatoClient(api_key=None, transport=None, retry=None, limiter=None)

    assert_type(client.with_options(timeout=60.0, validate=True), GelatoClient)
    assert_type(client.with_options(retry=None, limiter=None, total_timeout=None), GelatoClient)
    changes: CallOptions = {"timeout": 5.0}
    assert_type(client.with_options(**changes), GelatoClient)
    options: ClientOptions = {"transport": HttpxTransport(), "timeout": 5.0}
    assert_type(
        GelatoConnectClient("acme", "key", "secret", **options).with_options(timeout=1),
        GelatoConnectClient,
    )
    await client.aclose()


def a_bucket_is_pure() -> None:
    bucket = TokenBucket(50)
    assert_type(bucket.take(0.0), float)
    bucket.give_back()
    bucket.close(10.0)


async def errors_say_what_may_be_done_next(client: GelatoClient) -> None:
    try:
        await client.orders.create(ORDER)
    except (ValidationError, UnsupportedError) as error:
        assert_type(error.problems, tuple[Problem, ...])
        assert_type(error.problems[0].path, str)
    except (ConnectionFailedError, NotSentError) as error:
        assert_type(error.reason, str | None)
    except OutcomeUnknownError as error:
        assert_type(error.order_reference_id, str | None)
        assert_type(error.sends, int)
        assert_type(error.order_ids, tuple[str, ...])
    except RateLimitError as error:
        assert_type(error.retry_after, float | None)
    except ResponseError as error:
        assert_type(error.status, int)
        assert_type(error.code, str | None)
        assert_type(error.request_id, str | None)
        assert_type(error.details, Any)
        assert_type(error.body, str)
    except GelatoError as error:
        assert_type(error.operation, str | None)


async def reading_has_its_own_errors(client: GelatoClient) -> None:
    try:
        await client.orders.get("id-1")
    except NotFoundError as error:
        assert_type(error.status, int)
    except (AuthenticationError, BadRequestError, ConflictError, ServerError) as error:
        assert_type(error.body, str)
    except NoAnswerError as error:
        assert_type(error.status, int | None)
    except DecodeError as error:
        assert_type(error.order_id, str | None)
        assert_type(error.problems, tuple[Problem, ...])
    except WebhookError as error:
        assert_type(error.message, str)


class Metrics:
    def on_event(self, event: CallEvent) -> None:
        assert_type(event.call_id, int)
        match event:
            case AttemptAnswered(status=status, seconds=seconds):
                assert_type(status, int)
                assert_type(seconds, float)
            case ReconciliationAdopted(order_id=order_id, others=others):
                assert_type(order_id, str)
                assert_type(others, tuple[str, ...])


def an_observer_is_any_object_with_the_method(client: GelatoClient) -> None:
    observer: Observer = Metrics()
    GelatoConnectClient("acme", "key", "secret", observer=observer)
    GelatoClient("key", observer=LoggingObserver())
    assert_type(client.with_options(observer=Metrics()), GelatoClient)
    assert_type(client.with_options(observer=None), GelatoClient)


class OwnTransport:
    async def send(self, request: Request, *, timeout: float, gate: SendGate) -> Response:  # noqa: ASYNC109
        gate.allow()
        await gate.mark_sent()
        assert_type(gate.sent, bool)
        return Response(status=200)

    async def aclose(self) -> None: ...


def a_transport_of_ones_own_is_taken() -> None:
    transport: Transport = OwnTransport()
    GelatoClient("key", transport=transport)
