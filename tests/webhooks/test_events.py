import json
from datetime import UTC, date, datetime
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from gelato_async import WebhookError
from gelato_async.core.json_text import standard_loads
from gelato_async.models.store_product import StoreProduct
from gelato_async.models.template import Template
from gelato_async.webhooks import (
    EVENTS,
    CatalogProductStockAvailabilityUpdated,
    Event,
    OrderDeliveryEstimateUpdated,
    OrderItemStatusUpdated,
    OrderItemTrackingCodeUpdated,
    OrderStatusUpdated,
    StoreProductChange,
    StoreProductCreated,
    StoreProductDeleted,
    StoreProductEvent,
    StoreProductTemplateChange,
    StoreProductTemplateCreated,
    StoreProductTemplateDeleted,
    StoreProductTemplateEvent,
    UnknownEvent,
    parse_event,
)
from gelato_async.webhooks.parsing import parse_event_with

SAMPLES = Path(__file__).parents[1] / "samples" / "webhooks"
CONTENTS = {name: json.loads((SAMPLES / f"{name}.json").read_text()) for name in EVENTS}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def paths(value, path=()):
    yield path
    for key, inner in (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    ):
        yield from paths(inner, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


def without(value, path):
    copy = value.copy()
    if path[1:]:
        copy[path[0]] = without(copy[path[0]], path[1:])
    else:
        del copy[path[0]]
    return copy


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_every_documented_event_has_its_class(name, sample, body):
    event = parse_event(body(name))
    assert type(event) is EVENTS[name]
    assert (event.event, event.id, event.raw) == (name, sample(name)["id"], sample(name))
    assert not event.is_test


def test_there_are_eleven_of_them_in_the_past_tense():
    assert len(EVENTS) == 11
    assert all(cls.__name__.endswith("ed") for cls in EVENTS.values())


def test_an_order_event_has_its_status_and_parcels(body):
    event = parse_event(body("order_status_updated"))
    assert isinstance(event, OrderStatusUpdated)
    assert (event.order_reference_id, event.store_id, event.comment) == ("shop-1001", None, "")
    assert event.fulfillment_status == "shipped"
    first, second = event.items
    assert (first.item_reference_id, first.fulfillment_status) == ("mug", "shipped")
    assert [parcel.tracking_code for parcel in first.fulfillments] == ["PARCEL1", "PARCEL2"]
    assert first.fulfillments[0].shipment_method_uid == "example_post"
    assert first.fulfillments[0].fulfillment_country == "SE"
    assert second.fulfillments == ()


def test_an_item_event_has_its_status(body):
    event = parse_event(body("order_item_status_updated"))
    assert isinstance(event, OrderItemStatusUpdated)
    assert (event.item_reference_id, event.status, event.fulfillment_state_province) == (
        "mug",
        "printed",
        "AB",
    )
    assert event.created == datetime(2024, 5, 2, 7, 26, 52, tzinfo=UTC)


@pytest.mark.parametrize("prefix", ["production", "fulfillment"])
def test_the_place_of_production_is_read_in_both_spellings(prefix, sample):
    content = {
        key.replace("production", prefix): value
        for key, value in sample("order_item_tracking_code_updated").items()
    }
    event = parse_event(json.dumps(content))
    assert isinstance(event, OrderItemTrackingCodeUpdated)
    assert (event.tracking_code, event.fulfillment_country, event.fulfillment_state_province) == (
        "PARCEL1",
        "SE",
        "AB",
    )
    assert event.fulfillment_facility_id == content[f"{prefix}FacilityId"]


def test_an_estimate_has_days(body):
    event = parse_event(body("order_delivery_estimate_updated"))
    assert isinstance(event, OrderDeliveryEstimateUpdated)
    assert (event.min_delivery_date, event.max_delivery_date) == (
        date(2024, 5, 7),
        date(2024, 5, 9),
    )


@pytest.mark.parametrize("key", ["productAvailability", "productsAvailability"])
def test_stock_is_read_in_both_spellings(key, sample):
    content = sample("catalog_product_stock_availability_updated")
    content[key] = content.pop("productAvailability")
    event = parse_event(json.dumps(content))
    assert isinstance(event, CatalogProductStockAvailabilityUpdated)
    first, second = event.products_availability
    assert first.product_uid == "frame_sample_a"
    assert [(row.stock_region_uid, row.status) for row in first.availability] == [
        ("EU", "out-of-stock"),
        ("ROW", "out-of-stock-replenishable"),
    ]
    assert second.in_country("CA").status == "in-stock"


def test_a_store_product_event_has_its_variants_and_options(body):
    event = parse_event(body("store_product_created"))
    assert isinstance(event, StoreProductCreated)
    assert (event.title, event.status, event.external_id) == ("Sample mug", "active", "8001")
    assert event.updated_at == datetime(2024, 5, 2, 8, 0, 14, tzinfo=UTC)
    assert [(variant.id, variant.product_uid) for variant in event.variants] == [
        ("v-1", None),
        ("v-2", None),
    ]
    assert event.product_variant_options[0].values == ("Red", "Blue")


def test_a_template_event_has_its_variants_and_placeholders(body):
    event = parse_event(body("store_product_template_created"))
    assert isinstance(event, StoreProductTemplateCreated)
    (variant,) = event.variants
    assert (variant.product_uid, variant.variant_options[0].value) == ("cap_green", "Green")
    assert (variant.image_placeholders[0].height, variant.text_placeholders[0].text) == (
        50.25,
        "Sample",
    )


def test_what_is_deleted_has_its_id_alone(body):
    product, template = (
        parse_event(body("store_product_deleted")),
        parse_event(body("store_product_template_deleted")),
    )
    assert isinstance(product, StoreProductDeleted)
    assert isinstance(template, StoreProductTemplateDeleted)
    assert product.store_product_id.startswith("3e9d5f10")
    assert template.store_product_template_id.startswith("a95c4e7b")


def test_the_misspelled_id_of_a_template_is_read(sample):
    content = sample("store_product_template_deleted")
    content["storeProductTempalteId"] = content.pop("storeProductTemplateId")
    assert (
        parse_event(json.dumps(content)).store_product_template_id
        == content["storeProductTempalteId"]
    )


def test_the_placeholders_of_the_test_button_are_read(body):
    event = parse_event(body("test_button"))
    assert isinstance(event, OrderItemStatusUpdated)
    assert (event.order_reference_id, event.item_reference_id, event.created) == (
        "{{MyOrderId}}",
        "{{MyItemId}}",
        None,
    )
    assert event.is_test


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_placeholders_are_read_everywhere(name, sample):
    content = sample(name)
    for path in paths(content):
        if path and path != ("event",):
            event = parse_event(json.dumps(replaced(content, path, "{{MyValue}}")))
            assert type(event) is EVENTS[name]


def test_an_unknown_event_is_still_an_event():
    event = parse_event(
        b'{"event": "moon_phase_updated", "id": 7, "orderId": "o", "itemReferenceId": 3, "phase":'
        b' "new"}'
    )
    assert isinstance(event, UnknownEvent)
    assert (event.event, event.id, event.order_id, event.item_reference_id) == (
        "moon_phase_updated",
        "7",
        "o",
        "3",
    )
    assert event.raw["phase"] == "new"
    assert event.problems == ()


@pytest.mark.parametrize("nothing", [None, []], ids=str)
def test_a_store_event_without_its_subject_is_unknown_and_says_why(body, nothing):
    event = parse_event(body("store_product_updated", storeProductId=nothing))
    assert isinstance(event, UnknownEvent)
    assert [problem.path for problem in event.problems] == ["storeProductId"]


@pytest.mark.parametrize(
    ("garbage", "reason"),
    [
        (b"", "not JSON"),
        (b"garbage", "not JSON"),
        (b"\xff\xfe\xfa", "not JSON"),
        (b"[" * 100_000, "nested more than 64 levels deep"),
        (b"null", "not a JSON object"),
        (b'["order_status_updated"]', "not a JSON object"),
        (b"{}", "no `event`"),
        (b'{"event": null}', "no `event`"),
        (b'{"event": ""}', "no `event`"),
        (b'{"event": 3}', "no `event`"),
    ],
)
def test_garbage_is_an_error_that_does_not_quote_it(garbage, reason):
    with pytest.raises(WebhookError, match=reason) as raised:
        parse_event(garbage)
    assert raised.value.__cause__ is None
    assert "order_status_updated" not in str(raised.value)


def test_what_a_failure_was_about_is_not_shown(body):
    event = parse_event(body("order_item_status_updated", comment="Ada moved", recipient="Ada"))
    assert event.comment == "Ada moved"
    assert "Ada" not in repr(event)


@pytest.mark.parametrize("name", sorted(EVENTS))
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_news_anywhere_parses(name, data):
    content = CONTENTS[name]
    path = data.draw(
        st.sampled_from([path for path in paths(content) if path and path != ("event",)])
    )
    changed = data.draw(st.sampled_from(["replace", "remove", "add"]))
    if changed == "remove":
        content = without(content, path)
    elif changed == "replace":
        content = replaced(content, path, data.draw(JSON))
    else:
        content = content | {
            data.draw(st.text(min_size=1).filter(lambda key: key != "event")): data.draw(JSON)
        }
    event = parse_event(json.dumps(content))
    assert event.event == name
    assert event.deduplication_key
    assert repr(event)


def key(**content):
    return parse_event(
        json.dumps({"event": "order_status_updated", "id": "e1", "orderId": "o1"} | content)
    ).deduplication_key


def test_the_same_event_has_the_same_key_whatever_else_it_says():
    assert key() == key(comment="again")


@pytest.mark.parametrize(
    "difference",
    [
        {"event": "order_item_status_updated"},
        {"event": "moon_phase_updated"},
        {"id": "e2"},
        {"orderId": "o2"},
        {"event": "order_item_status_updated", "itemReferenceId": "i2"},
        {"id": None},
    ],
)
def test_what_differs_in_one_of_the_four_is_another_event(difference):
    assert key(**difference) != key()
    assert key(**difference) != key(event="order_item_status_updated", itemReferenceId="i1")


@pytest.mark.parametrize("missing", [None, ""])
def test_without_an_id_the_body_counts(missing):
    assert key(id=missing) == key(id=missing)
    assert key(id=missing) != key(id=missing, comment="another")


def test_keys_cannot_be_made_to_look_alike():
    assert key(id='e","o') != key(id="e", orderId='","o')
    assert key(id="\ud800").isascii()


def test_an_event_can_be_made_by_hand():
    event = OrderStatusUpdated(event="order_status_updated", order_id="o")
    assert isinstance(event, Event)
    assert event.raw == {}


@pytest.mark.parametrize(
    ("change", "base", "model"),
    [
        (StoreProductChange, StoreProductEvent, StoreProduct),
        (StoreProductTemplateChange, StoreProductTemplateEvent, Template),
    ],
)
def test_an_event_has_its_fields_as_the_model_has_them(change, base, model):
    """The fields are listed twice, because a slotted class cannot inherit from both.

    So one change of a name, type or default in the model has to be made in the event too.
    """
    of_model = attrs.fields_dict(model)
    own = attrs.fields_dict(change).keys() - attrs.fields_dict(base).keys()
    for name in own:
        field = attrs.fields_dict(change)[name]
        expected = of_model[name]
        assert (field.type, field.default, field.repr) == (
            expected.type,
            expected.default,
            expected.repr,
        )


BODIES = {
    **{name: json.dumps(content) for name, content in CONTENTS.items()},
    "an unpaired surrogate": '{"event": "store_product_deleted", "storeProductId": "\\ud83d"}',
    "a surrogate of Python's": '{"event": "store_product_deleted", "storeProductId": "a\ud83d"}',
    "a large integer": '{"event": "order_status_updated", "orderId": "o", "x": [18446744073709551616]}',
    "no subject": '{"event": "order_status_updated", "id": "os_1"}',
    "an unknown event": '{"event": "brand_new", "orderId": 17}',
    "an event of another kind": '{"event": ["store_product_deleted"]}',
    "too deep": '{"event": "brand_new", "x": ' + "[" * 70 + "]" * 70 + "}",
    "no JSON": "{",
}


def described(read, body):
    try:
        event = read(body)
    except WebhookError as error:
        return str(error)
    return type(event), repr(attrs.asdict(event))


@pytest.mark.parametrize("name", BODIES)
def test_events_are_read_alike_without_orjson(name):
    text = BODIES[name]
    body = text.encode("utf-8", "surrogatepass")
    found = described(lambda given: parse_event_with(given, standard_loads), text)
    assert found == described(parse_event, text)
    if name != "a surrogate of Python's":
        assert found == described(parse_event, body)
