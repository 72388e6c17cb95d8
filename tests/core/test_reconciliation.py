"""The table that decides whose order a hit is, and the facts that it reads."""

import time
from datetime import UTC, datetime

import pytest
from attrs import evolve

from gelato_async import CreateOrder, OutcomeUnknownError, Request, Response, RetryPolicy
from gelato_async.core.database_clock import DatabaseClock, Sample
from gelato_async.core.evidence import Evidence, is_same_reference, may_be_reference
from gelato_async.core.judgement import Moment, judge
from gelato_async.core.pending_create import PendingCreate
from gelato_async.core.reconciliation import DECISIONS, Facts, Finding, Fit, decide

# C starts at 0; the wall clock says EPOCH then, and so does the database's unless a test moves it
EPOCH = 1_772_615_411.0
SENT, NOW = 1_000.0, 1_060.0
OURS, ANOTHERS, DOUBT = Finding.OURS, Finding.ANOTHERS, Finding.DOUBT
SINCE = Fit(is_known=True, future=False, since=True, after=True, a_day_before=False)
BEFORE = Fit(is_known=True, future=False, since=False, after=False, a_day_before=False)
DAY_BEFORE = Fit(is_known=True, future=False, since=False, after=False, a_day_before=True)
ABOUT = Fit(is_known=True, future=False, since=True, after=False, a_day_before=False)
FUTURE = Fit(is_known=True, future=True, since=True, after=True, a_day_before=False)


# the table, line by line


@pytest.mark.parametrize(
    ("facts", "finding"),
    [
        ({"known": True, "marker": True}, ANOTHERS),
        ({"marker": True, "live": False}, OURS),
        ({"marker": False, "looked_before": True}, ANOTHERS),
        ({"exact": False, "looked_before": True}, DOUBT),
        ({"looked_before": True, "dated": False}, OURS),
        ({"looked_before": True, "live": False, "dated": False}, DOUBT),
        ({"dated": False}, DOUBT),
        ({"near": SINCE}, OURS),
        ({"near": DAY_BEFORE, "bracketed": True}, ANOTHERS),
        ({"near": DAY_BEFORE}, DOUBT),
        ({"near": BEFORE}, DOUBT),
        ({"near": FUTURE}, DOUBT),
        ({"live": False, "whole": FUTURE, "bracketed": True}, DOUBT),
        ({"live": False, "whole": SINCE, "bracketed": True}, OURS),
        ({"live": False, "whole": SINCE}, DOUBT),
        ({"live": False, "whole": BEFORE, "bracketed": True}, ANOTHERS),
        ({"live": False, "whole": BEFORE}, DOUBT),
        ({"live": False, "whole": ABOUT, "bracketed": True}, DOUBT),
        ({"live": False, "whole": BEFORE, "outlived": True}, ANOTHERS),
        ({"live": False, "outlived": True}, ANOTHERS),
        ({"live": False, "outlived": True, "torn": True}, DOUBT),
        ({"live": False, "whole": DAY_BEFORE}, DOUBT),
        ({"plausible": True}, OURS),
        ({"plausible": True, "torn": True}, DOUBT),
        ({"plausible": True, "live": False}, DOUBT),
        ({"a_day_old": True}, ANOTHERS),
        ({"a_day_old": True, "torn": True}, DOUBT),
        ({}, DOUBT),
    ],
    ids=str,
)
def test_the_first_line_that_matches_decides(facts, finding):
    assert decide(Facts(**facts)).finding is finding


def test_every_line_of_the_table_has_a_reason():
    assert all(decision.because for decision in DECISIONS)
    assert len({decision.because for decision in DECISIONS}) == len(DECISIONS)


# the facts


@pytest.fixture
def pending(order):
    def make(**changes):
        request = Request(method="POST", url="https://host/v4/orders")
        found = PendingCreate(operation=CreateOrder(order(**changes)), request=request)
        found.mark_sent(SENT, EPOCH + SENT)
        return found

    return make


@pytest.fixture
def dated(row):
    """A hit whose date is so many seconds after the send, by a database clock `ahead` of ours."""

    def make(seconds, *, ahead=0.0, **changes):
        moment = datetime.fromtimestamp(int(EPOCH + SENT + seconds + ahead), UTC)
        return row(createdAt=moment.isoformat(), **changes)

    return make


def sample(at, ahead=0.0):
    answered = at + 0.2
    return Sample(sent=at, answered=answered, dated=float(int(EPOCH + at + ahead)), offset=EPOCH)


def evidence(*moments, ahead=0.0):
    return Evidence(database=DatabaseClock([sample(at, ahead) for at in moments]))


def finding(pending, hit, known, now=NOW, wall=None):
    judgement = judge(pending, [hit], known, Moment(now, EPOCH + now if wall is None else wall))
    if judgement.found is not None:
        return OURS
    return DOUBT if judgement.in_doubt else ANOTHERS


@pytest.mark.parametrize("ahead", [-3600.0, -30.0, 0.0, 6.0, 3600.0])
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, OURS), (30, OURS), (-2, OURS), (-60, DOUBT), (-7_200, DOUBT), (-90_000, DOUBT)],
)
def test_a_live_hit_is_judged_by_the_databases_clock(pending, dated, ahead, seconds, expected):
    known = evidence(900.0, 990.0, 1_010.0, ahead=ahead)
    assert finding(pending(), dated(seconds, ahead=ahead), known) is expected


def test_a_day_old_hit_needs_a_clock_known_before_and_after(pending, dated):
    old = dated(-90_000)
    lost = pending()
    lost.look_showed([old], 1_000.5, 1_000.6)
    assert finding(lost, old, evidence(900.0, 990.0)) is DOUBT
    assert finding(lost, old, evidence(1_010.0)) is DOUBT
    assert finding(lost, old, evidence(900.0, 990.0, 1_010.0)) is ANOTHERS


def test_a_host_clock_that_is_set_changes_nothing(pending, dated):
    known = evidence(900.0, 990.0)
    # the samples are void then, and a look before the send is all there is
    assert finding(pending(), dated(5), known, wall=EPOCH + NOW - 3600) is DOUBT
    looked = pending()
    looked.mark_others([])
    assert finding(looked, dated(5), known, wall=EPOCH + NOW - 3600) is OURS


def test_a_database_clock_that_steps_proves_nothing(pending, dated):
    torn = Evidence(database=DatabaseClock([sample(990.0), sample(1_010.0, ahead=60.0)]))
    assert finding(pending(), dated(5), torn) is DOUBT
    assert finding(pending(), dated(-7_200), torn) is DOUBT


def test_a_look_before_the_send_separates_old_from_new(pending, dated):
    looked = pending()
    looked.mark_others(["old"])
    assert finding(looked, dated(-5, id="old"), Evidence()) is ANOTHERS
    assert finding(looked, dated(-7_200, id="new"), Evidence()) is OURS


def test_the_order_that_answered_another_create_is_not_ours(pending, dated):
    known = evidence(900.0, 990.0)
    known.note_id("id-1", "another", SENT + 1)
    assert finding(pending(), dated(1), known) is ANOTHERS
    known.note_id("id-1", pending().reference, SENT)
    assert finding(pending(), dated(1), known) is ANOTHERS


def test_an_order_of_this_reference_that_was_answered_since_the_send_may_be_ours(pending, dated):
    known = evidence(900.0, 990.0)
    known.note_id("id-1", pending().reference, SENT + 1)
    assert finding(pending(), dated(1), known) is OURS
    earlier = pending()
    earlier.clock = known.database
    known.note_id("id-1", pending().reference, SENT - 1)
    assert finding(earlier, dated(1), known) is OURS


@pytest.mark.parametrize(
    ("shown", "same"),
    [
        ("order-1", True),
        (" Order-1 ", True),
        ("ORDER-1", True),
        ("order-10", False),
    ],
)
def test_a_reference_that_a_server_has_changed_is_recognised(shown, same):
    assert is_same_reference(shown, "order-1") is same


def test_a_reference_of_any_length_is_compared_in_no_time():
    shown = ["\ufdfa" * 1_800, "\ufdfa" * 1_000_000]
    began = time.process_time()
    assert not any(may_be_reference(one, f"{n:0100}") for n in range(1_000) for one in shown)
    assert time.process_time() - began < 0.5


def test_a_reference_that_a_server_has_cut_may_be_ours():
    assert may_be_reference("ORDER", "order-1")
    assert may_be_reference("order-1", "order-1")
    assert not may_be_reference("order-10", "order-1")
    assert not may_be_reference(" ", "order-1")


def test_a_hit_in_another_spelling_is_in_doubt(pending, dated):
    looked = pending()
    looked.mark_others([])
    assert finding(looked, dated(1, orderReferenceId="ORDER-1"), Evidence()) is DOUBT
    assert finding(looked, dated(1, orderReferenceId="other"), Evidence()) is ANOTHERS


@pytest.mark.parametrize("status", ["canceled", "failed"])
def test_a_dead_hit_needs_a_clock_known_before_and_after(pending, dated, status):
    lost, before = pending(), evidence(900.0, 990.0)
    assert finding(lost, dated(10, fulfillmentStatus=status), before) is DOUBT
    lost.look_showed([dated(10)], 1_020.0, 1_020.0)
    both = evidence(900.0, 990.0, 1_030.0)
    assert finding(lost, dated(10, fulfillmentStatus=status), both) is OURS
    assert finding(lost, dated(-60, fulfillmentStatus=status), both) is ANOTHERS
    assert finding(lost, dated(-1, fulfillmentStatus=status), both) is DOUBT


def test_a_canceled_order_that_outlived_our_trying_is_not_ours(pending, dated):
    updated = datetime.fromtimestamp(EPOCH + SENT, UTC).isoformat()
    hit = dated(-600, fulfillmentStatus="canceled", updatedAt=updated)
    known = evidence(900.0, 990.0)
    assert finding(pending(), hit, known) is DOUBT
    known.lives = True
    assert finding(pending(), hit, known) is ANOTHERS


def test_without_evidence_header_and_host_count_only_together(pending, dated):
    date = datetime.fromtimestamp(EPOCH + SENT, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    known = Evidence()
    answered = Response(status=200, headers={"date": date})
    known.note_response(answered, sent=SENT, answered=SENT + 0.5, wall=EPOCH + SENT + 0.5)
    assert finding(pending(), dated(5), known) is OURS
    assert finding(pending(), dated(5), Evidence()) is DOUBT
    assert finding(pending(), dated(-90_000), known) is ANOTHERS
    assert finding(pending(), dated(-7_200), known) is DOUBT
    assert finding(pending(), dated(5, ahead=3_600), known) is DOUBT


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 GMT", "tomorrow", ""])
def test_garbage_in_the_date_header_is_not_evidence(pending, dated, date):
    known = Evidence()
    answered = Response(status=200, headers={"date": date})
    known.note_response(answered, sent=SENT, answered=SENT + 0.5, wall=EPOCH + SENT + 0.5)
    assert finding(pending(), dated(5), known) is DOUBT


def test_an_order_of_an_earlier_run_is_judged_by_that_runs_clock(pending, dated):
    lost = pending()
    lost.clock = DatabaseClock([sample(980.0, ahead=77.0), sample(1_005.0, ahead=77.0)])
    lost.first_sent = SENT
    # what this process and its host take for the time does not matter
    other = evidence(10.0, 20.0, ahead=-500.0)
    for wall in (EPOCH, EPOCH + 9_999.0):
        assert finding(lost, dated(3, ahead=77.0), other, now=20.0, wall=wall) is OURS
        assert finding(lost, dated(-60, ahead=77.0), other, now=20.0, wall=wall) is DOUBT


# several hits


def found_ids(pending, rows):
    looked = evolve(pending, known_ids=frozenset())
    looked.mark_sent(SENT, EPOCH + SENT)
    found = judge(looked, rows, Evidence(), Moment(NOW, EPOCH + NOW)).found
    return None if found is None else (found.row.id, found.connected, found.others)


@pytest.mark.parametrize(("wanted", "shown"), [("order", "draft"), ("draft", "order")])
def test_another_type_is_not_ours(pending, dated, wanted, shown):
    assert found_ids(pending(order_type=wanted), [dated(2, orderType=shown)]) is None


def test_an_order_that_hides_its_type_may_be_ours(pending, dated):
    assert found_ids(pending(order_type="draft"), [dated(2, orderType=None)]) is not None


def test_the_earliest_is_adopted_and_untied_others_are_named(pending, dated):
    rows = [dated(9, id="late"), dated(1, id="early")]
    assert found_ids(pending(), rows) == ("early", (), ("late",))


def test_of_two_in_one_second_the_choice_is_always_the_same(pending, dated):
    rows = [dated(1, id="b"), dated(1, id="a")]
    assert found_ids(pending(), rows) == found_ids(pending(), rows[::-1]) == ("a", (), ("b",))


def test_the_parts_of_a_split_order_are_one_order(pending, dated):
    parts = ["part-1", "part-2"]
    rows = [
        dated(2, id="part-2", connectedOrderIds=parts),
        dated(1, id="part-1", connectedOrderIds=parts),
    ]
    assert found_ids(pending(), rows) == ("part-1", ("part-1", "part-2"), ())


@pytest.mark.parametrize(("one", "two"), [(["b"], []), ([], ["a"])])
def test_one_side_is_enough_to_tie_two_parts(pending, dated, one, two):
    rows = [dated(1, id="a", connectedOrderIds=one), dated(2, id="b", connectedOrderIds=two)]
    row_id, connected, others = found_ids(pending(), rows)
    assert (row_id, set(connected), others) == ("a", {"a", "b"}, ())


def test_parts_that_no_search_shows_yet_are_still_connected(pending, dated):
    rows = [dated(1, id="a", connectedOrderIds=["a", "unseen"])]
    assert found_ids(pending(), rows) == ("a", ("a", "unseen"), ())


def test_an_order_connected_to_itself_alone_is_not_split(pending, dated):
    assert found_ids(pending(), [dated(1, connectedOrderIds=["id-1"])]) == ("id-1", (), ())


def test_a_doubt_names_its_orders(pending, row):
    lost = pending()
    rows = [row(createdAt=None), row(id="id-2", createdAt="?")]
    judgement = judge(lost, rows, Evidence(), Moment(NOW, EPOCH + NOW))
    assert (judgement.found, judgement.in_doubt) == (None, ("id-1", "id-2"))
    lost.in_doubt = judgement.in_doubt
    with pytest.raises(OutcomeUnknownError) as caught:
        lost.check_resend(RetryPolicy())
    assert caught.value.order_ids == ("id-1", "id-2")


def test_an_order_that_is_ours_ends_the_doubt_about_others(pending, dated):
    looked = pending()
    looked.mark_others([])
    rows = [dated(5, id="dead", fulfillmentStatus="canceled"), dated(6, id="live")]
    found = judge(looked, rows, Evidence(), Moment(NOW, EPOCH + NOW)).found
    assert (found.row.id, found.others) == ("live", ())
