import asyncio
import functools
import json
import logging

import anyio
import pytest

from gelato_async.webhooks import (
    Claim,
    Event,
    MemoryStore,
    OrderItemStatusUpdated,
    OrderStatusUpdated,
    SqliteStore,
    UnknownEvent,
    WebhookReceiver,
)

pytestmark = pytest.mark.anyio
SECRET = "a-long-secret"


async def test_an_event_reaches_the_functions_for_its_class_in_order(make, body, headers):
    receiver, seen = make(), []

    @receiver.on(OrderItemStatusUpdated)
    async def never(_):
        seen.append("never")

    @receiver.on(OrderItemStatusUpdated, OrderStatusUpdated)
    async def first(event):
        seen.append(("first", event.order_reference_id))

    @receiver.on(OrderStatusUpdated)
    async def second(event):
        seen.append(("second", event.fulfillment_status))

    answer = await receiver.receive(headers, body())
    assert (answer.status, answer.is_success) == (200, True)
    assert seen == [("first", "shop-1001"), ("second", "shipped")]
    assert [event.event for event in receiver.seen] == ["order_status_updated"]


async def test_a_registered_function_stays_itself():
    receiver = WebhookReceiver(secrets=SECRET)

    async def function(_):
        pass

    assert receiver.on(Event)(function) is function


async def test_the_second_delivery_is_answered_without_being_handled(make, body, headers):
    receiver = make()
    answers = [await receiver.receive(headers, body()) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert [answer.reason for answer in answers[1:]] == ["Handled already"] * 2
    assert len(receiver.seen) == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"X-Webhook-Secret": ""},
        {"X-Webhook-Secret": "a-long-secreT"},
        {"X-Webhook-Secret": "a-long-secret "},
        {"X-Webhook-Secret": "ä"},
        {"X-Other": SECRET},
        [("X-Webhook-Secret", "wrong"), ("X-Webhook-Secret", SECRET)],
    ],
)
async def test_a_wrong_secret_is_refused_and_nothing_is_handled(make, body, given, caplog):
    receiver = make()
    assert (await receiver.receive(given, body())).status == 401
    assert receiver.seen == []
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "given",
    [
        {"x-webhook-secret": SECRET},
        {b"X-WEBHOOK-SECRET": SECRET.encode()},
        [(b"x-webhook-secret", SECRET.encode())],
        [("X-Webhook-Secret", SECRET), ("X-Other", "a")],
    ],
)
async def test_headers_come_in_the_forms_that_frameworks_have(make, body, given):
    assert (await make().receive(given, body())).status == 200


@pytest.mark.parametrize(("value", "status"), [("old", 200), ("new", 200), ("newer", 401)])
async def test_while_the_secret_is_changed_both_are_right(make, body, value, status):
    receiver = make(secrets=["old", "new"], header="X-Shop")
    assert (await receiver.receive({"X-Shop": value}, body())).status == status


async def test_a_secret_can_be_done_without_when_that_is_said(make, body):
    receiver = make(secrets=None, allow_unauthenticated=True)
    assert (await receiver.receive({}, body())).status == 200


@pytest.mark.parametrize("secrets", [None, [], "", ["a", ""], " a", "a\n", "ä", ["a", "b\x00"]])
async def test_a_receiver_without_a_usable_secret_cannot_be_made(secrets):
    with pytest.raises(ValueError, match="secrets: "):
        WebhookReceiver(secrets=secrets)


@pytest.mark.parametrize("header", ["", "ä", "X-Secret: foo", "X Y", "X-Secret\n"])
async def test_the_header_must_have_a_name(header):
    with pytest.raises(ValueError, match="header: "):
        WebhookReceiver(secrets=SECRET, header=header)


async def test_only_async_functions_and_classes_of_events_are_taken():
    receiver = WebhookReceiver(secrets=SECRET)
    with pytest.raises(TypeError, match="must be async"):
        receiver.on(Event)(lambda _: None)
    with pytest.raises(TypeError, match="name the classes"):
        receiver.on()
    with pytest.raises(TypeError, match="name the classes"):
        receiver.on(int)


async def test_partials_methods_and_callable_objects_are_functions_too(body, headers):
    receiver, seen = WebhookReceiver(secrets=SECRET), []

    class Shop:
        async def __call__(self, event):
            seen.append("object")

        async def method(self, event):
            seen.append("method")

    async def named(name, event):
        seen.append(name)

    for function in (functools.partial(named, "partial"), Shop(), Shop().method):
        receiver.on(Event)(function)
    await receiver.receive(headers, body())
    assert seen == ["partial", "object", "method"]


async def test_garbage_is_answered_400(make, headers):
    receiver = make()
    answer = await receiver.receive(headers, b"garbage")
    assert (answer.status, "not JSON" in answer.reason) == (400, True)
    assert receiver.seen == []


async def test_a_function_that_fails_gets_the_event_on_the_next_try(make, body, headers, caplog):
    receiver, calls = make(), []

    @receiver.on(OrderStatusUpdated)
    async def fails_once(_):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the database is away")

    answers = [(await receiver.receive(headers, body(comment="Ada"))).status for _ in range(3)]
    assert answers == [500, 200, 200]
    assert len(calls) == 2
    assert len(receiver.seen) == 2  # the function that had succeeded was run again
    assert "the database is away" in caplog.text
    assert "Ada" not in caplog.text


async def test_of_two_concurrent_deliveries_one_is_handled_one_is_busy(body, headers):
    receiver, entered, leave, answers = (
        WebhookReceiver(secrets=SECRET),
        anyio.Event(),
        anyio.Event(),
        [],
    )

    @receiver.on(Event)
    async def slow(_):
        entered.set()
        await leave.wait()

    async def deliver():
        answers.append((await receiver.receive(headers, body())).status)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(deliver)
        await entered.wait()
        await deliver()
        assert answers == [409]
        leave.set()
    assert answers == [409, 200]
    await deliver()
    assert answers == [409, 200, 200]


async def test_a_cancelled_delivery_can_come_again(make, body, headers, store):
    receiver, entered, waits = make(store=store), anyio.Event(), [True]

    @receiver.on(Event)
    async def slow(_):
        entered.set()
        if waits:
            await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(receiver.receive, headers, body())
        await entered.wait()
        tasks.cancel_scope.cancel()
    waits.clear()
    answer = await receiver.receive(headers, body())
    assert (answer.status, answer.reason) == (200, "Handled")


async def test_a_cancellation_does_not_undo_what_was_handled(make, body, headers, store):
    receiver = make(store=store)
    with anyio.CancelScope() as scope:

        @receiver.on(Event)
        async def last(_):
            scope.cancel()

        await receiver.receive(headers, body())
    answer = await receiver.receive(headers, body())
    assert (answer.reason, len(receiver.seen)) == ("Handled already", 1)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_cancelled_asyncio_task_does_not_undo_what_was_handled(make, body, headers, store):
    receiver = make(store=store)

    @receiver.on(Event)
    async def last(_):
        asyncio.current_task().cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(receiver.receive(headers, body()))
    answer = await receiver.receive(headers, body())
    assert (answer.reason, len(receiver.seen)) == ("Handled already", 1)


class ImpatientStore(MemoryStore):
    """Its claims end at once if they are not renewed; the first renewal fails."""

    lease = 0.0

    def __init__(self):
        super().__init__()
        self.renewed = []
        self.renewed_often = anyio.Event()

    async def renew(self, key, /):
        self.renewed.append(key)
        if len(self.renewed) == 1:
            raise OSError("the disk is full")
        if len(self.renewed) == 4:
            self.renewed_often.set()


async def test_a_claim_is_renewed_while_the_event_is_handled(make, body, headers, caplog):
    store = ImpatientStore()
    receiver = make(store=store)

    @receiver.on(Event)
    async def slow(_):
        await store.renewed_often.wait()

    assert (await receiver.receive(headers, body())).status == 200
    assert set(store.renewed) == {receiver.seen[0].deduplication_key}
    assert "the disk is full" in caplog.text
    renewed = len(store.renewed)
    await anyio.wait_all_tasks_blocked()
    assert len(store.renewed) == renewed


async def test_another_process_takes_no_event_from_a_slow_function(make, body, headers, tmp_path):
    class Wall:
        now = 0.0

    class Renewed(SqliteStore):
        async def renew(self, key, /):
            await super().renew(key)
            self.renewed.set()

    path = tmp_path / "webhooks.sqlite"
    one, other = (
        Renewed(path, lease=0.02, clock=lambda: Wall.now),
        SqliteStore(path, lease=0.02, clock=lambda: Wall.now),
    )
    receiver, claims = make(store=one), []

    @receiver.on(Event)
    async def slow(event):
        for _ in range(5):
            Wall.now += 0.015
            one.renewed = anyio.Event()
            await one.renewed.wait()
            claims.append(await other.claim(event.deduplication_key))

    one.renewed = anyio.Event()
    assert (await receiver.receive(headers, body())).status == 200
    assert claims == [Claim.BUSY] * 5
    await one.aclose()
    await other.aclose()


async def test_the_test_button_works_each_time(sample, make, headers):
    receiver, content = make(), json.dumps(sample("test_button")).encode()
    answers = [await receiver.receive(headers, content) for _ in range(3)]
    assert [answer.reason for answer in answers] == ["Handled"] * 3
    assert [event.is_test for event in receiver.seen] == [True] * 3

    @receiver.on(Event)
    async def fails(_):
        raise RuntimeError("the database is away")

    assert (await receiver.receive(headers, content)).status == 500


@pytest.mark.parametrize("value", [None, "\ud800", 5, [SECRET]])
async def test_a_header_that_is_no_text_is_a_wrong_secret(make, body, value):
    assert (await make().receive({"X-Webhook-Secret": value, None: None}, body())).status == 401


async def test_a_length_of_thousands_of_digits_is_too_much(make, body, headers):
    assert (await make().receive(headers | {"Content-Length": "1" * 5_000}, body())).status == 413
    assert (
        await make().receive(headers | {"Content-Length": "0" * 5_000 + "9"}, body())
    ).status == 200


@pytest.mark.parametrize("kind", [bytearray, memoryview])
async def test_bytes_may_be_of_any_kind(make, body, headers, kind):
    receiver = make()
    assert (await receiver.receive(headers, kind(body()))).status == 200
    assert (await receiver.receive(headers, kind(b" " * 2_000_000))).status == 413


async def test_a_name_that_is_half_a_character_can_be_recorded(make, headers, store):
    receiver = make(store=store)
    answers = [await receiver.receive(headers, b'{"event": "\\ud800"}') for _ in range(2)]
    assert [answer.reason for answer in answers] == ["Handled", "Handled already"]


async def test_no_line_of_the_log_is_as_long_as_a_name(body, headers, caplog):
    receiver = WebhookReceiver(secrets=SECRET, max_body=10_000_000)
    long = "x" * 1_000_000
    await receiver.receive(headers, json.dumps({"event": long, "id": long}).encode())

    @receiver.on(Event)
    async def take(_):
        pass

    receiver.store = BrokenStore("claim")
    await receiver.receive(headers, json.dumps({"event": long, "id": long}).encode())
    receiver.store = BrokenStore("finish", "release")
    await receiver.receive(headers, json.dumps({"event": long, "id": long}).encode())
    await receiver.receive(headers, body("store_product_deleted", storeProductId=None, id=long))
    assert len(caplog.records) > 3
    assert max(len(record.getMessage()) for record in caplog.records) < 1_000


class BrokenStore(MemoryStore):
    def __init__(self, *broken):
        super().__init__()
        self.broken = broken

    async def claim(self, key, /):
        return await self._try("claim", super().claim(key))

    async def finish(self, key, /):
        await self._try("finish", super().finish(key))

    async def release(self, key, /):
        await self._try("release", super().release(key))

    async def _try(self, name, call):
        if name in self.broken:
            call.close()
            raise OSError(f"{name}: the disk is full")
        return await call


@pytest.mark.parametrize(
    ("broken", "handled"), [(["claim"], 0), (["finish"], 1), (["finish", "release"], 1)]
)
async def test_a_broken_store_is_answered_500(make, body, headers, broken, handled, caplog):
    receiver = make(store=BrokenStore(*broken))
    assert (await receiver.receive(headers, body())).status == 500
    assert len(receiver.seen) == handled
    assert "the disk is full" in caplog.text


async def test_what_could_not_be_recorded_is_handled_again(make, body, headers):
    store = BrokenStore("finish")
    receiver = make(store=store)
    await receiver.receive(headers, body())
    store.broken = ()
    assert (await receiver.receive(headers, body())).status == 200
    assert len(receiver.seen) == 2
    assert await store.claim(receiver.seen[0].deduplication_key) is Claim.FINISHED


async def test_an_event_that_is_not_as_documented_is_logged(make, body, headers, caplog):
    receiver = make()
    with caplog.at_level(logging.WARNING, "gelato_async.webhooks"):
        trimmed = body("store_product_deleted", storeProductId=None)
        assert (await receiver.receive(headers, trimmed)).status == 200
    assert isinstance(receiver.seen[0], UnknownEvent)
    assert "is not as documented: storeProductId" in caplog.text


class Parts:
    """A body in parts, which counts those that were read."""

    def __init__(self, part, count):
        self.part, self.count, self.read = part, count, 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.read == self.count:
            raise StopAsyncIteration
        self.read += 1
        return self.part


async def test_a_body_may_come_in_parts(make, body, headers):
    whole = body()

    async def stream():
        yield whole[:10]
        yield whole[10:]

    assert (await make().receive(headers, stream())).status == 200


async def test_no_more_is_read_of_a_large_body_than_is_allowed(make, headers):
    parts = Parts(b"x" * 65_536, 160)
    assert (await make().receive(headers, parts)).status == 413
    assert parts.read == 17


async def test_a_generator_that_is_left_is_closed(make, headers):
    left = []

    async def stream():
        try:
            while True:
                yield b"x" * 1_000_000
        finally:
            left.append(True)

    assert (await make().receive(headers, stream())).status == 413
    assert left == [True]


async def test_nothing_is_read_of_a_body_that_announces_too_much(make, headers):
    parts = Parts(b"x", 1)
    assert (await make().receive(headers | {"Content-Length": "10485760"}, parts)).status == 413
    assert parts.read == 0


async def test_nothing_is_read_without_the_secret(make):
    parts = Parts(b"x", 1)
    assert (await make().receive({}, parts)).status == 401
    assert parts.read == 0


@pytest.mark.parametrize("more", [0, 1])
async def test_the_limit_is_exact(make, body, headers, more):
    receiver = make(max_body=len(body()))
    answer = await receiver.receive(headers, body() + b" " * more)
    assert answer.status == (413 if more else 200)


@pytest.mark.parametrize("length", ["nonsense", "-1", ""])
async def test_a_length_that_is_none_is_not_relied_on(make, body, headers, length):
    assert (await make().receive(headers | {"Content-Length": length}, body())).status == 200
