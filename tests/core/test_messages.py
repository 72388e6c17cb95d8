import attrs
import pytest

from gelato_async import Request, Response


def test_a_request_shows_neither_key_nor_recipient():
    request = Request(
        method="POST",
        url="https://host/v4/orders",
        headers={"x-api-key": "secret-key"},
        body=b'{"firstName":"Ida"}',
    )
    assert repr(request) == "Request(method='POST', url='https://host/v4/orders')"


def test_a_response_shows_its_status_alone():
    assert (
        repr(Response(status=200, headers={"date": "today"}, body=b"Ida")) == "Response(status=200)"
    )


def test_both_are_empty_by_default():
    request, response = Request(method="GET", url="https://host/"), Response(status=204)
    assert (request.headers, request.body) == (response.headers, response.body) == ({}, b"")


@pytest.mark.parametrize(
    "message", [Request(method="GET", url="https://host/"), Response(status=200)]
)
def test_messages_cannot_be_changed(message):
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        message.body = b"other"
