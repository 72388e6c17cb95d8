"""Request and Response: what the core and a transport exchange, as bytes and plain strings."""

from collections.abc import Mapping

from attrs import field, frozen


@frozen(kw_only=True)
class Request:
    """An HTTP request, ready to be sent.

    The repr shows neither the headers, which hold the key, nor the body, which holds the recipient.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


# to fill slots by their own setters takes half the time of the `__init__` of a frozen class
_set_method, _set_url, _set_headers, _set_body = (
    vars(Request)[name].__set__ for name in ("method", "url", "headers", "body")
)


def new_request(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Request:
    """Make a request, fast."""
    request = object.__new__(Request)
    _set_method(request, method)
    _set_url(request, url)
    _set_headers(request, headers)
    _set_body(request, body)
    return request


@frozen(kw_only=True)
class Response:
    """An HTTP answer, read to its end. Header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
