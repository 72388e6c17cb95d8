"""Where a text is cut to a length, no part of a private value stays before the cut."""

import json

from hypothesis import given, strategies as st

from gelato_async import Response
from gelato_async.core.redaction import MASK, Redactor
from gelato_async.core.responses import BODY_CUT, error_for

SECRET = "Kirchweg 12/Zoë"
REDACTOR = Redactor([SECRET])
# shorter pieces of it are words of any text
PIECES = [SECRET[at : at + 4] for at in range(len(SECRET) - 3)]
FIELDS = ["message", "code", "requestId"]


def assert_no_piece(text):
    assert [piece for piece in PIECES if piece.lower() in text.lower()] == []


@given(before=st.integers(0, 60), length=st.integers(0, 60), after=st.text("xy ", max_size=80))
def test_a_value_at_the_cut_is_masked_as_a_whole(before, length, after):
    text = "-" * before + SECRET + after
    shown = REDACTOR.cut(text, length)
    assert_no_piece(shown)
    if before < length:
        assert MASK in shown


@given(st.integers(BODY_CUT - 2 * len(SECRET), BODY_CUT + 2))
def test_a_body_that_is_cut_shows_no_part(before):
    body = ("-" * before + SECRET + " and so on" * 100).encode()
    error = error_for(Response(status=500, body=body), "orders.get", REDACTOR, None)
    assert_no_piece(f"{error} {error.body}")
    assert len(error.body) <= BODY_CUT


@given(
    before=st.integers(BODY_CUT - 40, BODY_CUT + 2),
    field=st.sampled_from(FIELDS),
    escaped=st.booleans(),
)
def test_a_field_of_an_answer_that_is_cut_shows_no_part(before, field, escaped):
    found = {field: "-" * before + SECRET + "-" * 100}
    body = json.dumps(found, ensure_ascii=escaped).encode()
    error = error_for(Response(status=400, body=body), "orders.get", REDACTOR, None)
    assert_no_piece(f"{error} {error.body} {error.code} {error.request_id}")
