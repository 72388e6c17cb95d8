"""A clock that continues an earlier one."""

import pytest

from gelato_async.sandbox.clock import Clock, Moment

LAST = Moment(real=100.0, life=1_000.0, wall=5_000.0)


class Host:
    """The clocks of a host."""

    def __init__(self, wall):
        self.now, self.offset = 7.0, wall - 7.0

    def monotonic(self):
        return self.now

    def wall(self):
        return self.now + self.offset


def resumed(host, speed, before):
    clock = Clock(speed, monotonic=host.monotonic, wall=host.wall)
    clock.resume(LAST, before)
    return clock


def test_the_time_that_passed_counts_on_all_clocks():
    host = Host(wall=5_010.0)
    clock = resumed(host, 3.0, 3.0)
    assert clock.moment() == Moment(real=110.0, life=1_030.0, wall=5_010.0)
    host.now += 2.0
    assert clock.moment() == Moment(real=112.0, life=1_036.0, wall=5_012.0)


@pytest.mark.parametrize(
    ("before", "speed", "life"),
    [(0.0, 3.0, 1_000.0), (3.0, 0.0, 1_000.0), (1.0, 60.0, 1_010.0), (60.0, 1.0, 1_010.0)],
)
def test_another_speed_makes_no_age_jump(before, speed, life):
    assert resumed(Host(wall=5_010.0), speed, before).moment().life == life


def test_a_wall_clock_that_was_set_back_goes_on_from_the_last_moment():
    host = Host(wall=4_000.0)
    clock = resumed(host, 1.0, 1.0)
    assert clock.moment() == LAST
    host.now += 5.0
    assert clock.moment() == Moment(real=105.0, life=1_005.0, wall=5_005.0)


def test_a_moment_before_the_restart_has_the_speed_of_that_time():
    clock = resumed(Host(wall=5_010.0), 60.0, 1.0)
    assert clock.moment(104.0) == Moment(real=104.0, life=1_004.0, wall=5_004.0)


def test_the_seconds_of_monotonic_are_those_of_the_first_start():
    host = Host(wall=5_010.0)
    clock = resumed(host, 1.0, 1.0)
    assert clock.started == 7.0 - 110.0
    assert clock.real(8.0) == 111.0


def test_no_date_goes_back_while_the_wall_clock_is_set_back():
    host = Host(wall=5_000.0)
    clock = Clock(1.0, monotonic=host.monotonic, wall=host.wall)
    assert clock.moment().wall == 5_000.0
    host.offset -= 3_600.0
    assert clock.moment().wall == 5_000.0
    host.now += 5.0
    assert clock.moment().wall == 5_005.0
    assert clock.moment(2.0).wall == 5_002.0
