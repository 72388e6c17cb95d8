"""A measure of a product may be text."""

import json

import pytest

from gelato_async import GetProduct, Measure, Response
from gelato_async.backends.gelato import gelato_backend

BACKEND = gelato_backend("sample-gelato-key")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("#000000", "#000000"),
        ("000000", "000000"),
        ("52% cotton, 48% polyester", "52% cotton, 48% polyester"),
        ("", ""),
        (297, 297.0),
        (2.4125, 2.4125),
        (None, None),
        (True, None),
        ([1], None),
    ],
)
def test_a_measure_keeps_its_value_be_it_a_number_or_a_text(value, read):
    dimensions = {"Color HEX Code": {"value": value, "measureUnit": "x"}}
    body = json.dumps({"productUid": "p", "dimensions": dimensions}).encode()
    product = BACKEND.parse(GetProduct("p"), Response(status=200, body=body))
    assert product.dimensions["Color HEX Code"] == Measure(value=read, measure_unit="x")
    assert type(product.dimensions["Color HEX Code"].value) is type(read)
