"""Answers to a create that leave open whether the order was made."""

import pytest

from gelato_async import (
    NoAnswerError,
    Response,
)

DROPPED = NoAnswerError("dropped")


FAILED = Response(status=503)


BROKEN_OFF = NoAnswerError("broken off", status=200)


UNREADABLE = Response(status=200, body=b"<html>")


UNKNOWN = [
    pytest.param(DROPPED, id="no answer"),
    pytest.param(FAILED, id="503"),
    pytest.param(Response(status=550), id="550"),
    pytest.param(Response(status=408), id="408"),
]


ACCEPTED = [
    pytest.param(BROKEN_OFF, id="truncated 200"),
    pytest.param(UNREADABLE, id="unreadable 200"),
]


APIS = pytest.mark.parametrize("api", ["gelato", "connect"])
