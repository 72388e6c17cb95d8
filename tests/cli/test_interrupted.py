import functools
import json
import shlex
import signal

import pytest

from gelato_async.bulk.submit import Submission, Tuning
from gelato_async.cli.submit import progress, running
from gelato_async.sandbox import Fault

# progress is shown every few milliseconds
OFTEN = Tuning(tick=0.01)


def press_ctrl_c():
    """Once, however often it is called."""
    presses = iter([signal.SIGINT])
    return lambda: [signal.raise_signal(number) for number in presses]


@pytest.fixture
def interrupted(serve, command, orders, tmp_path, monkeypatch):
    """Submit three orders, and press Ctrl-C while none of them is answered; they never arrive."""

    def run(*arguments):
        sandbox, once = serve(Fault("slow", count=3, delay=60.0)), press_ctrl_c()
        with monkeypatch.context() as patched:
            hasty = functools.partial(Submission, grace=0, tuning=OFTEN)
            patched.setattr(running, "submit_orders", hasty)
            patched.setattr(
                progress.PlainLines,
                "show",
                lambda *_: sum(sandbox.audit().faults.values()) == 3 and once(),
            )
            return sandbox, command(
                "submit", orders(3), *arguments, "--report", tmp_path / "out.jsonl"
            )

    return run


def reasons(path):
    return [json.loads(line)["reason"] for line in path.read_text().splitlines()]


def test_with_a_journal_orders_in_flight_are_only_counted(interrupted, tmp_path):
    """The next run reconciles them: there is nothing to do about each."""
    _, result = interrupted()
    assert result.code == 130
    reported, still_out, how = result.err.splitlines()
    assert reported == "Interrupted: 3 done: 0 created, 0 rejected, 3 unknown."
    assert (
        still_out
        == "In flight when the run ended: 3. The next run with the journal reconciles them first."
    )
    assert how.startswith("To go on: gelato-async submit ")
    (reason,) = set(reasons(tmp_path / "out.jsonl"))
    assert "run again with the journal" in reason


def test_without_a_journal_orders_in_flight_are_listed(interrupted, tmp_path):
    _, result = interrupted("--no-journal")
    assert result.code == 130
    *lines, reported, advice = result.err.splitlines()
    assert len(lines) == 3
    assert all(
        "Do not send it again" in text for text in (*lines, *reasons(tmp_path / "out.jsonl"))
    )
    assert reported == "Interrupted: 3 done: 0 created, 0 rejected, 3 unknown."
    assert advice == "Look unknown ones up before you submit them again: they may have been made."


def test_what_reconcile_does_not_find_is_sent_by_going_on(interrupted, command, tmp_path):
    sandbox, result = interrupted()
    reconciled = command("reconcile", tmp_path / "gelato.jsonl.journal", "--reconcile", 0)
    assert reconciled.code == 3
    *lines, reported = reconciled.out.splitlines()
    assert reported == "3 looked for: 0 created, 0 rejected, 3 unknown."
    assert all(
        "it was not found; `submit` with this journal and its file looks once more" in line
        for line in lines
    )
    assert "Do not send it again" not in reconciled.out
    again = command(
        *shlex.split(result.err.partition("To go on: gelato-async ")[2]), "--reconcile", 0
    )
    assert (again.code, again.out) == (0, "3 done: 3 created, 0 rejected, 0 unknown.\n")
    assert sandbox.audit().commits == 3
    assert not sandbox.audit().duplicates


def test_ctrl_c_while_reconciling_says_how_many_are_left(
    interrupted, command, tmp_path, monkeypatch
):
    interrupted()
    often = functools.partial(Submission, tuning=OFTEN)
    monkeypatch.setattr(running, "submit_orders", often)
    once = press_ctrl_c()
    monkeypatch.setattr(
        progress.PlainLines, "show", lambda _, __, figures: figures.unresolved == 3 and once()
    )
    result = command("reconcile", tmp_path / "gelato.jsonl.journal")
    assert (result.code, result.out) == (130, "")
    assert result.err == "Interrupted: 0 created, 0 rejected, 3 unknown.\n"


def test_an_order_of_another_file_is_not_advised_to_be_left(interrupted, command, orders):
    interrupted()
    path = orders(3, edit=lambda lines: lines[:1])
    result = command("submit", path, "--reconcile", 0)
    assert (result.code, result.out.splitlines()[0]) == (
        3,
        "3 done: 1 created, 0 rejected, 2 unknown.",
    )
    assert result.err.count("it was not found; `submit` with this journal and its file") == 2
