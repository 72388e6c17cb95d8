import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from gelato_async.core import json_values

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
HUGE = json.loads("1" + "0" * 400)


@pytest.mark.parametrize(
    ("reader", "value", "found"),
    [
        (json_values.as_text, "text", "text"),
        (json_values.as_text, "", ""),
        (json_values.as_text, 7, None),
        (json_values.as_text, None, None),
        (json_values.as_text_or_false, "text", "text"),
        (json_values.as_text_or_false, False, ""),
        (json_values.as_text_or_false, True, None),
        (json_values.as_identifier, "id-1", "id-1"),
        (json_values.as_identifier, 218, "218"),
        (json_values.as_identifier, 0, "0"),
        (json_values.as_identifier, True, None),
        (json_values.as_identifier, 1.5, None),
        (json_values.as_identifier, ["id-1"], None),
        (json_values.as_flag, False, False),
        (json_values.as_flag, 0, None),
        (json_values.as_flag, "true", None),
        (json_values.as_integer, 7, 7),
        (json_values.as_integer, 7.0, 7),
        (json_values.as_integer, 7.5, None),
        (json_values.as_integer, "7", None),
        (json_values.as_integer, True, None),
        (json_values.as_integer, float("inf"), None),
        (json_values.as_float, 2, 2.0),
        (json_values.as_float, 2.75, 2.75),
        (json_values.as_float, True, None),
        (json_values.as_float, "2.5", 2.5),
        (json_values.as_float, "wide", None),
        (json_values.as_float, "1e999", None),
        (json_values.as_float, float("inf"), None),
        (json_values.as_decimal, 6.27, Decimal("6.27")),
        (json_values.as_decimal, 12, Decimal(12)),
        (json_values.as_decimal, "49.10", Decimal("49.10")),
        (json_values.as_decimal, "", None),
        (json_values.as_decimal, "free", None),
        (json_values.as_decimal, "NaN", None),
        (json_values.as_decimal, float("nan"), None),
        (json_values.as_decimal, "Infinity", None),
        (json_values.as_decimal, True, None),
        (json_values.as_decimal, [1], None),
        (json_values.as_day, "2026-03-08", date(2026, 3, 8)),
        (json_values.as_day, "2026-03-08T10:00:00Z", date(2026, 3, 8)),
        (json_values.as_day, "soon", None),
        (json_values.as_day, "", None),
        (json_values.as_day, 20260308, None),
        (json_values.as_map, {"Size": "A3"}, {"Size": "A3"}),
        (json_values.as_map, [], None),
        (json_values.as_is, [1, {"a": None}], [1, {"a": None}]),
    ],
)
def test_a_value_is_read_or_is_none(reader, value, found):
    answer = reader(value)
    assert answer == found
    assert type(answer) is type(found)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"a": 1, "b": "one", "c": None, "d": 2.0}, {"a": 1, "d": 2}),
        ({}, {}),
        ([], {}),
        ([1], None),
        ("text", None),
        (None, None),
    ],
    ids=str,
)
def test_of_a_map_what_can_be_read_is_kept(values, found):
    assert json_values.as_map_of(json_values.as_integer)(values) == found


def test_a_huge_number_is_not_a_float():
    assert json_values.as_integer(HUGE) == HUGE
    assert json_values.as_decimal(HUGE) == HUGE
    assert json_values.as_float(HUGE) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-04T09:10:11+00:00", datetime(2026, 3, 4, 9, 10, 11, tzinfo=UTC)),
        ("2026-03-04T09:10:11+0000", datetime(2026, 3, 4, 9, 10, 11, tzinfo=UTC)),
        ("2026-03-04T09:10:11Z", datetime(2026, 3, 4, 9, 10, 11, tzinfo=UTC)),
        ("2026-03-04T09:10:11.250Z", datetime(2026, 3, 4, 9, 10, 11, 250_000, tzinfo=UTC)),
        (
            "2026-03-04T09:10:11-04:00",
            datetime(2026, 3, 4, 9, 10, 11, tzinfo=timezone(timedelta(hours=-4))),
        ),
        ("2026-03-04T09:10:11", datetime(2026, 3, 4, 9, 10, 11, tzinfo=UTC)),
        ("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        (1772615411, None),
    ],
)
def test_moments_are_aware_in_every_spelling(text, moment):
    found = json_values.as_moment(text)
    assert found == moment
    assert found is None or found.utcoffset() is not None


def test_a_list_keeps_what_can_be_read():
    read = json_values.as_list(json_values.as_identifier)
    assert read(["a", 1, None, {}]) == ("a", "1")
    assert read([]) == ()
    assert read({"0": "a"}) is None


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "boolean"),
        (1, "number"),
        (1.5, "number"),
        ("", "string"),
        ([], "array"),
        ({}, "object"),
    ],
)
def test_kinds_have_the_names_that_json_gives_them(value, name):
    assert json_values.name_of(value) == name


@pytest.mark.parametrize("reader", json_values.READERS.values(), ids=lambda reader: reader.__name__)
@given(value=ANYTHING)
def test_no_value_breaks_a_reader(reader, value):
    reader(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=0, max_value=10**9))
def test_amounts_keep_the_digits_that_were_shown(amount):
    shown = f"{amount:f}"
    assert json_values.as_decimal(json.loads(json.dumps(shown))) == amount
    assert json_values.as_decimal(float(shown)) == Decimal(repr(float(shown)))
