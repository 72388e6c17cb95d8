"""The journal notices whatever changes in an order, and nothing else."""

from contextlib import closing
from decimal import Decimal

import attrs
import pytest
from support.clocks import warm
from support.crashes import by_reference, outcomes_of
from support.orders import SWEDISH, new_address, new_item, new_order

from gelato_async import (
    CatalogItem,
    CustomItem,
    File,
    GelatoClient,
    GelatoConnectClient,
    Metadata,
    NewOrder,
    ReturnAddress,
    ScriptedTransport,
    ShippingAddress,
    Unlimited,
)
from gelato_async.bulk import Created, Rejected
from gelato_async.bulk.journal.connections import connect

pytestmark = pytest.mark.anyio

FILES = (File(url="https://files.example/a.pdf"), File(type="back", url="https://b.example/b.pdf"))
CATALOG_ITEM = new_item(files=FILES)
CUSTOM_ITEM = CustomItem(
    item_reference_id="item-1",
    product_name="Poster",
    product_variant={"Size": "A4"},
    files=FILES,
)
METADATA = (Metadata("first", "1"), Metadata("second", "2"))
RETURN_ADDRESS = ReturnAddress(company_name="A company")
CLIENTS = {
    "gelato": (lambda **options: GelatoClient("key", **options), CATALOG_ITEM),
    "connect": (
        lambda **options: GelatoConnectClient("a", "key", "secret", **options),
        CUSTOM_ITEM,
    ),
}
EXTRA = {"unknownKey": [1, {"inside": None}]}
AMOUNT = Decimal("1.5")
ITEM = {
    "item_reference_id": "another",
    "quantity": 2,
    "files": FILES[::-1],
    "metadata": METADATA,
    "retail_price_excl_vat": AMOUNT,
    "extra": EXTRA,
}
ADDRESS = {
    "country": "CA",
    "address_line1": "another",
    "address_line2": "another",
    "city": "another",
    "post_code": "another",
    "state": "another",
    "email": "another@example.com",
    "phone": "another",
    "company_name": "another",
    "extra": EXTRA,
}
# another value for each field of each model
CHANGES = {
    NewOrder: {
        "currency": "EUR",
        "shipping_address": new_address(first_name="Another"),
        "items": (CATALOG_ITEM,),
        "customer_reference_id": "another",
        "order_type": "draft",
        "shipment_method_uid": "express",
        "return_address": RETURN_ADDRESS,
        "metadata": METADATA[::-1],
        "retail_currency": "EUR",
        "retail_shipping_price_excl_vat": AMOUNT,
        "extra": EXTRA,
    },
    ShippingAddress: ADDRESS
    | {
        "first_name": "another",
        "last_name": "another",
        "is_business": False,
        "federal_tax_id": "another",
        "state_tax_id": "another",
        "registration_state": "another",
    },
    ReturnAddress: ADDRESS,
    CatalogItem: ITEM
    | {
        "product_uid": "another",
        "page_count": 2,
        "adjust_product_uid_by_file_types": False,
    },
    CustomItem: ITEM | {"product_name": "another", "product_variant": {"Size": "A3"}},
    File: {
        "type": "inside",
        "url": "https://another.example",
        "id": "another",
        "thread_colors": ("#FFFFFF",),
        "is_visible": False,
        "extra": EXTRA,
    },
    Metadata: {"key": "another", "value": "another"},
}


def base(reference, item):
    items = [item, attrs.evolve(item, item_reference_id="item-2")]
    return new_order(reference, items=items, metadata=METADATA)


def changed_orders(item):
    """Return an order for each change, named by it."""
    order = base("r", item)
    for name, value in CHANGES[NewOrder].items():
        yield f"order.{name}", attrs.evolve(order, **{name: value})
    for name, address in variants(order.shipping_address):
        yield f"shipping.{name}", attrs.evolve(order, shipping_address=address)
    for name, address in variants(RETURN_ADDRESS):
        yield f"return.{name}", attrs.evolve(order, return_address=address)
    for name, entry in variants(METADATA[1]):
        yield f"metadata.{name}", attrs.evolve(order, metadata=[METADATA[0], entry])
    for kind in (CATALOG_ITEM, CUSTOM_ITEM):
        for name, other in variants(kind):
            yield f"{type(kind).__name__}.{name}", attrs.evolve(order, items=[item, other])
    for name, file in variants(FILES[1]):
        other = attrs.evolve(item, files=[FILES[0], file])
        yield f"file.{name}", attrs.evolve(order, items=[other, order.items[1]])
    yield "order of items", attrs.evolve(order, items=order.items[::-1])
    yield "item left out", attrs.evolve(order, items=order.items[:1])
    yield "metadata left out", attrs.evolve(order, metadata=None)
    yield "no metadata", attrs.evolve(order, metadata=())
    for name, extra in (("1", 1), ("true", True), ("text", "1"), ("1.0", 1.0), ("null", None)):
        yield f"extra is {name}", attrs.evolve(order, extra={"key": extra})


def variants(model):
    for name, value in CHANGES[type(model)].items():
        yield name, attrs.evolve(model, **{name: value})


def test_each_field_of_each_model_has_a_change():
    for cls, changes in CHANGES.items():
        assert changes.keys() == attrs.fields_dict(cls).keys() - {"order_reference_id"}


@pytest.mark.parametrize("api", CLIENTS)
async def test_the_journal_notices_each_change(api, shop, virtual, tmp_path):
    make_client, item = CLIENTS[api]
    transport = ScriptedTransport(shop.answer)
    options = {"transport": transport, "limiter": Unlimited(), "clock": virtual.clock}
    changed = dict(changed_orders(item))
    same = [base(name, item) for name in [*changed, "same"]]
    journal = tmp_path / "run.journal"
    first = await outcomes_of(warm(make_client(**options)), same, journal)
    assert {type(outcome) for outcome in first} == {Created}
    orders = [attrs.evolve(order, order_reference_id=name) for name, order in changed.items()]
    again = by_reference(
        await outcomes_of(warm(make_client(**options)), [*orders, base("same", item)], journal)
    )
    assert again.pop("same").replayed
    unnoticed = [
        name
        for name, outcome in again.items()
        if not isinstance(outcome, Rejected) or not outcome.is_conflict
    ]
    assert unnoticed == []
    assert again.keys() == changed.keys()


async def test_the_spelling_of_an_order_stays(client_for, tmp_path):
    """A journal compares digests of bodies: with another spelling it would know no order again."""
    order = attrs.evolve(
        base("r", CATALOG_ITEM),
        shipping_address=new_address(SWEDISH),
        extra={"prices": [1, 1.50, None, True], "text": '"quoted"\n'},
    )
    journal = tmp_path / "run.journal"
    await outcomes_of(client_for(), [order], journal)
    with closing(connect(journal, read_only=True)) as connection:
        ((content,),) = connection.execute("SELECT content FROM orders")
    assert content.hex() == "06ecb1ea22ecc6668a4e17011aa62683"
