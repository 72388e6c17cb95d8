"""Files that are no journal, or not a whole one: refused, and left as they are."""

import contextlib
import sqlite3

import pytest
from support.crashes import outcomes_of
from support.fake_shop import client_with

from gelato_async.bulk.journal.checks import APPLICATION
from gelato_async.bulk.journal.errors import JournalError
from gelato_async.bulk.journal.reader import Journal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


def _sqlite(path, *statements):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def _half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _holes(path):
    whole = bytearray(path.read_bytes())
    for start in range(4096, len(whole), 4096):
        whole[start : start + 200] = bytes(range(200))
    path.write_bytes(whole)


FOREIGN = {
    "text": lambda path: path.write_bytes(b"dear diary\n" * 500),
    "short": lambda path: path.write_bytes(b"x"),
    "zeros": lambda path: path.write_bytes(bytes(8192)),
    "sqlite": lambda path: _sqlite(path, "CREATE TABLE orders (reference TEXT)"),
    "sqlite in WAL": lambda path: _sqlite(
        path, "PRAGMA journal_mode = WAL", "CREATE TABLE orders (reference TEXT)"
    ),
    "version only": lambda path: _sqlite(path, f"PRAGMA application_id = {APPLICATION}"),
}
SPOILT = {
    "newer": lambda path: _sqlite(path, "PRAGMA user_version = 99"),
    "half": _half,
    "holes": _holes,
    "no salt": lambda path: _sqlite(path, "DELETE FROM about WHERE name = 'salt'"),
    "bad salt": lambda path: _sqlite(path, "UPDATE about SET value = 'zz' WHERE name = 'salt'"),
    "no orders": lambda path: _sqlite(path, "DROP TABLE orders"),
    "no run": lambda path: _sqlite(path, "DELETE FROM about WHERE name = 'run'"),
}


async def _refused_and_untouched(shop, virtual, make_order, path):
    before = path.read_bytes()
    with pytest.raises(JournalError) as told:
        await outcomes_of(client_with(shop, virtual), [make_order("s")], path)
    assert "\n" not in str(told.value)
    assert path.name in str(told.value)
    with pytest.raises(JournalError):
        list(Journal(path).rows())
    assert path.read_bytes() == before
    assert "s" not in shop.orders


@pytest.mark.anyio
@pytest.mark.parametrize("what", FOREIGN)
async def test_a_file_of_something_else_is_refused_and_untouched(
    make_order, shop, virtual, path, what
):
    FOREIGN[what](path)
    await _refused_and_untouched(shop, virtual, make_order, path)


@pytest.mark.anyio
@pytest.mark.parametrize("what", SPOILT)
async def test_a_damaged_or_newer_one_is_refused_and_untouched(
    make_order, shop, virtual, path, what
):
    await outcomes_of(
        client_with(shop, virtual), map(make_order, map("r{}".format, range(100))), path
    )
    SPOILT[what](path)
    await _refused_and_untouched(shop, virtual, make_order, path)


@pytest.mark.anyio
@pytest.mark.parametrize("what", ["newer", "foreign"])
async def test_a_refused_file_has_nothing_new_beside_it(make_order, shop, virtual, path, what):
    if what == "foreign":
        FOREIGN["sqlite in WAL"](path)
    else:
        await outcomes_of(
            client_with(shop, virtual), map(make_order, map("r{}".format, range(100))), path
        )
        SPOILT[what](path)
    with pytest.raises(JournalError):
        await outcomes_of(client_with(shop, virtual), [make_order("s")], path)
    assert {file.name for file in path.parent.iterdir()} <= {
        path.name,
        f"{path.name}-lock",
        f"{path.name}-mark",
    }


@pytest.mark.anyio
async def test_a_journal_that_cannot_be_opened_is_an_error(
    make_order, shop, virtual, path, tmp_path
):
    with pytest.raises(JournalError, match="No such file"):
        await outcomes_of(
            client_with(shop, virtual), [make_order("r")], tmp_path / "no" / "where.journal"
        )
    with pytest.raises(JournalError):
        await outcomes_of(client_with(shop, virtual), [make_order("r")], tmp_path)
    with pytest.raises(JournalError, match="there is no journal"):
        Journal(path)
    assert shop.orders == {}
    assert list(tmp_path.iterdir()) == []
    assert not tmp_path.with_name(f"{tmp_path.name}-lock").exists()


@pytest.mark.anyio
async def test_an_empty_file_becomes_a_journal(make_order, shop, virtual, path):
    path.touch()
    assert len(await outcomes_of(client_with(shop, virtual), [make_order("r")], path)) == 1
    assert Journal(path).count()["created"] == 1
