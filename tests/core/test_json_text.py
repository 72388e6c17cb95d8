import pytest

from gelato_async.core.json_text import MAX_DEPTH, MAX_VALUES, NotJsonError, parse


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
