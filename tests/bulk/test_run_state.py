"""Why a run ends: one failure, and which one."""

import pytest

from gelato_async.bulk import JournalError
from gelato_async.bulk.run.run_state import RunState

FIRST, SECOND = RuntimeError("first"), RuntimeError("second")


@pytest.fixture
def state():
    return RunState()


def test_the_first_failure_that_stops_the_run_is_kept(state):
    state.stop(FIRST)
    state.stop(SECOND)
    assert state.failure is FIRST
    assert not state.may_go_on
    assert not state.may_look


def test_a_failure_of_the_input_lets_the_run_go_on(state):
    state.fail_at_end(FIRST)
    assert state.failure is FIRST
    assert state.may_go_on


def test_a_failure_that_stops_the_run_hides_one_of_the_input(state):
    state.fail_at_end(FIRST)
    state.stop(SECOND)
    state.fail_at_end(FIRST)
    assert state.failure is SECOND


def test_orders_are_looked_for_though_the_journal_failed(state):
    state.stop(JournalError("full"))
    assert not state.may_go_on
    assert state.may_look


def test_leaving_is_not_a_failure_and_wakes_the_stages():
    woken = []
    state = RunState(on_end=lambda: woken.append(True))
    state.leave()
    assert not state.may_go_on
    assert state.failure is None
    assert woken == [True]
