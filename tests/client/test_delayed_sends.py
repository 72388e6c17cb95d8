"""What the limiter learns where the process was held up between its word and the first bytes."""

import pytest

from gelato_async import Clock, Unlimited
from gelato_async.client.sender import SHORTEST_DELAY, AttemptGate
from gelato_async.core.events import Call


class Noting(Unlimited):
    def __init__(self):
        self.delays = []

    def note_delay(self, seconds):
        self.delays.append(seconds)


def gate_of(limiter, *moments):
    return AttemptGate(
        call=Call(),
        operation="orders.get",
        limiter=limiter,
        clock=Clock(now=iter(moments).__next__),
    )


@pytest.mark.anyio
async def test_the_limiter_learns_how_late_a_request_left():
    limiter = Noting()
    gate = gate_of(limiter, 5.0, 5.25)
    await gate.mark_sent()
    gate.mark_written()
    assert limiter.delays == [0.25]


@pytest.mark.anyio
async def test_a_delay_within_the_guard_is_not_reported():
    limiter = Noting()
    gate = gate_of(limiter, 5.0, 5.0 + SHORTEST_DELAY / 2)
    await gate.mark_sent()
    gate.mark_written()
    assert limiter.delays == []


@pytest.mark.anyio
async def test_a_limiter_need_not_care_about_delays():
    gate = gate_of(Unlimited(), 5.0, 5.25)
    await gate.mark_sent()
    gate.mark_written()
