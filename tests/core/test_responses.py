import json
from datetime import UTC, datetime

import pytest

from gelato_async import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    RateLimitError,
    Response,
    ResponseError,
    ServerError,
)
from gelato_async.core.redaction import Redactor
from gelato_async.core.responses import error_for, parse_json, retry_after, server_date

NOBODY = Redactor([])
DATE = "Wed, 04 Mar 2026 09:10:11 GMT"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def answer(status=400, body=b"", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, body=body, headers=named)


def refused(status=400, found=None, *, body=b"", private=(), **headers):
    body = body if found is None else json.dumps(found).encode()
    return error_for(answer(status, body, **headers), "orders.get", Redactor(private), None)


@pytest.mark.parametrize(
    ("status", "cls"),
    [
        (400, BadRequestError),
        (422, BadRequestError),
        (401, AuthenticationError),
        (403, AuthenticationError),
        (404, NotFoundError),
        (409, ConflictError),
        (429, RateLimitError),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (550, ServerError),
        (599, ServerError),
        (301, ResponseError),
        (304, ResponseError),
        (402, ResponseError),
        (408, ResponseError),
        (418, ResponseError),
        (600, ResponseError),
    ],
)
def test_a_status_has_its_error(status, cls):
    error = refused(status, {"message": "no"})
    assert type(error) is cls
    assert (error.status, error.operation) == (status, "orders.get")


def test_all_parts_of_an_answer_are_kept():
    found = {
        "code": "NOT_FOUND",
        "message": "no such order",
        "requestId": "r-1",
        "details": [{"field": "id"}],
    }
    error = refused(404, found)
    assert (error.code, error.request_id, error.details) == ("NOT_FOUND", "r-1", [{"field": "id"}])
    assert error.message == "404: no such order"
    assert json.loads(error.body) == found


def test_a_numeric_code_becomes_text():
    error = refused(400, {"code": 400, "message": "Invalid shipping address", "requestId": 17})
    assert (error.code, error.request_id) == ("400", "17")


def test_the_request_id_may_come_in_a_header():
    assert refused(500, {"message": "oh"}, x_request_id="r-9").request_id == "r-9"


@pytest.mark.parametrize(
    "body", [b'{"message": "Unauthorized"}', b"", b"null", b"[1]", b'"no"', b"{}", b"\xff", b"no"]
)
def test_what_an_answer_lacks_is_none(body):
    error = refused(401, body=body)
    assert (error.code, error.request_id, error.details, error.retry_after) == (
        None,
        None,
        None,
        None,
    )


def test_a_refused_key_comes_with_advice():
    error = refused(401, {"message": "Unauthorized"})
    assert (
        error.message
        == "401: Unauthorized; the API key was refused; check it, and that it belongs to this API"
    )


def test_the_block_of_the_cdn_has_its_own_message():
    error = refused(403, body=b"error code: 1010")
    assert type(error) is AuthenticationError
    assert "CDN" in error.message
    assert "not your key" in error.message


def test_a_403_of_the_api_that_mentions_1010_is_not_the_cdn():
    assert (
        refused(403, {"message": "store 1010 is not yours"}).message
        == "403: store 1010 is not yours"
    )


def test_a_redirect_is_not_followed():
    assert refused(302, location="https://elsewhere.example").message.startswith("302: a redirect")


def test_html_is_shown_as_a_line_of_text():
    page = (
        b"<html>\n<head><title>502 Bad"
        b" Gateway</title></head>\n<body><h1>Bad\nGateway</h1></body></html>"
    )
    error = refused(502, body=page)
    assert error.message == "502: 502 Bad Gateway Bad Gateway"
    assert error.body == page.decode()


def test_an_answer_without_text_says_so():
    error = refused(503)
    assert (error.message, error.body) == ("503: no text that can be read", "")


def test_a_long_body_is_cut():
    error = refused(500, body=b"x" * 10_000)
    assert len(error.body) == 2_000
    assert len(error.message) < 300


def test_bytes_that_are_no_text_do_no_harm():
    assert refused(500, body=b"\xff\xfe oh").body.endswith(" oh")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"{}", {}),
        (b"[1]", [1]),
        (b"", None),
        (b"<html>", None),
        (b"{", None),
        (b"\xff", None),
        (b"9" * 5_000, None),
    ],
)
def test_a_body_is_json_or_none(body, found):
    assert parse_json(body) == found


def test_a_body_nested_beyond_reason_is_not_json():
    assert parse_json(b"[" * 200_000) is None


# redaction

PRIVATE = [
    "Zoë",
    'O\'Brien "Bob"',
    "12 Rue/Allée",
    "zoe@example.org",
    "NY",
    "+1 555 0142",
    "",
    "  ",
]


@pytest.mark.parametrize(
    ("shown", "left"),
    [
        ("Zoë is unknown", "*** is unknown"),
        ("ZOË is unknown", "*** is unknown"),
        ("Zo\\u00eb is unknown", "*** is unknown"),
        ("Zo\\u00EB is unknown", "*** is unknown"),
        ("street 12 Rue/Allée", "street ***"),
        ("street 12 Rue\\/Allée", "street ***"),
        ("street 12 Rue/All\\u00e9e", "street ***"),
        ("street 12 Rue\\/All\\u00e9e", "street ***"),
        ('O\'Brien \\"Bob\\"', "***"),
        ("mail to zoe@example.org,", "mail to ***,"),
        ("state NY, not ANY or NYC", "state ***, not ANY or NYC"),
        ("call +1 555 0142", "call ***"),
        ("nothing private", "nothing private"),
    ],
)
def test_private_values_are_masked_in_every_spelling(shown, left):
    assert Redactor(PRIVATE).text(shown) == left


def test_longer_values_are_masked_before_shorter_ones_in_them():
    assert Redactor(["Lane", "Lane Cove Road"]).text("at Lane Cove Road") == "at ***"


def test_without_private_values_nothing_is_masked():
    assert Redactor(["", " "]).text("all of it") == "all of it"
    assert NOBODY.text("all of it") == "all of it"


def test_json_is_redacted_in_keys_values_and_numbers():
    found = {"Zoë": [{"note": "for Zoë"}, 60999, 7, True, None, 1.5], "phone": 15550142}
    assert Redactor(["Zoë", "60999", "15550142", "None", "True"]).json(found) == {
        "***": [{"note": "for ***"}, "***", 7, True, None, 1.5],
        "phone": "***",
    }


def test_no_part_of_an_error_shows_the_recipient():
    found = {
        "code": "NY",
        "message": "Zoë, 12 Rue/Allée",
        "requestId": "zoe@example.org",
        "details": [{"firstName": "Zoë", "nested": '{"firstName": "Zo\\u00eb"}'}],
        "Zoë": "key",
    }
    error = refused(400, found, private=PRIVATE)
    shown = json.dumps(vars(error), ensure_ascii=False) + str(error) + repr(error)
    assert not [word for word in ("Zo", "Rue", "zoe@", "NY") if word in shown]


def test_plain_text_and_headers_are_redacted_too():
    error = refused(500, body="<p>no such person: Zoë</p>".encode(), private=PRIVATE)
    assert (error.message, error.body) == ("500: no such person: ***", "<p>no such person: ***</p>")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("Zoë Müller", "latin-1"), ("ZOË MÜLLER", "latin-1"), ("Škoda", "cp1252")],
)
def test_a_page_that_is_not_utf_8_is_redacted(name, encoding):
    page = f"<p>no such person: {name}</p>".encode(encoding)
    error = refused(500, body=page, private=["Zoë Müller", "Škoda", "東京"])
    assert error.body == "<p>no such person: ***</p>"


def test_redaction_comes_before_cutting():
    body = ("x" * 1_995 + " Zoë Nordmann").encode()
    assert "Zo" not in refused(500, body=body, private=["Zoë Nordmann"]).body


# Retry-After and Date


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("", None),
        ("-1", None),
        ("soon", None),
        ("1e3", None),
    ],
)
def test_retry_after_in_seconds(asked, seconds):
    assert retry_after(answer(429, retry_after=asked), NOON) == seconds


def test_a_missing_retry_after_is_none():
    assert retry_after(answer(429), NOON) is None


def test_a_date_is_measured_from_the_date_of_the_answer():
    later = answer(429, retry_after="Wed, 04 Mar 2026 09:10:41 GMT", date=DATE)
    assert retry_after(later, NOON) == 30.0


def test_a_date_without_the_answers_own_is_measured_from_now():
    later = answer(429, retry_after="Wed, 04 Mar 2026 12:00:09 GMT")
    assert retry_after(later, NOON) == 9.0
    assert retry_after(later) is None


def test_a_date_that_has_passed_asks_for_no_wait():
    assert retry_after(answer(429, retry_after="Wed, 04 Mar 2026 09:00:00 GMT", date=DATE)) == 0.0


def test_the_error_has_the_seconds_to_wait():
    error = error_for(
        answer(429, retry_after="Wed, 04 Mar 2026 12:00:09 GMT"), "orders.get", NOBODY, NOON
    )
    assert error.retry_after == 9.0
    assert refused(503, retry_after="3").retry_after == 3.0


def test_the_servers_date():
    assert server_date(answer(200, date=DATE)) == datetime(2026, 3, 4, 9, 10, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "today",
        "Wed, 99 Mar 2026 09:10:11 GMT",
        "Wed, 04 Mar 2026 09:10:11 -0000",
        "Wed, 04 Mar 99999999999999999999 09:10:11 GMT",
    ],
)
def test_a_date_that_cannot_be_read_is_none(date):
    assert server_date(answer(200, date=date)) is None
