"""What a report tool sees of the readers' variables when an order file breaks off."""

import gzip
import io
import json

import pytest
from support.walker import PRIVATE, planted_in

from gelato_async.bulk import read_csv, read_jsonl

WIRE = {
    "firstName": PRIVATE["first_name"],
    "lastName": PRIVATE["last_name"],
    "addressLine1": PRIVATE["address_line1"],
    "city": PRIVATE["city"],
    "postCode": PRIVATE["post_code"],
    "email": PRIVATE["email"],
}
LINE = json.dumps({"orderReferenceId": "r", "shippingAddress": WIRE}).encode() + b"\n"
CELLS = {
    "orderReferenceId": "r",
    "customerReferenceId": "c",
    "currency": "EUR",
    "country": "DE",
    "itemReferenceId": "i",
    "productUid": "poster",
    "quantity": "1",
    **WIRE,
}
HEADER = ",".join(CELLS).encode() + b"\n"
ROW = ",".join(CELLS.values()).encode() + b"\n"

readers = pytest.mark.parametrize(
    ("read", "lines"), [(read_jsonl, [LINE] * 3), (read_csv, [HEADER, *[ROW] * 3])]
)


@readers
@pytest.mark.parametrize("failure", [OSError("the disk"), ValueError("odd")], ids=repr)
def test_a_file_that_breaks_off_shows_no_recipient(read, lines, failure):
    def broken_off():
        yield from lines
        raise failure

    with pytest.raises(type(failure)) as caught:
        list(read(broken_off()))
    assert caught.value is failure
    assert planted_in(caught.value) == []


@readers
def test_a_compressed_file_that_was_cut_shows_no_recipient(read, lines):
    cut = gzip.compress(b"".join(lines))[:-12]
    with gzip.open(io.BytesIO(cut)) as file, pytest.raises(EOFError) as caught:
        list(read(file))
    assert planted_in(caught.value) == []


@readers
def test_what_the_caller_was_handling_is_left_alone(read, lines):
    def broken_off():
        yield from lines
        raise OSError("the disk")

    def fail_with(value):
        raise ArithmeticError

    def read_while_handling():
        try:
            fail_with(5)
        except ArithmeticError:
            list(read(broken_off()))

    with pytest.raises(OSError, match="the disk") as caught:
        read_while_handling()
    own = caught.value.__context__
    assert own.__traceback__.tb_next.tb_frame.f_locals == {"value": 5}


@readers
def test_a_bound_that_cannot_be_shows_no_recipient(read, lines):
    with pytest.raises(ValueError, match="max_bytes") as caught:
        read(lines, max_bytes=0)
    assert planted_in(caught.value) == []
