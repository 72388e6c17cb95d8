"""What an observer sees of calls, in order, and what it never sees."""

import logging

import anyio
import pytest
from attrs import asdict, fields
from support.create_answers import DROPPED
from support.doc_code import code_of

import gelato_async
from gelato_async import (
    AttemptAnswered,
    AttemptFailed,
    AttemptSent,
    CallEvent,
    ConnectionFailedError,
    GelatoClient,
    LimiterClosed,
    LimiterWaited,
    LocalLimiter,
    LoggingObserver,
    NewStoreProduct,
    NoAnswerError,
    NotFoundError,
    OperationBegan,
    OperationEnded,
    OutcomeStaysUnknown,
    OutcomeUnknownError,
    ReconciliationBegan,
    ReconciliationLooked,
    ReconciliationResent,
    Response,
    RetryBudgetSpent,
    RetryPolicy,
    RetryScheduled,
    ServerError,
    Unlimited,
)
from gelato_async.client.logging_observer import is_logged
from gelato_async.core import events

EVENTS = [
    kind
    for name, kind in vars(events).items()
    if isinstance(kind, type) and issubclass(kind, CallEvent) and not name.startswith("_")
]


class Record:
    """An observer that keeps what it gets."""

    def __init__(self):
        self.events = []

    def on_event(self, event: CallEvent) -> None:
        self.events.append(event)

    def kinds(self):
        return [type(event) for event in self.events]

    def of(self, kind):
        return [event for event in self.events if type(event) is kind]


@pytest.fixture
def record():
    return Record()


def as_text(events):
    """Events as the page about observability prints them."""
    lines = ["send  operation      event"]
    for event in events:
        name, send, operation, fields = plain(event)
        shown = {key: value for key, value in fields.items() if value or value == 0}
        shown.pop("seconds", None)
        details = ", ".join(f"{key}={value!r}" for key, value in shown.items())
        lines.append(f"{send:<6}{operation:<15}{name}({details})".removesuffix("()"))
    return "\n".join([*lines, ""])


def plain(event):
    """An event without what differs from run to run."""
    fields = asdict(event)
    del fields["call_id"]
    return type(event).__name__, fields.pop("send"), fields.pop("operation"), fields


@pytest.mark.anyio
async def test_the_record_of_a_create_lost_and_adopted(server, make_client, make_order, record):
    client = make_client(observer=record)
    server.queue("create", server.lost(DROPPED, visible_in=1))
    made = await client.orders.create(make_order())
    create, search, get = "orders.create", "orders.search", "orders.get"
    ours, answered = {"order_reference_id": "ref-1"}, {"status": 200, "seconds": 0}
    ended = {"seconds": 0, "error": None}
    assert [plain(event) for event in record.events] == [
        ("OperationBegan", 0, create, {}),
        ("AttemptSent", 1, create, {}),
        (
            "AttemptFailed",
            1,
            create,
            {"error": "NoAnswerError", "sent": True, "seconds": 0, "status": None},
        ),
        ("ReconciliationBegan", 1, create, {**ours, "error": "NoAnswerError"}),
        ("OperationBegan", 1, search, {}),
        ("AttemptSent", 2, search, {}),
        ("AttemptAnswered", 2, search, answered),
        ("OperationEnded", 2, search, ended),
        ("ReconciliationLooked", 2, create, {**ours, "hits": 0, "error": None}),
        ("OperationBegan", 2, search, {}),
        ("AttemptSent", 3, search, {}),
        ("AttemptAnswered", 3, search, answered),
        ("OperationEnded", 3, search, ended),
        ("ReconciliationLooked", 3, create, {**ours, "hits": 1, "error": None}),
        ("ReconciliationAdopted", 3, create, {**ours, "order_id": made.id, "others": ()}),
        ("OperationBegan", 3, get, {}),
        ("AttemptSent", 4, get, {}),
        ("AttemptAnswered", 4, get, answered),
        ("OperationEnded", 4, get, ended),
        ("OperationEnded", 4, create, {"seconds": 1.0, "error": None}),
    ]
    assert len({event.call_id for event in record.events}) == 1
    assert code_of("docs/observability.md", "text") == [as_text(record.events)]


@pytest.mark.anyio
async def test_a_create_proved_absent_is_reported_as_sent_again(
    server, make_client, make_order, record
):
    server.queue("create", DROPPED)
    server.queue("search", Response(status=500))
    await make_client(observer=record).orders.create(make_order())
    assert len(record.of(ReconciliationBegan)) == 1
    assert [event.error for event in record.of(ReconciliationLooked)] == [None] * 8
    assert len(record.of(ReconciliationResent)) == 1
    assert record.kinds()[-1] is OperationEnded


@pytest.mark.anyio
async def test_an_unknown_outcome_is_reported_with_its_candidates(
    server, make_client, make_order, record, caplog
):
    server.order(createdAt=None)
    server.queue("create", DROPPED)
    with pytest.raises(OutcomeUnknownError):
        await make_client(observer=record).orders.create(make_order())
    (unknown,) = record.of(OutcomeStaysUnknown)
    assert (unknown.order_reference_id, unknown.order_ids) == ("ref-1", ("order-1",))
    assert record.events[-1].error == "OutcomeUnknownError"


@pytest.mark.anyio
async def test_a_look_that_fails_is_reported(server, make_client, make_order, record):
    client = make_client(observer=record, retry=RetryPolicy(attempts=1))
    server.queue("create", DROPPED)
    server.queue("search", Response(status=503))
    with pytest.raises(OutcomeUnknownError):
        await client.orders.create(make_order())
    assert record.of(ReconciliationLooked)[0].error == "ServerError"


@pytest.mark.anyio
async def test_a_429_reports_the_closed_limiter_and_the_retry(server, make_client, record):
    server.order()
    server.queue("get", Response(status=429, headers={"retry-after": "9"}))
    await make_client(observer=record).orders.get("order-1")
    assert record.kinds() == [
        OperationBegan,
        AttemptSent,
        AttemptAnswered,
        LimiterClosed,
        RetryScheduled,
        AttemptSent,
        AttemptAnswered,
        OperationEnded,
    ]
    (closed,), (retry,) = record.of(LimiterClosed), record.of(RetryScheduled)
    assert (closed.seconds, retry.seconds, retry.error) == (9.0, 9.0, "RateLimitError")
    assert [event.status for event in record.of(AttemptAnswered)] == [429, 200]


@pytest.mark.anyio
async def test_a_spent_budget_and_the_error_of_the_call_are_reported(server, make_client, record):
    client = make_client(observer=record)
    client.engine.quota.left = 0
    server.queue("get", Response(status=503))
    with pytest.raises(ServerError):
        await client.orders.get("order-1")
    assert record.of(RetryBudgetSpent)[0].error == "ServerError"
    assert record.events[-1].error == "ServerError"


@pytest.mark.anyio
async def test_an_attempt_that_never_left_counts_no_send(make_client, record):
    class Refusing:
        async def send(self, request, *, timeout, gate):  # noqa: ASYNC109
            raise ConnectionFailedError("refused")

    client = make_client(
        observer=record, transport=Refusing(), retry=RetryPolicy(attempts=1, initial=0)
    )
    with pytest.raises(ConnectionFailedError):
        await client.orders.get("order-1")
    (failed,) = record.of(AttemptFailed)
    assert (failed.sent, failed.send, failed.error) == (False, 0, "ConnectionFailedError")


@pytest.mark.anyio
async def test_a_cancelled_call_ends_in_the_record(make_client, record):
    class Silent:
        async def send(self, request, *, timeout, gate):  # noqa: ASYNC109
            await gate.mark_sent()
            scope.cancel()
            await anyio.sleep_forever()

    with anyio.CancelScope() as scope:
        await make_client(observer=record, transport=Silent()).orders.get("order-1")
    assert record.kinds() == [OperationBegan, AttemptSent, AttemptFailed, OperationEnded]
    assert "Cancelled" in record.events[-1].error


@pytest.mark.anyio
async def test_a_wait_for_the_limiter_is_reported(server, make_client, virtual, record):
    client = make_client(observer=record, limiter=LocalLimiter(1, clock=virtual.clock))
    server.order()
    for _ in range(2):
        await client.orders.get("order-1")
    (waited,) = record.of(LimiterWaited)
    assert waited.seconds == pytest.approx(1.0, abs=0.1)


@pytest.mark.anyio
async def test_calls_have_ids_of_their_own(server, make_client, record):
    client = make_client(observer=record)
    server.order()
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(client.orders.get, "order-1")
    assert len({event.call_id for event in record.of(OperationBegan)}) == 3


# whose observer it is


@pytest.mark.anyio
async def test_a_copy_may_have_another_observer_or_none(server, make_client, record):
    client, other = make_client(observer=record), Record()
    server.order()
    await client.with_options(observer=other).orders.get("order-1")
    await client.with_options(observer=None).orders.get("order-1")
    assert (len(record.events), len(other.events)) == (0, 4)
    await client.with_options(timeout=5).orders.get("order-1")
    assert len(record.events) == 4


@pytest.mark.anyio
async def test_an_observer_that_raises_is_logged_once_and_harms_nothing(
    server, make_client, make_order, caplog
):
    class Broken:
        def on_event(self, event):
            raise LookupError("no such counter")

    client = make_client(observer=Broken())
    server.queue("create", server.lost(DROPPED))
    await client.orders.create(make_order())
    assert server.count("create") == 1
    (logged,) = caplog.records
    assert (logged.levelno, logged.exc_info[0]) == (logging.ERROR, LookupError)


@pytest.mark.parametrize("observer", [print, object()])
def test_what_is_no_observer_is_refused(observer):
    with pytest.raises(TypeError, match="observer must have a method on_event"):
        GelatoClient("test-key", observer=observer, limiter=Unlimited())


# what is never in an event


@pytest.mark.anyio
async def test_no_event_holds_a_key_a_body_or_a_recipient(server, make_client, make_order, record):
    secrets = ["test-key", "test-secret", "Nordmann", "Ida"]
    echo = Response(status=400, body=b'{"message": "Ida Nordmann, test-key, test-secret"}')
    for api in ("gelato", "connect"):
        client = make_client(api, observer=record)
        server.queue("create", echo)
        with pytest.raises(gelato_async.BadRequestError):
            await client.orders.create(make_order())
        server.queue("create", NoAnswerError("Ida Nordmann test-key"))
        await client.orders.create(make_order())
    assert len(record.events) > 20
    assert not [secret for secret in secrets if secret in repr(record.events)]


# the default: logging


@pytest.mark.anyio
async def test_the_log_of_a_create_lost_and_adopted(server, make_client, make_order, caplog):
    server.queue("create", server.lost(DROPPED))
    with caplog.at_level(logging.DEBUG):
        made = await make_client().orders.create(make_order())
    assert [record.levelname for record in caplog.records] == ["DEBUG", "DEBUG", "INFO", "DEBUG"]
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0].startswith("orders.create: NoAnswerError after 0.000 s (call ")
    assert lines[1].startswith("orders.search: 200 after 0.000 s (call ")
    assert lines[2] == f"order 'ref-1': its answer was lost, and it was found as {made.id}"
    assert all("send " in lines[at] for at in (0, 1, 3))


@pytest.mark.anyio
async def test_an_unknown_outcome_is_a_warning(server, make_client, make_order, caplog):
    server.order(createdAt=None)
    server.queue("create", DROPPED)
    with pytest.raises(OutcomeUnknownError):
        await make_client().orders.create(make_order())
    (logged,) = caplog.records
    assert logged.levelno == logging.WARNING
    assert "orders.create 'ref-1': nobody knows whether it took effect" in logged.getMessage()


@pytest.mark.anyio
async def test_a_product_whose_creation_stays_unknown_is_a_warning(make_client, caplog):
    async def silent(request):
        raise NoAnswerError("dropped")

    client = make_client(transport=gelato_async.ScriptedTransport(silent))
    product = NewStoreProduct(template_id="t", title="Shirt", description="A shirt")
    with pytest.raises(OutcomeUnknownError):
        await client.stores.create_product_from_template("store-1", product)
    (logged,) = caplog.records
    assert logged.levelno == logging.WARNING


SAMPLES = {
    "call_id": 1,
    "send": 1,
    "operation": "orders.create",
    "seconds": 1.0,
    "error": "ServerError",
    "sent": True,
    "status": 200,
    "order_reference_id": "a",
    "order_id": "1",
    "others": ("2",),
}


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR])
@pytest.mark.parametrize("kind", EVENTS, ids=[kind.__name__ for kind in EVENTS])
def test_an_event_is_made_exactly_if_it_is_logged(kind, level, caplog):
    caplog.set_level(level, logger="gelato_async")
    known = {one.name for one in fields(kind)}
    event = kind(**{name: value for name, value in SAMPLES.items() if name in known})
    LoggingObserver().on_event(event)
    assert is_logged(kind) == bool(caplog.records)


@pytest.mark.anyio
async def test_a_subclass_of_the_default_observer_gets_all(server, make_client):
    class Counting(LoggingObserver):
        seen = 0

        def on_event(self, event):
            self.seen += 1
            super().on_event(event)

    counting = Counting()
    server.order()
    await make_client(observer=counting).orders.get("order-1")
    assert counting.seen == 4


@pytest.mark.anyio
async def test_without_an_observer_nothing_is_logged(server, make_client, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(NotFoundError):
        await make_client(observer=None).orders.get("order-1")
    assert not caplog.records
