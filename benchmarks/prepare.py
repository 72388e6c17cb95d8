"""What it costs to make a request of an order: `Backend.prepare`, rules and all, beside the fastest JSON encoder there is.

    python benchmarks/prepare.py [--quick]

Ours checks the order against the documented rules, finds what the API cannot carry, writes the body
from the models, and makes the request with its URL and headers. The peer, `orjson.dumps`, writes
the same body from a dict that stands ready. The body has two items, three files and about 860 bytes.
"""

import json

import orjson
from measure import Result, compare, main

from gelato_async import CatalogItem, File, NewOrder, ShippingAddress
from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.core.backend import Backend

ADDRESS = ShippingAddress(
    country="US",
    first_name="Paul",
    last_name="Smith",
    address_line1="451 Clarkson Ave",
    address_line2="Brooklyn",
    city="New York",
    state="NY",
    post_code="11203",
    email="paul@example.com",
    phone="123456789",
)
SHIRT = CatalogItem(
    item_reference_id="item-1",
    product_uid=(
        "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_s_gco_white_gpr_4-4"
    ),
    files=[
        File(url="https://files.example.com/logo.png"),
        File(type="back", url="https://files.example.com/back.png"),
    ],
)
CARDS = CatalogItem(
    item_reference_id="item-2",
    product_uid="cards_pf_5r_pt_100-lb-cover-coated-silk_cl_4-4_hor",
    quantity=2,
    files=[File(url="https://files.example.com/card.pdf")],
)
ORDER = NewOrder(
    order_reference_id="benchmark-000000001",
    customer_reference_id="customer-1",
    currency="USD",
    shipping_address=ADDRESS,
    items=[SHIRT, CARDS],
    metadata={"campaign": "spring"},
)
BACKENDS = (gelato_backend("key"), connect_backend("prefix", "key", "secret"))


def run(quick: bool) -> list[Result]:  # noqa: FBT001
    return [prepared(backend, quick=quick) for backend in BACKENDS]


def prepared(backend: Backend, *, quick: bool) -> Result:
    operation = backend.create_operation(ORDER)
    body = json.loads(backend.prepare(operation).body)
    times, rounds = (1_000, 7) if quick else (10_000, 15)
    return compare(
        f"prepare.{backend.name.lower()}",
        f"`Backend.prepare` of a two-item order, {backend.name}",
        "`orjson.dumps` of the ready dict",
        lambda: backend.prepare(operation),
        lambda: orjson.dumps(body),
        times=times,
        rounds=rounds,
        reach=15.0,
    )


if __name__ == "__main__":
    main(run, __doc__)
