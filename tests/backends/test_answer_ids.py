"""Of an answer that cannot be read, the id is told, and whose id it is."""

import json

import pytest
from support.documented_samples import CONNECT, GELATO, ORDER

from gelato_async import DecodeError, Response
from gelato_async.core.operations.orders import (
    ConfirmDraft,
    CreateOrder,
    GetOrder,
    SearchOrders,
    SubmitOrder,
)
from gelato_async.core.operations.products import GetCatalog, GetProduct
from gelato_async.core.operations.stores import (
    CreateProductFromTemplate,
    GetStoreProduct,
    GetTemplate,
)
from gelato_async.models.search import OrderQuery
from gelato_async.models.store_product import NewStoreProduct

BAD = {"id": "id-1", "variants": [{}]}
NEW = NewStoreProduct(template_id="template", title="Socks")
OF_ORDERS = [
    (GELATO, CreateOrder(ORDER)),
    (GELATO, ConfirmDraft("order")),
    (GELATO, GetOrder("order")),
    (CONNECT, SubmitOrder(ORDER)),
    (CONNECT, GetOrder("order")),
]
OF_PRODUCTS = [
    (GELATO, CreateProductFromTemplate("store", NEW)),
    (GELATO, GetStoreProduct("store", "product")),
]
OF_OTHERS = [
    (GELATO, SearchOrders(OrderQuery())),
    (GELATO, GetCatalog("posters")),
    (GELATO, GetProduct("mug")),
    (GELATO, GetTemplate("template")),
    (CONNECT, SearchOrders(OrderQuery())),
]


def ids(backend, operation):
    with pytest.raises(DecodeError) as caught:
        backend.parse(operation, Response(status=200, body=json.dumps(BAD).encode()))
    return caught.value.order_id, caught.value.product_id


@pytest.mark.parametrize(("backend", "operation"), OF_ORDERS)
def test_the_error_names_the_id_of_an_order(backend, operation):
    assert ids(backend, operation) == ("id-1", None)


@pytest.mark.parametrize(("backend", "operation"), OF_PRODUCTS)
def test_the_id_of_a_store_product_is_not_that_of_an_order(backend, operation):
    assert ids(backend, operation) == (None, "id-1")


@pytest.mark.parametrize(("backend", "operation"), OF_OTHERS)
def test_the_id_of_anything_else_is_neither(backend, operation):
    assert ids(backend, operation) == (None, None)
