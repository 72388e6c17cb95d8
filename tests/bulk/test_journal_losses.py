"""A journal that has lost one of its files or a part of one, or has an older copy of one.

It opens with every order that was sent, or it is refused with a message that names the file.
"""

import contextlib
import itertools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from attrs import define

from gelato_async import GelatoClient, ScriptedTransport, Unlimited
from gelato_async.bulk import Journal, JournalError, submit_orders
from gelato_async.bulk.journal import mark as mark_module
from gelato_async.bulk.journal.file import Binding, open_journal
from gelato_async.bulk.submit import Submission, Tuning

pytestmark = pytest.mark.system

CHILD = ["-m", "support.journaled_run"]
TESTS = Path(__file__).parents[1]
BINDING = Binding.of(GelatoClient("key").engine.backend)
NAME = "run.journal"
MAIN, LOG, INDEX, MARK, LOCK = NAME, f"{NAME}-wal", f"{NAME}-shm", f"{NAME}-mark", f"{NAME}-lock"
# sizes in bytes: a log's header, a frame of it (its own header and a page), a page
HEADER, FRAME, PAGE = 32, 24 + 4096, 4096
# how far the log grows before it is moved into the file: never here, and every few commits
LOGS = {"one log": 4_000_000, "many logs": 60_000}


@define
class State:
    """The files of a journal, as a kill or an end left them, and the orders sent until then."""

    files: dict[str, bytes]
    sent: frozenset[str] = frozenset()

    @classmethod
    def of(cls, directory, sent=()):
        sent = frozenset(sent)
        files = [file for file in directory.iterdir() if file.name != LOCK]
        return cls({file.name: file.read_bytes() for file in files}, sent)

    def put(self, directory, name=None, data=None):
        """Write the files into an empty directory, but `name` with other data, or without."""
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        for file, contents in (self.files | ({name: data} if name else {})).items():
            if contents is not None:
                (directory / file).write_bytes(contents)
        return directory / NAME


def run(directory, count, log_bytes, *, stop_at=(), kill_at=None):
    """Submit orders in another process; the states where it was stopped, and the last one."""
    sent, states = [], []
    numbers = [count, log_bytes, kill_at or 0, *stop_at]
    arguments = [sys.executable, *CHILD, directory / NAME, *map(str, numbers)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=TESTS) as child:
        for line in child.stdout:
            sent.append(line.strip())
            if len(sent) in stop_at:
                os.waitid(os.P_PID, child.pid, os.WSTOPPED)
                states.append(State.of(directory))
                child.send_signal(signal.SIGCONT)
    assert child.returncode == (0 if kill_at is None else -signal.SIGKILL)
    return [*states, State.of(directory, sent)]


@define
class History:
    """What a journal went through: a run that ended, one that was killed, one that ended again.

    `earlier` are older copies: of the first run, and of two moments of the second.
    """

    earlier: list[State]
    killed: State
    ended: State


@pytest.fixture(scope="module", params=LOGS.values(), ids=LOGS.keys())
def history(request, tmp_path_factory):
    directory = tmp_path_factory.mktemp("history")
    (first,) = run(directory, 8, request.param)
    *earlier, killed = run(directory, 40, request.param, stop_at=(6, 14), kill_at=24)
    killed.sent |= first.sent
    (ended,) = run(directory, 40, request.param)
    ended.sent |= killed.sent
    assert len(killed.sent) >= 32
    return History([first, *earlier], killed, ended)


@pytest.fixture(scope="module")
def another(tmp_path_factory):
    """Another journal, of the same account."""
    return run(tmp_path_factory.mktemp("another"), 40, LOGS["many logs"], kill_at=20)[-1]


def refusal(path, sent):
    """Open a journal as a reader and as a run; say why it is refused, or None if all is there."""
    before = State.of(path.parent)
    try:
        open_journal(path, BINDING).close()
    except JournalError as error:
        with pytest.raises(JournalError):
            Journal(path)
        after = State.of(path.parent)
        before.files.pop(INDEX, None)
        after.files.pop(INDEX, None)
        assert after.files == before.files, "a refused journal was written to"
        return str(error)
    missing = sent - {row.reference for row in Journal(path).rows()}
    assert not missing, f"opened without {sorted(missing)}"
    return None


def refusals(state, directory, name, variants):
    """Try variants of one file; those that were refused, each with a message that names a file."""
    found = {}
    for what, data in variants.items():
        why = refusal(state.put(directory, name, data), state.sent)
        if why is not None:
            assert NAME in why
            assert "\n" not in why
            found[what] = why
    return found


def cuts(data, unit, start=0):
    """The data cut at every border of its units, before and behind it, and inside of each."""
    places = {0, 1, 16, 31, 100, len(data) - 1}
    for border in range(start, len(data), unit):
        places |= {border - 1, border, border + unit // 2, border + unit - 24}
    return {place: data[:place] for place in sorted(places) if 0 <= place < len(data)}


def junk(data):
    noise = random.Random(len(data)).randbytes(len(data))
    half = len(data) // 2
    return {
        "all junk": noise,
        "second half junk": data[:half] + noise[half:],
        "all zeros": bytes(len(data)),
        "second half zeros": data[:half] + bytes(len(data) - half),
        "text": b"dear diary\n" * 500,
    }


def holes(data, unit, start=0):
    """The data with one unit of it spoilt: all of it in turn, by a byte and by zeros."""
    found = {}
    for at in range(start, len(data), unit):
        flipped = bytes([data[at + 30] ^ 0xFF])
        found[f"byte at {at + 30}"] = data[: at + 30] + flipped + data[at + 31 :]
        found[f"zeros from {at}"] = data[:at] + bytes(unit) + data[at + unit :]
    return found


def test_what_a_kill_and_an_end_leave_opens(history, tmp_path):
    for state in (history.killed, history.ended, *history.earlier):
        assert refusal(state.put(tmp_path / "set"), state.sent) is None


def test_a_log_that_was_cut_is_refused_wherever_an_order_is_lost(history, tmp_path):
    log = history.killed.files[LOG]
    assert len(log) > 5 * FRAME
    variants = cuts(log, FRAME, HEADER)
    refused = refusals(history.killed, tmp_path / "set", LOG, variants)
    # what opens is cut behind the last commit that was acknowledged
    assert list(refused) == list(variants)[: len(refused)]
    assert {
        0,
        31,
        HEADER,
        HEADER + FRAME,
        len(log) // FRAME // 2 * FRAME + HEADER,
    } <= refused.keys()
    assert all(LOG in why for why in refused.values())


def test_a_log_that_is_missing_or_spoilt_is_refused(history, tmp_path):
    log = history.killed.files[LOG]
    variants = {"missing": None, **junk(log)}
    refused = refusals(history.killed, tmp_path / "set", LOG, variants)
    assert refused.keys() == variants.keys()
    assert "is missing" in refused["missing"]
    assert "was cut, overwritten" in refused["all junk"]
    holed = refusals(history.killed, tmp_path / "set", LOG, holes(log, FRAME, HEADER))
    assert len(holed) > 5


def test_a_missing_or_empty_file_beside_its_log_is_refused(history, tmp_path):
    variants = {"is missing": None, "is empty": b""}
    refused = refusals(history.killed, tmp_path / "set", MAIN, variants)
    for what, why in refused.items():
        assert what in why
        assert f"{LOG} and {MARK}" in why
    assert refused.keys() == variants.keys()


@pytest.mark.parametrize("which", ["killed", "ended"])
def test_a_file_that_was_cut_or_spoilt_is_refused_or_whole(history, tmp_path, which):
    state = getattr(history, which)
    data = state.files[MAIN]
    directory = tmp_path / "set"
    refused = refusals(state, directory, MAIN, {None: None, **junk(data), **cuts(data, PAGE)})
    assert {None, "all junk", "all zeros", "text", 0, 1, 100} <= refused.keys()
    refusals(state, directory, MAIN, holes(data, PAGE))
    if which == "ended":
        cut = cuts(data, PAGE)
        assert refused.keys() >= cut.keys(), f"opened: {cut.keys() - refused.keys()}"


@pytest.mark.parametrize("which", ["killed", "ended"])
def test_a_mark_that_is_lost_or_spoilt_costs_no_order(history, tmp_path, which):
    """A mark that was emptied is taken for the owner's word that the rest is whole."""
    state = getattr(history, which)
    mark = state.files[MARK]
    variants = {"missing": None, **junk(mark), **cuts(mark, 512), **holes(mark, 512)}
    refused = refusals(state, tmp_path / "set", MARK, variants)
    assert 0 not in refused
    missing = refused.pop("missing", "")
    assert (f"{MARK} is missing" in missing) == (which == "killed")
    assert {"all junk", "text", 1, 31} <= refused.keys()
    assert all(MARK in why and "damaged" in why for why in refused.values())


def test_a_log_that_was_cut_is_refused_without_its_mark_too(history, tmp_path):
    whole = history.killed
    state = State({name: data for name, data in whole.files.items() if name != MARK}, whole.sent)
    log = whole.files[LOG]
    variants = cuts(log, FRAME, HEADER)
    variants.pop(0)
    refused = refusals(state, tmp_path / "set", LOG, variants)
    assert refused.keys() == variants.keys()


def test_without_its_mark_a_file_without_its_log_is_refused(history, tmp_path):
    path = history.killed.put(tmp_path / "set", MARK)
    (path.parent / LOG).unlink()
    assert f"put its {LOG} beside it" in refusal(path, history.killed.sent)


@pytest.mark.parametrize("which", ["killed", "ended"])
def test_an_older_copy_of_one_file_is_refused_or_costs_nothing(history, tmp_path, which):
    state = getattr(history, which)
    for earlier in history.earlier:
        for name in {MAIN, LOG, MARK} & (earlier.files.keys() | state.files.keys()):
            variants = {name: earlier.files.get(name)}
            refused = refusals(state, tmp_path / "set", name, variants)
            older = earlier.files.get(name) != state.files.get(name)
            if older and (name, which) in {(MAIN, "ended"), (LOG, "killed")}:
                assert refused, name


def test_an_older_file_under_a_newer_log_is_refused(history, tmp_path):
    for earlier in history.earlier:
        if earlier.files[MAIN] != history.killed.files[MAIN]:
            variants = {"older": earlier.files[MAIN]}
            refused = refusals(history.killed, tmp_path / "set", MAIN, variants)
            assert f"is older than {LOG}" in refused["older"]


@pytest.mark.parametrize("name", [MAIN, LOG, MARK])
def test_a_file_of_another_journal_is_refused(history, another, tmp_path, name):
    variants = {"another": another.files[name]}
    refused = refusals(history.killed, tmp_path / "set", name, variants)
    assert "another journal" in refused["another"]


def test_the_index_of_the_log_may_be_lost_or_spoilt(history, tmp_path):
    index = history.killed.files[INDEX]
    older = {number: state.files.get(INDEX) for number, state in enumerate(history.earlier)}
    variants = {"missing": None, "empty": b"", **junk(index), "half": index[: len(index) // 2]}
    assert refusals(history.killed, tmp_path / "set", INDEX, variants | older) == {}


def test_an_older_copy_of_all_files_cannot_be_noticed(history, tmp_path):
    for earlier in history.earlier:
        assert refusal(earlier.put(tmp_path / "set"), frozenset()) is None


def test_a_journal_that_is_deleted_on_purpose_begins_anew(history, tmp_path):
    path = history.ended.put(tmp_path / "set", MAIN)
    why = refusal(path, frozenset())
    assert f"To begin anew on purpose, delete {MARK} too" in why
    (path.parent / MARK).unlink()
    assert refusal(path, frozenset()) is None
    assert sum(Journal(path).count().values()) == 0


def _never(request):
    raise AssertionError(f"a request was sent to {request.url}")


LOSSES = {
    "log cut to its header": (LOG, lambda data: data[:HEADER]),
    "log replaced by junk": (LOG, lambda data: b"junk" * (len(data) // 4)),
    "file deleted": (MAIN, lambda _: None),
    "file emptied": (MAIN, lambda _: b""),
}


@pytest.mark.anyio
@pytest.mark.parametrize("loss", LOSSES)
async def test_a_run_with_a_journal_that_lost_something_sends_nothing(
    history, tmp_path, make_order, loss
):
    name, spoilt = LOSSES[loss]
    path = history.killed.put(tmp_path / "set", name, spoilt(history.killed.files[name]))
    client = GelatoClient("key", transport=ScriptedTransport(_never), limiter=Unlimited())
    with pytest.raises(JournalError, match=NAME):
        async with submit_orders(client, [make_order("r1")], journal=path) as outcomes:
            async for _ in outcomes:
                pass


# a kill at every step


@pytest.fixture
def steps(tmp_path, monkeypatch, shop, virtual, make_order):
    """The states between all statements, and between the writes of the mark, of a whole run."""
    states, sent = [], set()
    directory = tmp_path / "run"
    directory.mkdir()

    def note(*_):
        # the orders first: one more may be sent while the files are read
        state = State.of(directory, sent)
        state.files.pop(INDEX, None)
        if states and states[-1].files == state.files:
            states.pop()
        states.append(state)

    connect, sync = sqlite3.connect, mark_module._sync

    def traced(database, **options):
        connection = connect(database, **options)
        connection.set_trace_callback(note)
        return connection

    def noted(descriptor):
        note()
        sync(descriptor)
        note()

    async def answer(request):
        answered = await shop.answer(request)
        sent.update(shop.orders)
        return answered

    async def submit(numbers):
        turn = anyio.Semaphore(1)

        async def one_by_one():
            for number in numbers:
                await turn.acquire()
                yield make_order(f"r{number}")

        client = GelatoClient(
            "key", transport=ScriptedTransport(answer), clock=virtual.clock, limiter=Unlimited()
        )
        short = Tuning(log_bytes=40_000)
        path = directory / NAME
        async with Submission(client, one_by_one(), journal=path, tuning=short) as outcomes:
            async for _ in outcomes:
                turn.release()

    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", traced)
        patched.setattr(mark_module, "_sync", noted)
        anyio.run(submit, range(4))
        anyio.run(submit, range(9))
    note()
    assert len(states) > 40
    assert len(states[-1].sent) == 9
    return states


def test_a_kill_at_any_step_leaves_a_journal_that_opens(steps, tmp_path):
    for state in steps:
        assert refusal(state.put(tmp_path / "set"), state.sent) is None


def test_a_kill_while_the_log_is_moved_leaves_a_whole_journal(steps, tmp_path):
    tried = 0
    for state, after in itertools.pairwise(steps):
        old, new = state.files.get(MAIN, b""), after.files.get(MAIN, b"")
        if not state.files.get(LOG) or old == new:
            continue
        for place in range(0, len(new) + 1, PAGE):
            tried += 1
            mixed = new[:place] + old[place:]
            assert refusal(state.put(tmp_path / "set", MAIN, mixed), state.sent) is None
    assert tried > 20


def test_a_commit_that_was_torn_leaves_a_journal_that_opens(steps, tmp_path):
    tried = 0
    for state, after in itertools.pairwise(steps):
        old, new = state.files.get(LOG, b""), after.files.get(LOG, b"")
        if not old or len(new) <= len(old):
            continue
        for place in range(len(old), len(new), 3000):
            tried += 1
            path = state.put(tmp_path / "set", LOG, new[:place])
            assert refusal(path, state.sent) is None
    assert tried > 20


def test_the_log_is_moved_when_long_and_not_with_each_commit(steps):
    lengths = [len(state.files.get(LOG, b"")) for state in steps]
    moves = sum(after < before for before, after in itertools.pairwise(lengths))
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(_as_rollback(steps[-1].files[MAIN]))
        (checkpoints,) = connection.execute(
            "SELECT value FROM about WHERE name = 'checkpoint'"
        ).fetchone()
    assert 2 <= int(checkpoints) <= moves + 1


def _as_rollback(data):
    # a database in memory has no log: tell it so
    return data[:18] + b"\x01\x01" + data[20:]


@pytest.mark.anyio
async def test_a_reader_holds_up_no_commit_and_finds_the_journal_whole(
    tmp_path, shop, virtual, make_order
):
    path = tmp_path / NAME
    client = GelatoClient(
        "key", transport=ScriptedTransport(shop.answer), clock=virtual.clock, limiter=Unlimited()
    )
    orders = (make_order(f"r{number}") for number in range(300))
    found, short = [], Tuning(log_bytes=20_000)
    async with Submission(client, orders, journal=path, tuning=short) as outcomes:
        found.append(await anext(outcomes))
        # a reader that stays in the middle keeps the log from being moved
        reader = Journal(path).rows()
        next(reader)
        async for outcome in outcomes:
            found.append(outcome)
            if len(found) % 50 == 0:
                assert sum(Journal(path).count().values()) >= len(found) - 1
            if len(found) == 200:
                reader.close()
    assert len(found) == 300
    assert refusal(path, {outcome.reference for outcome in found}) is None
