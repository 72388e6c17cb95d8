import os
import shlex
import signal
import socket
import subprocess
import sys
import time

import pytest
from support.order_commands import ids_of, rows_of

from gelato_async.cli import apis as keys
from gelato_async.cli.input import sources
from gelato_async.cli.submit import progress, report
from gelato_async.sandbox import Fault
from gelato_async.sandbox.state import State


@pytest.mark.parametrize("backend", ["gelato", "connect"])
def test_all_created_is_0_and_the_report_has_the_sandboxs_ids(
    serve, command, orders, tmp_path, backend
):
    sandbox = serve()
    result = command(
        "submit",
        orders(5, backend=backend),
        "--backend",
        backend,
        "--report",
        tmp_path / "out.jsonl",
    )
    assert (result.code, result.out, result.err) == (
        0,
        "5 done: 5 created, 0 rejected, 0 unknown.\n",
        "",
    )
    rows = rows_of(tmp_path / "out.jsonl")
    assert {row["reference"]: row["order_id"] for row in rows} == ids_of(sandbox, backend)
    assert sorted(row["line"] for row in rows) == [1, 2, 3, 4, 5]
    assert {row["outcome"] for row in rows} == {"created"}


def test_a_csv_report_names_the_parts_of_a_split_order(serve, command, orders, tmp_path):
    sandbox = serve(split=1.0)
    assert command("submit", orders(12), "--report", tmp_path / "out.CSV").code == 0
    rows = rows_of((tmp_path / "out.CSV").rename(tmp_path / "out.csv"))
    assert list(rows[0]) == [
        "line",
        "reference",
        "outcome",
        "order_id",
        "connected_order_ids",
        "reason",
        "sends",
        "seconds",
    ]
    reported = {
        row["reference"]: set(row["connected_order_ids"].split())
        for row in rows
        if row["connected_order_ids"]
    }
    assert reported == {
        reference: set(ids)
        for reference, (ids,) in sandbox.audit().orders["gelato"].items()
        if len(ids) > 1
    }


def test_base_url_replaces_that_of_the_environment(serve, command, orders, monkeypatch):
    sandbox = serve()
    monkeypatch.setenv("GELATO_BASE_URL", "http://127.0.0.1:9")
    assert command("submit", orders(1), "--base-url", sandbox.url).code == 0


def test_bad_lines_are_printed_at_once_and_the_rest_is_sent(serve, command, orders, tmp_path):
    sandbox = serve()
    path = orders(
        4,
        edit=lambda lines: [
            lines[0].replace(b'"quantity"', b'"quantty"'),
            b"\n",
            b"{nonsense\n",
            *lines[1:],
        ],
    )
    result = command("submit", path, "--report", tmp_path / "out.jsonl")
    assert result.code == 1
    assert f"{path}:1: items[0].quantty: unknown key; did you mean quantity?\n" in result.err
    assert f"{path}:3: not JSON" in result.err
    assert (
        result.out == "5 done: 3 created, 2 rejected, 0 unknown.\nRejected orders written to"
        f" {path}.rejected.jsonl: 2. Fix them there, then run: gelato-async submit"
        f" {path}.rejected.jsonl\n"
    )
    assert sandbox.audit().commits == 3
    rejected = [row for row in rows_of(tmp_path / "out.jsonl") if row["outcome"] == "rejected"]
    assert [row["line"] for row in rejected] == [1, 3]
    assert [row["reference"] for row in rejected] == ["sample-1-gelato-00001", ""]
    assert "did you mean quantity?" in rejected[0]["reason"]


def test_what_gelato_or_a_rule_refuses_is_rejected_with_its_line(serve, command, orders, tmp_path):
    serve(connect_duplicates="refuse")
    path = orders(
        2,
        backend="connect",
        edit=lambda lines: [lines[0], lines[1].replace(b'"country": "', b'"country": "x')],
    )
    first = command("submit", path, "--backend", "connect")
    assert first.code == 1
    assert f"{path}:2: sample-1-connect-00002: rejected: " in first.err
    again = command(
        "submit", path, "--backend", "connect", "--no-journal", "--report", tmp_path / "out.jsonl"
    )
    assert again.code == 1
    assert "409" in again.err
    assert sorted((row["line"], row["outcome"]) for row in rows_of(tmp_path / "out.jsonl")) == [
        (1, "rejected"),
        (2, "rejected"),
    ]


def test_a_repeated_reference_is_repeated_or_rejected(serve, command, orders, tmp_path):
    sandbox = serve()
    other = lambda line: line.replace(b'"customerReferenceId": "', b'"customerReferenceId": "x')  # noqa: E731
    path = orders(2, edit=lambda lines: [*lines, lines[0], other(lines[1])])
    result = command("submit", path, "--report", tmp_path / "out.jsonl")
    assert result.code == 1
    assert result.out.startswith(
        "4 done: 2 created, 1 rejected, 0 unknown, 1 repeated.\nReferences used before, for"
        " orders with other contents: 1. "
    )
    assert {row["line"]: row["outcome"] for row in rows_of(tmp_path / "out.jsonl")} == {
        1: "created",
        2: "created",
        3: "repeated",
        4: "rejected",
    }
    assert sandbox.audit().commits == 2


def test_a_lost_answer_is_adopted(serve, command, orders, tmp_path):
    sandbox = serve(Fault("drop", count=1, when="after"))
    result = command("submit", orders(2), "--reconcile", 5, "--report", tmp_path / "out.jsonl")
    assert (result.code, result.out) == (
        0,
        "2 done: 2 created (1 adopted), 0 rejected, 0 unknown.\n",
    )
    rows = rows_of(tmp_path / "out.jsonl")
    assert [row["outcome"] for row in rows] == ["created", "created"]
    assert sorted(row["reason"][:8] for row in rows) == ["", "adopted:"]
    assert {row["reference"]: row["order_id"] for row in rows} == ids_of(sandbox, "gelato")


def test_some_unknown_is_3_also_where_some_are_rejected(serve, command, orders, tmp_path):
    serve(Fault("html", count=1, when="after"), search_lag=1e6)
    path = orders(3, edit=lambda lines: [*lines[:2], b"[]\n"])
    result = command("submit", path, "--reconcile", 0, "--report", tmp_path / "out.jsonl")
    assert result.code == 3
    assert result.out.startswith(
        "3 done: 1 created, 1 rejected, 1 unknown.\nTo look for the unknown ones again:"
        " gelato-async reconcile "
    )
    assert ": unknown: orders.create: " in result.err
    (unknown,) = [row for row in rows_of(tmp_path / "out.jsonl") if row["outcome"] == "unknown"]
    assert unknown["reference"] in unknown["reason"]


def test_standard_input_is_read(serve, process, orders):
    sandbox = serve()
    result = process("submit", "-", input=b"\xef\xbb\xbf" + orders(3).read_bytes() + b"nonsense")
    assert result.returncode == 1
    assert b"-:4: not JSON" in result.stderr
    assert (
        b"Lines that could not be read as orders: 1. Fix them in the input itself, and submit them alone: "
        in result.stdout
    )
    assert sandbox.audit().commits == 3


def test_standard_input_is_read_in_this_process_too(serve, command, orders, monkeypatch):
    serve()
    with orders(2).open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert command("submit", "-").code == 0


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (["submit", "missing.jsonl"], "cannot read missing.jsonl: "),
        (["submit", "."], "cannot read .: "),
        (["submit", "gelato.jsonl", "--report", "out.txt"], "must end in .jsonl or .csv"),
        (["submit", "gelato.jsonl", "--report", "missing/out.csv"], "cannot write "),
        (["submit", "gelato.jsonl", "--report", "gelato.jsonl"], "is the file of orders itself"),
        (["submit", "gelato.jsonl", "--base-url", "http://example.com"], "base_url"),
        (["submit", "gelato.jsonl", "--reconcile", "-1"], "--reconcile"),
        (["submit", "gelato.jsonl", "--reconcile", "soon"], "--reconcile"),
        (["submit", "gelato.jsonl", "--backend", "other"], "--backend"),
        (["submit", "gelato.jsonl", "--api-key", "secret"], "--api-key"),
        (["submit"], "FILE"),
        (["sbmit"], "sbmit"),
        (["sample", "-n", "0"], "-n"),
    ],
)
def test_wrong_usage_is_one_line_and_2_and_nothing_is_sent(
    serve, command, orders, arguments, reported
):
    sandbox = serve()
    before = orders(1).read_bytes()
    result = command(*arguments)
    assert result.code == 2
    assert reported in result.err
    assert result.err.startswith("gelato-async: ")
    assert result.err.count("\n") == 1
    assert sandbox.audit().requests == 0
    assert orders(1).read_bytes() == before


def test_an_unwritable_report_is_2_before_anything_is_sent(serve, command, orders, tmp_path):
    sandbox = serve()
    (tmp_path / "out.csv").mkdir()
    result = command("submit", orders(1), "--report", tmp_path / "out.csv")
    assert (result.code, sandbox.audit().requests) == (2, 0)
    assert result.err.startswith(f"gelato-async: cannot write {tmp_path / 'out.csv'}: ")


def test_a_missing_key_names_its_variable(command, orders):
    result = command("submit", orders(1))
    assert (result.code, result.err) == (
        2,
        "gelato-async: no Gelato API key: set the environment variable GELATO_API_KEY\n",
    )


def test_a_key_of_the_wrong_form_is_refused_without_being_shown(command, orders, monkeypatch):
    monkeypatch.setenv("GELATO_API_KEY", "hush hush")
    result = command("submit", orders(1))
    assert result.code == 2
    assert "hush" not in result.err


@pytest.mark.parametrize(("typed", "code"), [("sandbox-key", 0), ("", 2), (EOFError(), 2)])
def test_on_a_terminal_a_missing_key_is_asked_for(serve, command, orders, monkeypatch, typed, code):
    serve()
    monkeypatch.delenv("GELATO_API_KEY")
    asked = []

    def getpass(prompt):
        asked.append(prompt)
        if isinstance(typed, Exception):
            raise typed
        return typed

    monkeypatch.setattr(keys, "getpass", getpass)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert command("submit", orders(1)).code == code
    assert asked == ["Gelato API key: "]


def test_a_refused_key_is_2_and_names_its_variable(serve, command, orders, monkeypatch, tmp_path):
    sandbox = serve()
    monkeypatch.setenv("GELATO_API_KEY", "wrong")
    result = command("submit", orders(3), "--report", tmp_path / "out.jsonl")
    assert result.code == 2
    assert "401" in result.err
    assert "GELATO_API_KEY" in result.err
    assert result.err.count("\n") == 1
    assert sandbox.audit().commits == 0
    assert rows_of(tmp_path / "out.jsonl") == []


def test_a_host_that_cannot_be_reached_is_2(command, orders, monkeypatch):
    monkeypatch.setenv("GELATO_API_KEY", "key")
    with socket.socket() as unserved:
        unserved.bind(("127.0.0.1", 0))
        result = command(
            "submit", orders(2), "--base-url", f"http://127.0.0.1:{unserved.getsockname()[1]}"
        )
    assert result.code == 2
    assert "no connection to 127.0.0.1" in result.err
    assert result.err.count("\n") == 1


def test_a_key_refused_during_a_run_leaves_a_true_report(
    serve, command, orders, tmp_path, monkeypatch
):
    sandbox = serve()
    reported = []

    def revoke(_display, tally, _progress):
        reported.append(tally.done)
        if tally.done == 5:
            monkeypatch.setattr(State, "account_of", lambda *_: None)

    monkeypatch.setattr(progress.PlainLines, "show", revoke)
    result = command("submit", orders(200), "--report", tmp_path / "out.jsonl")
    assert result.code == 2
    assert "401" in result.err
    done = [row for row in rows_of(tmp_path / "out.jsonl") if row["outcome"] == "created"]
    assert {row["reference"]: row["order_id"] for row in done} == ids_of(sandbox, "gelato")
    assert (
        f"Stopped early: {len(done)} done: {len(done)} created, 0 rejected, 0 unknown."
        in result.err
    )


def test_a_full_disk_under_the_report_stops_the_run(serve, command, orders, monkeypatch):
    sandbox = serve()

    def full(stream, _row):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(report.FORMATS, ".jsonl", full)
    result = command("submit", orders(3), "--report", "out.jsonl")
    assert result.code == 2
    assert result.err.count("cannot write out.jsonl: No space left on device") == 1
    assert f"Stopped early: {sandbox.audit().commits} done: " in result.err


def test_an_input_that_breaks_off_stops_the_run(serve, command, orders, monkeypatch):
    serve()

    def breaks_off(stream, _max_bytes):
        yield next(stream)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(sources, "lines_of", breaks_off)
    result = command("submit", orders(3))
    assert result.code == 2
    assert "Input/output error" in result.err


@pytest.mark.system
def test_ctrl_c_is_130_and_the_report_has_all_that_was_made(
    serve, command, orders, tmp_path, monkeypatch
):
    sandbox, presses = serve(), iter([signal.SIGINT])
    monkeypatch.setattr(
        progress.PlainLines,
        "show",
        lambda _, tally, __: tally.done and [signal.raise_signal(number) for number in presses],
    )
    result = command("submit", orders(300), "--report", tmp_path / "out.jsonl")
    assert result.code == 130
    rows = rows_of(tmp_path / "out.jsonl")
    assert {row["reference"] for row in rows} >= ids_of(sandbox, "gelato").keys()
    assert 0 < len(rows) < 300
    *_, reported, how = result.err.splitlines()
    assert reported.startswith(f"Interrupted: {len(rows)} done: ")
    assert how.startswith("To go on: gelato-async submit ")
    monkeypatch.undo()
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    resumed = command(*shlex.split(how.removeprefix("To go on: gelato-async ")))
    assert resumed.code == 0, resumed.err
    rows = rows_of(tmp_path / "out.jsonl")
    assert {row["reference"]: row["order_id"] for row in rows} == ids_of(sandbox, "gelato")
    assert len(rows) == sandbox.audit().commits == 300
    assert any(row["reason"].startswith("replayed: ") for row in rows)


@pytest.mark.skipif(
    sys.platform == "win32", reason="a process cannot be sent a Ctrl-C of its own there"
)
@pytest.mark.system
def test_ctrl_c_while_a_pipe_is_silent_ends_at_once(serve, orders, tmp_path):
    serve()
    line = [sys.executable, "-m", "gelato_async.cli", "submit", "-", "--report", "out.jsonl"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(line, cwd=tmp_path, **pipes) as running:
        running.stdin.write(orders(3).read_bytes())
        running.stdin.flush()
        deadline = time.monotonic() + 60
        while (
            not (tmp_path / "out.jsonl").exists()
            or (tmp_path / "out.jsonl").read_bytes().count(b"\n") < 3
        ):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.kill(running.pid, signal.SIGINT)
        # The pipe stays open: only the signal ends the process.
        errors = running.stderr.read().decode()
        assert running.wait(60) == 130
    assert errors.splitlines()[-1] == "Interrupted: 3 done: 3 created, 0 rejected, 0 unknown."


def test_on_a_terminal_there_is_a_bar(serve, command, orders, monkeypatch):
    serve()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    result = command("submit", orders(3, edit=lambda lines: [*lines, b"nonsense\n"]))
    assert result.code == 1
    assert "4/4" in result.err
    assert "1 rejected 0 unknown" in result.err
    assert ":4: not JSON" in result.err
