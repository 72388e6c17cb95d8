import json
import re
import sys

import pytest
from hypothesis import given, strategies as st
from support.mutations import steady

from gelato_async.core import json_text
from gelato_async.core.json_text import (
    MAX_DEPTH,
    MAX_UNREAD_DEPTH,
    MAX_VALUES,
    NotJsonError,
    parse,
    parse_unchecked,
    standard_loads,
    within_bounds,
)


def nested(levels, inner=""):
    return "[" * levels + inner + "]" * levels


@pytest.mark.parametrize("text", ["{}", b"{}", b"\xef\xbb\xbf{}"], ids=["text", "bytes", "bom"])
def test_text_and_bytes_are_read(text):
    assert parse(text) == {}


@pytest.mark.parametrize("text", ["", "{", "nul", b"\xff"])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(NotJsonError, match="it is not JSON"):
        parse(text)


def test_an_unpaired_surrogate_is_replaced_wherever_it_stands():
    found = parse(b'{"\\ud83d": ["a\\uDE00b", {"c": "\\ud83d\\ude00"}], "d": 1}')
    assert found == {"\ufffd": ["a\ufffdb", {"c": "\U0001f600"}], "d": 1}
    assert parse('"a\ud83d"') == "a?"


@pytest.mark.parametrize("inner", ["", "1"])
def test_the_greatest_depth_is_read_and_one_more_is_refused(inner):
    assert parse(nested(MAX_DEPTH, inner)) is not None
    with pytest.raises(NotJsonError, match="more than 64 levels"):
        parse(nested(MAX_DEPTH + 1, inner))


def test_more_levels_than_the_interpreter_has_are_refused():
    with pytest.raises(NotJsonError, match="more than 64 levels"):
        parse(nested(100_000))


def test_brackets_in_a_string_are_not_levels():
    assert parse(f'"{"[" * 100}"') == "[" * 100
    many = ["[" * 100, {"a": "{"}, 1, None]
    assert parse('["' + "[" * 100 + '", {"a": "{"}, 1, null]') == many


def test_the_bound_on_values_counts_them():
    full = b"[" + b"0," * (MAX_VALUES - 2) + b"0]"
    assert len(parse(full)) == MAX_VALUES - 1
    with pytest.raises(NotJsonError, match="more than 150000 values"):
        parse(b"[0,0," + full[1:])


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**65), 2**65)
    | st.floats()
    | st.text()
    | st.text(st.characters(categories=["Cs", "L"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
SIGNS = st.sampled_from(
    [*'[]{}",:.+-eE0123456789 \n\t', "\\u", "d83d", "de00", "\\/", "null", "true", "NaN", "\ufeff"]
)
NUMBERS = st.from_regex(r"-?[0-9]{1,25}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
TEXTS = (
    VALUES.map(json.dumps)
    | VALUES.map(lambda value: json.dumps(value, ensure_ascii=False, indent=1))
    | st.lists(SIGNS).map("".join)
    | NUMBERS
    | st.lists(NUMBERS).map(lambda numbers: f"[{', '.join(numbers)}]")
)


@pytest.mark.parametrize("loads", [None, standard_loads], ids=["fastest", "standard"])
def test_what_is_within_bounds_is_what_parse_returns(loads):
    @steady
    @given(TEXTS)
    def check(text):
        body = text.encode("utf-8", "surrogatepass")
        try:
            found = within_bounds(parse_unchecked(body, loads))
        except ValueError:
            return
        # to the kind of each number, and its sign
        assert repr(found) == repr(parse(body))

    check()


@pytest.mark.parametrize("loads", [None, standard_loads], ids=["fastest", "standard"])
@pytest.mark.parametrize(
    "text",
    [
        *("18446744073709551616", "-9223372036854775809", "1e16", "NaN", "-Infinity", "1e400"),
        *('"\\ud83d"', '{"\\uDE00": 1}', "[[1e300]]", '{"a": {"b": 10000000000000000000000}}'),
        *(nested(MAX_UNREAD_DEPTH + 1), nested(MAX_DEPTH + 1), "", "\ufeff{}", "[1"),
    ],
)
def test_what_only_parse_can_judge_is_refused(text, loads):
    if loads is standard_loads and re.search(r"\d{19}", text):  # which keeps its integers exact
        assert within_bounds(parse_unchecked(text.encode(), loads)) == parse(text)
        return
    with pytest.raises(ValueError):
        within_bounds(parse_unchecked(text.encode(), loads))


@pytest.mark.parametrize(
    "text", ['{"a": [1, null, true, "b", 1.5, -0.0]}', "18446744073709551615", "-1e15", nested(48)]
)
def test_what_is_usual_is_within_bounds(text):
    assert repr(within_bounds(parse_unchecked(text.encode()))) == repr(parse(text))


def test_the_bound_on_values_holds_unchecked_too():
    with pytest.raises(NotJsonError, match="more than 150000 values"):
        parse_unchecked(b"[" + b"0," * MAX_VALUES + b"0]")


def test_orjson_parses_where_it_is_installed():
    orjson = pytest.importorskip("orjson")
    assert json_text.fastest_loads() is orjson.loads


def test_the_standard_library_parses_where_orjson_is_not(monkeypatch):
    monkeypatch.setitem(sys.modules, "orjson", None)
    assert json_text.fastest_loads.__wrapped__() is standard_loads
