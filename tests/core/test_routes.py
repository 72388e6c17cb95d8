from types import NoneType

import pytest
from hypothesis import given, strategies as st

from gelato_async import CancelOrder, GetOrder, GetProduct, ListShipmentMethods, ValidationError
from gelato_async.core.routes import LazyTable, Route

ROUTE = Route(
    method="GET",
    service="order",
    path="/api/{prefix}/{order_id}:cancel",
    answer=NoneType,
)
PREFIX = {"prefix": "acme"}


def test_a_route_knows_the_names_in_its_path():
    assert ROUTE.names == {"prefix", "order_id"}
    assert Route(method="POST", service="order", path="/v4/orders").names == frozenset()


def test_a_route_with_a_body_and_a_query_is_refused():
    for body in ("order", ("items",)):
        with pytest.raises(
            ValueError, match="POST /v4/orders: a route has a body or a query, not both"
        ):
            Route(
                method="POST",
                service="order",
                path="/v4/orders",
                body=body,
                query=("limit",),
            )


@pytest.mark.parametrize(
    ("order_id", "encoded"),
    [
        ("a/b", "a%2Fb"),
        ("å", "%C3%A5"),
        ("a b", "a%20b"),
        ("?x=1", "%3Fx%3D1"),
        ("#top", "%23top"),
        ("50%", "50%25"),
        ("%2e%2e", "%252e%252e"),
        ("a:b;c,d", "a%3Ab%3Bc%2Cd"),
        ("{prefix}", "%7Bprefix%7D"),
        ("..a", "..a"),
        ("...", "..."),
        ("line\nbreak", "line%0Abreak"),
        ("safe-._~9", "safe-._~9"),
    ],
)
def test_ids_are_percent_encoded(order_id, encoded):
    assert ROUTE.expand({**PREFIX, "order_id": order_id}) == f"/api/acme/{encoded}:cancel"


@pytest.mark.parametrize("order_id", ["", ".", "..", " ", " .. ", "\t"])
def test_ids_that_address_something_else_are_refused(order_id):
    with pytest.raises(ValidationError) as caught:
        ROUTE.expand({**PREFIX, "order_id": order_id}, "orders.cancel")
    assert [problem.path for problem in caught.value.problems] == ["order_id"]
    assert caught.value.operation == "orders.cancel"


def test_every_bad_value_is_named_at_once():
    with pytest.raises(ValidationError) as caught:
        ROUTE.expand({"prefix": "..", "order_id": ""})
    assert [problem.path for problem in caught.value.problems] == ["order_id", "prefix"]


def test_an_id_that_cannot_be_encoded_is_refused():
    with pytest.raises(ValidationError) as caught:
        ROUTE.expand({**PREFIX, "order_id": "\ud800"})
    assert [problem.path for problem in caught.value.problems] == ["order_id"]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda text: text.strip(" .") != ""
    )
)
def test_no_id_can_leave_its_place_in_the_path(order_id):
    if order_id.strip() in {"", ".", ".."}:
        return
    path = ROUTE.expand({**PREFIX, "order_id": order_id})
    assert path.isascii()
    assert path.count("/") == ROUTE.path.count("/")
    assert not set("?# ") & set(path)


@pytest.fixture
def imports():
    return []


@pytest.fixture
def table(imports):
    def part(name, content):
        def imported():
            imports.append(name)
            return content

        return imported

    parts = {"orders": part("orders", {GetOrder: 1}), "products": part("products", {GetProduct: 2})}
    return LazyTable(parts)


def test_a_part_of_a_table_is_imported_once_when_it_is_needed(table, imports):
    assert imports == []
    assert (table[GetOrder], table.get(GetOrder), CancelOrder in table) == (1, 1, False)
    assert imports == ["orders"]
    assert (table[GetProduct], GetProduct in table) == (2, True)
    assert imports == ["orders", "products"]


def test_a_table_has_no_operation_of_another_service(table, imports):
    assert table.get(ListShipmentMethods) is None
    assert imports == []


def test_listing_a_table_imports_all_of_it(table, imports):
    assert len(table) == 2
    assert dict(table) == {GetOrder: 1, GetProduct: 2}
    assert imports == ["orders", "products"]
