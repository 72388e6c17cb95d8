import pytest
from hypothesis import example, given, strategies as st

from gelato_async import (
    CreateOrder,
    DecodeError,
    NoAnswerError,
    Order,
    OutcomeUnknownError,
    Request,
    RetryPolicy,
    ServerError,
    SubmittedOrder,
)
from gelato_async.core.evidence import Evidence
from gelato_async.core.pending_create import PendingCreate

LOST = NoAnswerError("read timeout")


@pytest.fixture
def pending(order):
    def make(**changes):
        request = Request(method="POST", url="https://host/v4/orders", body=b"Ida")
        return PendingCreate(operation=CreateOrder(order(**changes)), request=request)

    return make


# PendingCreate: when to look


def looks(pending, reconcile, *, since=0.0, late=0.0):
    pending.mark_unclear(LOST, since)
    moments = []
    while (due := pending.next_look(reconcile)) is not None and len(moments) < 50:
        moments.append(due)
        pending.last_look = due + late
    return moments


def test_looks_come_at_growing_intervals_until_the_window_ends(pending):
    assert looks(pending(), 60.0) == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0]


def test_without_reconciliation_there_is_one_look_at_once(pending):
    assert looks(pending(), 0.0, since=7.0) == [7.0]


def test_a_short_window_is_looked_at_once_at_its_end(pending):
    assert looks(pending(), 0.25, since=1.0) == [1.25]


@given(since=st.floats(0, 1e7), reconcile=st.floats(0, 600), late=st.just(0.0) | st.floats(0, 5))
@example(since=306676.99705486785, reconcile=60.0, late=0.0)
@example(since=0.1, reconcile=0.3, late=0.0)
def test_the_last_look_is_not_before_the_window_is_over(since, reconcile, late):
    pending = PendingCreate(operation=None, request=None)
    moments = looks(pending, reconcile, since=since, late=late)
    assert len(moments) < 20
    assert moments[-1] + late >= since + reconcile - 1e-6
    assert moments == sorted(moments)


def test_a_resend_starts_a_window_of_its_own(pending):
    lost = pending()
    looks(lost, 60.0)
    assert looks(lost, 60.0, since=100.0)[0] == 100.5


def test_of_a_clear_create_the_first_look_counts_from_zero(pending):
    assert pending().next_look(60.0) == 0.5


# PendingCreate: what it knows


def test_attempts_are_counted_and_the_first_is_remembered(pending):
    lost = pending()
    lost.attempt_started(5.0)
    lost.mark_sent(6.0, 1_006.0)
    lost.attempt_started(9.0)
    lost.mark_sent(10.0, 1_010.0)
    assert lost.sends == 2
    assert (lost.attempts, lost.first_sent, lost.reference) == (2, 6.0, "order-1")


def test_a_lost_answer_may_be_sent_again_while_attempts_are_left(pending):
    lost = pending()
    lost.attempt_started(0.0)
    lost.mark_unclear(LOST, 1.0)
    lost.check_resend(RetryPolicy())
    for policy in (RetryPolicy(resend=False), RetryPolicy(attempts=1)):
        with pytest.raises(OutcomeUnknownError, match="under this retry policy"):
            lost.check_resend(policy)


def test_what_was_accepted_is_never_sent_again(pending):
    accepted = pending()
    accepted.mark_unclear(DecodeError("odd", order_id="id-1"), 1.0)
    assert (accepted.accepted, accepted.order_id) == (True, "id-1")
    with pytest.raises(OutcomeUnknownError, match="Gelato accepted it") as caught:
        accepted.check_resend(RetryPolicy())
    assert caught.value.order_ids == ("id-1",)
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
    with pytest.raises(OutcomeUnknownError, match="looking for it failed"):
        lost.check_resend(RetryPolicy())


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


def test_an_attempt_that_was_refused_is_not_the_first_send(pending):
    lost = pending()
    lost.mark_sent(1.0, 1_001.0)
    lost.mark_not_made()
    lost.mark_sent(9.0, 1_009.0)
    assert (lost.first_sent, lost.sends) == (9.0, 2)


def test_once_unclear_the_first_send_stays_the_first(pending):
    lost = pending()
    lost.mark_sent(1.0, 1_001.0)
    lost.mark_unclear(LOST, 2.0)
    lost.mark_not_made()
    lost.mark_sent(9.0, 1_009.0)
    assert lost.first_sent == 1.0


# PendingCreate: whose answer it is


def answer(**changes):
    shown = {"id": "id-1", "order_reference_id": "order-1", "fulfillment_status": "created"}
    return Order(**(shown | changes))


def test_an_answer_about_this_order_is_ours(pending):
    submitted = SubmittedOrder(id="id-1", order_reference_id="order-1")
    assert pending().is_answered_by(answer(order_type="order"), Evidence())
    assert pending().is_answered_by(submitted, Evidence())


def test_an_answer_of_another_kind_is_not_compared(pending):
    """An operation of the caller's own may answer anything."""
    assert pending().is_answered_by({"id": "id-1"}, Evidence())


@pytest.mark.parametrize(
    "changes",
    [{"order_reference_id": "order-2"}, {"order_type": "draft"}, {"id": ""}],
    ids=["reference", "type", "no id"],
)
def test_an_answer_about_another_order_is_not_ours(pending, changes):
    assert not pending(order_type="order").is_answered_by(answer(**changes), Evidence())


def test_an_answer_that_names_an_earlier_order_is_not_ours(pending):
    evidence = Evidence()
    evidence.note_id("id-1", "another", 0.0)
    assert not pending().is_answered_by(answer(), evidence)
    looked = pending()
    looked.mark_others(["id-1"])
    assert not looked.is_answered_by(answer(), Evidence())


def test_hits_that_cannot_be_ours_are_not_remembered(pending, row):
    looked = pending()
    looked.look_showed([row(id="other", orderReferenceId="another"), row(id="ours")], 4.0, 5.0)
    assert (looked.first_seen("other"), looked.first_seen("ours")) == (None, 5.0)


def test_an_order_that_is_only_looked_for_has_no_contents():
    with pytest.raises(OutcomeUnknownError, match="its contents are not known"):
        PendingCreate(operation=None, request=None, reference="ref-1").contents()


def test_an_answer_that_is_no_order_teaches_nothing(pending):
    """A create of a caller's own may have another answer."""
    evidence, create = Evidence(), pending()
    create.mark_sent(1.0, 1.0)
    assert create.is_answered_by({"id": "order-1"}, evidence)
    create.teach(evidence, {"id": "order-1"}, 2.0, 2.0)
    assert not evidence.is_clock_known(3.0, 3.0)
