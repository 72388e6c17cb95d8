"""What a client learns from answers, shared by all its calls, in whatever thread."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from gelato_async import Metadata, Order, Response, SubmittedOrder
from gelato_async.core import evidence as module
from gelato_async.core.evidence import (
    MARKER_KEY,
    MOST_APART,
    MOST_IDS,
    Evidence,
    is_same_reference,
    marker_of,
    may_be_reference,
)

MOMENT = datetime(2026, 3, 4, 9, 10, 11, tzinfo=UTC)
CALL = {"sent": 100.0, "answered": 100.5, "wall": MOMENT.timestamp()}


def answer(**changes):
    shown = {"id": "id-1", "order_reference_id": "order-1", "fulfillment_status": "created"}
    return Order(**(shown | changes))


def test_a_dated_answer_teaches_the_clock_of_the_database():
    evidence = Evidence()
    assert not evidence.is_clock_known(110.0, CALL["wall"] + 9.5)
    evidence.note_created(answer(created_at=MOMENT), "order-1", **CALL)
    assert evidence.is_clock_known(110.0, CALL["wall"] + 9.5)


def test_an_answer_without_a_date_teaches_its_id_alone():
    evidence = Evidence()
    evidence.note_created(
        SubmittedOrder(id="id-1", order_reference_id="order-1"), "order-1", **CALL
    )
    assert not evidence.is_clock_known(110.0, CALL["wall"] + 9.5)
    assert evidence.knows_id("id-1", "order-1", 200.0)


def test_the_date_header_teaches_a_clock_if_there_is_one():
    evidence = Evidence()
    evidence.note_response(Response(status=200), **CALL)
    offset = CALL["wall"] - CALL["answered"]
    assert evidence.header.difference(offset) is None
    dated = Response(status=200, headers={"date": "Wed, 04 Mar 2026 09:10:11 GMT"})
    evidence.note_response(dated, **CALL)
    found = evidence.header.difference(offset)
    assert found.low <= offset <= found.high


def test_the_oldest_of_too_many_ids_is_forgotten():
    evidence = Evidence()
    for number in range(MOST_IDS + 1):
        evidence.note_id(f"id-{number}", "order-1", 100.0)
    known = [f"id-{number}" for number in (0, 1, MOST_IDS)]
    assert [evidence.knows_id(one, "order-1", 200.0) for one in known] == [False, True, True]


def test_the_parts_of_an_answered_order_are_known_too():
    """Under its own reference only: an order of another one cannot be its part."""
    evidence = Evidence()
    split = answer(connected_order_ids=("id-1", "id-2", "id-3"))
    evidence.note_id("id-3", "order-3", 90.0)
    evidence.note_created(split, "order-1", **CALL)
    assert evidence.knows_id("id-2", "order-1", 200.0)
    assert not evidence.knows_id("id-2", "order-1", 100.0)
    assert not evidence.knows_id("id-2", "order-2", 200.0)
    assert evidence.knows_id("id-3", "order-1", 100.0)


def test_no_number_of_parts_makes_other_ids_forgotten():
    evidence = Evidence()
    evidence.note_id("id-0", "order-0", 90.0)
    parts = [f"part-{number}" for number in range(MOST_IDS)]
    evidence.note_created(answer(connected_order_ids=parts), "order-1", **CALL)
    assert evidence.knows_id("id-0", "order-0", 100.0)


def test_an_answer_to_another_create_is_known_and_a_later_one_is_not():
    """An answer that came after the send may be the one to this create."""
    evidence = Evidence()
    evidence.note_id("id-1", "order-1", 100.0)
    assert evidence.knows_id("id-1", "order-2", None)
    assert evidence.knows_id("id-1", "order-1", 100.0)
    assert not evidence.knows_id("id-1", "order-1", 99.0)
    assert not evidence.knows_id("id-1", "order-1", None)


@pytest.mark.parametrize(
    ("apart", "lives"), [([0], True), ([MOST_APART], True), ([3_600], False), ([3_600, 0], False)]
)
def test_one_new_order_updated_elsewhen_ends_the_proof_by_life(apart, lives):
    """Such an `updatedAt` is on another clock than `createdAt`, or in another zone."""
    evidence = Evidence()
    for seconds in apart:
        updated = MOMENT + timedelta(seconds=seconds)
        evidence.note_created(answer(created_at=MOMENT, updated_at=updated), "order-1", **CALL)
    assert evidence.lives is lives


def test_nothing_is_known_of_a_life_without_both_dates():
    evidence = Evidence()
    evidence.note_created(answer(created_at=MOMENT), "order-1", **CALL)
    evidence.note_created(answer(updated_at=MOMENT), "order-1", **CALL)
    assert evidence.lives is None


def test_the_marker_of_an_order_is_found_among_its_metadata():
    marked = answer(metadata=[Metadata("shop", "7"), Metadata(MARKER_KEY, "f00d")])
    assert marker_of(marked) == "f00d"
    assert marker_of(answer(metadata=[Metadata("shop", "7")])) is None


@pytest.mark.parametrize("shown", ["order-1", " Order-1\n", "ORDER-1", "\uff4frder-1"])
def test_a_reference_in_another_spelling_is_the_same(shown):
    assert is_same_reference(shown, "order-1")
    assert may_be_reference(shown, "order-1")


@pytest.mark.parametrize("shown", ["order-2", "order-11", "", "  "])
def test_another_reference_is_not(shown):
    assert not is_same_reference(shown, "order-1")
    assert not may_be_reference(shown, "order-1")


def test_a_reference_whose_end_was_cut_may_be_the_same():
    assert may_be_reference("ORDER", "order-1")
    assert not is_same_reference("ORDER", "order-1")


@pytest.mark.parametrize("shown", ["\ufdfa" * 1_000, "order-1" * 1_000])
def test_a_very_long_text_is_not_a_reference(shown):
    assert not may_be_reference(shown, "order-1")


@pytest.fixture
def eager_threads():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_threads")
def test_threads_may_learn_and_ask_at_once(monkeypatch):
    monkeypatch.setattr(module, "MOST_IDS", 20)
    shared = Evidence()
    answer = Response(status=200, headers={"date": "Fri, 27 Nov 2026 14:09:10 GMT"}, body=b"")

    def use(thread):
        for number in range(1_500):
            shared.note_response(answer, sent=1.0, answered=1.1, wall=5.0)
            shared.header.difference(3.9)
            shared.note_id(f"{thread}-{number}", "order-1", 1.0)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(use, range(6)))
    assert len(shared._ids) == 20
