"""Every JSON example of the documents: read without loss, or said by the models as it stands."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from support.documented_samples import (
    ANSWERS,
    CONNECT,
    DOCUMENTS,
    EVENTS,
    GELATO,
    PARTS,
    REPAIRED,
    answers,
    read,
)

from gelato_async.core import wire
from gelato_async.core.backend import Backend
from gelato_async.core.errors import BadRequestError
from gelato_async.core.messages import Response
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.orders import (
    ConfirmDraft,
    CreateOrder,
    GetOrder,
    SearchOrders,
    SubmitOrder,
    UpdateShipment,
)
from gelato_async.core.operations.products import GetAvailability, SearchProducts
from gelato_async.core.operations.stores import CreateProductFromTemplate, ListStoreProducts
from gelato_async.core.order_reader import read_order
from gelato_async.core.wire.names import wire_names
from gelato_async.models.addresses import ShippingAddress
from gelato_async.models.new_order import DraftItem, File
from gelato_async.models.search import OrderQuery
from gelato_async.models.store_product import (
    NewStoreProduct,
    NewStoreProductVariant,
    PlaceholderImage,
)
from gelato_async.webhooks import parse_event
from gelato_async.webhooks.parsing import EVENTS as EVENT_CLASSES

# what an example holds that no attribute shows; it is all in `raw`
UNSHOWN = {
    # a cancel that did not fail succeeded: its body is not looked at
    "connect_cancel_answer": ["code", "message"],
}
ERRORS = {"stock_error": GELATO, "connect_error": CONNECT}


def snake(key: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower()


def arguments(content: Mapping[str, Any]) -> dict[str, Any]:
    return {snake(key): value for key, value in content.items()}


def create(sample: Any) -> CreateOrder:
    return CreateOrder(strictly_read(sample))


def submit(sample: Any) -> SubmitOrder:
    return SubmitOrder(strictly_read(sample))


def strictly_read(sample: Any) -> Any:
    order, problems = read_order(sample)
    assert list(problems) == []
    return order


def confirm(sample: Any) -> ConfirmDraft:
    items = [
        DraftItem(
            id=item["id"],
            files=[File(**file) for file in item["files"]] if "files" in item else None,
        )
        for item in sample.get("items", [])
    ]
    return ConfirmDraft("order", items if "items" in sample else None)


def create_product(sample: Any) -> CreateProductFromTemplate:
    variants = [
        NewStoreProductVariant(
            template_variant_id=variant["templateVariantId"],
            image_placeholders=[
                PlaceholderImage(**arguments(image)) for image in variant["imagePlaceholders"]
            ],
        )
        for variant in sample["variants"]
    ]
    return CreateProductFromTemplate(
        "store", NewStoreProduct(**arguments({**sample, "variants": variants}))
    )


def update_shipment(sample: Any) -> UpdateShipment:
    address = ShippingAddress(**arguments(sample["shippingAddress"]))
    return UpdateShipment(
        order_id="order", shipment_method_uid=sample["shipmentMethodUid"], shipping_address=address
    )


def search(sample: Any) -> SearchOrders:
    return SearchOrders(OrderQuery(**arguments(sample)))


def search_connect(sample: Any) -> SearchOrders:
    return SearchOrders(OrderQuery(fulfillment_statuses=sample["fulfillmentStatus"]))


def search_products(sample: Any) -> SearchProducts:
    return SearchProducts("posters", **arguments(sample))


REQUESTS: dict[str, tuple[Backend, Callable[[Any], Operation[Any]]]] = {
    "split_order_request": (GELATO, create),
    "create_order_request": (GELATO, create),
    "search_orders_request": (GELATO, search),
    "patch_draft_request": (GELATO, confirm),
    "patch_draft_items_request": (GELATO, confirm),
    "search_products_request": (GELATO, search_products),
    "stock_request": (GELATO, lambda sample: GetAvailability(sample["products"])),
    "create_product_request": (GELATO, create_product),
    "connect_submit_request": (CONNECT, submit),
    "connect_first_order_request": (CONNECT, submit),
    "connect_order_metadata_request": (CONNECT, submit),
    "connect_item_metadata_request": (CONNECT, submit),
    "connect_update_request": (CONNECT, update_shipment),
    "connect_search_request": (CONNECT, search_connect),
}
OTHERS = {"list_store_products_request", "attribute_filters_part", "connect_customer_product_part"}


def sent(backend: Backend, operation: Operation[Any]) -> Any:
    return json.loads(backend.prepare(operation).body)


def lost(raw: Any, shown: Any, path: str = "") -> Iterator[str]:
    """The paths in plain JSON that a model does not show, or shows otherwise."""
    if isinstance(raw, dict) and attrs.has(type(shown)):
        known = {
            name: field.name for field in attrs.fields(type(shown)) for name in wire_names(field)
        }
        for key, value in raw.items():
            name = known.get(key, "raw")
            yield from (
                [f"{path}{key}"]
                if name == "raw"
                else lost(value, getattr(shown, name), f"{path}{key}.")
            )
    elif isinstance(raw, dict) and isinstance(shown, Mapping) and raw.keys() == shown.keys():
        for key, value in raw.items():
            yield from lost(value, shown[key], f"{path}{key}.")
    elif isinstance(raw, list) and isinstance(shown, tuple) and len(raw) == len(shown):
        for position, value in enumerate(raw):
            yield from lost(value, shown[position], f"{path}{position}.")
    elif not says_the_same(raw, shown):
        yield path.rstrip(".")


def says_the_same(raw: Any, shown: Any) -> bool:
    if isinstance(shown, datetime):
        return datetime.fromisoformat(raw) == shown
    if isinstance(shown, date):
        return date.fromisoformat(raw) == shown
    if isinstance(shown, Decimal):
        return Decimal(str(raw)) == shown
    if isinstance(shown, str):
        return str(raw) == shown
    # PHP's empty map
    return raw == shown or (raw == [] and shown == {})


def test_every_sample_is_of_one_kind():
    names = [*ANSWERS, *EVENTS, *PARTS, *REQUESTS, *ERRORS, *OTHERS]
    assert sorted(names) == sorted(path.stem for path in DOCUMENTS.glob("*.json"))
    assert set(REPAIRED) <= set(names)


@pytest.mark.parametrize("sample", answers(), ids=lambda sample: sample.name)
def test_an_answer_is_read_without_loss(sample):
    answer, whole = sample.parse(sample.content), sample.whole(sample.content)
    unshown = list(whole) if answer is None else list(lost(whole, answer))
    assert unshown == UNSHOWN.get(sample.name, [])
    assert answer is None or answer.raw == whole


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_read_without_loss(name):
    content = read(name)
    event = parse_event(json.dumps(content).encode())
    assert type(event) is EVENT_CLASSES[content["event"]]
    assert list(lost(content, event)) == []
    assert event.raw == content


def test_what_no_attribute_shows_is_found():
    order = wire.load(
        GELATO.routes[GetOrder].answer, {**read("get_order_answer"), "news": 1, "currency": 5}
    )
    assert list(lost(order.raw, order)) == ["currency", "news"]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_sent_as_the_example_has_it(name):
    backend, operation = REQUESTS[name]
    sample = read(name)
    # what is left to its default in an example is sent all the same
    default = {"orderType": "order"} if operation in {create, submit} else {}
    assert sent(backend, operation(sample)) == default | sample


def test_the_documented_body_of_a_get_is_sent_as_a_query():
    sample = read("list_store_products_request")
    request = GELATO.prepare(ListStoreProducts(store_id="store", **arguments(sample)))
    assert request.body == b""
    assert dict(pair.split("=") for pair in request.url.partition("?")[2].split("&")) == {
        key: str(value) for key, value in sample.items()
    }


def test_filters_are_sent_as_the_example_has_them():
    sample = read("attribute_filters_part")
    assert (
        sent(GELATO, SearchProducts("posters", attribute_filters=sample))["attributeFilters"]
        == sample
    )


def test_a_customer_product_is_sent_as_the_example_has_it():
    order, sample = read("connect_first_order_request"), read("connect_customer_product_part")
    (item,) = order["items"]
    order["items"] = [
        {**{key: value for key, value in item.items() if key != "productUid"}, **sample}
    ]
    assert sent(CONNECT, submit(order)) == order


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_shows_what_its_example_says(name):
    sample = read(name)
    response = Response(status=400, headers={}, body=json.dumps(sample).encode())
    with pytest.raises(BadRequestError) as caught:
        ERRORS[name].parse(GetOrder("order"), response)
    assert caught.value.code == str(sample["code"])
    assert caught.value.message == f"400: {sample['message']}"
