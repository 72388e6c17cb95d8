"""The journal's file: what it holds, whom it serves, what it refuses."""

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import anyio
import pytest
from support.crashes import by_reference, counts, outcomes_of
from support.fake_shop import client_with, failed, lost

from gelato_async import (
    AuthenticationError,
    GelatoClient,
    GelatoConnectClient,
    Response,
    RetryPolicy,
    ScriptedTransport,
    Unlimited,
)
from gelato_async.backends.gelato import gelato_backend
from gelato_async.bulk import Created, submit_orders
from gelato_async.bulk.journal import file as journal_file, writer as journal_writer
from gelato_async.bulk.journal.connections import lock
from gelato_async.bulk.journal.entries import RecordSample
from gelato_async.bulk.journal.errors import JournalError
from gelato_async.bulk.journal.file import Binding
from gelato_async.bulk.journal.reader import Journal
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.bulk.submit import Submission, Tuning
from gelato_async.core.database_clock import Sample

SECRETS = [
    "1 Sample Street",
    "Springfield",
    "ada@example.com",
    "Ada",
    "Example",
    "555 0100",
    "12345",
    "sEcReT-kEy-1",
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


@pytest.mark.anyio
async def test_the_file_is_private_and_holds_no_address_and_no_key(make_order, shop, virtual, path):
    def echoing(shop, body):
        text = (
            f"{body['shippingAddress']} of sEcReT-kEy-1 is wrong: 1 Sample Street, Springfield, Ada"
            " Example"
        )
        return Response(
            status=400, body=json.dumps({"message": text, "details": [{"message": text}]}).encode()
        )

    shop.faults = {"r1": [echoing], "r2": [lost], "r3": [failed(503)] * 9}
    bad = make_order("r9", currency="Springfield")
    seen = b""
    old = os.umask(0)
    try:
        async with submit_orders(
            client_with(shop, virtual),
            [bad, *map(make_order, map("r{}".format, range(5)))],
            journal=path,
        ) as outcomes:
            async for _ in outcomes:
                for file in path.parent.iterdir():
                    assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
                    seen += file.read_bytes()
    finally:
        os.umask(old)
    seen += path.read_bytes()
    assert b"r1" in seen
    for secret in SECRETS:
        assert secret.encode() not in seen, secret


@pytest.mark.anyio
async def test_nothing_is_left_beside_a_closed_journal(make_order, shop, virtual, path):
    await outcomes_of(client_with(shop, virtual), [make_order("r")], path)
    assert {file.name for file in path.parent.iterdir()} == {
        "run.journal",
        "run.journal-lock",
        "run.journal-mark",
    }


OTHERS = {
    "key": lambda o: GelatoClient("another-key", **o),
    "origin": lambda o: GelatoClient("sEcReT-kEy-1", base_url="http://127.0.0.1:1", **o),
    "backend": lambda o: GelatoConnectClient("acme", "key", "secret", **o),
}


@pytest.mark.anyio
@pytest.mark.parametrize("what", OTHERS)
async def test_a_journal_of_another_account_is_refused_and_left_alone(
    make_order, shop, virtual, path, what
):
    await outcomes_of(client_with(shop, virtual), [make_order("r")], path)
    copy = shutil.copy(path, path.with_name("copy.journal"))
    before = path.read_bytes()
    other = OTHERS[what]({"transport": ScriptedTransport(shop.answer), "clock": virtual.clock})
    with pytest.raises(JournalError, match="another") as told:
        await outcomes_of(other, [make_order("s")], copy)
    assert "\n" not in str(told.value)
    assert "another-key" not in str(told.value)
    assert Path(copy).read_bytes() == before
    assert "s" not in shop.orders


@pytest.mark.anyio
async def test_a_journal_of_another_prefix_or_secret_is_refused(make_order, shop, virtual, path):
    options = {"transport": ScriptedTransport(shop.answer), "clock": virtual.clock}
    shop.faults = {"r": [failed(400)]}
    await outcomes_of(
        GelatoConnectClient("acme", "key", "secret", **options), [make_order("r")], path
    )
    with pytest.raises(JournalError, match="another prefix"):
        await outcomes_of(
            GelatoConnectClient("other", "key", "secret", **options), [make_order("s")], path
        )
    with pytest.raises(JournalError, match="another key"):
        await outcomes_of(
            GelatoConnectClient("acme", "key", "secret2", **options), [make_order("s")], path
        )


@pytest.mark.anyio
async def test_a_journal_without_an_order_may_change_its_account(make_order, shop, virtual, path):
    def refused(request):
        return Response(status=401, body=b'{"message": "Unauthorized"}')

    wrong = GelatoClient(
        "wrong", transport=ScriptedTransport(refused), clock=virtual.clock, limiter=Unlimited()
    )
    with pytest.raises(AuthenticationError):
        await outcomes_of(wrong, [make_order("r")], path)
    await outcomes_of(client_with(shop, virtual), [make_order("r")], path)
    assert counts(shop) == {"r": 1}
    with pytest.raises(JournalError, match="another key"):
        await outcomes_of(wrong, [make_order("s")], path)


@pytest.mark.anyio
@pytest.mark.parametrize("empty_log", [False, True])
async def test_a_copy_without_the_log_that_a_kill_left_is_refused(
    make_order, shop, virtual, path, empty_log
):
    orders = [make_order(f"r{i}") for i in range(20)]
    copy = path.with_name("copy.journal")
    async with submit_orders(client_with(shop, virtual), orders, journal=path) as outcomes:
        async for _ in outcomes:
            shutil.copy(path, copy)
            break
    if empty_log:
        copy.with_name("copy.journal-wal").touch()
    with pytest.raises(JournalError, match=r"put its copy\.journal-wal beside it") as told:
        await outcomes_of(client_with(shop, virtual), orders, copy)
    assert "\n" not in str(told.value)
    with pytest.raises(JournalError, match="put its"):
        Journal(copy)
    assert all(count == 1 for count in counts(shop).values())


@pytest.mark.anyio
async def test_a_copy_with_the_log_goes_on(make_order, shop, virtual, path):
    orders = [make_order(f"r{i}") for i in range(20)]
    copy = path.with_name("copy.journal")
    async with submit_orders(client_with(shop, virtual), orders, journal=path) as outcomes:
        async for _ in outcomes:
            # first, since a run that goes on may only be ahead of its mark
            shutil.copy(f"{path}-mark", f"{copy}-mark")
            shutil.copy(path, copy)
            shutil.copy(f"{path}-wal", f"{copy}-wal")
            break
    await outcomes_of(client_with(shop, virtual, retry=RetryPolicy(reconcile=4)), orders, copy)
    assert counts(shop) == {order.order_reference_id: 1 for order in orders}


@pytest.mark.anyio
async def test_the_log_beside_a_journal_does_not_grow_for_ever(make_order, shop, virtual, path):
    largest, short = 0, Tuning(log_bytes=100_000)
    orders = (make_order(f"r{i}") for i in range(2_000))
    run = Submission(client_with(shop, virtual), orders, journal=path, tuning=short)
    async with run as outcomes:
        async for _ in outcomes:
            largest = max(largest, path.with_name("run.journal-wal").stat().st_size)
    assert largest < 1_000_000
    assert Journal(path).count()["created"] == 2_000


HOLDER = """
import sys
from pathlib import Path
from gelato_async import GelatoClient
from gelato_async.bulk.journal.file import Binding, open_journal
file = open_journal(Path(sys.argv[1]), Binding.of(GelatoClient("sEcReT-kEy-1").engine.backend))
print("open", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def held(path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"open\n"
        yield holder
        holder.kill()


@pytest.mark.system
@pytest.mark.anyio
async def test_a_second_process_is_refused_until_the_first_is_dead(make_order, shop, virtual, path):
    with held(path):
        with pytest.raises(JournalError, match="in use"):
            await outcomes_of(client_with(shop, virtual), [make_order("r")], path)
        with pytest.raises(JournalError, match="in use"):
            Journal(path).purge()
        assert Journal(path).count()["created"] == 0
    assert len(await outcomes_of(client_with(shop, virtual), [make_order("r")], path)) == 1


@pytest.mark.system
@pytest.mark.anyio
async def test_a_second_process_is_refused_under_another_name_too(make_order, shop, virtual, path):
    with held(path):
        link = path.with_name("link.journal")
        link.symlink_to(path)
        with pytest.raises(JournalError, match="in use"):
            await outcomes_of(client_with(shop, virtual), [make_order("r")], link)


@pytest.mark.anyio
async def test_a_second_run_in_the_same_process_is_refused(make_order, shop, virtual, path):
    client = client_with(shop, virtual)
    async with submit_orders(client, [make_order("r")], journal=path):
        with pytest.raises(JournalError, match="in use"):
            await outcomes_of(client, [make_order("s")], path)
    (found,) = await outcomes_of(client, [make_order("r")], path)
    assert isinstance(found, Created)


def test_a_journal_opened_while_another_closes_it_stays_locked(path, monkeypatch):
    binding = journal_file.Binding(backend="gelato", origin="o", prefix="", key="k")
    first, between = journal_file.open_journal(path, binding), []
    unlink = Path.unlink

    def late(self, **options):
        if not between:
            between.append(None)
            with contextlib.suppress(JournalError):
                between[0] = journal_file.open_journal(path, binding)
        unlink(self, **options)

    monkeypatch.setattr(Path, "unlink", late)
    first.close()
    second = between[0] if between else None
    if second is not None:
        with pytest.raises(JournalError, match="in use"):
            journal_file.open_journal(path, binding)
        second.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("opened_first", [True, False])
async def test_a_run_cancelled_while_its_journal_opens_leaves_it_free(
    make_order, shop, virtual, path, monkeypatch, opened_first
):
    real, close = journal_writer.open_journal, journal_file.JournalFile.close
    go_on, opened, closed = (threading.Event() for _ in range(3))

    def slow(*args):
        file = real(*args) if opened_first else None
        opened.set()
        go_on.wait(30)
        return file or real(*args)

    def noting(file):
        close(file)
        closed.set()

    monkeypatch.setattr(journal_writer, "open_journal", slow)
    monkeypatch.setattr(journal_file.JournalFile, "close", noting)
    task = asyncio.create_task(outcomes_of(client_with(shop, virtual), [make_order("r")], path))
    await asyncio.to_thread(opened.wait, 30)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    go_on.set()
    assert await asyncio.to_thread(closed.wait, 5)
    lock(path).close()


@pytest.mark.asyncio
async def test_a_journal_is_closed_though_its_last_commit_is_cancelled(path, monkeypatch, virtual):
    writer = await JournalWriter.open(path, Binding.of(gelato_backend("key")))
    transaction, go_on, writing = writer.file.transaction, threading.Event(), threading.Event()

    def slow(file):
        writing.set()
        go_on.wait(30)
        return transaction()

    monkeypatch.setattr(journal_file.JournalFile, "transaction", slow)
    writer.add(RecordSample(Sample(sent=1.0, answered=2.0, dated=3.0, offset=4.0)))
    task = asyncio.create_task(writer.aclose())
    await asyncio.to_thread(writing.wait, 30)
    task.cancel()
    await asyncio.sleep(0.1)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    lock(path).close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM samples").fetchone() == (1,)


def _full_after(monkeypatch, path, pages):
    opened = journal_writer.open_journal

    def nearly_full(*args):
        file = opened(*args)
        (now,) = file.connection.execute("PRAGMA page_count").fetchone()
        file.connection.execute(f"PRAGMA max_page_count = {now + pages}")
        return file

    monkeypatch.setattr(journal_writer, "open_journal", nearly_full)


@pytest.mark.anyio
@pytest.mark.parametrize("pages", [0, 1, 5])
@pytest.mark.parametrize("resumes_with", ["the same client", "another client"])
async def test_a_full_disk_stops_the_run_and_keeps_what_was_done(
    make_order, shop, virtual, path, monkeypatch, pages, resumes_with
):
    client = client_with(shop, virtual)
    _full_after(monkeypatch, path, pages)
    found, orders = [], [make_order(f"reference-{i}") for i in range(600)]
    with anyio.fail_after(90):
        with pytest.raises(JournalError, match="full") as told:
            async with submit_orders(client, orders, journal=path) as outcomes:
                async for outcome in outcomes:
                    found.append(outcome)
    assert "\n" not in str(told.value)
    told_of = by_reference([*found, *outcomes.leftover])
    assert told_of.keys() >= shop.orders.keys()
    assert all(isinstance(outcome, Created) for outcome in told_of.values())
    assert len(shop.orders) < 600
    monkeypatch.undo()
    written = {row.reference: row.order_id for row in Journal(path).rows("created")}
    assert all(
        shop.orders[reference][0]["id"] == order_id for reference, order_id in written.items()
    )
    if resumes_with == "another client":
        client = client_with(shop, virtual)
    again = by_reference(await outcomes_of(client, orders, path))
    assert counts(shop) == {order.order_reference_id: 1 for order in orders}
    assert all(
        again[reference].order_id == outcome.order_id for reference, outcome in told_of.items()
    )


@pytest.mark.anyio
async def test_a_disk_that_is_full_for_the_last_outcome_is_an_error(
    make_order, shop, virtual, path, monkeypatch
):
    opened = journal_writer.open_journal

    def failing(*args):
        file = opened(*args)
        file.connection.execute(
            "CREATE TEMP TRIGGER full BEFORE UPDATE ON main.orders"
            " BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
        )
        return file

    monkeypatch.setattr(journal_writer, "open_journal", failing)
    with anyio.fail_after(90), pytest.raises(JournalError, match="full"):
        await outcomes_of(client_with(shop, virtual), [make_order("r")], path)


@pytest.mark.anyio
async def test_a_journal_can_be_read(make_order, shop, virtual, path, client_for):
    shop.faults = {"r1": [failed(400)], "r2": [lost]}
    await outcomes_of(client_with(shop, virtual), map(make_order, ["r0", "r1", "r2"]), path)
    journal = Journal(str(path))
    about = journal.about()
    assert (about["backend"], about["prefix"], about["run"]) == ("Gelato", "", "1")
    assert "gelatoapis.com" in about["origin"]
    assert "key" not in about
    assert journal.count() == {"intended": 0, "created": 2, "rejected": 1, "unknown": 0}
    rows = {row.reference: row for row in journal.rows()}
    assert (rows["r0"].state, rows["r0"].order_id, rows["r0"].adopted, rows["r0"].sends) == (
        "created",
        "r0-0",
        False,
        1,
    )
    assert rows["r2"].adopted
    assert rows["r1"].reason
    assert [row.reference for row in journal.rows("rejected")] == ["r1"]
    assert journal.purge() == 1
    assert journal.purge() == 0
    assert journal.count()["rejected"] == 0
    with pytest.raises((ValueError, KeyError)):
        list(journal.rows("nonsense"))


@pytest.mark.anyio
async def test_a_journal_can_be_read_while_it_is_written(make_order, shop, virtual, path):
    orders = (make_order(f"r{i}") for i in range(500))
    async with submit_orders(client_with(shop, virtual), orders, journal=path) as outcomes:
        await anext(outcomes)
        assert Journal(path).about()["run"] == "1"
        assert sum(Journal(path).count().values()) >= 1
        assert len(list(Journal(path).rows())) >= 1
