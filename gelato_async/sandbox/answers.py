"""What the sandbox answers: values, the errors of both dialects, and nothing about how they travel.

Gelato: `{"code": "NOT_FOUND", "message", "requestId", "details": []}`, where broken rules are
listed in `details`. GelatoConnect: `{"code": 404, "message"}`. Both answer a wrong key with
`{"message": "Unauthorized"}`.
"""

import json
import math
import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal

import attrs

JSON: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"application/json"),)
HTML: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"text/html; charset=utf-8"),)

Backend = Literal["gelato", "connect"]


@attrs.frozen
class Answer:
    """One HTTP answer; `cut` says how much of it arrives before the connection is aborted."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = JSON
    cut: Literal["", "nothing", "half"] = ""


class RefusedError(Exception):
    """The request cannot be fulfilled; the API's own dialect says so with this status."""

    def __init__(
        self,
        status: int,
        message: str,
        details: Sequence[Mapping[str, str]] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details: list[Mapping[str, str]] = list(details)
        self.headers: tuple[tuple[bytes, bytes], ...] = tuple(headers)


def answer(
    content: Any, status: int = 200, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Answer:
    """Answer with `content` as JSON."""
    return Answer(status, json.dumps(content, separators=(",", ":")).encode(), (*JSON, *headers))


def error(backend: Backend, refused: RefusedError) -> Answer:
    """Answer with an error: Gelato's code is an upper-case word, GelatoConnect's the number of the status."""
    content: dict[str, Any] = {"code": refused.status, "message": refused.message}
    if backend == "gelato":
        content["code"] = _word(refused.status)
        content |= {"requestId": str(uuid.uuid4()), "details": refused.details}
    return answer(content, refused.status, refused.headers)


def unauthorized(route: str) -> Answer:
    """Answer a missing or wrong key, which both APIs do in the same few words.

    The stock route has its own.
    """
    if route == "product.availability":
        return answer(
            {"code": "invalid_api_key_provided", "message": "Access denied. Token is invalid."}, 401
        )
    return answer({"message": "Unauthorized"}, 401)


def retry_after(seconds: float) -> tuple[tuple[bytes, bytes], ...]:
    """Give the Retry-After header, in whole seconds and at least one."""
    return ((b"retry-after", str(max(1, math.ceil(seconds))).encode()),)


def _word(status: int) -> str:
    try:
        return HTTPStatus(status).name
    except ValueError:
        return "SERVER_ERROR"
