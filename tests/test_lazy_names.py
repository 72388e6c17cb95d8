import ast
import pickle
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import gelato_async
from gelato_async._rooms import MODULE_OF


def test_a_name_that_there_is_not_is_an_attribute_error():
    for name in ("GelatoClinet", "__wrapped__"):
        with pytest.raises(
            AttributeError, match=f"module 'gelato_async' has no attribute '{name}'"
        ):
            getattr(gelato_async, name)
    with pytest.raises(ImportError, match="GelatoClinet"):
        from gelato_async import GelatoClinet  # noqa: F401


def test_dir_and_a_star_import_show_all_names():
    namespace = {}
    exec("from gelato_async import *", namespace)
    assert set(gelato_async.__all__) <= namespace.keys()
    assert set(gelato_async.__all__) <= set(dir(gelato_async))


def test_a_name_can_be_replaced_for_a_test(monkeypatch):
    original = gelato_async.GelatoClient
    with monkeypatch.context() as patch:
        patch.setattr("gelato_async.GelatoClient", None)
        assert gelato_async.GelatoClient is None
    assert gelato_async.GelatoClient is original
    assert pickle.loads(pickle.dumps(original)) is original


def test_type_checkers_and_programs_find_the_same_names():
    tree = ast.parse(Path(find_spec("gelato_async._public").origin).read_text())
    static = {
        alias.asname: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert static == {"__version__": "gelato_async._version"} | MODULE_OF


def imported_by(script):
    """The modules that a process of its own has imported at the end of a script."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import sys\n{script}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def of_package(modules):
    return {name.partition(".")[2] for name in modules if name.startswith("gelato_async.")}


APART = {"bulk", "cli", "sandbox", "webhooks"}
NOT_FOR_A_CLIENT = ("core.wire", "core.backend", "core.events", "core.operations", "core.retry")


@pytest.mark.parametrize("made", ["", "; GelatoClient('key')"])
def test_a_client_that_was_not_used_needs_no_tables_and_models(made):
    modules = imported_by(f"from gelato_async import GelatoClient{made}")
    assert {"cattrs", "sqlite3"} & modules == set()
    found = of_package(modules)
    assert {name.partition(".")[0] for name in found} & APART == set()
    assert [name for name in found if name.startswith(NOT_FOR_A_CLIENT)] == []
    assert {name for name in found if name.startswith("models.")} == {"models.tracebacks"}


OF_ORDERS = """
from gelato_async import CancelOrder, GelatoClient, OrderQuery, SearchOrders
client = GelatoClient('key')
client.orders.search(OrderQuery())
client.engine.backend.prepare(CancelOrder('1'))
client.engine.backend.prepare(SearchOrders(OrderQuery()))
"""
NOT_OF_ORDERS = {"product", "shipping", "store_product", "template", "catalog", "stock"}


def test_orders_need_no_products_and_stores():
    modules = imported_by(OF_ORDERS)
    found = of_package(modules)
    assert "models.order" in found
    assert {f"models.{name}" for name in NOT_OF_ORDERS} & found == set()
    rooms = ("backends.connect.orders", "backends.gelato.products", "client.products")
    assert set(rooms) & found == set()
    assert "cattrs" not in modules


@pytest.mark.parametrize("face", ["products", "shipping", "stores"])
def test_other_methods_bring_what_they_need(face):
    found = of_package(
        imported_by(f"from gelato_async import GelatoClient\nGelatoClient('key').{face}")
    )
    assert f"client.{face}" in found


FIRST_CREATE = """
import anyio
from gelato_async import (
    CatalogItem, GelatoClient, NewOrder, Response, ScriptedTransport, ShippingAddress
)

def answer(request):
    return Response(status=200, body=b'{"id": "1", "orderReferenceId": "1", "orders": [],'
        b' "fulfillmentStatus": "created"}')

order = NewOrder(
    order_reference_id="1", customer_reference_id="1", currency="EUR",
    items=[CatalogItem(item_reference_id="1", product_uid="card", quantity=1)],
    shipping_address=ShippingAddress(
        country="SE", first_name="Ida", last_name="Ek", address_line1="Gatan 1", city="Lund",
        post_code="22100", email="ida@example.com",
    ),
)

async def main():
    async with GelatoClient("key", transport=ScriptedTransport(answer)) as client:
        entered = set(sys.modules)
        await client.orders.create(order)
        found = {name for name in sys.modules if name.startswith("gelato_async")}
        assert not found - entered, found - entered

anyio.run(main)
"""


def test_the_first_create_of_an_entered_client_imports_nothing():
    modules = imported_by(FIRST_CREATE)
    assert "client.create_once" in of_package(modules)
    # which only an answer that is not as documented needs
    assert "cattrs" not in modules
