"""A journal that is removed, moved or replaced while a run goes on: the run stops and says so."""

import shutil
import sys

import pytest
from support.crashes import by_reference, counts, outcomes_of
from support.fake_shop import client_with

from gelato_async.bulk import submit_orders
from gelato_async.bulk.journal.errors import JournalError

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there"),
]

SET = ("", "-wal", "-shm", "-mark", "-lock")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


def _remove(path):
    for suffix in SET:
        path.with_name(path.name + suffix).unlink()


def _move(path):
    away = path.parent / "away"
    away.mkdir()
    for suffix in SET:
        path.with_name(path.name + suffix).rename(away / (path.name + suffix))


def _replace(path):
    copy = path.with_name("copy")
    shutil.copy(path, copy)
    copy.replace(path)


LOSSES = {"removed": _remove, "moved": _move, "replaced": _replace}


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_run_whose_journal_goes_stops_sending(make_order, shop, virtual, path, loss):
    orders = (make_order(f"r{number}") for number in range(2_000))
    found, client = [], client_with(shop, virtual)
    with pytest.raises(JournalError, match="put it back") as raised:
        async with submit_orders(client, orders, journal=path) as outcomes:
            async for outcome in outcomes:
                if not found:
                    LOSSES[loss](path)
                found.append(outcome)
    assert str(path) in str(raised.value)
    assert len(shop.orders) < 2_000
    assert by_reference([*found, *outcomes.leftover]).keys() >= shop.orders.keys()


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_journal_gone_before_an_early_end_is_an_error(
    make_order, shop, virtual, path, loss
):
    orders = [make_order(f"r{number}") for number in range(20)]
    with pytest.raises(JournalError, match="put it back"):
        async with submit_orders(client_with(shop, virtual), orders, journal=path) as outcomes:
            async for _ in outcomes:
                LOSSES[loss](path)
                break


async def test_a_journal_that_is_put_back_makes_each_order_once(make_order, shop, virtual, path):
    orders = [make_order(f"r{number}") for number in range(600)]
    client, moved = client_with(shop, virtual), False
    with pytest.raises(JournalError, match="put it back"):
        async with submit_orders(client, orders, journal=path) as outcomes:
            async for _ in outcomes:
                if not moved:
                    _move(path)
                    moved = True
    for file in (path.parent / "away").iterdir():
        file.rename(path.parent / file.name)
    await outcomes_of(client, orders, path)
    assert counts(shop) == {order.order_reference_id: 1 for order in orders}
