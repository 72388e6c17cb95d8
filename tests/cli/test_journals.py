import json
import shlex
import sqlite3
import urllib.request

import pytest
from support.order_commands import changed, rows_of

from gelato_async.bulk.journal.errors import JournalError
from gelato_async.bulk.journal.reader import Journal
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.sandbox import Fault


def drafts_of(sandbox):
    return urllib.request.Request(
        f"{sandbox.url}/v4/orders:search",
        data=b"{}",
        headers={
            "X-API-KEY": sandbox.environment["GELATO_API_KEY"],
            "Content-Type": "application/json",
        },
    )


def test_the_same_command_again_sends_nothing_and_reports_all(serve, command, orders, tmp_path):
    sandbox, path = serve(), orders(5)
    assert command("submit", path).code == 0
    requests = sandbox.audit().requests
    again = command("submit", path, "--report", tmp_path / "out.jsonl")
    assert (again.code, again.out) == (
        0,
        "5 done: 5 created (5 replayed), 0 rejected, 0 unknown.\n",
    )
    assert sandbox.audit().requests == requests
    rows = rows_of(tmp_path / "out.jsonl")
    assert {row["reason"] for row in rows} == {"replayed: an earlier run made it"}
    assert {row["outcome"] for row in rows} == {"created"}
    assert Journal(f"{path}.journal").count()["created"] == 5


@pytest.mark.system
def test_the_report_has_sends_and_seconds(serve, command, orders, tmp_path):
    serve(Fault("drop", count=1))
    assert (
        command("submit", orders(2), "--reconcile", 1, "--report", tmp_path / "out.jsonl").code == 0
    )
    rows = rows_of(tmp_path / "out.jsonl")
    assert sorted(row["sends"] for row in rows) == [1, 2]
    assert all(row["seconds"] >= 0 for row in rows)


def test_no_journal_leaves_no_file(serve, command, orders, tmp_path):
    serve()
    assert command("submit", orders(1), "--no-journal").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["gelato.jsonl"]


def test_standard_input_has_no_journal_and_a_warning_says_so(serve, process, orders):
    serve()
    result = process("submit", "-", input=orders(1).read_bytes())
    assert result.stderr.decode().splitlines() == [
        "warning: a crash of this run cannot be resumed; with --journal PATH it can"
    ]
    quiet = process("submit", "-", "--journal", "run.journal", input=orders(1).read_bytes())
    assert (quiet.returncode, quiet.stderr) == (0, b"")


def test_resume_only_sends_nothing_new(serve, command, orders, tmp_path):
    sandbox, path = serve(), orders(4)
    assert command("submit", path, "--limit", 3).out.startswith("3 done: 3 created")
    result = command("submit", path, "--resume-only", "--report", tmp_path / "out.jsonl")
    assert (result.code, result.out) == (
        0,
        "4 done: 3 created (3 replayed), 0 rejected, 0 unknown, 1 skipped.\n",
    )
    assert [
        row["line"] for row in rows_of(tmp_path / "out.jsonl") if row["outcome"] == "skipped"
    ] == [4]
    assert sandbox.audit().commits == 3


def test_limit_takes_the_first_ones(serve, command, orders):
    sandbox = serve()
    assert command("submit", orders(5), "--limit", 2).code == 0
    assert sorted(sandbox.audit().orders["gelato"]) == [
        "sample-1-gelato-00001",
        "sample-1-gelato-00002",
    ]


@pytest.mark.parametrize("backend", ["gelato", "connect"])
def test_a_dry_run_sends_nothing_and_leaves_nothing(serve, command, orders, tmp_path, backend):
    sandbox, path = serve(), orders(3, backend=backend)
    result = command("submit", path, "--backend", backend, "--dry-run")
    assert (result.code, result.out) == (
        0,
        "Dry run, nothing was sent: 3 would be submitted, 0 rejected.\n",
    )
    assert sandbox.audit().requests == 0
    assert list(tmp_path.iterdir()) == [path]


def test_a_dry_run_prints_everything_that_would_be_rejected(serve, command, orders):
    sandbox = serve()
    path = orders(
        2,
        edit=lambda lines: [
            *lines,
            changed(lines[0], currency="SEK"),
            changed(lines[1], items=[]),
            b"x",
        ],
    )
    result = command("submit", path, "--dry-run")
    assert result.code == 1
    assert result.out == "Dry run, nothing was sent: 2 would be submitted, 3 rejected.\n"
    assert (
        f"{path}:3: orderReferenceId: was used before, on line 1, for an order with other contents"
        in result.err
    )
    assert f"{path}:4: items: must have at least one element" in result.err
    assert f"{path}:5: not JSON" in result.err
    assert sandbox.audit().requests == 0
    assert command("submit", path, "--dry-run", "--limit", 2).code == 0


def test_a_dry_run_says_that_it_did_not_look_at_the_journal(serve, command, orders):
    serve()
    path = orders(2)
    assert command("submit", path).code == 0
    assert command("submit", path, "--dry-run").out == (
        "Dry run, nothing was sent: 2 would be submitted, 0 rejected. "
        f"The journal {path}.journal was not looked at: orders that it has are counted too.\n"
    )


def test_a_dry_run_of_standard_input_warns_of_no_crash(serve, process, orders):
    serve()
    result = process("submit", "-", "--dry-run", input=orders(1).read_bytes())
    assert (result.returncode, result.stderr) == (0, b"")


def test_drafts_are_drafts(serve, command, orders):
    sandbox = serve()
    assert command("submit", orders(2), "--draft").code == 0
    with urllib.request.urlopen(drafts_of(sandbox)) as answer:
        assert [order["orderType"] for order in json.load(answer)["orders"]] == ["draft"] * 2


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (["--draft", "--backend", "connect"], "GelatoConnect has no drafts"),
        (["--journal", "a", "--no-journal"], "contradict"),
        (["--resume-only"], "there is no journal gelato.jsonl.journal to resume"),
        (["--resume-only", "--no-journal"], "there is no journal to resume"),
        (["--journal", "gelato.jsonl"], "the journal gelato.jsonl is the file of orders itself"),
        (
            ["--journal", "out.jsonl", "--report", "out.jsonl"],
            "the report out.jsonl is the journal",
        ),
        (["--journal", "nonsense"], "nonsense is not a journal"),
        (["--journal", "missing/run.journal"], "missing/run.journal"),
        (["--limit", "0"], "--limit"),
        (["--limit", "2.5"], "2.5 is not a whole number. See gelato-async submit --help"),
        (["--limit", "many"], "many is not a whole number"),
        (["--dry-run", "--report", "out.csv"], "--report and --dry-run contradict each other"),
        (["--dry-run", "--resume-only"], "--resume-only and --dry-run contradict each other"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_2(
    serve, command, orders, tmp_path, arguments, reported
):
    sandbox = serve()
    orders(1)
    (tmp_path / "nonsense").write_bytes(b"no journal at all" * 100)
    result = command("submit", "gelato.jsonl", *arguments)
    assert (result.code, result.out) == (2, "")
    assert reported in result.err
    assert result.err.count("\n") == 1
    assert sandbox.audit().requests == 0
    assert (tmp_path / "nonsense").read_bytes() == b"no journal at all" * 100


def test_another_keys_journal_is_refused_and_the_report_stays(
    serve, command, orders, tmp_path, monkeypatch
):
    serve()
    arguments = ["submit", orders(1), "--report", tmp_path / "out.csv"]
    assert command(*arguments).code == 0
    before = (tmp_path / "out.csv").read_bytes()
    monkeypatch.setenv("GELATO_API_KEY", "another")
    result = command(*arguments)
    assert result.code == 2
    assert "belongs to another key" in result.err
    assert result.err.count("\n") == 1
    assert (tmp_path / "out.csv").read_bytes() == before


def test_a_full_disk_under_the_journal_is_2(serve, command, orders, monkeypatch):
    serve()

    def full(*_):
        raise JournalError("the journal cannot be written: disk is full")

    monkeypatch.setattr(JournalWriter, "_write", full)
    result = command("submit", orders(3))
    assert result.code == 2
    assert "disk is full" in result.err


@pytest.mark.parametrize("backend", ["gelato", "connect"])
def test_status_shows_what_a_journal_belongs_to(serve, command, orders, backend):
    sandbox, path = (
        serve(),
        orders(3, backend=backend, edit=lambda lines: [changed(lines[0], items=[]), *lines[1:]]),
    )
    for _ in range(2):
        assert command("submit", path, "--backend", backend).code == 1
    result = command("status", f"{path}.journal")
    assert (result.code, result.err) == (0, "")
    assert sandbox.url in result.out
    assert "created   2\n" in result.out
    reported = json.loads(command("status", f"{path}.journal", "--json").out)
    assert reported["runs"] == 2
    assert reported["orders"] == {"intended": 0, "created": 2, "rejected": 1, "unknown": 0}
    assert reported["prefix"] == (
        "" if backend == "gelato" else sandbox.environment["GELATO_CONNECT_PREFIX"]
    )


@pytest.mark.parametrize("command_line", [["status", "x.journal"], ["reconcile", "x.journal"]])
@pytest.mark.parametrize("contents", [None, b"nonsense" * 100])
def test_no_journal_is_one_line_and_2(command, tmp_path, command_line, contents):
    if contents:
        (tmp_path / "x.journal").write_bytes(contents)
    result = command(*command_line)
    assert (result.code, result.out) == (2, "")
    assert "x.journal" in result.err
    assert result.err.count("\n") == 1


@pytest.mark.system
def test_reconcile_finds_what_was_lost(serve, command, orders):
    sandbox = serve(Fault("html", count=1, when="after"), search_lag=1.0)
    path = orders(2)
    first = command("submit", path, "--reconcile", 0)
    assert first.code == 3
    assert "1 (in flight" not in command("status", f"{path}.journal").out
    assert "gelato-async reconcile " in command("status", f"{path}.journal").out
    line = first.out.split("again: gelato-async ")[1].strip().rstrip(".")
    result = command(*shlex.split(line), "--reconcile", 3)
    assert result.code == 0, result.out
    assert (
        result.out.splitlines()[-1] == "1 looked for: 1 created (1 adopted), 0 rejected, 0 unknown."
    )
    assert sandbox.audit().commits == 2
    assert command(*shlex.split(line)).out == "0 looked for: 0 created, 0 rejected, 0 unknown.\n"


def test_reconcile_sends_nothing_and_is_3_if_some_stay_unknown(serve, command, orders):
    sandbox = serve(Fault("html", count=1, when="after"), search_lag=1e6)
    path = orders(1)
    assert command("submit", path, "--reconcile", 0).code == 3
    result = command("reconcile", f"{path}.journal", "--reconcile", 0.2)
    assert result.code == 3
    assert ": unknown: " in result.out
    assert sandbox.audit().commits == 1
    other = command("reconcile", f"{path}.journal", "--backend", "connect")
    assert (other.code, other.err.count("\n")) == (2, 1)
    assert "belongs to another backend" in other.err


def test_a_journal_in_use_is_refused(serve, command, orders):
    serve()
    path = orders(1)
    lock = sqlite3.connect(f"{path}.journal-lock")
    lock.execute("BEGIN EXCLUSIVE")
    result = command("submit", path)
    lock.close()
    assert result.code == 2
    assert "is in use by another process" in result.err
