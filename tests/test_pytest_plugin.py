import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import gelato_async
import gelato_async.sandbox  # or each of the runs within would import it again

pytestmark = pytest.mark.system

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]

# The package keeps what it imports late; a run within that was the first to import it would leave
# classes behind that the next run knows as others.
for _name in gelato_async.__all__:
    getattr(gelato_async, _name)

# what a user's test module may begin with
PRELUDE = """
import os, asyncio, anyio, pytest
from gelato_async import *
from gelato_async.sandbox import Fault, FaultPlan
from support.orders import new_order as an_order
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Run a user's test module with the plugin, whether it is installed or not.

    A warning is an error.
    """
    for name in [name for name in os.environ if name.startswith("GELATO_")]:
        monkeypatch.delenv(name)

    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")

    def run_module(source=None):
        if source is not None:
            pytester.path.joinpath("test_shop.py").write_text(PRELUDE + source)
        plugin = ["-p", "no:gelato_async", "-p", "gelato_async.pytest_plugin"]
        # hypothesis would be imported anew each time
        others = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
        return pytester.runpytest_inprocess(*plugin, *others, "-W", "error")

    return run_module


def test_it_is_installed_as_a_plugin_of_pytest():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"gelato_async": "gelato_async.pytest_plugin"}


def test_it_imports_nothing_before_a_fixture_is_used():
    script = (
        "import sys, pytest, collections.abc, itertools, typing\n"
        "before = set(sys.modules)\n"
        "import gelato_async.pytest_plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == [
        "gelato_async",
        "gelato_async._version",
        "gelato_async.pytest_plugin",
    ]


def test_one_argument_gives_a_client_with_a_sandbox(run):
    result = run("""
@pytest.mark.anyio
async def test_gelato_under_anyio(gelato_client, gelato_sandbox):
    order = await gelato_client.orders.create(an_order("a"))
    assert (await gelato_client.orders.get(order.id)).order_reference_id == "a"
    assert list(gelato_sandbox.audit().orders["gelato"]) == ["a"]

@pytest.mark.anyio
async def test_connect_under_anyio(gelato_connect_client, gelato_sandbox):
    await gelato_connect_client.orders.create(an_order("b"))
    assert (await gelato_connect_client.orders.get("b")).order_reference_id == "b"
    assert list(gelato_sandbox.audit().orders["connect"]) == ["b"]

@pytest.mark.asyncio
async def test_both_under_pytest_asyncio(gelato_client, gelato_connect_client, gelato_sandbox):
    await gelato_client.orders.create(an_order("c"))
    await gelato_connect_client.orders.create(an_order("d"))
    assert gelato_sandbox.audit().commits == 2

def test_loops_that_the_test_runs_itself(gelato_client, gelato_sandbox):
    made = [asyncio.run(gelato_client.orders.create(an_order("e"))) for _ in range(2)]
    made.append(anyio.run(gelato_client.orders.create, an_order("e"), backend="trio"))
    assert gelato_sandbox.audit().commits == 3
""")
    result.assert_outcomes(passed=6)


def test_orders_move_on_when_the_test_says_so(run):
    run("""
def test_shipping(gelato_client, gelato_sandbox):
    order = asyncio.run(gelato_client.orders.create(an_order("a")))
    gelato_sandbox.advance(1e6)
    assert asyncio.run(gelato_client.orders.get(order.id)).fulfillment_status == "delivered"
""").assert_outcomes(passed=1)


def test_each_test_has_a_sandbox_of_its_own_that_ends_with_it(run):
    run("""
seen = []

@pytest.mark.parametrize("number", range(2))
def test_one_order(gelato_client, gelato_sandbox, number):
    asyncio.run(gelato_client.orders.create(an_order("a")))
    assert gelato_sandbox.audit().commits == 1
    seen.append((gelato_sandbox, gelato_client))

def test_the_others_are_gone():
    (one, first), (two, second) = seen
    assert one.url != two.url or one is not two
    assert first.engine.sender.limiter is not second.engine.sender.limiter
    with pytest.raises(ConnectionFailedError):
        asyncio.run(second.with_options(retry=RetryPolicy(attempts=1)).orders.get("x"))
""").assert_outcomes(passed=3)


def test_the_environment_leads_to_the_sandbox_and_back(run, monkeypatch):
    monkeypatch.setenv("GELATO_API_KEY", "the real key")
    run("""
def test_within(gelato_sandbox):
    asyncio.run(GelatoClient().orders.create(an_order("a")))
    asyncio.run(GelatoConnectClient().orders.create(an_order("b")))
    assert gelato_sandbox.audit().commits == 2
    assert os.environ["GELATO_API_KEY"] != "the real key"

def test_after():
    assert [name for name in os.environ if name.startswith("GELATO_")] == ["GELATO_API_KEY"]
    assert os.environ["GELATO_API_KEY"] == "the real key"
""").assert_outcomes(passed=2)


def test_options_are_overridden_by_fixtures(run):
    run("""
@pytest.fixture
def gelato_sandbox_options():
    return {"faults": FaultPlan([Fault("drop", count=1)]), "api_key": "of-mine"}

@pytest.fixture
def gelato_client_options():
    return {"retry": RetryPolicy(reconcile=0, resend=False), "timeout": 3}

def test_options(gelato_client, gelato_sandbox, gelato_connect_client):
    with pytest.raises(OutcomeUnknownError):
        asyncio.run(gelato_client.orders.create(an_order("a")))
    assert gelato_sandbox.api_key == os.environ["GELATO_API_KEY"] == "of-mine"
    assert gelato_connect_client.engine.sender.timeout == 3

class TestOtherwise:
    @pytest.fixture
    def gelato_sandbox_options(self, gelato_sandbox_options):
        return gelato_sandbox_options | {"faults": None}

    def test_without_faults(self, gelato_client):
        asyncio.run(gelato_client.orders.create(an_order("a")))
""").assert_outcomes(passed=2)


def test_the_options_of_one_test_stand_in_a_marker(run):
    run("""
@pytest.fixture
def gelato_sandbox_options():
    return {"rate_limit": 7, "split": 0.5}

def test_plain(gelato_sandbox):
    assert (gelato_sandbox.rate_limit, gelato_sandbox.split) == (7, 0.5)

@pytest.mark.gelato_sandbox(rate_limit=8, search_lag=2)
class TestMarked:
    @pytest.mark.gelato_sandbox(rate_limit=9)
    def test_nested(self, gelato_sandbox):
        options = (gelato_sandbox.rate_limit, gelato_sandbox.split, gelato_sandbox.search_lag)
        assert options == (9, 0.5, 2)
""").assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("marker", "reported"),
    [
        ("(sped=0)", "gelato_sandbox_options: sped: no such option; did you mean 'speed'?"),
        ("(split=2)", "gelato_sandbox_options: split: must be a number from 0 to 1, not 2"),
        ("(cors='localhost')", "gelato_sandbox_options: cors: must be origins like *"),
        ("(host='0.0.0.0', api_key='sandbox-key')", "*needs an api_key of your own*"),
        ("({'speed': 0})", "gelato_sandbox: the marker takes options by name only"),
    ],
)
def test_a_wrong_option_is_named(run, marker, reported):
    result = run(f"@pytest.mark.gelato_sandbox{marker}\ndef test_it(gelato_sandbox): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([reported])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("fixture", "user"),
    [
        ("gelato_sandbox_options", "gelato_sandbox"),
        ("gelato_client_options", "gelato_client"),
        ("gelato_client_options", "gelato_connect_client"),
    ],
)
def test_a_fixture_without_options_is_named(run, fixture, user):
    result = run(f"""
@pytest.fixture
def {fixture}():
    pass

def test_it({user}): pass
""")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"{fixture}: must return options by their names, not NoneType"])
    result.stdout.no_fnmatch_line("*Traceback*")


WITHOUT_THE_EXTRA = """
import sys
for name in [name for name in sys.modules if name.startswith(("gelato_async.sandbox", "uvicorn"))]:
    del sys.modules[name]
sys.modules["uvicorn"] = None
"""


def test_without_the_extra_only_the_fixtures_fail_and_name_it(pytester, run):
    pytester.makeconftest(WITHOUT_THE_EXTRA)
    pytester.makepyfile(test_others="def test_another(): pass\ndef test_ours(gelato_client): pass")
    result = run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(['*gelato_sandbox: *pip install "gelato-async[[]sandbox]"*'])
    result.stdout.no_fnmatch_line("*Traceback*")
