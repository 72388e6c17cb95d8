import json
import socket
import sys

import pytest

from gelato_async.cli import sandbox as serve


@pytest.fixture
def ended_input(monkeypatch, tmp_path):
    """A standard input that has ended already."""
    (tmp_path / "empty").touch()
    with (tmp_path / "empty").open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield


def test_sandbox_prints_its_variables_and_ends_with_its_input(command, ended_input):
    result = command("sandbox", "--port", 0, "--until-input-ends")
    assert (result.code, result.err) == (0, "")
    *exports, last = result.out.splitlines()
    assert {line.partition("=")[0] for line in exports} == {
        "export GELATO_API_KEY",
        "export GELATO_BASE_URL",
        "export GELATO_CONNECT_PREFIX",
        "export GELATO_CONNECT_API_KEY",
        "export GELATO_CONNECT_API_SECRET",
        "export GELATO_CONNECT_BASE_URL",
    }
    assert last.startswith("# The sandbox serves at http://127.0.0.1:")
    assert last.endswith("/_sandbox/")


def test_keys_of_the_user_are_taken_and_not_printed(command, ended_input, monkeypatch):
    monkeypatch.setenv("GELATO_API_KEY", "r3al")
    monkeypatch.setenv("GELATO_CONNECT_API_KEY", "")
    result = command(
        "sandbox", "--port", 0, "--until-input-ends", "--connect-prefix", "acme",
        "--connect-secret", "s3cret", "--host", "0.0.0.0",
    )  # fmt: skip
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[0] == "# GELATO_API_KEY is a key of yours, which is not shown."
    assert "export GELATO_CONNECT_PREFIX=acme" in result.out
    assert "export GELATO_CONNECT_API_KEY=sandbox-key" in result.out
    assert not {"r3al", "s3cret"} & set(result.out.replace("=", " ").split())


def test_a_key_of_the_command_line_comes_before_the_environment(command, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        serve.Sandbox, "run", lambda sandbox, on_started: seen.update(sandbox=sandbox)
    )
    monkeypatch.setenv("GELATO_API_KEY", "of-the-environment")
    monkeypatch.setenv("GELATO_CONNECT_PREFIX", "acme")
    options = ("--key", "given", "--connect-key", "half", "--connect-secret", "other-half")
    assert command("sandbox", *options).code == 0
    sandbox = seen["sandbox"]
    assert (sandbox.api_key, sandbox.connect_prefix) == ("given", "acme")
    assert (sandbox.connect_key, sandbox.connect_secret) == ("half", "other-half")


def test_a_host_of_others_needs_a_key(command):
    result = command("sandbox", "--host", "0.0.0.0")
    assert result.code == 2
    assert "--key or GELATO_API_KEY" in result.err
    assert result.err.count("\n") == 1


def test_origins_are_given_one_by_one(command, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        serve.Sandbox, "run", lambda sandbox, on_started: seen.update(sandbox=sandbox)
    )
    origins = ("--cors", "http://localhost:5173", "--cors", "https://shop.example")
    assert command("sandbox", *origins, "--products", "catalog", "--strict").code == 0
    sandbox = seen["sandbox"]
    assert sandbox.cors == ("http://localhost:5173", "https://shop.example")
    assert (sandbox.products, sandbox.strict) == ("catalog", True)
    wrong = command("sandbox", "--cors", "localhost")
    assert (wrong.code, "must be origins like http://localhost:5173" in wrong.err) == (2, True)


def test_its_options_reach_it(command, monkeypatch, tmp_path):
    seen = {}
    monkeypatch.setattr(
        serve.Sandbox, "run", lambda sandbox, on_started: seen.update(sandbox=sandbox)
    )
    (tmp_path / "plan.json").write_text(
        json.dumps({"seed": 3, "faults": [{"kind": "drop", "share": 0.5}]})
    )
    options = (
        "--port 0 --search-lag 1.5 --latency 0.2 --speed 60 --rate-limit 0 --split 0.5 --seed 4"
    )
    code = command(
        "sandbox",
        *options.split(),
        "--connect-duplicates",
        "refuse",
        "--faults",
        tmp_path / "plan.json",
        "--state",
        tmp_path / "state.sqlite",
    ).code
    sandbox = seen["sandbox"]
    assert code == 0
    assert (sandbox.search_lag, sandbox.latency, sandbox.speed) == (1.5, 0.2, 60.0)
    assert (sandbox.rate_limit, sandbox.split, sandbox.seed) == (None, 0.5, 4)
    assert sandbox.connect_duplicates == "refuse"
    assert sandbox.state_file == tmp_path / "state.sqlite"
    assert sandbox.faults.faults[0].kind == "drop"


def test_sandbox_serves_until_its_input_ends(process):
    script = (
        "import json, subprocess, sys, urllib.request\nline = [sys.executable, '-m',"
        " 'gelato_async.cli', 'sandbox', '--port', '0', '--until-input-ends']\nwith"
        " subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as"
        " sandbox:\n    url = [sandbox.stdout.readline() for _ in"
        " range(7)][1].partition('=')[2].strip()\n    opener ="
        " urllib.request.build_opener(urllib.request.ProxyHandler({}))\n   "
        " print(json.load(opener.open(url + '/_sandbox/audit'))['commits'])\n   "
        " sandbox.stdin.close()\n    print(sandbox.wait(30))\n"
    )
    assert process(python=("-c", script)).stdout.split() == [b"0", b"0"]


def test_a_port_that_is_taken_is_one_line(command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = command("sandbox", "--port", taken.getsockname()[1])
    assert result.code == 2
    assert result.err.startswith("gelato-async: Cannot listen on 127.0.0.1:")
    assert "--port" in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid", "a..b"])
def test_a_host_that_cannot_be_listened_on_is_one_line(command, monkeypatch, host):
    monkeypatch.setenv("GELATO_API_KEY", "of-mine")
    result = command("sandbox", "--port", 0, "--host", host)
    assert result.code == 2
    assert result.err.startswith(f"gelato-async: Cannot listen on {host}:0: ")
    assert "Choose another --host" in result.err
    assert "--port" not in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value", "reported"),
    [
        ("--key", "s3cret\x07", "--key: has a character that clients cannot send there"),
        ("--connect-prefix", "a/b", "--connect-prefix: has a character that clients cannot send"),
        ("--speed", "inf", "--speed: must be a number of at least 0, not inf"),
    ],
)
def test_a_value_that_cannot_work_is_named_by_its_option(command, option, value, reported):
    result = command("sandbox", option, value)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"gelato-async: {reported}")
    assert result.err.count("\n") == 1
    assert "s3cret" not in result.err


def test_a_state_file_that_cannot_be_used_is_one_line(command, tmp_path):
    result = command("sandbox", "--port", 0, "--state", tmp_path / "nowhere" / "state.sqlite")
    assert result.code == 2
    assert "state.sqlite: it cannot be made: No such file or directory" in result.err
    assert "--port" not in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("plan", "reported"),
    [
        ('{"faults": [{"kind": "dorp", "share": 1}]}', "did you mean 'drop'?"),
        ('{"faults": 3}', "faults: must be a list"),
        ("nonsense", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_plan_is_one_line(command, tmp_path, plan, reported):
    if plan is not None:
        (tmp_path / "plan.json").write_text(plan)
    result = command("sandbox", "--faults", tmp_path / "plan.json")
    assert result.code == 2
    assert reported in result.err
    assert result.err.count("\n") == 1
