"""What holds for every wait: for the status of an order, and for a store product."""

import json
import math

import anyio
import pytest

from gelato_async import (
    DecodeError,
    GelatoClient,
    NoAnswerError,
    NotFoundError,
    Response,
    RetryPolicy,
    ScriptedTransport,
    Unlimited,
    WaitTimeoutError,
)

pytestmark = pytest.mark.anyio

FOUND = {"id": "1", "orderReferenceId": "ref-1"}
OPEN = {**FOUND, "fulfillmentStatus": "created", "status": "created"}
OVER = {**FOUND, "fulfillmentStatus": "shipped", "status": "active"}
WAITS = {
    "order": lambda client, seconds: client.orders.wait_for("1", "shipped", timeout=seconds),
    "ready": lambda client, seconds: client.stores.wait_until_ready(
        "store-1", "1", timeout=seconds
    ),
    "published": lambda client, seconds: client.stores.wait_until_published(
        "store-1", "1", timeout=seconds
    ),
}
EVERY = pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)


class Wait:
    """A client over answers by time: `answer(second)` is JSON, a response or an error."""

    def __init__(self, virtual, answer, **options):
        self.virtual, self.answer, self.times = virtual, answer, []
        options = {
            "limiter": Unlimited(),
            "clock": virtual.clock,
            "retry": RetryPolicy(attempts=1),
        } | options
        self.client = GelatoClient("k", transport=ScriptedTransport(self), **options)

    async def __call__(self, request):
        self.times.append(self.virtual.time)
        found = self.answer(self.virtual.time)
        if isinstance(found, BaseException):
            raise found
        return (
            found
            if isinstance(found, Response)
            else Response(status=200, body=json.dumps(found).encode())
        )


@EVERY
@pytest.mark.parametrize(
    "policy", [RetryPolicy(), RetryPolicy(attempts=1)], ids=["retries", "one attempt"]
)
@pytest.mark.parametrize(("status", "asked"), [(503, 9), (429, 29), (503, 600)])
async def test_a_server_that_asks_for_more_time_ends_a_wait_at_once(
    virtual, wait, policy, status, asked
):
    busy = Response(status=status, headers={"retry-after": str(asked)})
    script = Wait(virtual, lambda second: busy, retry=policy)
    with pytest.raises(
        WaitTimeoutError, match=f"Gelato asks for {asked} seconds without a request"
    ) as caught:
        await wait(script.client, 8)
    assert (script.times, virtual.time, caught.value.last) == ([0], 0, None)
    assert str(status) in caught.value.reason


@EVERY
async def test_a_server_that_asks_for_time_is_left_alone_for_so_long(virtual, wait):
    script = Wait(
        virtual,
        lambda second: (
            OVER if second >= 40 else Response(status=503, headers={"retry-after": "20"})
        ),
    )
    assert (await wait(script.client, 120)).id == "1"
    assert script.times == [0, 20, 40]


@EVERY
async def test_a_server_that_asks_for_all_the_time_gets_a_last_look(virtual, wait):
    script = Wait(
        virtual,
        lambda second: OVER if second else Response(status=503, headers={"retry-after": "20"}),
    )
    assert (await wait(script.client, 20)).id == "1"
    assert script.times == [0, 20]


@EVERY
async def test_an_interval_is_not_shortened_by_what_a_server_asks_for(virtual, wait):
    script = Wait(
        virtual,
        lambda second: OVER if second else Response(status=503, headers={"retry-after": "0"}),
    )
    await wait(script.client, 20)
    assert script.times == [0, 1]


@EVERY
async def test_no_retry_begins_after_the_end(virtual, wait):
    policy = RetryPolicy(attempts=9, initial=4.0, maximum=4.0)
    script = Wait(virtual, lambda second: Response(status=503), retry=policy, timeout=30.0)
    with pytest.raises(WaitTimeoutError):
        await wait(script.client, 10)
    assert max(script.times) <= 10
    assert virtual.time == 10


@EVERY
async def test_a_look_that_hangs_at_the_end_adds_one_timeout(wait):
    async def hang(_):
        await anyio.sleep_forever()

    client = GelatoClient("k", transport=ScriptedTransport(hang), limiter=Unlimited(), timeout=0.02)
    with anyio.fail_after(10), pytest.raises(WaitTimeoutError, match="no look succeeded"):
        await wait(client, 0.02)


@EVERY
@pytest.mark.parametrize(
    "lost",
    [
        NoAnswerError("cut off", status=200),
        Response(status=200, body=b"<html>"),
        Response(status=200, body=b'{"id":'),
    ],
    ids=["truncated", "html", "half"],
)
async def test_an_answer_that_cannot_be_read_does_not_end_a_wait(virtual, wait, lost):
    script = Wait(virtual, lambda second: lost if second < 30 else OVER)
    assert (await wait(script.client, 120)).id == "1"


@EVERY
async def test_answers_that_stay_unreadable_are_told_when_time_is_up(virtual, wait):
    script = Wait(virtual, lambda second: Response(status=200, body=b"<html>"))
    with pytest.raises(WaitTimeoutError, match="no look succeeded") as caught:
        await wait(script.client, 20)
    assert isinstance(caught.value.__cause__, DecodeError)
    assert "it is not JSON" in caught.value.reason


MISSING = Response(status=404, body=b'{"message": "no such thing"}')


@EVERY
async def test_what_was_just_made_may_not_be_found_at_once(virtual, wait):
    script = Wait(virtual, lambda second: MISSING if second < 5 else OVER)
    assert (await wait(script.client, 120)).id == "1"


@EVERY
async def test_what_is_not_found_for_ten_seconds_is_not_there(virtual, wait):
    script = Wait(virtual, lambda second: MISSING)
    with pytest.raises(NotFoundError, match="no such thing"):
        await wait(script.client, 1000)
    assert script.times[-2] < 10 <= script.times[-1] <= 20


@EVERY
async def test_what_is_not_found_when_time_is_up_is_not_there(virtual, wait):
    script = Wait(virtual, lambda second: MISSING)
    with pytest.raises(NotFoundError):
        await wait(script.client, 2)
    assert script.times == [0, 1, 2]


@EVERY
async def test_what_was_seen_and_is_gone_ends_a_wait_at_once(virtual, wait):
    script = Wait(virtual, lambda second: MISSING if second else OPEN)
    with pytest.raises(NotFoundError):
        await wait(script.client, 1000)
    assert script.times == [0, 1]


@EVERY
@pytest.mark.parametrize("seconds", [None, "5", True, [5]], ids=repr)
async def test_a_timeout_that_is_no_number_is_refused(virtual, wait, seconds):
    script = Wait(virtual, lambda second: OPEN)
    with pytest.raises(TypeError, match="timeout must be a number of seconds"):
        await wait(script.client, seconds)
    assert script.times == []


@EVERY
@pytest.mark.parametrize("seconds", [math.nan, -5, -math.inf, -0.001])
async def test_a_timeout_that_is_no_time_is_refused(virtual, wait, seconds):
    script = Wait(virtual, lambda second: OPEN)
    with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
        await wait(script.client, seconds)
    assert script.times == []


@EVERY
async def test_a_wait_may_have_no_time_or_no_end(virtual, wait):
    script = Wait(virtual, lambda second: OVER if second > 5_000 else OPEN)
    with pytest.raises(WaitTimeoutError):
        await wait(script.client, 0)
    assert script.times == [0]
    assert (await wait(script.client, math.inf)).id == "1"
