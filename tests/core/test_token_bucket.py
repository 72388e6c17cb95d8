from itertools import accumulate
from random import Random

import pytest
from hypothesis import example, given, settings, strategies as st

from gelato_async import TokenBucket
from gelato_async.core.token_bucket import WINDOW, SendLog

ONE_SECOND = 1.0
gaps = st.one_of(st.floats(0, 0.02), st.floats(0, 0.2), st.floats(0, 3))
arrivals = st.lists(st.tuples(gaps, st.integers(1, 150)), min_size=1, max_size=60)
lateness = st.lists(st.floats(0, 0.2) | st.just(0.0), min_size=1, max_size=20)


def worst_window(sent, width=ONE_SECOND):
    first, worst = 0, 0
    for position, moment in enumerate(sent):
        while sent[first] <= moment - width:
            first += 1
        worst = max(worst, position - first + 1)
    return worst


def backlog(limiter, count, start=0.0, late=(0.0,)):
    """When a first-in-first-out line of `count` would go, its timer firing late by turns."""
    sent, now, fired = [], start, 0
    while len(sent) < count:
        wait = limiter.take(now)
        if wait == 0.0:
            sent.append(now)
        else:
            now += wait + late[fired % len(late)]
            fired += 1
    return sent


def eager(limiter, pattern):
    """Callers who come in clusters and take whatever they are given, whether they waited or not."""
    moments = zip(
        accumulate(gap for gap, _ in pattern), (callers for _, callers in pattern), strict=True
    )
    return [now for now, callers in moments for _ in range(callers) if limiter.take(now) == 0.0]


@settings(deadline=None)
@given(arrivals)
def test_no_second_has_more_than_100_for_any_arrivals(pattern):
    assert worst_window(eager(TokenBucket(), pattern)) <= 100


@settings(deadline=None)
@given(lateness, st.integers(1, 1000))
@example([0.0], 1000)
@example([0.03], 1000)
@example([0.0, 0.0, 0.0, 0.2], 1000)
def test_no_second_has_more_than_100_with_late_timers(late, count):
    assert worst_window(backlog(TokenBucket(), count, late=late)) <= 100


@settings(deadline=None)
@given(arrivals, st.integers(1, 100))
def test_other_rates_are_kept_as_well(pattern, rate):
    assert worst_window(eager(TokenBucket(rate), pattern)) <= rate


@settings(deadline=None)
@given(arrivals)
def test_the_log_of_sends_alone_keeps_the_limit(pattern):
    assert worst_window(eager(SendLog(), pattern)) <= 100


def test_the_window_is_a_second_and_a_guard():
    assert 1.0 < WINDOW < 1.03


def test_an_idle_bucket_gives_ten_at_once():
    bucket = TokenBucket()
    assert [bucket.take(5.0) for _ in range(10)] == [0.0] * 10
    assert bucket.take(5.0) > 0.0


def test_a_bucket_that_is_idle_again_gives_ten_again():
    bucket = TokenBucket()
    last = backlog(bucket, 300)[-1]
    assert [bucket.take(last + 1.5) for _ in range(10)] == [0.0] * 10
    assert bucket.take(last + 1.5) > 0.0


@pytest.mark.parametrize("late", [(0.0,), (0.001,), (0.0, 0.005)])
def test_a_backlog_goes_out_at_97_a_second_or_more(late):
    sent = backlog(TokenBucket(), 5_000, late=late)
    assert (len(sent) - 1) / (sent[-1] - sent[0]) >= 97.0


def test_a_late_timer_catches_up_by_at_most_the_idle_burst():
    bucket = TokenBucket()
    last = backlog(bucket, 500)[-1]
    now = last + bucket.take(last) + 0.5
    at_once = 0
    while bucket.take(now) == 0.0:
        at_once += 1
    assert 1 < at_once <= 10


def test_waiting_as_long_as_asked_is_always_enough():
    bucket = TokenBucket()
    now = backlog(bucket, 250)[-1]
    assert bucket.take(now + bucket.take(now)) == 0.0


def test_asking_takes_nothing():
    bucket = TokenBucket()
    now = backlog(bucket, 50)[-1]
    assert {bucket.take(now) for _ in range(100)} == {bucket.take(now)}


def test_a_token_given_back_can_be_taken_at_once():
    bucket = TokenBucket()
    sent = backlog(bucket, 60)
    assert bucket.take(sent[-1]) > 0.0
    bucket.give_back()
    assert bucket.take(sent[-1]) == 0.0


def test_tokens_that_are_all_given_back_cost_nothing():
    bucket = TokenBucket()
    for _ in range(10):
        assert bucket.take(1.0) == 0.0
    for _ in range(10):
        bucket.give_back()
    assert [bucket.take(1.0) for _ in range(10)] == [0.0] * 10


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 0.05), st.integers(1, 12), st.integers(0, 12)),
        min_size=1,
        max_size=150,
    )
)
def test_giving_back_the_latest_tokens_never_opens_the_window(steps):
    bucket, used, now = TokenBucket(), [], 0.0
    for gap, callers, unused in steps:
        now += gap
        taken = [now for _ in range(callers) if bucket.take(now) == 0.0]
        kept = taken[: max(0, len(taken) - unused)]
        for _ in range(len(taken) - len(kept)):
            bucket.give_back()
        used += kept
    assert worst_window(used) <= 100


@pytest.mark.parametrize("seed", range(8))
def test_tokens_that_are_given_back_late_do_not_open_the_window(seed):
    """One in twenty connects fails, some time after its turn, while the others go on."""
    chance, bucket, used, failing, now = Random(seed), TokenBucket(), [], [], 0.0
    while now < 6.0:
        now += chance.uniform(0, 0.03)
        for one in [one for one in failing if one[0] <= now]:
            failing.remove(one)
            used.remove(one[1])
            bucket.give_back()
        for _ in range(chance.choice([1, 3, 20])):
            if bucket.take(now) == 0.0:
                used.append(now)
                if chance.random() < 0.05:
                    failing.append((now + chance.choice([0.05, 0.3, 0.9]), now))
    assert worst_window(used) <= 100


def test_a_closed_bucket_gives_nothing_before_its_time():
    bucket = TokenBucket()
    bucket.close(30.0)
    assert bucket.take(10.0) == 20.0
    assert bucket.take(29.5) == 0.5
    assert bucket.take(30.0) == 0.0


def test_closing_again_never_opens_earlier():
    bucket = TokenBucket()
    bucket.close(30.0)
    bucket.close(20.0)
    assert bucket.take(25.0) == 5.0
    bucket.close(40.0)
    assert bucket.take(25.0) == 15.0


def test_a_reopened_gate_does_not_release_a_burst():
    bucket = TokenBucket()
    backlog(bucket, 50)
    bucket.close(60.0)
    sent = backlog(bucket, 300, start=1.0)
    assert sent[0] == 60.0
    assert worst_window(sent) <= 100


@pytest.mark.parametrize("rate", [1, 2, 5, 10, 50])
def test_small_rates_are_kept_and_come_close(rate):
    sent = backlog(TokenBucket(rate), 10 * rate)
    assert worst_window(sent) <= rate
    assert (len(sent) - 1) / (sent[-1] - sent[0]) >= 0.9 * (rate - 1)


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_below_one_is_refused(rate):
    with pytest.raises(ValueError, match="rate must be 1"):
        TokenBucket(rate)


def test_the_log_waits_until_the_oldest_send_is_old_enough():
    log = SendLog(2)
    assert (log.take(0.0), log.take(0.5)) == (0.0, 0.0)
    assert log.take(0.6) == pytest.approx(WINDOW - 0.6)
    assert log.take(WINDOW) == 0.0
    assert log.take(WINDOW + 0.1) == pytest.approx(0.4)


def test_a_send_that_is_given_back_makes_room_for_one_and_no_more():
    log = SendLog(2)
    assert (log.take(0.0), log.take(0.5)) == (0.0, 0.0)
    log.give_back()
    assert log.take(0.6) == 0.0
    # whichever of the two was the one given back: two real ones in a window at most
    assert log.take(0.6) == pytest.approx(0.5 + WINDOW - 0.6)


def test_a_closed_gate_holds_back_a_send_and_notes_nothing():
    log = SendLog(1)
    assert log.take(10.0, 12.5) == 2.5
    assert log.take(12.5, 12.5) == 0.0


def test_a_send_that_left_late_counts_from_when_it_left():
    log = SendLog(2)
    assert (log.take(0.0), log.take(0.1)) == (0.0, 0.0)
    log.postpone(0.0, 0.3)
    # those of 0.1 and 0.3 are left
    assert log.take(0.1 + WINDOW) == 0.0
    assert log.take(0.1 + WINDOW) == pytest.approx(0.2)


def test_a_late_send_of_which_the_log_knows_nothing_is_dropped():
    log = SendLog(1)
    assert log.take(5.0) == 0.0
    log.postpone(4.0, 5.1)
    assert log.take(5.0 + WINDOW) == 0.0


class AskedMeanwhile(float):
    """A moment whose use lets another thread act: in the midst of a decision."""

    def __new__(cls, now, act):
        moment = super().__new__(cls, now)
        moment.act = act
        return moment

    def __rsub__(self, other):
        self.act()
        return other - float(self)

    def __add__(self, other):
        self.act()
        return float(self) + other


def test_threads_that_ask_at_once_take_different_places():
    log, others = SendLog(2), []

    def another_thread():
        others.append(log.take(5.0))

    assert log.take(AskedMeanwhile(5.0, another_thread)) == 0.0
    assert others == [0.0]
    assert log.take(5.0) == pytest.approx(WINDOW)


def test_the_last_place_goes_to_one_of_two_threads():
    log, others = SendLog(1), []

    def another_thread():
        others.append(log.take(5.0))

    assert log.take(AskedMeanwhile(5.0, another_thread)) == 0.0
    assert others == [WINDOW]
    assert log.take(5.0) == pytest.approx(WINDOW)


def test_a_send_is_given_back_while_the_only_place_is_taken():
    log = SendLog(1)
    assert log.take(AskedMeanwhile(5.0, log.give_back)) == 0.0
    assert log.take(5.0) == pytest.approx(WINDOW)


def test_threads_that_meet_in_the_schedule_both_count():
    bucket, others = TokenBucket(2), []

    def another_thread():
        others.append(bucket.take(5.0))

    assert bucket.take(AskedMeanwhile(5.0, another_thread)) == 0.0
    assert others == [0.0]
    assert bucket.take(5.5) == pytest.approx(WINDOW - 0.5)
