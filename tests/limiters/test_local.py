import asyncio
import threading
from collections import Counter

import anyio
import pytest
import trio

from gelato_async import Clock, LocalLimiter, Unlimited
from gelato_async.core.token_bucket import WINDOW
from gelato_async.limiters.local import LONGEST_PAUSE, shared_limiter


def worst_window(moments):
    first = worst = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= 1.0:
            first += 1
        worst = max(worst, last - first + 1)
    return worst


class Stopped:
    """A clock that stands still: whoever sleeps, sleeps until the test moves it."""

    def __init__(self):
        self.time = 0.0
        self.asleep = 0

    @property
    def clock(self):
        return Clock(now=lambda: self.time, sleep=self.sleep)

    async def sleep(self, seconds):
        until = self.time + seconds
        self.asleep += 1
        try:
            while self.time < until:
                await anyio.lowlevel.checkpoint()
        finally:
            self.asleep -= 1


async def rest():
    for _ in range(20):
        await anyio.lowlevel.checkpoint()


@pytest.fixture
def stopped():
    return Stopped()


@pytest.fixture
def limiter(virtual):
    return LocalLimiter(clock=virtual.clock)


async def backlog(limiter, virtual, size):
    moments = []

    async def go():
        await limiter.acquire()
        await limiter.before_send()
        moments.append(virtual.time)

    async with anyio.create_task_group() as tasks:
        for _ in range(size):
            tasks.start_soon(go)
    return moments


@pytest.mark.anyio
async def test_an_idle_limiter_lets_ten_go_without_a_wait(limiter, virtual):
    for _ in range(10):
        await limiter.acquire()
        await limiter.before_send()
    assert virtual.slept == []
    await limiter.acquire()
    assert len(virtual.slept) == 1


@pytest.mark.anyio
async def test_it_lets_ten_go_again_after_a_rest(limiter, virtual):
    await backlog(limiter, virtual, 150)
    virtual.time += 3
    virtual.slept.clear()
    for _ in range(10):
        await limiter.acquire()
    assert virtual.slept == []


@pytest.mark.anyio
async def test_a_backlog_of_a_thousand_keeps_to_the_rate(limiter, virtual):
    moments = await backlog(limiter, virtual, 1_000)
    assert len(moments) == 1_000
    assert moments == sorted(moments)
    assert worst_window(moments) <= 100
    assert 999 / (moments[-1] - moments[0]) >= 97


@pytest.mark.anyio
async def test_late_timers_neither_slow_a_backlog_nor_break_the_limit(virtual):
    async def late_sleep(seconds):
        await virtual.sleep(seconds + 0.012)

    limiter = LocalLimiter(clock=Clock(now=virtual.now, sleep=late_sleep))
    moments = await backlog(limiter, virtual, 600)
    assert worst_window(moments) <= 100
    assert 599 / (moments[-1] - moments[0]) >= 97


@pytest.mark.anyio
async def test_another_rate_is_kept_too(virtual):
    limiter = LocalLimiter(5, clock=virtual.clock)
    assert limiter.rate == 5
    assert worst_window(await backlog(limiter, virtual, 40)) <= 5


def test_a_rate_below_one_is_refused():
    with pytest.raises(ValueError, match="rate must be 1"):
        LocalLimiter(0)


@pytest.mark.anyio
async def test_first_come_is_first_served(limiter, virtual):
    served = []

    async def go(number):
        await limiter.acquire()
        served.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(60):
            tasks.start_soon(go, number)
            await anyio.lowlevel.checkpoint()
    assert served == list(range(60))


@pytest.mark.anyio
async def test_no_newcomer_overtakes_the_line(stopped):
    limiter = LocalLimiter(clock=stopped.clock)
    for _ in range(10):
        await limiter.acquire()
    served = []

    async def go(name):
        await limiter.acquire()
        served.append(name)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(go, "first")
        await rest()
        stopped.time = 1.5  # its turn has come, it has not run yet
        tasks.start_soon(go, "second")
    assert served == ["first", "second"]


@pytest.mark.anyio
@pytest.mark.parametrize("position", ["head", "middle", "last"])
async def test_a_cancelled_waiter_costs_no_token_and_delays_no_other(stopped, position):
    limiter = LocalLimiter(clock=stopped.clock)
    for _ in range(10):
        await limiter.acquire()
    served, scopes = [], {}

    async def go(name):
        with anyio.CancelScope() as scopes[name]:
            await limiter.acquire()
            served.append(name)

    names = ["head", "middle", "last"]
    async with anyio.create_task_group() as tasks:
        for name in names:
            tasks.start_soon(go, name)
            await rest()
        assert stopped.asleep == 1
        scopes[position].cancel()
        await rest()
        names.remove(position)
        stopped.time += 1 / 99 + 1e-6
        await rest()
        assert served == names[:1]
        stopped.time += 1 / 99 + 1e-6
        await rest()
        assert served == names
    # twelve turns were taken and none was lost: after a rest there is room for a whole burst
    stopped.time += 3
    for _ in range(10):
        await limiter.acquire()
    assert stopped.asleep == 0


@pytest.mark.anyio
async def test_a_waiter_cancelled_as_its_turn_comes_passes_it_on(stopped):
    limiter = LocalLimiter(clock=stopped.clock)
    for _ in range(10):
        await limiter.acquire()
    served, scopes = [], {}

    async def go(name):
        with anyio.CancelScope() as scopes[name]:
            await limiter.acquire()
            served.append(name)

    async with anyio.create_task_group() as tasks:
        for name in ("head", "next", "third"):
            tasks.start_soon(go, name)
            await rest()
        scopes["head"].cancel()
        scopes["next"].cancel()
        stopped.time += 1
        await rest()
    assert served == ["third"]


@pytest.mark.anyio
async def test_a_turn_that_is_given_back_can_be_taken_at_once(limiter, virtual):
    for _ in range(10):
        await limiter.acquire()
    limiter.give_back()
    await limiter.acquire()
    assert virtual.slept == []


@pytest.mark.anyio
async def test_turns_given_back_do_not_count_against_the_window(limiter, virtual):
    for _ in range(300):
        await limiter.acquire()
        limiter.give_back()
    assert virtual.slept == []


@pytest.mark.anyio
async def test_a_send_that_is_taken_back_leaves_its_place_to_another(limiter, virtual):
    for _ in range(300):
        await limiter.before_send()
        limiter.take_back()
    assert virtual.slept == []


@pytest.mark.anyio
async def test_a_send_that_was_held_up_counts_from_when_it_left(virtual):
    limiter = LocalLimiter(1, clock=virtual.clock)
    await limiter.before_send()
    virtual.time += 0.4
    limiter.note_delay(0.4)
    await limiter.before_send()
    assert virtual.time == pytest.approx(0.4 + WINDOW)


@pytest.mark.anyio
async def test_a_pause_holds_everybody_back_as_long_as_it_lasts(limiter, virtual):
    limiter.pause(7.5)
    moments = await backlog(limiter, virtual, 30)
    assert moments[0] == pytest.approx(7.5)


@pytest.mark.anyio
async def test_a_pause_holds_back_attempts_between_turn_and_send(limiter, virtual):
    await limiter.acquire()
    limiter.pause(4.0)
    await limiter.before_send()
    assert virtual.time == pytest.approx(4.0)


@pytest.mark.anyio
async def test_a_pause_lasts_two_minutes_at_most_and_is_not_shortened(limiter, virtual):
    limiter.pause(100_000)
    limiter.pause(1)
    await limiter.acquire()
    assert virtual.time == pytest.approx(LONGEST_PAUSE) == 120


@pytest.mark.anyio
async def test_turns_that_were_saved_up_cannot_be_sent_all_at_once(limiter, virtual):
    for _ in range(300):  # 300 slow connects: all have their turn, and none has sent
        await limiter.acquire()
    moments = []
    for _ in range(300):
        await limiter.before_send()
        moments.append(virtual.time)
    assert worst_window(moments) <= 100


@pytest.mark.anyio
async def test_waiting_to_send_is_fair_even_if_a_wait_is_cancelled(stopped):
    limiter = LocalLimiter(clock=stopped.clock)
    for _ in range(100):
        await limiter.before_send()
    sent, scopes = [], {}

    async def go(number):
        with anyio.CancelScope() as scopes[number]:
            await limiter.before_send()
            sent.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(100):
            tasks.start_soon(go, number)
            await anyio.lowlevel.checkpoint()
        await rest()
        scopes[0].cancel()
        stopped.time += 1.03
        for _ in range(30):
            await rest()
    assert sent == list(range(1, 100))
    await limiter.before_send()  # the hundredth: the cancelled one was none
    assert stopped.asleep == 0


def test_one_limiter_serves_two_event_loops_one_after_the_other(virtual):
    limiter = LocalLimiter(clock=virtual.clock)
    first = asyncio.run(backlog(limiter, virtual, 30))
    second = trio.run(backlog, limiter, virtual, 30)
    third = asyncio.run(backlog(limiter, virtual, 30))
    moments = first + second + third
    assert moments == sorted(moments)
    assert worst_window(moments) <= 100


def test_one_limiter_serves_two_threads_at_once():
    # 1,000 a second, so that the test is short
    limiter = LocalLimiter(1_000)
    finished = Counter()

    async def work(name):
        async def go():
            await limiter.acquire()
            await limiter.before_send()
            finished[name] += 1

        async with anyio.create_task_group() as tasks:
            for _ in range(300):
                tasks.start_soon(go)

    threads = [
        threading.Thread(target=lambda: asyncio.run(work("asyncio"))),
        threading.Thread(target=lambda: trio.run(work, "trio")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert finished == {"asyncio": 300, "trio": 300}


def test_clients_with_one_key_share_a_limiter_and_others_do_not():
    assert shared_limiter("test-a") is shared_limiter("test-a")
    assert shared_limiter("test-a") is not shared_limiter("test-b")
    assert shared_limiter("test-a").rate == 100


@pytest.mark.anyio
async def test_unlimited_never_waits():
    unlimited = Unlimited()
    unlimited.pause(3600)
    for _ in range(1_000):
        await unlimited.acquire()
        await unlimited.before_send()
    unlimited.take_back()
    unlimited.give_back()
