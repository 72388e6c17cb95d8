"""From status and body to a typed error.

What `Retry-After` asks for; what an error's text may show.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
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

_BY_STATUS: Mapping[int, type[ResponseError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: AuthenticationError,
    404: NotFoundError,
    409: ConflictError,
    422: BadRequestError,
    429: RateLimitError,
}
_CDN_BLOCK = (
    "the CDN in front of Gelato refused this client (error code 1010), not your key: keep the"
    " library's User-Agent, reuse one client instead of opening many connections, and try again"
    " later"
)
_KEY_ADVICE = "the API key was refused; check it, and that it belongs to this API"


def parse_json(body: bytes) -> Any:
    """Plain JSON, or None where the body is not JSON, or beyond the bounds of `parse`."""
    try:
        return parse(body)
    except NotJsonError:
        return None


def error_for(
    response: Response, operation: str, redactor: Redactor, now: datetime | None
) -> ResponseError:
    """The error that belongs to a status other than 2xx.

    Redirects are not followed, so they are errors too.
    """
    found = redactor.json(parse_json(response.body))
    answer: Mapping[str, Any] = found if isinstance(found, dict) else {}
    text = shown(response.body, found, redactor)
    code = answer.get("code")
    # a server may echo anything there, the key included
    request_id = redactor.json(answer.get("requestId") or response.headers.get("x-request-id"))
    return _class_for(response.status)(
        _message(response, answer, text),
        status=response.status,
        code=None if code is None else str(code)[:BODY_CUT],
        request_id=str(request_id)[:BODY_CUT] if request_id else None,
        details=answer.get("details"),
        body=text,
        retry_after=retry_after(response, now),
        operation=operation,
    )


def shown(body: bytes, redacted: Any, redactor: Redactor) -> str:
    """What an error shows of a body, of which `redacted` is what was read: at most `BODY_CUT` characters."""
    if redacted is None:
        # a character has four bytes at most
        start = body[: 4 * (BODY_CUT + redactor.longest)]
        return redactor.cut(start.decode(errors="replace"), BODY_CUT)[:BODY_CUT]
    return json.dumps(redacted)[:BODY_CUT]


def _class_for(status: int) -> type[ResponseError]:
    return ServerError if 500 <= status < 600 else _BY_STATUS.get(status, ResponseError)


def _message(response: Response, answer: Mapping[str, Any], text: str) -> str:
    status = response.status
    if status == 403 and "1010" in text and not answer:
        return f"{status}: {_CDN_BLOCK}"
    if 300 <= status < 400:
        return f"{status}: a redirect, which is not followed; check base_url"
    said = answer.get("message")
    parts = [
        str(said)[:BODY_CUT] if said else _one_line(text),
        _KEY_ADVICE if status == 401 else "",
    ]
    return f"{status}: " + ("; ".join(filter(None, parts)) or "no text that can be read")


def _one_line(text: str) -> str:
    return " ".join(re.sub(r"<[^<>]*>", " ", text).split())[:200]


def retry_after(response: Response, now: datetime | None = None) -> float | None:
    """How many seconds the answer asks to wait.

    A date is measured from the answer's own `Date`, else from `now`.
    """
    asked = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", asked):
        return float(asked)
    until, since = _date(asked), _date(response.headers.get("date", "")) or now
    return max(0.0, (until - since).total_seconds()) if until and since else None


def server_date(response: Response) -> datetime | None:
    """The moment in the answer's `Date` header, in whole seconds."""
    return _date(response.headers.get("date", ""))


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return usable(moment) if moment.tzinfo else None
