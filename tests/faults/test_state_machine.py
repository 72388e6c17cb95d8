"""The state machine on both APIs, with and without the marker.

`nox -s soak -- N` runs N examples of each, with seeds of its own.
"""

import os

import pytest
from faults.machine import FaultMachine
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

pytestmark = pytest.mark.system

EXAMPLES = 100
STEPS = 30


def profile():
    """Few examples, the same ones each time; or as many new ones as the soak asks for."""
    asked = int(os.environ.get("FAULT_EXAMPLES", "0"))
    return settings(
        max_examples=asked or EXAMPLES,
        stateful_step_count=STEPS,
        derandomize=not asked,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


# a killed run closes nothing
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("api", ["gelato", "connect"])
@pytest.mark.parametrize("marker", [False, True], ids=["", "marker"])
def test_no_order_is_made_twice_lost_or_reported_untruly(api, marker):
    class Machine(FaultMachine):
        options = {"api": api, "policy": {"marker": True} if marker else {}}

    run_state_machine_as_test(Machine, settings=profile())
