"""The moves of a job, and what becomes of an order that makes another one."""

import itertools
import logging
import re
from types import SimpleNamespace

import pytest
from support.crashes import by_reference, counts, outcomes_of
from support.fake_shop import failed, lost

from gelato_async.bulk import Created, Journal, Unknown
from gelato_async.bulk.run import run as run_module
from gelato_async.bulk.run.jobs import MOVES, IllegalMoveError, Job, JobState
from gelato_async.client.create_once import CreateOnce
from gelato_async.core.pending_create import PendingCreate


def new_job(state):
    pending = PendingCreate(operation=None, request=None, reference="r")
    return Job(SimpleNamespace(pending=pending), state=state)


PAIRS = list(itertools.product(JobState, JobState))


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=lambda state: state.name)
def test_a_move_is_made_exactly_if_the_table_has_it(before, after):
    job = new_job(before)
    if after in MOVES[before]:
        job.move_to(after)
        assert job.state is after
    else:
        with pytest.raises(IllegalMoveError, match=f"from {before.name} to {after.name}"):
            job.move_to(after)
        assert job.state is before


def test_a_job_ends_once_and_every_state_can_be_left_and_reached():
    assert MOVES[JobState.DONE] == frozenset()
    assert all(JobState.DONE in MOVES[state] for state in JobState if state is not JobState.DONE)
    assert frozenset().union(*MOVES.values()) == set(JobState)


def test_only_the_gate_makes_a_job_sent_and_never_twice():
    before = {state for state in JobState if JobState.SENT in MOVES[state]}
    assert before == {JobState.WAITING, JobState.PAUSED}


def test_the_theory_of_operation_has_the_same_moves():
    drawn = {}
    for line in run_module.__doc__.splitlines():
        before, arrow, after = line.strip().partition("->")
        if arrow and before.strip() in JobState.__members__:
            drawn[before.strip()] = set(re.findall(r"[A-Z]+", after)) & JobState.__members__.keys()
    for state in JobState:
        moves = {move.name for move in MOVES[state]} - {"DONE"}
        assert drawn.get(state.name, set()) == moves, state


@pytest.mark.anyio
async def test_a_transport_that_sends_twice_costs_one_order(
    client_for, make_order, shop, tmp_path, caplog, illegal_moves
):
    client = client_for()
    send = client.engine.sender.transport.send

    async def twice(request, **options):
        if b'"r1"' in (request.body or b"") and "search" not in request.url:
            await options["gate"].mark_sent()
        return await send(request, **options)

    client.engine.sender.transport.send = twice
    path = tmp_path / "run.journal"
    found = by_reference(await outcomes_of(client, (make_order(f"r{i}") for i in range(3)), path))
    assert isinstance(found["r1"], Unknown)
    assert "the run lost track of it" in str(found["r1"].error)
    assert isinstance(found["r0"], Created)
    assert isinstance(found["r2"], Created)
    assert counts(shop) == {"r0": 1, "r2": 1}
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]
    assert Journal(path).count()["unknown"] == 1
    again = by_reference(
        await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(3)), path)
    )
    assert isinstance(again["r1"], Created)
    assert counts(shop) == {"r0": 1, "r1": 1, "r2": 1}


@pytest.mark.anyio
async def test_an_illegal_move_in_a_look_costs_one_order(
    client_for, make_order, shop, monkeypatch, illegal_moves
):
    shop.faults = {f"r{i}": [lost] for i in range(3)} | {"r3": [failed(503)]}
    judge = CreateOnce.judge

    async def judged(create, rows, asked_for=()):
        if create.pending.reference == "r1":
            raise IllegalMoveError("a job may not go from A to B")
        return await judge(create, rows, asked_for)

    monkeypatch.setattr(CreateOnce, "judge", judged)
    found = by_reference(await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(4))))
    assert [name for name, one in found.items() if isinstance(one, Unknown)] == ["r1"]
    assert counts(shop) == {f"r{i}": 1 for i in range(4)}
