"""Gelato's orders: order.gelatoapis.com v4.

Rules name the vendor's page that they follow in italics.
"""

from collections.abc import Mapping
from typing import Any

from gelato_async.core.backend import Routes, Rules
from gelato_async.core.operations.orders import (
    CancelOrder,
    ConfirmDraft,
    CreateOrder,
    DeleteDraft,
    GetOrder,
    QuoteOrder,
    SearchOrders,
)
from gelato_async.core.routes import Route
from gelato_async.core.rules import Rule, RuleTable, findable
from gelato_async.core.rules.checks import (
    at_most,
    between,
    brazilian,
    brazilian_company,
    country_code,
    email,
    few_latin_letters,
    finite,
    for_brazilian_company,
    longest,
    moment,
    no_latin_letters,
    not_empty,
    one_of,
    present,
    required,
    state_where_needed,
    unique,
)
from gelato_async.core.rules.conditions import NEVER, passes
from gelato_async.core.wire.writers import Fields, Renames
from gelato_async.models.addresses import ShippingAddress
from gelato_async.models.new_order import CatalogItem, CustomItem, NewOrder
from gelato_async.models.order import Order
from gelato_async.models.quote import Quotation
from gelato_async.models.search import OrderPage

ROUTES: Routes = {
    CreateOrder: Route(
        method="POST",
        service="order",
        path="/v4/orders",
        body="order",
        answer=Order,
    ),
    QuoteOrder: Route(
        method="POST",
        service="order",
        path="/v4/orders:quote",
        body="request",
        answer=Quotation,
    ),
    GetOrder: Route(
        method="GET",
        service="order",
        path="/v4/orders/{order_id}",
        answer=Order,
    ),
    SearchOrders: Route(
        method="POST",
        service="order",
        path="/v4/orders:search",
        body="query",
        answer=OrderPage,
    ),
    CancelOrder: Route(method="POST", service="order", path="/v4/orders/{order_id}:cancel"),
    ConfirmDraft: Route(
        method="PATCH",
        service="order",
        path="/v4/orders/{order_id}",
        body=("items",),
        fixed={"orderType": "order"},
        answer=Order,
    ),
    DeleteDraft: Route(method="DELETE", service="order", path="/v4/orders/{order_id}"),
}

# the split-order example answers `registrationState`, as GelatoConnect does: both are read
RENAMES: Renames = {(ShippingAddress, "registration_state"): "registrationStateCode"}

# what only the documents of GelatoConnect have
UNSUPPORTED: Fields = {
    NewOrder: ("retail_currency", "retail_shipping_price_excl_vat"),
    CatalogItem: ("metadata", "retail_price_excl_vat"),
    CustomItem: ("product_name", "product_variant", "metadata", "retail_price_excl_vat"),
}


def _address(path: str, *, whole: bool) -> list[Rule]:
    """*Create order*, `ShippingAddressObject`; if not `whole`, `ReturnAddressObject`."""
    lengths = {
        "companyName": 60,
        "addressLine1": 35,
        "addressLine2": 35,
        "city": 30,
        "postCode": 15,
        "state": 35,
        "phone": 25,
    }
    rules = [Rule(f"{path}.{name}", longest(limit)) for name, limit in lengths.items()]
    rules += [Rule(f"{path}.country", country_code), Rule(f"{path}.email", email)]
    if whole:
        rules += _recipient(path)
    return rules


def _recipient(path: str) -> list[Rule]:
    needed = ("firstName", "lastName", "addressLine1", "city", "country", "email")
    return [
        *(Rule(f"{path}.{name}", required) for name in needed),
        Rule(f"{path}.postCode", present),
        Rule(f"{path}.firstName", longest(25)),
        Rule(f"{path}.lastName", longest(25)),
        Rule(f"{path}.addressLine1", few_latin_letters),
        Rule(f"{path}.addressLine2", few_latin_letters),
        Rule(f"{path}.city", no_latin_letters),
        Rule(f"{path}.federalTaxId", brazilian),
        Rule(f"{path}.stateTaxId", brazilian_company),
        Rule(f"{path}.registrationStateCode", brazilian_company),
        Rule(f"{path}.stateTaxId", for_brazilian_company),
        Rule(f"{path}.registrationStateCode", for_brazilian_company),
    ]


@passes(missing=NEVER, text="v")
def _file_has_source(url: Any, file: Mapping[str, Any]) -> str | None:
    if url or file.get("id"):
        return None
    return "is required, unless `id` reuses an embroidery file"


@passes(missing=NEVER, text="v")
def _embroidery_type(file_type: Any, file: Mapping[str, Any]) -> str | None:
    # no document says how to recognise an embroidery product by its uid, so these fields are taken
    # for the sign of one
    if file_type:
        return None
    for name in ("id", "threadColors", "isVisible"):
        if file.get(name) is not None:
            return "is required for embroidery"
    return None


def _files(path: str) -> list[Rule]:
    """*Create order*, `File`."""
    return [
        Rule(f"{path}.url", _file_has_source),
        Rule(f"{path}.type", _embroidery_type),
        Rule(f"{path}.threadColors", at_most(6)),
    ]


def _items(path: str) -> list[Rule]:
    """*Create order*, `ItemObject`, and the products of *Quote*."""
    return [
        Rule(path, not_empty),
        Rule(path, unique("itemReferenceId")),
        Rule(f"{path}[].itemReferenceId", required),
        Rule(f"{path}[].productUid", required),
        Rule(f"{path}[].quantity", required),
        Rule(f"{path}[].quantity", between(1)),
        *_files(f"{path}[].files[]"),
    ]


# any currency: the documented list is "applicable only for customers using wallets or credit cards"
_ORDER = [Rule("customerReferenceId", required), Rule("currency", required)]

RULES: Rules = {
    CreateOrder: RuleTable(
        [
            *findable("orderReferenceId"),
            *_ORDER,
            Rule("orderType", one_of("order", "draft")),
            *_items("items"),
            Rule("metadata", at_most(20)),
            Rule("metadata[].key", required),
            Rule("metadata[].key", longest(100)),
            Rule("metadata[].value", required),
            Rule("metadata[].value", longest(100)),
            Rule("shippingAddress", not_empty),
            *_address("shippingAddress", whole=True),
            *_address("returnAddress", whole=False),
            # a quote needs no state: Gelato was seen to quote for the US without one
            Rule("shippingAddress.state", state_where_needed),
            Rule("returnAddress.state", state_where_needed),
            Rule("retailShippingPriceInclVat", finite),
        ]
    ),
    QuoteOrder: RuleTable(
        [
            Rule("orderReferenceId", required),
            *_ORDER,
            *_items("products"),
            Rule("recipient", not_empty),
            *_address("recipient", whole=True),
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
    ConfirmDraft: RuleTable([Rule("items[].id", required), *_files("items[].files[]")]),
}
