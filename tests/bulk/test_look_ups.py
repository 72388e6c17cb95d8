"""What the journal answers about orders, and which intents are forgotten."""

import anyio
import pytest

from gelato_async.bulk import Created
from gelato_async.bulk.journal.entries import ForgetIntents, RecordOutcome
from gelato_async.bulk.journal.file import Binding, open_journal
from gelato_async.bulk.journal.look_ups import (
    Disposition,
    FindUnfinished,
    ForgetLookUps,
    LookUp,
    LookUps,
)
from gelato_async.bulk.journal.reader import Journal
from gelato_async.bulk.journal.writer import JournalWriter

BINDING = Binding(backend="gelato", origin="o", prefix="", key="k")
SEND, NEW, RECONCILE = Disposition.SEND, Disposition.NEW, Disposition.RECONCILE
REPLAY, DUPLICATE, CONFLICT = Disposition.REPLAY, Disposition.DUPLICATE, Disposition.CONFLICT


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


@pytest.fixture
def file(path):
    opened = open_journal(path, BINDING)
    yield opened
    opened.close()


@pytest.fixture
def again(path):
    """Open the journal as the next run does."""
    opened = []

    def open_again(file):
        file.close()
        opened.append(open_journal(path, BINDING))
        return opened[-1]

    yield open_again
    for file in opened:
        file.close()


def write(file, entry):
    with file.transaction() as connection:
        return entry.write(connection, file.run)


def look_ups(*references, intend=True):
    asked = []
    for reference in references:
        name, _, content = reference.partition("=")
        asked.append(LookUp(reference=name, content=content.encode(), draft=False, begun=1.0))
    return LookUps(asked, intend)


def look_up(file, *references, intend=True):
    answers = write(file, look_ups(*references, intend=intend))
    return [answer.disposition for answer in answers]


def intended(path):
    return {row.reference for row in Journal(path).rows("intended")}


def test_a_batch_is_looked_up_as_if_one_after_the_other(file):
    assert look_up(file, "a", "b", "a", "a=other") == [SEND, SEND, DUPLICATE, CONFLICT]
    assert look_up(file, "b", "b=other", "c") == [DUPLICATE, CONFLICT, SEND]


def test_without_an_intent_a_new_order_stays_new(file, path):
    assert look_up(file, "a", "a", intend=False) == [NEW, NEW]
    assert intended(path) == set()
    assert look_up(file, "a", "a") == [SEND, DUPLICATE]


def test_the_next_run_meets_each_order_of_this_one_once(file, again):
    look_up(file, "open", "made")
    write(file, RecordOutcome(Created(reference="made", order_id="1")))
    file = again(file)
    names = ("open", "made", "open", "made", "open=other")
    assert look_up(file, *names, intend=False) == [
        RECONCILE,
        REPLAY,
        DUPLICATE,
        DUPLICATE,
        CONFLICT,
    ]
    assert write(file, FindUnfinished()) == []


def test_more_orders_than_one_statement_takes_are_answered_in_order(file):
    names = [f"r{number}" for number in range(1_200)]
    look_up(file, *names[::2])
    found = look_up(file, *names)
    assert found[::2] == [DUPLICATE] * 600
    assert found[1::2] == [SEND] * 600


def test_forgotten_look_ups_forget_just_the_intents_that_they_wrote(file, path):
    look_up(file, "in flight")
    # none of these was handed on; one of them is an order that was sent
    asked = look_ups("new", "in flight", "new")
    write(file, asked)
    write(file, ForgetLookUps(asked))
    assert intended(path) == {"in flight"}


def test_no_intent_of_an_earlier_run_is_forgotten(file, again, path):
    look_up(file, "open")
    file = again(file)
    asked = look_ups("open", "new")
    write(file, asked)
    write(file, ForgetLookUps(asked))
    assert intended(path) == {"open"}


def test_an_order_with_an_outcome_is_not_forgotten(file, path):
    look_up(file, "a", "b")
    write(file, RecordOutcome(Created(reference="a", order_id="1")))
    write(file, ForgetIntents(["a", "b"]))
    assert Journal(path).count()["created"] == 1
    assert intended(path) == set()


@pytest.mark.anyio
async def test_the_writer_hands_back_the_answer_once_it_is_durable(path):
    writer = await JournalWriter.open(path, BINDING)
    writer.add(look_ups("a"))
    async with anyio.create_task_group() as group:
        group.start_soon(writer.run)
        (answer,) = await writer.ask(look_ups("a"))
        await writer.barrier()
        group.cancel_scope.cancel()
    assert answer.disposition is DUPLICATE
    await writer.aclose()
    assert intended(path) == {"a"}
