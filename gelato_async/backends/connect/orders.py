"""GelatoConnect's orders: api.partner-connect.io/api/<prefix>/.

Rules name the vendor's page that they follow in italics.
"""

from collections.abc import Mapping
from typing import Any

from gelato_async.core.backend import Routes, Rules
from gelato_async.core.operations.orders import (
    CancelOrder,
    GetOrder,
    SearchOrders,
    SubmitOrder,
    UpdateShipment,
)
from gelato_async.core.routes import Route
from gelato_async.core.rules import Rule, RuleTable, findable
from gelato_async.core.rules.checks import (
    between,
    country_code,
    elements_of,
    email,
    finite,
    moment,
    not_empty,
    one_of,
    present,
    required,
    state_where_needed,
)
from gelato_async.core.rules.conditions import passes
from gelato_async.core.wire.writers import Fields, Renames
from gelato_async.models.new_order import CatalogItem, File, NewOrder
from gelato_async.models.order import Order, SubmittedOrder, UpdatedShipment
from gelato_async.models.search import OrderPage, OrderQuery

# the paths of *Getting Started*; *Order Management* has URLs that are "provided during connector
# setup", so a client takes other paths as an option
ROUTES: Routes = {
    SubmitOrder: Route(
        method="POST",
        service="order",
        path="/api/{prefix}/order",
        body="order",
        answer=SubmittedOrder,
    ),
    GetOrder: Route(
        method="GET",
        service="order",
        path="/api/{prefix}/{order_id}",
        answer=Order,
    ),
    SearchOrders: Route(
        method="POST",
        service="order",
        path="/api/{prefix}/search",
        body="query",
        answer=OrderPage,
    ),
    CancelOrder: Route(
        method="POST",
        service="order",
        path="/api/{prefix}/{order_id}/cancel",
    ),
    UpdateShipment: Route(
        method="PUT",
        service="order",
        path="/api/{prefix}/{order_id}",
        body=("shipment_method_uid", "shipping_address"),
        answer=UpdatedShipment,
    ),
}

# in the singular as documented, though both hold lists; Gelato's own API has the plural
RENAMES: Renames = {
    (OrderQuery, "fulfillment_statuses"): "fulfillmentStatus",
    (OrderQuery, "financial_statuses"): "financialStatus",
}

# what only the documents of Gelato's own API have
UNSUPPORTED: Fields = {
    NewOrder: ("return_address",),
    CatalogItem: ("page_count", "adjust_product_uid_by_file_types"),
    File: ("id", "thread_colors", "is_visible"),
    OrderQuery: ("ids", "search", "channels", "currencies", "order_types", "store_ids"),
}


def _address(path: str) -> list[Rule]:
    """*Shipping Address Parameters*."""
    # stricter than Gelato's own API: a phone number is required, lengths are not limited
    needed = ("country", "firstName", "lastName", "addressLine1", "city", "email", "phone")
    return [
        *(Rule(f"{path}.{name}", required) for name in needed),
        Rule(f"{path}.postCode", present),
        Rule(f"{path}.country", country_code),
        Rule(f"{path}.email", email),
        Rule(f"{path}.state", state_where_needed),
    ]


@passes(
    missing="{productName} and {productVariant}",
    text="v and not {productName} and not {productVariant}",
)
def _named_one_way(_: Any, item: Mapping[str, Any]) -> str | None:
    uid = bool(item.get("productUid"))
    name = bool(item.get("productName"))
    variant = bool(item.get("productVariant"))
    if name == variant and uid != name:
        return None
    return "is required, or productName with productVariant, and not both"


# an item whose productUid is empty is not named at all, which its own rule refuses
@passes(many="len({{e.__class__ for e in v}}) == 1")
def _one_kind(items: Any, _: Mapping[str, Any]) -> str | None:
    kinds = {bool(item.get("productUid")) for item in elements_of(items)}
    if len(kinds) <= 1:
        return None
    return "must all be named by productUid or all by productName, not both in one order"


@passes()
def _some_change(method: Any, body: Mapping[str, Any]) -> str | None:
    if method or body.get("shippingAddress"):
        return None
    return "is required, or shippingAddress, or both"


RULES: Rules = {
    SubmitOrder: RuleTable(
        [
            *findable("orderReferenceId"),
            Rule("currency", required),
            Rule("orderType", one_of("order", "draft")),
            Rule("retailShippingPriceInclVat", finite),
            # each present entry needs both; no number or length is documented
            Rule("metadata[].key", required),
            Rule("metadata[].value", required),
            Rule("shippingAddress", not_empty),
            *_address("shippingAddress"),
            Rule("items", not_empty),
            Rule("items", _one_kind),
            Rule("items[].itemReferenceId", required),
            Rule("items[].productUid", _named_one_way),
            Rule("items[].quantity", required),
            Rule("items[].retailPriceInclVat", finite),
            Rule("items[].metadata[].key", required),
            Rule("items[].metadata[].value", required),
            # every file needs a type and a URL: there are no embroidery files to reuse here
            Rule("items[].files", not_empty),
            Rule("items[].files[].type", required),
            Rule("items[].files[].url", required),
        ]
    ),
    SearchOrders: RuleTable(
        [
            Rule("limit", between(1, 100)),
            Rule("offset", between(0)),
            Rule("startDate", moment),
            Rule("endDate", moment),
            Rule("countries[]", country_code),
        ]
    ),
    UpdateShipment: RuleTable(
        [Rule("shipmentMethodUid", _some_change), *_address("shippingAddress")]
    ),
}
