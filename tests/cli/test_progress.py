import sys

import pytest

from gelato_async.bulk import Progress
from gelato_async.cli.console import ExitCode, one_line
from gelato_async.cli.submit.progress import LiveBar, PlainLines, display_for
from gelato_async.cli.submit.tally import Tally


class FakeClock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def lines(capsys):
    def written():
        return capsys.readouterr().err.splitlines()

    return written


def test_plain_lines_come_every_five_seconds_or_500_orders(lines):
    clock, tally = FakeClock(), Tally(created=10)
    with PlainLines(2000, clock) as display:
        display.show(tally, Progress())
        assert lines() == []
        clock.now = 5.0
        display.show(tally, Progress(unresolved=3, rate=2.0))
        assert lines() == [
            (
                "10 of 2000 done: 10 created, 0 rejected, 0 unknown, 3 being looked for; 2.0/s, 995"
                " s left"
            ),
        ]
        tally.created, tally.adopted = 510, 2
        display.show(tally, Progress(rate=102.0))
        assert lines() == [
            "510 of 2000 done: 510 created (2 adopted), 0 rejected, 0 unknown; 102.0/s, 15 s left"
        ]
        display.show(tally, Progress())
        assert lines() == []


def test_without_a_total_there_is_no_time_left(lines):
    clock = FakeClock()
    with PlainLines(None, clock) as display:
        clock.now = 10.0
        display.show(Tally(unknown=5), Progress(paused=True, rate=0.5))
    assert lines() == [
        "5 done: 0 created, 0 rejected, 5 unknown; 0.5/s; paused, since requests fail"
    ]


def test_the_display_fits_where_it_is_shown(monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert isinstance(display_for(3), LiveBar)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    assert isinstance(display_for(3), PlainLines)


def test_unknown_beats_rejected_in_the_exit_code():
    assert Tally(created=1).exit_code is ExitCode.FINE
    assert Tally(rejected=1).exit_code is ExitCode.REJECTED
    assert Tally(rejected=1, unknown=1).exit_code is ExitCode.UNKNOWN


def test_an_error_fits_on_a_line():
    assert one_line(ValueError("a\n  b")) == "a b"
    assert one_line(KeyError()) == "KeyError"
