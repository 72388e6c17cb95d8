"""The answers of the sandbox, and the errors in the dialects of both APIs.

Gelato: `{"code": "NOT_FOUND", "message", "requestId", "details": []}`, where broken rules are
listed in `details`. GelatoConnect: `{"code": 404, "message"}`. Both answer a wrong key with
`{"message": "Unauthorized"}`.
"""

import json
import math
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any, Literal

import attrs

JSON: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"application/json"),)
HTML: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"text/html; charset=utf-8"),)

# One to five milliseconds, the making of rows included.
_VALUES_AT_ONCE = 2_000

Backend = Literal["gelato", "connect"]
Body = dict[str, Any]


@attrs.frozen
class Answer:
    """One HTTP answer.

    With a `cut` of "nothing" or "half" only that much of it is sent before the connection is
    aborted. With `pieces` they are the body, and are made one by one while it is sent.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = JSON
    cut: Literal["", "nothing", "half"] = ""
    pieces: Iterator[bytes] | None = None


class RefusedError(Exception):
    """The request is refused with this status, in the dialect of its API."""

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
    """Return an answer with `content` as JSON."""
    return Answer(status, json.dumps(content, separators=(",", ":")).encode(), (*JSON, *headers))


class Rows(list[Any]):
    """Rows of a long answer, each made of its subject when it is encoded."""

    def __init__(self, subjects: Iterable[Any], row: Callable[[Any], Any]) -> None:
        super().__init__(subjects)
        self._row = row

    def __iter__(self) -> Iterator[Any]:
        """Make one row after the other."""
        return map(self._row, super().__iter__())


def long_answer(content: Any) -> Answer:
    """Return an answer with `content` as JSON, of which there may be megabytes.

    Encoding all of it at once would keep other requests waiting.
    """
    return Answer(200, pieces=_pieces(content))


def _pieces(content: Any) -> Iterator[bytes]:
    encoded = json.JSONEncoder(separators=(",", ":")).iterencode(content)
    while piece := "".join(islice(encoded, _VALUES_AT_ONCE)):
        yield piece.encode()


def error(backend: Backend, refused: RefusedError) -> Answer:
    """Return the error answer to a refused request.

    Gelato's code is an upper-case word, GelatoConnect's is the status as a number.
    """
    content: dict[str, Any] = {"code": refused.status, "message": refused.message}
    if backend == "gelato":
        content["code"] = _word(refused.status)
        content["requestId"] = str(uuid.uuid4())
        content["details"] = refused.details
    return answer(content, refused.status, refused.headers)


def enforce(problems: Iterable[tuple[str, str]]) -> None:
    """Refuse the request with 400 if there are any problems, naming all of them."""
    sentences: list[str] = []
    details: list[Mapping[str, str]] = []
    for path, fault in problems:
        sentences.append(f"{path}: {fault}")
        details.append({"path": path, "message": fault})
    if details:
        raise RefusedError(400, "; ".join(sentences), details)


def unauthorized(route: str) -> Answer:
    """Return the answer to a missing or wrong key.

    Both APIs answer the same words; only the stock route has its own.
    """
    if route == "product.availability":
        return answer(
            {"code": "invalid_api_key_provided", "message": "Access denied. Token is invalid."}, 401
        )
    return answer({"message": "Unauthorized"}, 401)


def retry_after(seconds: float) -> tuple[tuple[bytes, bytes], ...]:
    """Return the Retry-After header, in whole seconds and at least one."""
    whole_seconds = max(1, math.ceil(seconds))
    return ((b"retry-after", str(whole_seconds).encode()),)


def _word(status: int) -> str:
    try:
        return HTTPStatus(status).name
    except ValueError:
        return "SERVER_ERROR"
