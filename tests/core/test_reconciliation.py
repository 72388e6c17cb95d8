from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, strategies as st

from gelato_async import (
    CreateOrder,
    DecodeError,
    NoAnswerError,
    OutcomeUnknownError,
    Request,
    Response,
    RetryPolicy,
    ServerError,
)
from gelato_async.core.reconciliation import PendingCreate, ServerClock, match_created

FIRST = datetime(2026, 3, 4, 9, 10, 11, 500_000, tzinfo=UTC)
LOST = NoAnswerError("read timeout")
SERVER_TIME = Response(status=200, headers={"date": "Wed, 04 Mar 2026 09:10:11 GMT"})
NO_TIME = Response(status=200)


@pytest.fixture
def pending(order):
    def make(**changes):
        request = Request(method="POST", url="https://host/v4/orders", body=b"Ida")
        return PendingCreate(operation=CreateOrder(order(**changes)), request=request)

    return make


def seconds(offset):
    return (FIRST + timedelta(seconds=offset)).isoformat()


# ServerClock


def test_the_server_time_follows_its_last_date():
    clock = ServerClock()
    clock.note(SERVER_TIME, 1000.0)
    assert clock.at(990.0, 2000.0, 0.0) == datetime(2026, 3, 4, 9, 10, 1, tzinfo=UTC)
    clock.note(SERVER_TIME, 1010.0)
    assert clock.at(990.0, 2000.0, 0.0) == datetime(2026, 3, 4, 9, 9, 51, tzinfo=UTC)


def test_until_a_date_came_our_own_clock_has_to_do():
    clock, wall = ServerClock(), datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp()
    clock.note(NO_TIME, 1000.0)
    assert clock.at(990.0, 1000.0, wall) == datetime(2026, 3, 4, 11, 59, 50, tzinfo=UTC)


def test_an_answer_without_a_date_changes_nothing():
    clock = ServerClock()
    clock.note(SERVER_TIME, 1000.0)
    before = clock.at(1000.0, 1000.0, 0.0)
    clock.note(NO_TIME, 5000.0)
    assert clock.at(1000.0, 5000.0, 0.0) == before


# match_created


def found_ids(pending, rows):
    found = match_created(pending, rows, FIRST)
    return None if found is None else (found.row.id, found.connected, found.others)


def test_a_fresh_order_with_our_reference_is_ours(pending, row):
    assert found_ids(pending(), [row(createdAt=seconds(2))]) == ("id-1", (), ())


def test_no_rows_are_no_order(pending):
    assert found_ids(pending(), []) is None


def test_another_reference_is_not_ours(pending, row):
    assert found_ids(pending(), [row(orderReferenceId="order-11", createdAt=seconds(2))]) is None


@pytest.mark.parametrize(("wanted", "shown"), [("order", "draft"), ("draft", "order")])
def test_another_type_is_not_ours(pending, row, wanted, shown):
    assert (
        found_ids(pending(order_type=wanted), [row(orderType=shown, createdAt=seconds(2))]) is None
    )


def test_an_order_that_hides_its_type_may_be_ours(pending, row):
    assert (
        found_ids(pending(order_type="draft"), [row(orderType=None, createdAt=seconds(2))])
        is not None
    )


@pytest.mark.parametrize(
    ("offset", "ours"), [(-3600, False), (-5.1, False), (-5, True), (0, True), (3600, True)]
)
def test_older_hits_are_ignored_beyond_five_seconds_of_slack(pending, row, offset, ours):
    assert (found_ids(pending(), [row(createdAt=seconds(offset))]) is not None) is ours


@pytest.mark.parametrize("status", ["canceled", "failed"])
@pytest.mark.parametrize("offset", [-3600, -5, -1, -0.6])
def test_a_canceled_or_failed_order_from_before_is_never_adopted(pending, row, status, offset):
    assert found_ids(pending(), [row(fulfillmentStatus=status, createdAt=seconds(offset))]) is None


@pytest.mark.parametrize(
    ("status", "offset"), [("canceled", 2.1), ("canceled", 30), ("failed", -0.5), ("failed", 2)]
)
def test_an_order_that_was_canceled_or_failed_since_is_ours(pending, row, status, offset):
    assert (
        found_ids(pending(), [row(fulfillmentStatus=status, createdAt=seconds(offset))]) is not None
    )


def test_the_earliest_is_adopted_and_untied_others_are_named(pending, row):
    rows = [
        row(id="late", createdAt=seconds(9)),
        row(id="early", createdAt=seconds(1)),
        row(id="old", createdAt=seconds(-60)),
    ]
    assert found_ids(pending(), rows) == ("early", (), ("late",))


def test_of_two_in_one_second_the_choice_is_always_the_same(pending, row):
    rows = [row(id="b", createdAt=seconds(1)), row(id="a", createdAt=seconds(1))]
    assert found_ids(pending(), rows) == found_ids(pending(), rows[::-1]) == ("a", (), ("b",))


def test_the_parts_of_a_split_order_are_one_order(pending, row):
    rows = [
        row(id="part-2", createdAt=seconds(1.5), connectedOrderIds=["part-1", "part-2"]),
        row(id="part-1", createdAt=seconds(1), connectedOrderIds=["part-1", "part-2"]),
    ]
    assert found_ids(pending(), rows) == ("part-1", ("part-1", "part-2"), ())


@pytest.mark.parametrize(("one", "two"), [(["b"], []), ([], ["a"])])
def test_one_side_is_enough_to_tie_two_parts(pending, row, one, two):
    rows = [
        row(id="a", createdAt=seconds(1), connectedOrderIds=one),
        row(id="b", createdAt=seconds(2), connectedOrderIds=two),
    ]
    row_id, connected, others = found_ids(pending(), rows)
    assert (row_id, set(connected), others) == ("a", {"a", "b"}, ())


def test_parts_that_no_search_shows_yet_are_still_connected(pending, row):
    rows = [row(id="a", createdAt=seconds(1), connectedOrderIds=["a", "unseen"])]
    assert found_ids(pending(), rows) == ("a", ("a", "unseen"), ())


def test_a_split_order_and_a_stranger_are_told_apart(pending, row):
    rows = [
        row(id="a", createdAt=seconds(1), connectedOrderIds=["a", "b"]),
        row(id="b", createdAt=seconds(1), connectedOrderIds=["a", "b"]),
        row(id="stranger", createdAt=seconds(2)),
    ]
    assert found_ids(pending(), rows) == ("a", ("a", "b"), ("stranger",))


def test_an_order_connected_to_itself_alone_is_not_split(pending, row):
    assert found_ids(pending(), [row(createdAt=seconds(1), connectedOrderIds=["id-1"])]) == (
        "id-1",
        (),
        (),
    )


def test_an_undated_order_may_be_ours_or_not(pending, row):
    lost = pending()
    lost.attempt_started(0.0)
    lost.mark_unclear(LOST, 1.0)
    with pytest.raises(OutcomeUnknownError, match="has no date") as caught:
        match_created(lost, [row(createdAt=None), row(id="id-2", createdAt="?")], FIRST)
    assert caught.value.order_ids == ("id-1", "id-2")


def test_an_undated_order_beside_a_dated_one_is_no_matter(pending, row):
    assert found_ids(pending(), [row(createdAt=None), row(id="id-2", createdAt=seconds(1))]) == (
        "id-2",
        (),
        (),
    )


# PendingCreate: when to look


def looks(pending, reconcile, *, since=0.0, late=0.0):
    pending.mark_unclear(LOST, since)
    moments = []
    while (due := pending.next_look(reconcile)) is not None and len(moments) < 50:
        moments.append(due)
        pending.last_look = due + late
    return moments


def test_looks_come_at_growing_intervals_and_last_when_the_window_ends(pending):
    assert looks(pending(), 60.0) == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0]


def test_without_reconciliation_there_is_one_look_at_once(pending):
    assert looks(pending(), 0.0, since=7.0) == [7.0]


def test_a_short_window_is_looked_at_once_at_its_end(pending):
    assert looks(pending(), 0.25, since=1.0) == [1.25]


@given(since=st.floats(0, 1e7), reconcile=st.floats(0, 600), late=st.just(0.0) | st.floats(0, 5))
@example(since=306676.99705486785, reconcile=60.0, late=0.0)
@example(since=0.1, reconcile=0.3, late=0.0)
def test_the_looks_end_and_the_last_one_is_not_before_the_window_is_over(since, reconcile, late):
    pending = PendingCreate(operation=None, request=None)
    moments = looks(pending, reconcile, since=since, late=late)
    assert len(moments) < 20
    assert moments[-1] + late >= since + reconcile - 1e-6
    assert moments == sorted(moments)


def test_a_resend_starts_a_window_of_its_own(pending):
    lost = pending()
    looks(lost, 60.0)
    assert looks(lost, 60.0, since=100.0)[0] == 100.5


def test_before_anything_is_known_to_be_unclear_the_first_look_counts_from_zero(pending):
    assert pending().next_look(60.0) == 0.5


# PendingCreate: what it knows


def test_attempts_are_counted_and_the_first_is_remembered(pending):
    lost = pending()
    lost.attempt_started(5.0)
    lost.mark_sent(6.0, 1_006.0)
    lost.attempt_started(9.0)
    lost.mark_sent(10.0, 1_010.0)
    assert lost.sends == 2
    assert (lost.attempts, lost.first_attempt, lost.reference) == (2, 6.0, "order-1")


def test_a_lost_answer_may_be_sent_again_while_attempts_are_left(pending):
    lost = pending()
    lost.attempt_started(0.0)
    lost.mark_unclear(LOST, 1.0)
    assert lost.may_resend(RetryPolicy())
    assert not lost.may_resend(RetryPolicy(resend=False))
    assert not lost.may_resend(RetryPolicy(attempts=1))


def test_what_was_accepted_is_never_sent_again(pending):
    accepted = pending()
    accepted.mark_unclear(DecodeError("odd", order_id="id-1"), 1.0)
    assert (accepted.accepted, accepted.order_id) == (True, "id-1")
    assert not accepted.may_resend(RetryPolicy())
    accepted.mark_unclear(LOST, 2.0)
    assert accepted.accepted


def test_a_truncated_2xx_was_accepted_too(pending):
    accepted = pending()
    accepted.mark_unclear(NoAnswerError("cut off", status=200), 1.0)
    assert (accepted.accepted, accepted.order_id) == (True, None)


def test_after_a_failed_look_nothing_is_sent_again(pending):
    lost = pending()
    lost.mark_unclear(LOST, 1.0)
    lost.failed_look = ServerError("500", status=500)
    assert not lost.may_resend(RetryPolicy())


def test_the_error_says_what_to_do_next(pending):
    lost = pending()
    lost.attempt_started(0.0)
    lost.sends += 1
    lost.mark_unclear(LOST, 1.0)
    error = lost.unknown("no time is left", ["id-1"])
    assert (error.order_reference_id, error.sends, error.order_ids) == ("order-1", 1, ("id-1",))
    assert (error.operation, error.reason) == ("orders.create", "read timeout")
    assert "no time is left" in str(error)
    assert "Do not send it again; ask orders.find()" in str(error)
    lost.failed_look = ServerError("500: oh", status=500)
    assert lost.unknown("looking failed").reason == "500: oh"


def test_a_creation_shows_no_request(pending):
    assert "Ida" not in repr(pending())
    assert "Nordmann" not in repr(pending())


def test_a_machine_that_slept_is_told_by_the_wall_clock(pending):
    lost = pending()
    assert lost.seconds_since_first(50.0, 1_000.0) == 0.0
    lost.mark_sent(50.0, 1_000.0)
    assert lost.seconds_since_first(53.0, 1_003.0) == 3.0
    assert lost.seconds_since_first(53.0, 1_603.0) == 603.0


def test_an_attempt_whose_sending_nobody_saw_counts_from_its_begin(pending):
    lost = pending()
    lost.attempt_started(5.0)
    lost.mark_unclear(LOST, 8.0)
    assert lost.first_attempt == 5.0
