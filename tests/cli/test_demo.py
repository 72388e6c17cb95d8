import pytest

from gelato_async import GelatoError
from gelato_async.bulk import Created, Rejected, Unknown
from gelato_async.cli.console import CommandError
from gelato_async.cli.demo import demo, own_sandbox as demo_sandbox
from gelato_async.cli.demo.comparison import judge

LOST_ANSWERS = ({"name": "dropped, but made", "kind": "drop", "when": "after", "share": 0.3},)
AUDIT = {
    "orders": {"gelato": {}, "connect": {}},
    "duplicates": [],
    "faults": {},
    "requests": 2,
    "connections": 1,
    "rejected_429": 0,
    "worst_second": 2,
    "commit_times": [1.0, 2.0, 3.0],
}


def judged(*outcomes, references=("r",), **audit):
    return judge("gelato", references, outcomes, AUDIT | audit)


@pytest.mark.system
def test_the_demo_makes_every_order_once(command):
    result = command("demo", "--orders", 40, "--seed", 2)
    assert result.code == 0, result.err
    assert result.out.splitlines()[-1].startswith("All 80 orders were made exactly once")
    assert result.out.count("duplicates    0") == 2
    assert result.out.count("lost          0") == 2
    assert result.out.count("crash         killed after ") == 2
    assert "replayed" in result.out


@pytest.mark.system
def test_without_reconciliation_the_demo_fails(command, monkeypatch):
    monkeypatch.setattr(demo, "RECONCILE", 0.0)
    monkeypatch.setattr(demo_sandbox, "FAULTS", LOST_ANSWERS)
    result = command("demo", "--orders", 12)
    assert result.code == 1
    assert "BROKEN: sample-1-gelato-" in result.err
    assert "was made twice" in result.err
    assert result.out.splitlines()[-1].startswith("Promises that broke: ")


@pytest.mark.system
def test_a_sandbox_that_does_not_start_is_one_line(command, monkeypatch):
    monkeypatch.setattr(demo_sandbox, "FAULTS", ({"kind": "dorp", "share": 0.1},))
    result = command("demo", "--orders", 1)
    assert result.code == 2
    assert "the sandbox did not start" in result.err


@pytest.mark.system
def test_its_process_ends_with_the_block(monkeypatch):
    with demo_sandbox.started(1) as sandbox:
        assert sandbox.audit()["commits"] == 0
    with pytest.raises(OSError, match=r"refused|reset"):
        sandbox.audit()
    with pytest.raises(CommandError), demo_sandbox.started(1):
        raise CommandError


def test_unknown_orders_are_3(command, monkeypatch):
    comparison = judged(
        Unknown(reference="r", error=GelatoError("who knows")), orders={"gelato": {"r": [["1"]]}}
    )
    monkeypatch.setattr(demo, "_tried", lambda *_: comparison)
    result = command("demo", "--orders", 1)
    assert result.code == 3
    assert result.out == "No order was made twice; of 2, the outcome of 2 is unknown.\n"


def test_a_true_report_breaks_nothing():
    comparison = judged(
        Created(reference="r", order_id="1"), orders={"gelato": {"r": [["1"]]}}, faults={"drop": 2}
    )
    assert (comparison.broken, comparison.lost) == ([], [])
    assert "faults met    2 (2 drop)" in comparison.text(3.0)
    assert "rate          1.0 orders/s" in comparison.text(3.0)


@pytest.mark.parametrize(
    ("outcomes", "commits", "broken"),
    [
        ([], {}, "r is lost"),
        ([Created(reference="r", order_id="1")], {}, "r is lost"),
        ([Created(reference="r", order_id="1")], {"r": [["2"]]}, "r is told as 1, but is [['2']]"),
        ([Created(reference="r", order_id="1")] * 2, {"r": [["1"]]}, "r has 2 outcomes"),
        (
            [Rejected(reference="r", error=GelatoError("no"))],
            {"r": [["1"]]},
            "r was made, but told as rejected: no",
        ),
        ([Rejected(reference="r", error=GelatoError("no"))], {}, "r was rejected: no"),
    ],
)
def test_every_lie_is_found(outcomes, commits, broken):
    assert judged(*outcomes, orders={"gelato": commits}).broken == [broken]


def test_too_many_in_a_second_break_the_promise():
    assert judged(references=(), worst_second=100).broken == []
    comparison = judged(references=(), worst_second=101, commit_times=[])
    assert comparison.broken == ["101 requests within a second"]
    assert "rate          0.0 orders/s" in comparison.text(1.0)
