"""How long a retry waits, and what it may cost."""

import math

import anyio
import pytest

from gelato_async import (
    ConnectionFailedError,
    LocalLimiter,
    NoAnswerError,
    NotSentError,
    RateLimitError,
    Response,
    ResponseError,
    RetryPolicy,
    ServerError,
    Unlimited,
)


@pytest.mark.anyio
async def test_waits_grow_twofold_with_full_jitter_up_to_the_maximum(server, make_client, virtual):
    client = make_client(retry=RetryPolicy(attempts=9))
    client.engine.jitter = lambda: 1.0
    server.queue("get", *[Response(status=503)] * 8)
    server.order()
    await client.orders.get("order-1")
    assert virtual.slept == [0.5, 1, 2, 4, 8, 16, 20, 20]


@pytest.mark.anyio
async def test_waits_after_a_429_start_at_a_second(server, gelato, virtual):
    gelato.engine.jitter = lambda: 1.0
    server.queue("get", *[Response(status=429)] * 3)
    server.order()
    await gelato.orders.get("order-1")
    assert virtual.slept == [1, 2, 4]


@pytest.mark.anyio
async def test_waits_are_drawn_at_random(server, gelato, virtual):
    server.queue("get", *[Response(status=503)] * 3)
    server.order()
    await gelato.orders.get("order-1")
    assert all(0 <= wait <= most for wait, most in zip(virtual.slept, (0.5, 1, 2), strict=True))
    assert virtual.slept != [0.5, 1, 2]


@pytest.mark.anyio
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": "120"}, 120),
        (
            {
                "retry-after": "Wed, 15 Nov 2023 00:00:30 GMT",
                "date": "Wed, 15 Nov 2023 00:00:00 GMT",
            },
            30,
        ),
        (
            {"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"},
            30,
        ),  # measured from the clock, EPOCH is 22:13:20
    ],
)
async def test_retry_after_is_obeyed_in_seconds_and_as_a_date(
    server, gelato, virtual, status, headers, wait
):
    server.queue("get", Response(status=status, headers=headers))
    server.order()
    await gelato.orders.get("order-1")
    assert virtual.time == pytest.approx(wait)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [429, 503])
async def test_a_longer_retry_after_than_two_minutes_ends_the_call(server, gelato, virtual, status):
    server.queue("get", Response(status=status, headers={"retry-after": "121"}))
    with pytest.raises(ResponseError) as caught:
        await gelato.orders.get("order-1")
    assert caught.value.retry_after == 121
    assert virtual.slept == []
    assert server.count("get") == 1


@pytest.mark.anyio
async def test_a_429_holds_everybody_back_who_shares_the_limiter(server, make_client, virtual):
    limiter = LocalLimiter(clock=virtual.clock)
    one, other = make_client(limiter=limiter), make_client(limiter=limiter)
    server.order()
    server.queue("get", Response(status=429, headers={"retry-after": "9"}))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one.orders.get, "order-1")
        while not server.calls:
            await anyio.lowlevel.checkpoint()
        for _ in range(5):
            tasks.start_soon(other.orders.get, "order-1")
    assert min(server.times("get")[1:]) >= 9
    assert server.count("get") == 7


@pytest.mark.anyio
@pytest.mark.parametrize(("asked", "held"), [("3600", 120), ("121", 120)])
async def test_a_429_that_ends_the_call_still_closes_the_gate(
    server, make_client, virtual, asked, held
):
    client = make_client(limiter=LocalLimiter(clock=virtual.clock))
    server.order()
    server.queue("get", Response(status=429, headers={"retry-after": asked}))
    with pytest.raises(RateLimitError):
        await client.orders.get("order-1")
    await client.orders.get("order-1")
    assert virtual.time == pytest.approx(held)


@pytest.mark.anyio
async def test_the_last_429_of_a_call_closes_the_gate_too(server, make_client, virtual):
    client = make_client(limiter=LocalLimiter(clock=virtual.clock), retry=RetryPolicy(attempts=1))
    server.order()
    server.queue("get", Response(status=429))
    with pytest.raises(RateLimitError):
        await client.orders.get("order-1")
    await client.orders.get("order-1")
    assert virtual.time == pytest.approx(1.0)


# time for the whole call


@pytest.mark.anyio
async def test_a_retry_beyond_total_timeout_is_not_waited_for(server, make_client, virtual):
    client = make_client(total_timeout=10)
    server.queue("get", Response(status=503, headers={"retry-after": "11"}))
    with pytest.raises(ServerError):
        await client.orders.get("order-1")
    assert virtual.time == 0


@pytest.mark.anyio
async def test_an_ambient_deadline_counts_like_total_timeout(server, gelato, virtual):
    server.queue("get", Response(status=503, headers={"retry-after": "100"}))
    with anyio.fail_after(60), pytest.raises(ServerError):
        await gelato.orders.get("order-1")
    assert virtual.time == 0


@pytest.mark.anyio
async def test_total_timeout_spans_all_attempts(server, make_client, virtual):
    client = make_client(total_timeout=10)
    server.queue("get", *[Response(status=503, headers={"retry-after": "4"})] * 9)
    with pytest.raises(ServerError):
        await client.orders.get("order-1")
    assert server.times("get") == [0, 4, 8]


class Closed(Unlimited):
    async def acquire(self):
        await anyio.sleep_forever()


@pytest.mark.anyio
async def test_a_call_that_runs_out_of_time_in_line_was_not_sent(server, make_client):
    client = make_client(total_timeout=0.01, limiter=Closed())
    with pytest.raises(NotSentError, match="ran out before it was sent") as caught:
        await client.orders.get("order-1")
    assert caught.value.operation == "orders.get"
    assert not server.calls


@pytest.mark.anyio
async def test_a_call_that_runs_out_of_time_on_its_way_has_no_answer(make_client):
    class Silent:
        async def send(self, request, *, timeout, gate):  # noqa: ASYNC109
            await gate.mark_sent()
            await anyio.sleep_forever()

    client = make_client(total_timeout=0.01, transport=Silent())
    with pytest.raises(NoAnswerError, match="time for the whole call ran out"):
        await client.orders.get("order-1")


@pytest.mark.anyio
@pytest.mark.parametrize(("status", "told"), [(201, 201), (503, None), (None, None)])
async def test_time_that_runs_out_within_an_answer_keeps_a_success(make_client, status, told):
    class Stalling:
        async def send(self, request, *, timeout, gate):  # noqa: ASYNC109
            await gate.mark_sent()
            gate.status = status
            await anyio.sleep_forever()

    client = make_client(total_timeout=0.01, transport=Stalling())
    with pytest.raises(NoAnswerError) as caught:
        await client.orders.get("order-1")
    assert caught.value.status == told


# quota


@pytest.mark.anyio
async def test_an_outage_is_not_multiplied_beyond_the_quota(server, gelato):
    server.queue("get", *[Response(status=503)] * 400)
    for _ in range(100):
        with pytest.raises(ServerError):
            await gelato.orders.get("order-1")
    # a failed attempt costs its share whether it is repeated or not
    assert 100 < server.count("get") <= 100 + 500 // 14


@pytest.mark.anyio
async def test_successes_fill_the_quota_up_again(server, gelato):
    server.order()
    quota = gelato.engine.quota
    quota.left = 14
    server.queue("get", Response(status=503))
    await gelato.orders.get("order-1")
    assert quota.left == 14  # the repeat paid 14, its success gave that back
    await gelato.orders.get("order-1")
    assert quota.left == 15
    server.queue("get", Response(status=429))
    quota.left = 5
    await gelato.orders.get("order-1")
    assert quota.left == 5


@pytest.mark.anyio
async def test_clients_that_share_a_limiter_share_the_quota(make_client):
    limiter = Unlimited()
    assert make_client(limiter=limiter).engine.quota is make_client(limiter=limiter).engine.quota
    assert make_client().engine.quota is not make_client(limiter=limiter).engine.quota


# tokens


class Counting(Unlimited):
    def __init__(self):
        self.taken = self.sent = self.returned = 0

    async def acquire(self):
        self.taken += 1

    async def before_send(self):
        self.sent += 1

    def give_back(self):
        self.returned += 1


@pytest.mark.anyio
async def test_an_attempt_takes_a_token_and_gives_it_back_unsent(server, make_client):
    class Refusing:
        async def send(self, request, *, timeout, gate):  # noqa: ASYNC109
            raise ConnectionFailedError("refused")

    limiter = Counting()
    with pytest.raises(ConnectionFailedError):
        await make_client(limiter=limiter, transport=Refusing()).orders.get("order-1")
    assert (limiter.taken, limiter.sent, limiter.returned) == (4, 0, 4)

    limiter = Counting()
    server.order()
    server.queue("get", Response(status=503), Response(status=429))
    await make_client(limiter=limiter).orders.get("order-1")
    assert (limiter.taken, limiter.sent, limiter.returned) == (3, 3, 0)


@pytest.mark.anyio
async def test_an_attempt_cancelled_unsent_gives_its_token_back(make_client):
    class Connecting:
        async def send(self, request, *, timeout, gate):  # noqa: ASYNC109
            scope.cancel()
            await anyio.sleep_forever()

    limiter = Counting()
    with anyio.CancelScope() as scope:
        await make_client(limiter=limiter, transport=Connecting()).orders.get("order-1")
    assert (limiter.taken, limiter.sent, limiter.returned) == (1, 0, 1)


def test_a_deadline_is_the_earlier_one_of_ours_and_the_callers(make_client):
    async def main():
        client = make_client(total_timeout=10)
        assert client.engine.deadline() == 10
        with anyio.move_on_after(5):  # noqa: ASYNC100  only its deadline is of interest
            assert client.engine.deadline() == pytest.approx(5, abs=1)
        assert make_client().engine.deadline() == math.inf

    anyio.run(main)
