from itertools import pairwise

import pytest

from gelato_async.core.database_clock import (
    MEMORY,
    NEWEST,
    SPACING,
    DatabaseClock,
    HeaderClock,
    Interval,
    Sample,
)


def sample(at, *, ahead=0.0, took=0.2, offset=0.0):
    return Sample(
        sent=at, answered=at + took, dated=float(int(at + took / 2 + ahead)), offset=offset
    )


def test_a_sample_bounds_the_difference_and_widens_with_distance():
    one = Sample(sent=10.0, answered=10.5, dated=110.0, offset=0.0)
    assert one.difference(10.0) == Interval(pytest.approx(98.4995), pytest.approx(102.0005))
    far = one.difference(1_010.0)
    assert (far.high - far.low) > 4


@pytest.mark.parametrize("ahead", [-3600.0, -7.3, 0.0, 0.6, 3600.0])
def test_the_true_difference_is_within_what_is_read(ahead):
    clock = DatabaseClock([sample(at, ahead=ahead) for at in range(0, 100, 3)])
    reading = clock.reading(50.0, 0.0)
    for interval in (reading.near, reading.whole):
        assert interval.low <= ahead <= interval.high
        assert interval.high - interval.low < 4
    assert (reading.torn, reading.before) == (False, True)


def test_nothing_is_known_at_first():
    assert not DatabaseClock().is_known(0.0, 0.0)
    assert DatabaseClock().reading(0.0, 0.0).near is None


def test_samples_are_forgotten_after_a_quarter_of_an_hour():
    clock = DatabaseClock([sample(0.0)])
    assert clock.is_known(MEMORY, 0.0)
    assert not clock.is_known(MEMORY + 1, 0.0)


def test_samples_from_before_a_set_clock_or_a_sleep_are_void():
    clock = DatabaseClock([sample(0.0, offset=5_000.0)])
    assert clock.is_known(10.0, 5_000.9)
    assert not clock.is_known(10.0, 5_001.1)


def test_a_step_between_two_samples_tears_the_reading():
    clock = DatabaseClock([sample(0.0), sample(20.0, ahead=30.0)])
    reading = clock.reading(10.0, 0.0)
    assert (reading.torn, reading.near, reading.whole) == (True, None, None)


def test_a_late_step_leaves_what_is_near_the_send():
    samples = [*(sample(float(at)) for at in range(8)), sample(60.0, ahead=30.0)]
    reading = DatabaseClock(samples).reading(4.0, 0.0)
    assert (reading.torn, reading.whole) == (True, None)
    assert reading.near is not None


def test_a_long_run_keeps_few_samples():
    clock = DatabaseClock()
    for at in range(100_000):
        clock.learn(sample(at / 20))
    kept = clock.samples
    assert kept[-1].answered - kept[0].answered <= 2 * MEMORY
    assert len(kept) < NEWEST + 2 * MEMORY / SPACING + 2
    gaps = [later.answered - earlier.answered for earlier, later in pairwise(kept)]
    assert all(gap >= SPACING - 0.1 for gap in gaps[: -NEWEST - 1])


def header(clock, at, date):
    clock.learn(sent=at, answered=at + 0.2, date=date, offset=0.0)


def test_the_header_counts_where_more_than_half_agree():
    clock = HeaderClock()
    for at in range(8):
        header(clock, at, float(at + 100))
    found = clock.difference(0.0)
    assert found.low <= 100 <= found.high
    for at in range(8):
        header(clock, 10 + at, 9e9 * at)
    assert clock.difference(0.0) is None


def test_the_header_is_unknown_at_first_and_after_a_set_clock():
    clock = HeaderClock()
    assert clock.difference(0.0) is None
    header(clock, 1.0, 101.0)
    assert clock.difference(3_600.0) is None
