import os
import sqlite3
import stat
import subprocess
import sys

import anyio
import pytest

from gelato_async.webhooks import Claim, MemoryStore, SqliteStore

pytestmark = pytest.mark.anyio


class Wall:
    now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def wall():
    return Wall()


async def test_a_claim_is_granted_once_and_what_is_finished_stays_so(store):
    assert await store.claim("a") is Claim.GRANTED
    assert await store.claim("a") is Claim.BUSY
    assert await store.claim("b") is Claim.GRANTED
    await store.finish("a")
    assert await store.claim("a") is Claim.FINISHED
    assert await store.claim("b") is Claim.BUSY


async def test_what_is_released_may_be_claimed_again(store):
    await store.claim("a")
    await store.release("a")
    assert await store.claim("a") is Claim.GRANTED


async def test_a_release_does_not_undo_what_is_finished(store):
    await store.claim("a")
    await store.finish("a")
    await store.release("a")
    assert await store.claim("a") is Claim.FINISHED


async def test_keys_may_be_any_text(store):
    for key in ("", "ä\x00'\"", "x" * 10_000):
        assert await store.claim(key) is Claim.GRANTED
        await store.finish(key)
        assert await store.claim(key) is Claim.FINISHED


async def test_memory_forgets_the_oldest():
    store = MemoryStore(capacity=2)
    for key in "abc":
        await store.claim(key)
        await store.finish(key)
    assert await store.claim("c") is Claim.FINISHED
    assert await store.claim("b") is Claim.FINISHED
    assert await store.claim("a") is Claim.GRANTED


async def test_memory_has_room_for_one_at_least():
    with pytest.raises(ValueError, match="capacity"):
        MemoryStore(capacity=0)


async def test_a_file_remembers_over_a_restart(tmp_path):
    path = tmp_path / "webhooks.sqlite"
    first = SqliteStore(path)
    await first.claim("a")
    await first.finish("a")
    await first.aclose()
    second = SqliteStore(str(path))
    assert await second.claim("a") is Claim.FINISHED
    await second.aclose()


async def test_a_closed_file_is_opened_when_it_is_needed(tmp_path):
    store = SqliteStore(tmp_path / "webhooks.sqlite")
    await store.aclose()
    assert await store.claim("a") is Claim.GRANTED
    await store.aclose()
    await store.finish("a")
    await store.aclose()


@pytest.fixture
async def two_stores(tmp_path, wall):
    """The stores of two processes that share one file."""
    stores = [SqliteStore(tmp_path / "webhooks.sqlite", clock=wall) for _ in range(2)]
    yield stores
    for store in stores:
        await store.aclose()


async def test_processes_share_a_file(two_stores):
    one, other = two_stores
    assert await one.claim("a") is Claim.GRANTED
    assert await other.claim("a") is Claim.BUSY
    await one.finish("a")
    assert await other.claim("a") is Claim.FINISHED


async def test_a_claim_of_a_dead_process_ends_before_the_next_try(two_stores, wall):
    died, other = two_stores
    await died.claim("a")
    wall.now += 3.9
    assert await other.claim("a") is Claim.BUSY
    wall.now += 1.1  # five seconds after the try on which it died
    assert await other.claim("a") is Claim.GRANTED
    await died.renew("a")
    await died.release("a")  # it was not dead: what is no longer its own stays
    assert await other.claim("a") is Claim.BUSY


async def test_a_renewed_claim_does_not_expire(two_stores, wall):
    one, other = two_stores
    await one.claim("a")
    for _ in range(4):
        wall.now += 3
        await one.renew("a")
        assert await other.claim("a") is Claim.BUSY
    await one.finish("a")
    await one.renew("a")
    assert await other.claim("a") is Claim.FINISHED


_FORKED = """
import os
import sys

import anyio

from gelato_async.webhooks import SqliteStore

store = SqliteStore(sys.argv[1])


async def child():
    print((await store.claim("a")).name, flush=True)
    os._exit(0)  # as a process that dies: neither finished nor released


async def parent():
    await store.release("a")
    for key in "ab":
        print((await store.claim(key)).name)
    await store.aclose()


if os.fork() == 0:
    anyio.run(child)
os.wait()
anyio.run(parent)
"""


@pytest.mark.system
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_store_may_be_made_before_a_fork_and_used_after_it(tmp_path):
    command = [sys.executable, "-c", _FORKED, str(tmp_path / "webhooks.sqlite")]
    forked = subprocess.run(command, check=True, capture_output=True, text=True)
    assert forked.stdout.split() == ["GRANTED", "BUSY", "GRANTED"]


async def test_a_locked_file_blocks_nothing_else(tmp_path):
    path = tmp_path / "webhooks.sqlite"
    store, answers = SqliteStore(path, lock_timeout=0.6, claim_timeout=0.4), []
    await store.claim("a")
    await store.aclose()
    await anyio.to_thread.run_sync(int)  # the thread that is asked for below is there
    locked = sqlite3.connect(path, isolation_level=None)
    locked.execute("BEGIN EXCLUSIVE")

    async def claim():
        with pytest.raises((OSError, sqlite3.OperationalError)) as failed:
            await store.claim("b")
        answers.append(failed.type)

    async with anyio.create_task_group() as tasks:
        for _ in range(60):
            tasks.start_soon(claim)
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
        assert anyio.to_thread.current_default_thread_limiter().borrowed_tokens == 0
        assert await anyio.to_thread.run_sync(lambda: "free") == "free"
        assert answers == []
    assert len(answers) == 60
    assert answers.count(TimeoutError) == 59
    locked.close()
    assert await store.claim("b") is Claim.GRANTED
    await store.aclose()


async def test_its_own_claims_do_not_end_by_themselves(tmp_path, wall):
    store = SqliteStore(tmp_path / "webhooks.sqlite", clock=wall)
    await store.claim("a")
    wall.now += 3600
    assert await store.claim("a") is Claim.BUSY
    await store.aclose()


async def test_old_events_are_purged(tmp_path, wall):
    store = SqliteStore(tmp_path / "webhooks.sqlite", retention=10_000, clock=wall)
    for key in "abc":
        await store.claim(key)
        await store.finish(key)
        wall.now += 4_000
    assert await store.purge() == 1
    assert await store.purge() == 0
    wall.now += 4_000
    assert await store.claim("c") is Claim.FINISHED  # purges by the way
    assert await store.claim("b") is Claim.GRANTED
    await store.aclose()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
async def test_the_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "webhooks.sqlite"
    store = SqliteStore(path)
    await store.claim("a")
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    await store.aclose()


async def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but notes that somebody needs\n" * 50)
    before = path.read_bytes()
    store = SqliteStore(path)
    with pytest.raises(sqlite3.DatabaseError):
        await store.claim("a")
    assert path.read_bytes() == before
    await store.aclose()


async def test_a_claim_whose_release_failed_ends_with_the_lease(tmp_path, wall):
    store = SqliteStore(tmp_path / "webhooks.sqlite", clock=wall)
    await store.claim("a")
    await store.aclose()
    path, store.path = store.path, tmp_path
    with pytest.raises(OSError, match="directory"):
        await store.release("a")
    store.path = path
    assert await store.claim("a") is Claim.BUSY
    wall.now += 9
    assert await store.claim("a") is Claim.GRANTED
    await store.aclose()
