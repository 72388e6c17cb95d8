"""Responses other than 2xx: the typed error for each status, and what its text may show.

Also the two headers that retries and reconciliation read: `Retry-After` and `Date`.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from gelato_async.core.errors import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    ServerError,
)
from gelato_async.core.json_text import NotJsonError, parse
from gelato_async.core.json_values import usable
from gelato_async.core.messages import Response
from gelato_async.core.redaction import Redactor

BODY_CUT = 2_000
"""The most characters that an error shows of an answer's body, message, code or request id."""

_BY_STATUS: Mapping[int, type[ResponseError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: AuthenticationError,
    404: NotFoundError,
    409: ConflictError,
    422: BadRequestError,
    429: RateLimitError,
}
# a byte order mark, and white space
_BEFORE_JSON = b"\xef\xbb\xbf \t\r\n"
_CDN_BLOCK = (
    "the CDN in front of Gelato refused this client (error code 1010), not your key: keep the"
    " library's User-Agent, reuse one client instead of opening many connections, and try again"
    " later"
)
_KEY_ADVICE = "the API key was refused; check it, and that it belongs to this API"


def parse_json(body: bytes) -> Any:
    """Return a body as plain JSON, or None if it is not JSON or beyond the bounds of `parse`."""
    try:
        return parse(body)
    except NotJsonError:
        return None


def error_for(
    response: Response, operation: str, redactor: Redactor, now: datetime | None
) -> ResponseError:
    """Make the error for a status other than 2xx.

    Redirects are not followed, so they are errors too.
    """
    found = redactor.json(parse_json(response.body))
    answer: Mapping[str, Any] = {}
    if isinstance(found, dict):
        answer = found
    text = shown(response.body, found, redactor)
    # a server may echo anything in a header, the key included
    request_id = redactor.json(answer.get("requestId") or response.headers.get("x-request-id"))
    return _class_for(response.status)(
        _message(response, answer, text),
        status=response.status,
        code=_cut(answer.get("code")),
        request_id=_cut(request_id or None),
        details=answer.get("details"),
        body=text,
        retry_after=retry_after(response, now),
        operation=operation,
    )


def shown(body: bytes, redacted: Any, redactor: Redactor) -> str:
    """Return what an error shows of a body, of which `redacted` is the JSON, already masked."""
    if redacted is None:
        if redactor.by_key and body.lstrip(_BEFORE_JSON).startswith((b"{", b"[")):
            # without its keys nothing says which values are a recipient's
            return f"({len(body)} bytes of JSON that cannot be read)"
        # a character of UTF-8 has four bytes at most
        start = body[: 4 * (BODY_CUT + redactor.longest)]
        return redactor.cut(start.decode(errors="replace"), BODY_CUT)[:BODY_CUT]
    return json.dumps(redacted)[:BODY_CUT]


def _cut(value: Any) -> str | None:
    return None if value is None else str(value)[:BODY_CUT]


def _class_for(status: int) -> type[ResponseError]:
    if 500 <= status < 600:
        return ServerError
    return _BY_STATUS.get(status, ResponseError)


def _message(response: Response, answer: Mapping[str, Any], text: str) -> str:
    status = response.status
    # plain text that holds "error code: 1010" is the CDN's; an answer of Gelato's is JSON
    if status == 403 and "1010" in text and not answer:
        return f"{status}: {_CDN_BLOCK}"
    if 300 <= status < 400:
        return f"{status}: a redirect, which is not followed; check base_url"
    said = _cut(answer.get("message") or None) or _one_line(text)
    if status == 401:
        said = f"{said}; {_KEY_ADVICE}" if said else _KEY_ADVICE
    return f"{status}: {said or 'no text that can be read'}"


def _one_line(text: str) -> str:
    return " ".join(re.sub(r"<[^<>]*>", " ", text).split())[:200]


def retry_after(response: Response, now: datetime | None = None) -> float | None:
    """Return how many seconds an answer asks to wait.

    A date is measured from the answer's own `Date`, or from `now` if it has none.
    """
    asked = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", asked):
        return float(asked)
    until = _date(asked)
    since = server_date(response) or now
    if until is None or since is None:
        return None
    return max(0.0, (until - since).total_seconds())


def server_date(response: Response) -> datetime | None:
    """Return the moment in the `Date` header of an answer, in whole seconds."""
    return _date(response.headers.get("date", ""))


# all answers of one second have the same date, and parsing one takes as long as reading an order
@lru_cache(maxsize=16)
def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        return None
    return usable(moment)
