"""Whatever becomes of an answer or event on the way, it is read, but for the few identifiers that nothing can do without."""

import json
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import attrs
import pytest
from api_coverage.models import below
from hypothesis import given
from support.documented_samples import (
    EVENTS,
    Sample,
    read,
)
from support.mutations import (
    GONE,
    SEEN,
    WRONG,
    changed,
    mutated,
    mutations,
    places,
    shortened,
    steady,
)

from gelato_async.core.errors import DecodeError, Problem, WebhookError
from gelato_async.core.wire.names import camel
from gelato_async.models.enums import OpenEnum
from gelato_async.webhooks import OrderEvent, UnknownEvent, parse_event
from gelato_async.webhooks.parsing import EVENTS as EVENT_CLASSES

# what is under these keys is plain JSON, or a map in which one key is as good as another
FREE = {
    "appServices",
    "attributeHits",
    "attributes",
    "companyVatNumbers",
    "customTrim",
    "dimensions",
}
FREE |= {"eventLog", "printJobs", "productVariant", "refusalReasonDetails"}


def parts(content: Any, needed: set[str]) -> Iterator[Any]:
    """Each top-level key with what is needed beside it.

    All of an answer, in pieces that are quickly read.
    """
    if not isinstance(content, dict):
        yield content
        return
    least = {key: value for key, value in content.items() if key in needed}
    yield from (least | {key: value} for key, value in content.items() if key not in needed)
    yield least


@cache
def required(model: type[Any]) -> set[str]:
    """The keys that some model in an answer cannot do without."""
    return {
        camel(f.name)
        for part in below(model)
        for f in attrs.fields(part)
        if f.default is attrs.NOTHING
    }


def parsed(sample: Sample, content: Any) -> Any:
    """The answer, or None where it lacks what is required.

    Anything else that goes wrong fails the test.
    """
    try:
        return sample.parse(content)
    except DecodeError as error:
        assert_names_only(required(sample.model), error.problems)
        return None


def assert_names_only(keys: set[str], problems: Any) -> None:
    assert problems
    assert {problem.path.rpartition(".")[2] for problem in problems} <= keys


def look_at(value: Any) -> None:
    """Use a model as a program would: print it, and ask for all that it derives."""
    repr(value)
    for part in models_in(value):
        for name in properties(type(part)):
            getattr(part, name)


@cache
def properties(model: type[Any]) -> list[str]:
    return [name for name in dir(model) if isinstance(getattr(model, name), property)]


def models_in(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for element in value:
            yield from models_in(element)
    elif isinstance(value, OpenEnum):
        yield value
    elif attrs.has(type(value)):
        yield value
        for field in attrs.fields(type(value)):
            yield from models_in(getattr(value, field.name))


@pytest.mark.parametrize("sample", SEEN, ids=lambda sample: sample.name)
def test_an_answer_with_anything_anywhere_is_read(sample):
    @steady
    @given(mutations(sample.content))
    def check(changes):
        content = mutated(sample.content, changes)
        answer = parsed(sample, content)
        if answer is not None:
            look_at(answer)
            assert answer.raw == sample.whole(content)

    check()


@pytest.mark.system
@pytest.mark.parametrize("sample", SEEN, ids=lambda sample: sample.name)
def test_an_answer_with_anything_in_one_place_is_read(sample):
    for part in parts(shortened(sample.content), required(sample.model)):
        for path, new in product(places(part), WRONG):
            content = changed(part, path, new)
            answer = parsed(sample, content)
            if answer is not None:
                look_at(answer)
                assert answer.raw == sample.whole(content)


@pytest.mark.parametrize("sample", SEEN, ids=lambda sample: sample.name)
def test_an_answer_without_one_of_its_optional_keys_is_read(sample):
    needed = required(sample.model)
    for path in places(sample.content):
        for new in (None, GONE):
            answer = parsed(sample, changed(sample.content, path, new))
            assert answer is not None or path[-1] in needed, path


@pytest.mark.parametrize("sample", SEEN, ids=lambda sample: sample.name)
def test_news_in_an_answer_changes_nothing_but_its_raw(sample):
    answer = sample.parse(sample.content)
    for path in dict.fromkeys(path[:-1] for path in places(sample.content)):
        if not FREE.intersection(path):
            assert sample.parse(changed(sample.content, (*path, "brandNewKey"), "news")) == answer


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_with_anything_anywhere_is_read(name):
    content = read(name)

    @steady
    @given(mutations(content))
    def check(changes):
        other = mutated(content, changes)
        try:
            event = parse_event(json.dumps(other).encode())
        except WebhookError:
            assert not isinstance(other.get("event"), str) or not other["event"]
        else:
            look_at(event)
            assert event.raw == other
            assert_known_or_explained(event)

    check()


def assert_known_or_explained(event: Any) -> None:
    known = EVENT_CLASSES.get(event.event)
    if known is not None and isinstance(event, UnknownEvent):
        # an order's event may have its reference for its id
        either = {"orderId"} if issubclass(known, OrderEvent) else set()
        assert_names_only(required(known) | either, event.problems)


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_without_an_optional_key_keeps_its_kind(name):
    content = read(name)
    kind = EVENT_CLASSES[content["event"]]
    needed = required(kind)
    for path in places(content):
        for new in (None, GONE):
            if path[-1] not in needed:
                assert type(parse_event(json.dumps(changed(content, path, new)))) is kind


def test_what_is_required_is_no_more_than_what_identifies():
    assert set().union(*(required(sample.model) for sample in SEEN)) == {
        "id",
        "orders",
        "orderReferenceId",
        "fulfillmentStatus",
        "itemReferenceId",
        "shipmentMethodUid",
        "productUid",
        "stockRegionUid",
        "catalogUid",
        "productAttributeUid",
        "productAttributeValueUid",
    }
    assert set().union(*map(required, EVENT_CLASSES.values())) == {
        "event",
        "id",
        "productUid",
        "stockRegionUid",
        "storeProductId",
        "storeProductTemplateId",
    }


def test_a_missing_identifier_is_named_with_its_path():
    sample = next(sample for sample in SEEN if sample.name == "get_order_answer")
    content = changed(sample.content, ("items", 1, "id"), GONE)
    with pytest.raises(DecodeError) as caught:
        sample.parse(content)
    assert list(caught.value.problems) == [Problem("items[1].id", "missing")]
