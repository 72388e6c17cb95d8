"""Samples of answers, and what may become of one on the way."""

import json
from collections.abc import Iterator
from typing import Any

import attrs
from hypothesis import settings, strategies as st
from support.documented_samples import (
    CONNECT,
    GELATO,
    ORDER,
    QUOTE,
    SAMPLES,
    Sample,
    answers,
)

from gelato_async.core.operations.orders import (
    CancelOrder,
    GetOrder,
    QuoteOrder,
    SearchOrders,
    SubmitOrder,
    UpdateShipment,
)
from gelato_async.core.operations.products import (
    GetAvailability,
    GetCatalog,
    GetCoverDimensions,
    GetPrices,
    GetProduct,
    ListCatalogs,
    SearchProducts,
)
from gelato_async.core.operations.shipping import ListShipmentMethods, SearchShippingPrices
from gelato_async.core.operations.stores import (
    CreateProductFromTemplate,
    GetStoreProduct,
    GetTemplate,
    ListStoreProducts,
)
from gelato_async.models.search import OrderQuery
from gelato_async.models.shipping import ShippingPricesRequest
from gelato_async.models.store_product import NewStoreProduct

steady = settings(derandomize=True, deadline=None, database=None, max_examples=30)


STORE_PRODUCT = NewStoreProduct(template_id="template", title="Socks")


PRICED = ShippingPricesRequest(country="SE", currency="SEK", products=[])


OWN = {
    "gelato/answer_order": (GELATO, GetOrder("order")),
    "gelato/answer_page": (GELATO, SearchOrders(OrderQuery())),
    "gelato/answer_quotation": (GELATO, QuoteOrder(QUOTE)),
    "connect/answer_canceled": (CONNECT, CancelOrder("order")),
    "connect/answer_order": (CONNECT, GetOrder("order")),
    "connect/answer_page": (CONNECT, SearchOrders(OrderQuery())),
    "connect/answer_shipment": (CONNECT, UpdateShipment(order_id="order")),
    "connect/answer_submitted": (CONNECT, SubmitOrder(ORDER)),
    "products/answer_availability": (GELATO, GetAvailability(["mug"])),
    "products/answer_catalog": (GELATO, GetCatalog("posters")),
    "products/answer_catalogs_bare": (GELATO, ListCatalogs()),
    "products/answer_catalogs_page": (GELATO, ListCatalogs()),
    "products/answer_cover_dimensions": (GELATO, GetCoverDimensions("book")),
    "products/answer_prices": (GELATO, GetPrices("mug")),
    "products/answer_product": (GELATO, GetProduct("mug")),
    "products/answer_products": (GELATO, SearchProducts("posters")),
    "shipping/answer_methods": (GELATO, ListShipmentMethods()),
    "shipping/answer_prices": (GELATO, SearchShippingPrices(PRICED)),
    "stores/answer_created": (GELATO, CreateProductFromTemplate("store", STORE_PRODUCT)),
    "stores/answer_page": (GELATO, ListStoreProducts(store_id="store")),
    "stores/answer_product": (GELATO, GetStoreProduct("store", "product")),
    "stores/answer_template": (GELATO, GetTemplate("template")),
}


GONE = object()


WRONG = (
    None,
    GONE,
    "brand_new",
    "",
    17,
    -0.5,
    10**400,
    True,
    [],
    ["x", None, {}],
    {},
    {"x": [None]},
)


def own_samples() -> list[Sample]:
    files = {
        f"{path.parent.name}/{path.stem}": path for path in sorted(SAMPLES.glob("*/answer_*.json"))
    }
    return [
        Sample(name, *OWN[name], json.loads(path.read_text(encoding="utf-8")))
        for name, path in files.items()
    ]


SEEN = [sample for sample in [*answers(), *own_samples()] if attrs.has(sample.model)]


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every path in plain JSON, but for the top of it."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for step, found in inner:
        yield (*path, step)
        yield from places(found, (*path, step))


def shortened(value: Any) -> Any:
    """A copy that has only the longest element of every list."""
    if isinstance(value, dict):
        return {key: shortened(found) for key, found in value.items()}
    return (
        [shortened(found) for found in sorted(value, key=lambda found: len(str(found)))[-1:]]
        if isinstance(value, list)
        else value
    )


def changed(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """A copy with another value at the path, or with nothing there.

    As it is where there is no such place.
    """
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(step, str) and (step in value or not rest):
        inner = value | {step: changed(value.get(step), rest, new)}
        return {key: found for key, found in inner.items() if found is not GONE}
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        elements = [*value[:step], changed(value[step], rest, new), *value[step + 1 :]]
        return [found for found in elements if found is not GONE]
    return value


def mutations(
    content: Any, wrong: tuple[Any, ...] = WRONG
) -> st.SearchStrategy[list[tuple[tuple[str | int, ...], Any]]]:
    path = st.sampled_from(list(places(content)))
    news = path.map(lambda found: ((*found[:-1], "brandNewKey"), {"x": 1}))
    return st.lists(
        st.one_of(st.tuples(path, st.sampled_from(wrong)), news), min_size=2, max_size=12
    )


def mutated(content: Any, changes: list[tuple[tuple[str | int, ...], Any]]) -> Any:
    for path, new in changes:
        content = changed(content, path, new)
    return content
