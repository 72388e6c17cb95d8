"""The generated readers read what the general one reads, to the last digit, and refuse what it refuses."""

import attrs
import pytest
from hypothesis import given
from support.documented_samples import EVENTS, read
from support.mutations import SEEN, WRONG, changed, mutated, mutations, places, shortened, steady

from gelato_async.core import wire
from gelato_async.core.errors import Problem
from gelato_async.core.wire.readers import UnreadableError, reader_of, source_of
from gelato_async.models.order import ItemOption, Order
from gelato_async.webhooks.parsing import EVENTS as EVENT_CLASSES

DOCUMENTS = {sample.name: (sample.model, sample.whole(sample.content)) for sample in SEEN} | {
    name: (EVENT_CLASSES[content["event"]], content)
    for name in EVENTS
    if isinstance(content := read(name), dict)
}


def assert_both_read_alike(model, content):
    try:
        fast = reader_of(model)(content)
    except UnreadableError:
        with pytest.raises(wire.MalformedError):
            wire.load_by_cattrs(model, content)
        return
    slow = wire.load_by_cattrs(model, content)
    # == takes 1 for Decimal("1.0"), and does not look at `raw`
    assert repr(attrs.asdict(fast)) == repr(attrs.asdict(slow))
    assert type(fast) is model


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_with_many_changes_are_read_alike(name):
    model, content = DOCUMENTS[name]

    @steady
    @given(mutations(content))
    def check(changes):
        assert_both_read_alike(model, mutated(content, changes))

    assert_both_read_alike(model, content)
    check()


@pytest.mark.system
@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_with_anything_in_one_place_are_read_alike(name):
    model, content = DOCUMENTS[name]
    content = shortened(content)
    for place in places(content):
        for wrong in (*WRONG, 1.5, -0.0, 1e300, float("nan"), float("inf"), "1.50", 2**70):
            assert_both_read_alike(model, changed(content, place, wrong))


@pytest.mark.parametrize("value", [None, [], "text", 17])
def test_only_an_object_is_read_as_a_model(value):
    with pytest.raises(UnreadableError):
        reader_of(Order)(value)


def test_a_malformed_answer_is_read_again_for_its_problems():
    with pytest.raises(wire.MalformedError) as caught:
        wire.load(Order, {"id": 17, "items": [{}]})
    assert Problem("items[0].id", "missing") in caught.value.problems


def test_a_reader_can_be_printed():
    assert source_of(ItemOption) == (
        "def read(value):\n"
        "    if type(value) is not dict:\n"
        "        raise UnreadableError\n"
        "    get = value.get\n"
        "    made = new(blank)\n"
        "    v = get('id')\n"
        "    made.id = v if v is None or type(v) is str else as_identifier(v)\n"
        "    v = get('type')\n"
        "    made.type = known_OptionType(v) or OptionType(v) if type(v) is str else None\n"
        "    v = get('productUid')\n"
        "    made.product_uid = v if v is None or type(v) is str else as_identifier(v)\n"
        "    v = get('quantity')\n"
        "    made.quantity = v if v is None or type(v) is int else as_integer(v)\n"
        "    made.__class__ = model\n"
        "    return made\n"
    )
