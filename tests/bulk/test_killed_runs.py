"""A run in a process of its own is killed and goes on: the sandbox's audit has every order once."""

import contextlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from gelato_async.bulk import Journal
from gelato_async.sandbox import Fault, FaultPlan, Sandbox

pytestmark = pytest.mark.system

FAULTS = [
    Fault("status", status=503, share=0.05),
    Fault("drop", when="before", share=0.05),
    Fault("drop", when="after", share=0.05),
    Fault("status", status=504, commit_delay=0.3, share=0.05),
]
# seconds: orders are found 0.4 after the failure at most, the window is three times that
RECONCILE = "1.2"
SLOW = {"latency": 0.2, "search_lag": 0.1}
ORDERS = 200
CHILD = ["-m", "support.killed_run"]
TESTS = Path(__file__).parents[1]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


def _child(sandbox, backend, path, *seed):
    arguments = [sys.executable, *CHILD, sandbox.url, backend, path, str(ORDERS), RECONCILE, *seed]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=TESTS)


def _killed(sandbox, backend, path, seed):
    """Run until the process kills itself; its last line says how far it was."""
    with _child(sandbox, backend, path, str(seed)) as child:
        lines = child.stdout.readlines()
    assert child.returncode == -9, "not killed: " + " / ".join(lines)
    assert len(lines[-1].split()) == 2, "killed after its end: " + " / ".join(lines[:-1])
    finished, in_flight = map(int, lines[-1].split())
    assert 0.2 * ORDERS <= finished < 0.8 * ORDERS
    assert in_flight >= 10


def _resumed(sandbox, backend, path):
    with _child(sandbox, backend, path) as child:
        last = child.stdout.readlines()[-1]
    assert child.returncode == 0
    return json.loads(last)


def _made(sandbox, backend):
    return sandbox.audit().orders.get(backend, {})


@pytest.mark.parametrize("backend", ["gelato", "connect"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_killed_run_resumes_with_every_order_exactly_once(path, backend, seed):
    with Sandbox(faults=FaultPlan(FAULTS, seed=seed), **SLOW) as sandbox:
        _killed(sandbox, backend, path, seed)
        assert Journal(path).count()["intended"] >= 10
        outcomes = _resumed(sandbox, backend, path)
        made = _made(sandbox, backend)
        assert not sandbox.audit().duplicates
    assert {reference: len(commits) for reference, commits in made.items()} == {
        f"r{i}": 1 for i in range(ORDERS)
    }
    assert sorted(reference for reference, _, _ in outcomes) == sorted(made)
    for reference, kind, order_id in outcomes:
        assert kind == "Created"
        assert order_id in made[reference][0]
    assert Journal(path).count() == {"intended": 0, "created": ORDERS, "rejected": 0, "unknown": 0}


def test_without_its_intents_a_killed_run_makes_orders_twice(path):
    with Sandbox(faults=FaultPlan(FAULTS, seed=1), **SLOW) as sandbox:
        _killed(sandbox, "gelato", path, seed=1)
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            assert connection.execute("DELETE FROM orders WHERE state = 1").rowcount >= 10
        _resumed(sandbox, "gelato", path)
        assert sandbox.audit().duplicates
