import json

import pytest
from support.orders import order_body

from gelato_async.bulk import read_jsonl

ORDER = order_body("r1")


def only(text):
    (line,) = read_jsonl([text if isinstance(text, bytes) else json.dumps(text).encode()])
    return line


def test_a_line_is_the_documented_body():
    line = only(ORDER)
    assert line.number == 1
    assert line.problems == ()
    assert line.order.items[0].quantity == 1
    assert line.order.shipping_address.city == "Springfield"


def test_a_bom_blank_lines_and_windows_line_ends_are_read():
    text = json.dumps(ORDER).encode()
    lines = list(read_jsonl([b"\xef\xbb\xbf" + text + b"\r\n", b"\r\n", b"\n", text]))
    assert [line.number for line in lines] == [1, 4]
    assert all(line.order for line in lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{", "not JSON at column 2"),
        (b'{"a": NaN}', "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[1]", "must be an object"),
        (b"[" * 100_000, "not JSON"),
        (ORDER | {"curency": "EUR"}, "curency: unknown key; did you mean currency?"),
        (ORDER | {"zzz": 1}, "zzz: unknown key"),
        (
            ORDER | {"items": [{"itemReferenceId": "1", "productUid": "p", "quantty": 1}]},
            "items[0].quantty: unknown",
        ),
        (
            ORDER | {"items": [{"itemReferenceId": "1", "productUid": "p"}]},
            "items[0].quantity: is required",
        ),
        (ORDER | {"items": {}}, "items: must be a list; it is of kind object"),
        (ORDER | {"currency": 5}, "currency: must be a string; it is of kind number"),
        (ORDER | {"metadata": [{"key": "a"}]}, "metadata[0].value: is required"),
    ],
)
def test_a_bad_line_has_its_number_and_its_reasons(text, said):
    line = only(text)
    assert line.order is None
    assert said in "; ".join(map(str, line.problems))


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        (json.dumps(ORDER), "r1"),
        ('{"orderReferenceId": "r1", "curency": "EUR"}', "r1"),
        ('{"orderReferenceId": 17}', "17"),
        ('{"orderReferenceId": "r1", "currency": "EUR", "currency": "SEK"}', "r1"),
        ('{"orderReferenceId": "r1", "currency": "\\ud800"}', "r1"),
        ('{"orderReferenceId": "r1", "orderReferenceId": "r2"}', ""),
        ('{"orderReferenceId": "\\ud800"}', ""),
        ('{"orderReferenceId": true}', ""),
        ('{"orderReferenceId": ["r1"]}', ""),
        ('{"currency": "EUR", "currency": "SEK"}', ""),
        ('["orderReferenceId"]', ""),
        ('{"orderReferenceId": "r1"', ""),
        ('{"a": {"b": 1, "b": 2}, "orderReferenceId": "r1", "c": ' + "[" * 100_000, ""),
    ],
)
def test_a_line_has_its_reference_where_that_is_plain(text, reference):
    assert only(text.encode()).reference == reference


def test_one_bad_line_does_not_keep_the_others_from_being_read():
    text = json.dumps(ORDER).encode()
    assert [bool(line.order) for line in read_jsonl([text, b"{", text])] == [True, False, True]
