"""Options that cannot work are refused when a sandbox is made, in one line that names the option."""

import math

import pytest

from gelato_async.sandbox import Sandbox, SandboxData, SandboxDataError, create_app
from gelato_async.sandbox.data import Account

SECRET = "s3cret"


def refusal(**options):
    with pytest.raises(ValueError) as refused:
        Sandbox(**options)
    message = str(refused.value)
    assert len(message.splitlines()) == 1
    assert SECRET not in message
    with pytest.raises(ValueError):
        create_app(**options)
    return message


KEYS = [
    ("api_key", "", "must not be empty"),
    ("api_key", None, "must be a text"),
    ("api_key", f"{SECRET}\x07", "has a character that clients cannot send there (a space, "),
    ("api_key", f"{SECRET}\n", "has a character that clients cannot send there"),
    ("api_key", f"{SECRET} x", "has a character that clients cannot send there"),
    ("connect_secret", f"{SECRET}é", "has a character that clients cannot send there"),
    ("connect_key", f"{SECRET}:x", "has a character that clients cannot send there"),
    ("connect_prefix", f"{SECRET}/b", "has a character that clients cannot send there"),
    ("connect_prefix", "..", "must not be '.' or '..', which no path keeps"),
    ("connect_prefix", "", "must not be empty"),
    ("connect_secret", "", "must not be empty"),
]


@pytest.mark.parametrize(("name", "value", "fault"), KEYS)
def test_a_key_is_one_that_clients_can_send(name, value, fault):
    assert refusal(**{name: value}).startswith(f"{name}: {fault}")


@pytest.mark.parametrize(("name", "value", "fault"), [key for key in KEYS if key[1]])
def test_the_keys_of_accounts_follow_the_same_rules(name, value, fault):
    whole = {"api_key": "a", "connect_prefix": "b", "connect_key": "c", "connect_secret": "d"}
    with pytest.raises(SandboxDataError) as refused:
        SandboxData(accounts=[Account(name="shop", **whole | {name: value})])
    (problem,) = refused.value.problems
    assert problem.startswith(f"accounts[0].{name}: {fault}")
    assert SECRET not in problem


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("speed", math.inf, "must be a number of at least 0, not inf"),
        ("speed", math.nan, "must be a number of at least 0, not nan"),
        ("latency", -1, "must be a number of at least 0, not -1"),
        ("latency", "1", "must be a number of at least 0, not '1'"),
        ("search_lag", True, "must be a number of at least 0, not True"),
        ("split", 2, "must be a number from 0 to 1, not 2"),
        ("rate_limit", 0, "must be a whole number of at least 1, or None, not 0"),
        ("webhooks_kept", 2.5, "must be a whole number of at least 0, not 2.5"),
        ("seed", "x", "must be a whole number, not 'x'"),
        ("strict", "yes", "must be True or False, not 'yes'"),
        ("webhook_shuffle", 1, "must be True or False, not 1"),
        ("products", "x", "must be one of any, catalog, not 'x'"),
        ("connect_duplicates", [], "must be one of accept, refuse, not []"),
        ("webhook_url", 5, "must be a URL like http://127.0.0.1:8000/webhooks"),
        ("webhook_url", "http://[", "must be a URL like http://127.0.0.1:8000/webhooks"),
        ("webhook_header", f"a: {SECRET}", "must be a pair of a header's name and its value"),
        ("webhook_header", ("a", 5), "must be a pair of a header's name and its value"),
        ("webhook_header", ("a", f"{SECRET}\n"), "must be a pair of a header's name and its value"),
        ("webhook_header", 5, "must be a pair of a header's name and its value"),
        ("cors", 5, "must be origins like http://localhost:5173, or *, not 5"),
        ("cors", [None], "must be origins like http://localhost:5173, or *, not None"),
        ("state_file", 5, "must be a path, not 5"),
        ("faults", "plan.json", "must be a FaultPlan; FaultPlan.from_file reads one from a file"),
        ("data", {"stores": []}, "must be a SandboxData, or the path of a file or folder"),
    ],
)
def test_a_value_that_cannot_work_is_refused(name, value, fault):
    assert refusal(**{name: value}).startswith(f"{name}: {fault}")


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("port", 65536, "must be a whole number from 0 to 65535, not 65536"),
        ("port", "80", "must be a whole number from 0 to 65535, not '80'"),
        ("host", None, "must be a text, not None"),
    ],
)
def test_an_address_that_cannot_be_is_refused(name, value, fault):
    with pytest.raises(ValueError) as refused:
        Sandbox(**{name: value})
    assert str(refused.value) == f"{name}: {fault}"


def test_values_at_the_edge_work():
    app = create_app(
        rate_limit=None, split=1, speed=0, seed=-1, cors="*", webhook_header=["a", "b"]
    )
    assert (app.rate_limit, app.split, app.speed, app.cors) == (None, 1, 0, ("*",))
