import anyio
import pytest

from gelato_async import GelatoError
from gelato_async.bulk import Created, Rejected, Unknown
from gelato_async.cli.console import CommandError
from gelato_async.cli.demo.comparison import SendTimes, judge
from gelato_async.cli.demo.crash import ORDERS, SENDS, first_run
from gelato_async.cli.demo.demo import conclude, demo
from gelato_async.cli.demo.own_sandbox import started
from gelato_async.cli.demo.send_times import (
    Moment,
    describe,
    read_times,
    recorded,
    worst_second,
)
from gelato_async.cli.samples.orders import sample_orders, to_line

LOST_ANSWERS = ({"name": "dropped, but made", "kind": "drop", "when": "after", "share": 0.3},)
AUDIT = {
    "orders": {"gelato": {}, "connect": {}},
    "duplicates": [],
    "faults": {},
    "started": 1000.0,
    "requests": 2,
    "request_times": [1.0, 2.0],
    "connections": 1,
    "rejected_429": 0,
    "commit_times": [1.0, 2.0, 3.0],
}
TIMES = SendTimes(first=[1000.9], second=[1001.9])


def judged(*outcomes, references=("r",), times=TIMES, **audit):
    return judge("gelato", references, outcomes, AUDIT | audit, times)


def evenly(count, *, start=0.0, every=0.0099):
    return [start + number * every for number in range(count)]


@pytest.mark.system
def test_the_demo_makes_every_order_once(command):
    result = command("demo", "--orders", 40, "--seed", 2)
    assert result.code == 0, result.err
    assert result.out.splitlines()[-1].startswith("All 80 orders were made exactly once")
    assert result.out.count("duplicates    0") == 2
    assert result.out.count("lost          0") == 2
    assert result.out.count("crash         killed after ") == 2
    assert result.out.count("worst second  sent: ") == 2
    assert result.out.count(" of the first process") >= 2
    assert "replayed" in result.out


@pytest.mark.system
def test_without_reconciliation_the_demo_fails(capsys):
    assert demo(12, 1, reconcile=0.0, faults=LOST_ANSWERS) == 1
    written = capsys.readouterr()
    assert "BROKEN: sample-1-gelato-" in written.err
    assert "was made twice" in written.err
    assert written.out.splitlines()[-1].startswith("Promises that broke: ")


@pytest.mark.system
def test_a_sandbox_that_does_not_start_ends_the_demo():
    with pytest.raises(CommandError, match="the sandbox did not start"):
        demo(1, 1, faults=({"kind": "dorp", "share": 0.1},))


@pytest.mark.system
def test_its_process_ends_with_the_block():
    with started(1) as sandbox:
        assert sandbox.audit()["commits"] == 0
    with pytest.raises(OSError, match=r"refused|reset"):
        sandbox.audit()
    with pytest.raises(CommandError), started(1):
        raise CommandError


def test_the_first_run_records_every_send(serve, tmp_path, capsys):
    sandbox = serve()
    lines = [to_line(order, "gelato") for order in sample_orders("gelato", 3, 1)]
    (tmp_path / ORDERS).write_bytes(b"".join(lines))
    assert first_run(tmp_path, "gelato", 4.0) == 0
    audit = sandbox.audit()
    arrived = [audit.started + seconds for seconds in audit.request_times]
    sent = read_times(tmp_path / SENDS)
    assert len(sent) == len(arrived) == audit.requests
    assert all(at < later for at, later in zip(sent, arrived, strict=True))


def test_a_record_is_whole_before_it_is_closed(tmp_path):
    """A kill loses no send: nothing waits in a buffer."""
    with recorded(tmp_path / "sends") as limiter:
        for _ in range(3):
            anyio.run(limiter.before_send)
        assert len(read_times(tmp_path / "sends")) == 3


def test_unknown_orders_are_3(capsys):
    comparison = judged(
        Unknown(reference="r", error=GelatoError("who knows")), orders={"gelato": {"r": [["1"]]}}
    )
    assert conclude([comparison, comparison], 1) == 3
    expected = "No order was made twice; of 2, the outcome of 2 is unknown.\n"
    assert capsys.readouterr().out == expected


def test_a_true_report_breaks_nothing():
    comparison = judged(
        Created(reference="r", order_id="1"), orders={"gelato": {"r": [["1"]]}}, faults={"drop": 2}
    )
    assert (comparison.broken, comparison.lost) == ([], [])
    text = comparison.text(3.0)
    assert "faults met    2 (2 drop)" in text
    assert "sent: 1 requests from 0.90 s on (1 of the first process)" in text
    assert "arrived: 1 requests from 1.00 s on (1 of the first process)" in text


def test_the_rate_is_that_of_the_first_process():
    times = SendTimes(first=[1000.5, 1003.5], second=[1005.0])
    text = judged(times=times, commit_times=[1.0, 2.0, 3.0, 8.0]).text(9.0)
    assert "rate          1.0 orders/s until the crash; 9.0 s in all" in text
    nothing_sent = SendTimes(first=[], second=[])
    assert "rate          0.0 orders/s" in judged(times=nothing_sent).text(9.0)
    assert "rate          0.0 orders/s" in judged(commit_times=[0.5]).text(9.0)


@pytest.mark.parametrize(
    ("outcomes", "commits", "broken"),
    [
        ([], {}, "r is lost"),
        ([Created(reference="r", order_id="1")], {}, "r is lost"),
        (
            [Created(reference="r", order_id="1")],
            {"r": [["2"]]},
            "r was reported as 1, but is [['2']]",
        ),
        ([Created(reference="r", order_id="1")] * 2, {"r": [["1"]]}, "r has 2 outcomes"),
        (
            [Rejected(reference="r", error=GelatoError("no"))],
            {"r": [["1"]]},
            "r was made, but reported as rejected: no",
        ),
        ([Rejected(reference="r", error=GelatoError("no"))], {}, "r was rejected: no"),
    ],
)
def test_every_lie_is_found(outcomes, commits, broken):
    assert judged(*outcomes, orders={"gelato": commits}).broken == [broken]


def test_too_many_sends_in_a_second_break_the_promise():
    allowed = SendTimes(first=evenly(60, start=1000), second=evenly(40, start=1000.595))
    assert judged(references=(), times=allowed).broken == []
    too_many = SendTimes(first=evenly(60, start=1000), second=evenly(41, start=1000.595))
    (broken,) = judged(references=(), times=too_many).broken
    assert broken == (
        "sent within a second: 101 requests from 0.00 s on"
        " (60 of the first process, 41 of the second process)"
    )


def test_arrivals_that_bunch_up_break_nothing():
    """A busy machine reads late what was sent evenly; the report shows it."""
    times = SendTimes(first=evenly(120, start=1000, every=0.011), second=[])
    together = evenly(110, start=0.5, every=0.001)
    comparison = judged(references=(), times=times, requests=110, request_times=together)
    assert comparison.broken == []
    assert "arrived: 110 requests from 0.50 s on (110 of the first process)" in comparison.text(2.0)


def test_a_request_that_no_process_recorded_is_found():
    """A record with gaps would prove nothing about the rate."""
    broken = judged(references=(), requests=5).broken
    assert broken == ["3 requests arrived that no process recorded as sent"]


def test_an_arrival_belongs_to_the_process_that_was_there():
    arrived = list(TIMES.arrived(AUDIT))
    assert arrived == [Moment(1001.0, "first process"), Moment(1002.0, "second process")]


def test_a_second_does_not_hold_its_own_end():
    moments = [Moment(at, "first process") for at in (0.0, 0.5, 1.0, 1.2)]
    assert [moment.at for moment in worst_second(moments)] == [0.5, 1.0, 1.2]
    assert worst_second([]) == ()
    assert describe((), 0.0) == "0 requests"
