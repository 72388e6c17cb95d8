"""Orders are plain values, which a row can hold and the collector of garbage does not follow."""

import gc

import attrs
import pytest

from gelato_async.sandbox.orders.order import Order

pytestmark = pytest.mark.anyio

PLAIN = (str, bytes, int, float, type(None))


async def the_order(api, body):
    await api.gelato.post("orders", json=body)
    with api.app.locked() as state:
        (account,) = state.accounts.values()
        return next(iter(account.orders["gelato"].by_id.values()))


async def test_every_field_is_a_plain_value(anyone, order, asks_for):
    placed = await the_order(anyone, order(items=2, **asks_for("split")))
    for value in attrs.astuple(placed, recurse=False):
        parts = value if isinstance(value, tuple) else (value,)
        assert all(isinstance(part, PLAIN) for part in parts)


async def test_an_order_can_be_made_of_its_values_again(anyone, order, asks_for):
    placed = await the_order(anyone, order(**asks_for("capability")))
    values = {
        field.name: getattr(placed, field.name) for field in attrs.fields(Order) if field.init
    }
    assert attrs.astuple(Order(**values)) == attrs.astuple(placed)


async def test_what_an_order_holds_is_not_followed(anyone, order):
    placed = await the_order(anyone, order(items=2))
    gc.collect()
    gc.collect()
    held = [value for value in attrs.astuple(placed, recurse=False) if gc.is_tracked(value)]
    assert held == []
