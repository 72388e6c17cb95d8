"""The one way to wait for a change."""

import anyio
import pytest
from anyio.lowlevel import checkpoint

from gelato_async.bulk.signal import Signal

pytestmark = pytest.mark.anyio


async def test_all_waiters_wake_and_later_ones_wait_on():
    signal, woken = Signal(), []

    async def wait(name):
        await signal.wait()
        woken.append(name)

    async with anyio.create_task_group() as group:
        group.start_soon(wait, "first")
        group.start_soon(wait, "second")
        await anyio.wait_all_tasks_blocked()
        signal.notify()
        group.start_soon(wait, "late")
        await anyio.wait_all_tasks_blocked()
        assert sorted(woken) == ["first", "second"]
        signal.notify()
    assert woken[2:] == ["late"]


async def test_a_notification_is_not_kept_for_later():
    signal = Signal()
    signal.notify()
    with anyio.move_on_after(0) as scope:
        await signal.wait()
    assert scope.cancelled_caught


async def test_a_waiter_that_is_cancelled_keeps_no_other_from_waking():
    signal, woken = Signal(), []

    async def wait():
        await signal.wait()
        woken.append(True)

    async with anyio.create_task_group() as group:
        group.start_soon(wait)
        with anyio.move_on_after(0):
            await signal.wait()
        await checkpoint()
        signal.notify()
    assert woken == [True]


def test_a_signal_may_be_made_outside_of_an_event_loop():
    Signal().notify()
