"""Request and Response: what travels between the core and a transport, as bytes and plain strings."""

from collections.abc import Mapping

from attrs import field, frozen


@frozen(kw_only=True)
class Request:
    """An HTTP request, ready to be sent.

    Its repr shows neither headers (the key) nor body (the recipient).
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
