"""The generated readers read what the general one reads, to the last digit, and refuse what it refuses.

They read JSON that nobody has checked, from orjson or the standard library. The general reader gets
what `json_text.parse` makes of the same text.
"""

import json
from collections.abc import Mapping
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given
from support.documented_samples import EVENTS, read
from support.mutations import SEEN, WRONG, changed, mutated, mutations, places, shortened, steady

from gelato_async import Price, ProductPrices
from gelato_async.core import json_values, wire
from gelato_async.core.errors import Problem
from gelato_async.core.json_text import (
    MAX_DEPTH,
    MAX_UNREAD_DEPTH,
    NotJsonError,
    parse,
    standard_loads,
)
from gelato_async.core.wire.by_cattrs import load_by_cattrs
from gelato_async.core.wire.readers import reader_of, source_of
from gelato_async.core.wire.reading import LONGEST_AMOUNT, MOST_AMOUNTS, Amounts, UnreadableError
from gelato_async.models.order import ItemOption, Order
from gelato_async.models.product import Product
from gelato_async.models.search import OrderPage
from gelato_async.webhooks.parsing import EVENTS as EVENT_CLASSES

DOCUMENTS = {sample.name: (sample.model, sample.whole(sample.content)) for sample in SEEN} | {
    name: (EVENT_CLASSES[content["event"]], content)
    for name in EVENTS
    if isinstance(content := read(name), dict)
}


def nested(levels):
    value = 17
    for _ in range(levels):
        value = [value]
    return value


# where orjson and the standard library differ, and about the bounds
ODD = (
    *(1.5, -0.0, 1e300, float("nan"), float("inf"), "1.50"),
    *(2**53, 2**63, 2**64, -(2**63) - 1, 2**70, [[2**64]], {"x": {"y": -(2**64)}}),
    *(nested(MAX_UNREAD_DEPTH - 1), nested(MAX_DEPTH - 4), nested(MAX_DEPTH + 1)),
    *("\ud83d", "\U0001f600", "2026-03-04", "0001-01-01T00:00:00", "9999-12-31", "2026-03-04T05Z"),
)
LOADS = pytest.mark.parametrize("loads", [None, standard_loads], ids=["fastest", "standard"])


def described(model):
    # == takes 1 for Decimal("1.0"), and does not look at `raw`
    return type(model), repr(attrs.asdict(model))


def read_carefully(model, text):
    """What the general reader makes of a text, or the problems that it finds."""
    try:
        return described(load_by_cattrs(model, parse(text)))
    except NotJsonError as error:
        return str(error)
    except wire.MalformedError as error:
        return error.problems


def read_by_readers(model, text):
    try:
        return described(wire.load(model, parse(text)))
    except NotJsonError as error:
        return str(error)
    except wire.MalformedError as error:
        return error.problems


def assert_all_read_alike(model, content):
    text = json.dumps(content).encode()
    careful = read_carefully(model, text)
    assert read_by_readers(model, text) == careful
    for loads in (None, standard_loads):
        found = wire.read_text(model, text, loads=loads)
        if found is not None:
            assert described(found) == careful


@LOADS
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_read_without_a_second_try(name, loads):
    model, content = DOCUMENTS[name]
    text = json.dumps(content, ensure_ascii=False).encode()
    found = wire.read_text(model, text, loads=loads)
    assert found is not None
    assert described(found) == read_carefully(model, text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_with_many_changes_are_read_alike(name):
    model, content = DOCUMENTS[name]

    @steady
    @given(mutations(content, (*WRONG, *ODD)))
    def check(changes):
        assert_all_read_alike(model, mutated(content, changes))

    check()


@pytest.mark.system
@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_with_anything_in_one_place_are_read_alike(name):
    model, content = DOCUMENTS[name]
    content = shortened(content)
    values = (*WRONG, *ODD)
    # a quarter of the values in each place, and another quarter in the next: all take minutes
    for number, place in enumerate(places(content)):
        for wrong in values[number % 4 :: 4]:
            assert_all_read_alike(model, changed(content, place, wrong))
    parents = sorted({place[:-1] for place in places(content)}, key=str)
    for number, parent in enumerate(parents):
        for wrong in ODD[number % 4 :: 4]:
            assert_all_read_alike(model, changed(content, (*parent, "brandNewKey"), wrong))


@LOADS
@pytest.mark.parametrize("inner", [nested(MAX_DEPTH + 1), 2**64])
def test_a_key_that_another_replaces_is_vouched_for(loads, inner):
    order = {"id": "o", "orderReferenceId": "r", "fulfillmentStatus": "created"}
    text = json.dumps(order | {"shipment": {"packageCount": 1, "packagesCount": inner}}).encode()
    found = wire.read_text(Order, text, loads=loads)
    assert found is None or found.raw == json.loads(text)
    if inner != 2**64:
        assert found is None


def depth_of(type_: Any) -> int:
    """How many levels of JSON a type reads, of those that it names."""
    inner = [depth_of(part) for part in get_args(type_)]
    if attrs.has(type_):
        inner += [depth_of(field.type) for field in attrs.fields(attrs.resolve_types(type_))]
    is_level = attrs.has(type_) or getattr(type_, "__origin__", None) in {tuple, Mapping}
    return is_level + max(inner, default=0)


def test_what_no_model_reads_has_room_below_all_models():
    deepest = max(depth_of(model) for model, _ in DOCUMENTS.values())
    assert deepest + MAX_UNREAD_DEPTH <= MAX_DEPTH


@pytest.mark.parametrize("value", [None, [], "text", 17])
def test_only_an_object_is_read_as_a_model(value):
    with pytest.raises((AttributeError, TypeError)):
        reader_of(Order)(value)
    with pytest.raises(wire.MalformedError):
        wire.load(Order, value)


@pytest.mark.parametrize("missing", [None, "", []])
def test_a_reader_refuses_what_is_required_and_missing(missing):
    with pytest.raises(UnreadableError):
        reader_of(Order)({"id": missing})


def test_an_element_of_another_kind_is_left_to_the_general_reader():
    found = wire.read_text(OrderPage, b'{"orders": [null]}')
    assert found is None
    assert wire.load(OrderPage, {"orders": [None]}).orders == ()


def test_a_bare_list_is_read_under_its_key():
    found = wire.read_text(ProductPrices, b'[{"productUid": "mug"}]', bare="prices")
    assert found is not None
    assert found.prices == (Price(product_uid="mug"),)
    assert found.raw == {"prices": [{"productUid": "mug"}]}


def test_maps_of_texts_are_copies():
    value = {"productUid": "mug", "attributes": {"Color": "red"}}
    found = reader_of(Product)(value)
    assert found.attributes == value["attributes"]
    assert found.attributes is not value["attributes"]


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([1.5, 1.5, 2.5], [1.5, 2.5]),
        ([0.0, -0.0, -1.5], []),
        ([" " * LONGEST_AMOUNT + "1", "free", ""], []),
        ([0, 17, "17.0"], [0, 17, "17.0"]),
        (range(MOST_AMOUNTS + 1), [MOST_AMOUNTS]),
    ],
)
def test_amounts_are_remembered_within_bounds(values, kept):
    amounts = Amounts()
    for value in values:
        assert repr(amounts[value]) == repr(json_values.as_decimal(value))
    assert list(amounts) == kept


def test_a_malformed_answer_is_read_again_for_its_problems():
    with pytest.raises(wire.MalformedError) as caught:
        wire.load(Order, {"id": 17, "items": [{}]})
    assert Problem("items[0].id", "missing") in caught.value.problems


def test_a_reader_can_be_printed():
    assert source_of(ItemOption) == (
        "def read(value):\n"
        "    if len(value) == 4:\n"
        "        try:\n"
        "            (_id, _type, _product_uid, _quantity) = all_of(value)\n"
        "        except KeyError:\n"
        "            (_id, _type, _product_uid, _quantity) = each_of(value)\n"
        "    else:\n"
        "        (_id, _type, _product_uid, _quantity) = each_of(value)\n"
        "    made = blank()\n"
        "    made.id = "
        "_id if _id.__class__ is str or _id is None else as_identifier(within_bounds(_id))\n"
        "    made.type = "
        "None if _type is None else known_OptionType(_type) or other_OptionType(_type)\n"
        "    made.product_uid = "
        "_product_uid if _product_uid.__class__ is str or _product_uid is None "
        "else as_identifier(within_bounds(_product_uid))\n"
        "    made.quantity = "
        "_quantity if _quantity.__class__ is int or _quantity is None "
        "else as_integer(within_bounds(_quantity))\n"
        "    made.__class__ = model\n"
        "    return made\n"
    )
