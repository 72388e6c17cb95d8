import copy
import pickle

import pytest
from support.fake_shop import failed

from gelato_async.bulk import Created, Rejected, Unknown, submit_orders

pytestmark = pytest.mark.anyio


async def outcomes_of(client, orders, **options):
    async with submit_orders(client, orders, **options) as outcomes:
        return [outcome async for outcome in outcomes]


async def rejected_of(client, orders, **options):
    return [
        outcome
        for outcome in await outcomes_of(client, orders, **options)
        if isinstance(outcome, Rejected)
    ]


@pytest.mark.parametrize("journal", [None, "run.sqlite"])
async def test_a_rejection_holds_the_very_order_that_was_given(
    client_for, make_order, shop, tmp_path, journal
):
    shop.faults["refused"] = [failed(400)] * 2
    orders = [
        make_order("r"),
        make_order("r", currency="EUR"),
        make_order("bad", currency=""),
        make_order("refused"),
    ]
    for _ in range(2):
        path = tmp_path / journal if journal else None
        rejected = await rejected_of(client_for(), orders, journal=path)
        assert sorted(map(orders.index, [outcome.order for outcome in rejected]))[-3:] == [1, 2, 3]
        assert all(any(outcome.order is order for order in orders) for outcome in rejected)
        shop.faults["refused"] = [failed(400)]


async def test_only_a_reference_that_was_used_before_is_a_conflict(client_for, make_order, shop):
    shop.faults["refused"] = [failed(400)]
    orders = [
        make_order("r"),
        make_order("r", currency="EUR"),
        make_order("", currency=""),
        make_order("refused"),
    ]
    rejected = await rejected_of(client_for(), orders)
    assert [outcome.order for outcome in rejected if outcome.is_conflict] == [orders[1]]
    assert [outcome.is_conflict for outcome in map(copy.copy, rejected)] == [
        outcome.is_conflict for outcome in rejected
    ]


async def test_a_rejected_order_shows_no_recipient_and_survives_pickle(client_for, make_order):
    order = make_order("r", currency="")
    (rejected,) = await rejected_of(client_for(), [order])
    assert order.shipping_address.last_name not in f"{rejected!r} {rejected}"
    again = pickle.loads(pickle.dumps(rejected))
    assert (again.order, again.reference, str(again.error)) == (order, "r", str(rejected.error))


def test_what_was_rejected_is_no_part_of_what_an_outcome_equals(make_order):
    error = KeyError()
    plain = Rejected(reference="r", error=error)
    assert plain.order is None
    assert not plain.is_conflict
    assert plain == Rejected(reference="r", error=error, order=make_order("r"))
    assert Unknown(reference="r", error=error) == Unknown(
        reference="r", error=error, in_flight=True
    )
    assert plain != Created(reference="r", order_id="1")
