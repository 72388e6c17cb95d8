import asyncio
import os
import subprocess
import sys
from collections import Counter

import pytest
from support.doc_code import ROOT

from gelato_async.cli.samples.orders import sample_orders, to_line
from gelato_async.sandbox import Fault, FaultPlan

pytestmark = pytest.mark.system

# runs the script, and presses Ctrl-C as soon as it has printed ten lines: nine orders, and perhaps
# the bad line
INTERRUPTED = """
import builtins, itertools, runpy, signal, sys

printed, show = itertools.count(1), print

def print_and_interrupt(*texts, **options):
    show(*texts, **options)
    if next(printed) == 10:
        signal.raise_signal(signal.SIGINT)

builtins.print = print_and_interrupt
sys.argv[0] = "submit.py"
runpy.run_path("submit.py", run_name="__main__")
"""


@pytest.fixture
def sandbox_options():
    return {"faults": FaultPlan([Fault("drop", when="after", count=3)])}


@pytest.fixture
def run(write, sandbox):
    """Run the script on a file of 80 orders and a bad line."""
    folder = write("bulk")
    lines = [to_line(order, "gelato") for order in sample_orders("gelato", 80, 1)]
    (folder / "orders.jsonl").write_bytes(
        b"".join([*lines[:1], b'{"orderReferenceId": "bad"}\n', *lines[1:]])
    )

    def run_script(*script, **environment):
        line = [sys.executable, "-W", "error", *(script or ["submit.py"]), "orders.jsonl"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        return subprocess.run(
            line,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run_script


def test_after_ctrl_c_the_same_command_makes_no_order_twice(run, sandbox):
    first = run("-c", INTERRUPTED)
    assert first.returncode == 1
    assert first.stderr.endswith(
        "Interrupted. The same command continues where this one stopped.\n"
    )
    assert 9 <= sandbox.audit().commits < 80
    second = run()
    assert second.returncode == 0, second.stderr
    assert "orders.jsonl:2: " in second.stderr
    assert second.stdout.endswith("80 created, 0 rejected, 0 unknown\n")
    assert set(first.stdout.splitlines()) <= set(second.stdout.splitlines())
    made = sandbox.audit().orders["gelato"]
    assert Counter(map(len, made.values())) == {1: 80}


def test_a_wrong_key_is_reported_in_one_line(run, sandbox):
    done = run(GELATO_API_KEY="wrong")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("Stopped: ")
    assert "Traceback" not in done.stderr
    assert sandbox.audit().commits == 0


def test_orders_of_a_table_are_made_once(load, sandbox):
    recipe = load("bulk", "from_table")
    table = {str(number): None for number in range(20)} | {"done": "an-id"}
    asyncio.run(recipe.work_off(table))
    made = sandbox.audit().orders["gelato"]
    assert {number: order_id for number, order_id in table.items() if number != "done"} == {
        number: order_id for number, ((order_id,),) in made.items()
    }
    before_the_crash = dict.fromkeys(table) | {"done": "an-id"}
    asyncio.run(recipe.work_off(before_the_crash))
    assert before_the_crash == table
    assert sandbox.audit().commits == 20
