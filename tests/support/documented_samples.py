"""The samples in the shape of the documents' examples, and what each of them is.

An answer, an event, a request, a part.
"""

import json
from pathlib import Path
from typing import Any

from attrs import frozen
from support.orders import new_order

from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.core.backend import Backend
from gelato_async.core.messages import Response
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.orders import (
    CancelOrder,
    ConfirmDraft,
    CreateOrder,
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
from gelato_async.core.operations.shipping import ListShipmentMethods
from gelato_async.core.operations.stores import (
    CreateProductFromTemplate,
    GetStoreProduct,
    GetTemplate,
)
from gelato_async.core.routes import Route
from gelato_async.models.quote import QuoteProduct, QuoteRequest
from gelato_async.models.search import OrderQuery
from gelato_async.models.store_product import NewStoreProduct

SAMPLES = Path(__file__).parents[1] / "samples"
DOCUMENTS = SAMPLES / "documents"
GELATO = gelato_backend("key")
CONNECT = connect_backend("acme", "key", "secret")

# examples that are no valid JSON in the documents, or hold what was blanked out, and how their
# samples were repaired
REPAIRED = {
    "patch_draft_items_request": "a comma before a closing brace is left out",
    "get_template_answer": "the opening brace is put in",
    "connect_order_metadata_request": "the elided address and items are put in",
    "connect_item_metadata_request": "the elided address and files are put in",
    "connect_submit_request": (
        "the blanked e-mail is put in; its twin in a curl command is the same and has no sample"
    ),
    "connect_first_order_request": "the blanked e-mail is put in",
    "connect_update_request": "the blanked e-mail is put in",
    "connect_update_answer": "the blanked e-mail is put in",
    "connect_get_order_answer": "the blanked e-mails are put in",
}

ORDER = new_order("order-1")
QUOTED = QuoteProduct(item_reference_id="item-1", product_uid="mug_sample_white")
QUOTE = QuoteRequest(
    order_reference_id="order-1",
    customer_reference_id="me",
    currency="EUR",
    recipient=ORDER.shipping_address,
    products=[QUOTED],
)

ANSWERS: dict[str, tuple[Backend, Operation[Any]]] = {
    "split_order_answer": (GELATO, CreateOrder(ORDER)),
    "create_order_answer": (GELATO, CreateOrder(ORDER)),
    "get_order_answer": (GELATO, GetOrder("order")),
    # printed as the answer of a search in the document
    "quote_answer": (GELATO, QuoteOrder(QUOTE)),
    "patch_draft_answer": (GELATO, ConfirmDraft("order")),
    "list_catalogs_answer": (GELATO, ListCatalogs()),
    "get_catalog_answer": (GELATO, GetCatalog("posters")),
    "search_products_answer": (GELATO, SearchProducts("posters")),
    "get_product_answer": (GELATO, GetProduct("mug")),
    "cover_dimensions_answer": (GELATO, GetCoverDimensions("book")),
    "product_prices_answer": (GELATO, GetPrices("mug")),
    "stock_answer": (GELATO, GetAvailability(["mug"])),
    "shipment_methods_answer": (GELATO, ListShipmentMethods()),
    "create_product_answer": (
        GELATO,
        CreateProductFromTemplate("store", NewStoreProduct(template_id="template", title="Socks")),
    ),
    "get_store_product_answer": (GELATO, GetStoreProduct("store", "product")),
    "get_template_answer": (GELATO, GetTemplate("template")),
    "connect_submit_answer": (CONNECT, SubmitOrder(ORDER)),
    "connect_first_order_answer": (CONNECT, SubmitOrder(ORDER)),
    "connect_cancel_answer": (CONNECT, CancelOrder("order")),
    "connect_update_answer": (CONNECT, UpdateShipment(order_id="order")),
    "connect_get_order_answer": (CONNECT, GetOrder("order")),
    "connect_search_answer": (CONNECT, SearchOrders(OrderQuery())),
}

EVENTS = (
    "split_order_status_first",
    "split_order_status_second",
    "split_item_status_poster",
    "split_item_status_case",
    "split_item_status_mug",
    "order_status_updated",
    "order_item_status_updated",
    "order_item_tracking_code_updated",
    "order_delivery_estimate_updated",
    "catalog_product_stock_availability_updated",
    "store_product_created",
    "store_product_updated",
    "store_product_deleted",
    "store_product_template_created",
    "store_product_template_updated",
    "store_product_template_deleted",
)

# fragments that the documents explain by themselves, and the whole that they are part of
PARTS = {
    "product_attributes_part": (
        GetProduct("mug"),
        lambda part: {"productUid": "cards_sample", "attributes": part},
    ),
    "product_attributes_again_part": (
        GetProduct("mug"),
        lambda part: {"productUid": "cards_sample", "attributes": part},
    ),
    "attribute_hits_part": (
        SearchProducts("posters"),
        lambda part: {"products": [], "hits": {"attributeHits": part}},
    ),
}


@frozen
class Sample:
    """An answer as it comes, and the call that it answers."""

    name: str
    backend: Backend
    operation: Operation[Any]
    content: Any

    @property
    def route(self) -> Route:
        return self.backend.route(self.operation)

    @property
    def model(self) -> type[Any]:
        return self.route.answer

    def parse(self, content: Any) -> Any:
        response = Response(status=200, headers={}, body=json.dumps(content).encode())
        return self.backend.parse(self.operation, response)

    def whole(self, content: Any) -> Any:
        """What `raw` is to hold: a bare list in the object that it is read as."""
        return {self.route.bare: content} if isinstance(content, list) else content


def read(name: str) -> Any:
    return json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))


def answers() -> list[Sample]:
    whole = [
        Sample(name, backend, operation, read(name))
        for name, (backend, operation) in ANSWERS.items()
    ]
    parts = [
        Sample(name, GELATO, operation, whole(read(name)))
        for name, (operation, whole) in PARTS.items()
    ]
    return whole + parts
