"""What may happen to a request, by what is known of it."""

import pytest

from gelato_async import (
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    DecodeError,
    NoAnswerError,
    NotFoundError,
    Response,
    ResponseError,
    ServerError,
)

NOT_SENT = {"refused": ConnectionFailedError("connection refused")}


LIMITED = {"429": Response(status=429)}


UNKNOWN = {
    "500": Response(status=500),
    "503": Response(status=503),
    "550": Response(status=550, body=b"<html>"),
    "408": Response(status=408),
    "no answer": NoAnswerError("dropped"),
}


TRUNCATED = {"truncated 200": NoAnswerError("broken off", status=200)}


UNREADABLE = {"unreadable 200": Response(status=200, body=b"<html>")}


CONFLICT = {"409": Response(status=409)}


REFUSED = {
    str(status): Response(status=status)
    for status in (400, 401, 403, 404, 418, 422, 301, 302, 307, 308)
}


def cases(*tables):
    return [pytest.param(answer, id=name) for table in tables for name, answer in table.items()]


def raised_by(answer):
    if not isinstance(answer, Response):
        return type(answer)
    special = {
        409: ConflictError,
        404: NotFoundError,
        400: BadRequestError,
        422: BadRequestError,
        200: DecodeError,
    }
    return special.get(answer.status, ServerError if answer.status >= 500 else ResponseError)
