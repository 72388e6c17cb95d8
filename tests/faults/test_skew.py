"""Clocks that disagree, and what they did under the rules that went before.

`PYTHONPATH=tests python -m faults.skews 1000 [--marker] [--api connect]` prints the whole table.
"""

import pytest
from faults.skews import KILLS, SKEWS, count_batch, count_creates, date_off

from gelato_async.bulk.run import intake
from gelato_async.client import create_once
from gelato_async.core import judgement
from gelato_async.core.pending_create import PendingCreate
from gelato_async.core.reconciliation import Decision, Finding

pytestmark = pytest.mark.system

CREATES = 120
# whatever clock steps in mid-run, or orders without dates, leave ordinary orders in doubt
DOUBTFUL = ("steps", "no dates")


@pytest.mark.parametrize("api", ["gelato", "connect"])
@pytest.mark.parametrize("name", SKEWS)
def test_no_skew_makes_a_duplicate_or_an_untrue_outcome(name, api):
    found = count_creates(SKEWS[name], CREATES, api=api)
    assert (found.duplicates, found.untrue, found.against_cancellation) == (0, 0, 0)
    if not any(word in name for word in DOUBTFUL):
        assert found.unknown_ordinary * 1000 <= 10 * found.creates


@pytest.mark.parametrize("name", SKEWS)
def test_with_the_marker_none_is_unknown_but_without_metadata(name):
    found = count_creates(SKEWS[name], CREATES, policy={"marker": True})
    assert (found.duplicates, found.untrue, found.against_cancellation) == (0, 0, 0)
    if name != "metadata are dropped":
        assert (found.unknown_ordinary, found.unknown_others) == (0, 0)


# a killed run closes nothing
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("seed", "name"), list(enumerate(SKEWS)), ids=list(SKEWS))
def test_no_skew_spoils_a_bulk_run_that_is_killed(seed, name):
    found = count_batch(SKEWS[name], CREATES, seed=seed)
    assert found.runs == KILLS + 1
    assert (found.duplicates, found.untrue, found.against_cancellation) == (0, 0, 0)
    if not any(word in name for word in DOUBTFUL):
        assert found.unknown_ordinary * 1000 <= 10 * found.creates


async def _no_look_before(*_):
    pass


def _old_rule(facts):
    """Older than the first send by the `Date` header, less some seconds: absent."""
    finding = Finding.OURS if facts.plausible else Finding.ANOTHERS
    return Decision(lambda _: True, finding, "by its date alone")


def test_the_rule_of_dates_alone_is_caught(monkeypatch):
    monkeypatch.setattr(judgement, "decide", _old_rule)
    monkeypatch.setattr(create_once, "look_before", _no_look_before)
    found = count_creates(date_off(30), CREATES)
    assert found.duplicates + found.untrue > 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_rule_of_dates_alone_is_caught_in_bulk(monkeypatch):
    monkeypatch.setattr(judgement, "decide", _old_rule)
    monkeypatch.setattr(intake, "look_before", _no_look_before)
    found = count_batch(date_off(30), CREATES)
    assert found.duplicates + found.untrue > 0


def test_a_resend_after_one_look_is_caught(monkeypatch):
    def once(pending, window):
        return (pending.unclear_since or 0.0) + 0.1 if pending.last_look is None else None

    monkeypatch.setattr(PendingCreate, "next_look", once)
    assert count_creates(date_off(0), CREATES).duplicates > 0
