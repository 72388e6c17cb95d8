"""A client process that may be killed at any step, and the orders it makes."""

from collections.abc import Callable
from typing import Any

from attrs import define

from gelato_async import CatalogItem, File, NewOrder, ShippingAddress

ADDRESS = ShippingAddress(
    country="US",
    first_name="Ada",
    last_name="Example",
    address_line1="1 Sample Street",
    city="Springfield",
    post_code="12345",
    state="IL",
    email="ada@example.com",
    phone="+1 555 0100",
)
ITEM = CatalogItem(
    item_reference_id="item-1",
    product_uid="poster_a4_ver",
    files=[File(url="https://files.example.com/print.pdf")],
)


def make_order(reference: str) -> NewOrder:
    return NewOrder(
        order_reference_id=reference,
        customer_reference_id="customer-1",
        currency="USD",
        shipping_address=ADDRESS,
        items=[ITEM],
    )


@define(eq=False)
class Process:
    """A client process. `kill_in` counts the steps down to its death; None: it lives on.

    A step is a point at which it may die: before and after each request leaves and each answer
    comes, before and after each commit to a journal.
    """

    on_death: Callable[[], None]
    monotonic_shift: float = 0.0
    is_dead: bool = False
    kill_in: int | None = None
    client: Any = None

    def step(self) -> None:
        if self.is_dead or self.kill_in is None:
            return
        self.kill_in -= 1
        if self.kill_in < 0:
            self.die()

    def die(self) -> None:
        self.is_dead = True
        self.on_death()
