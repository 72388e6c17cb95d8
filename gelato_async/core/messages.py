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


@frozen(kw_only=True)
class Response:
    """An HTTP answer, read to its end. Header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
