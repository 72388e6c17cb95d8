"""Whose requests to the sandbox's own routes are served.

They change and show everything, so a page of another origin in the developer's browser must not
reach them. Browsers name the origin of each POST and of each GET whose answer a script may read, and
with `Sec-Fetch-Site` mark the other GETs of foreign pages. An origin that may call the APIs only by
`*` is foreign here.
What remains is a name of the attacker's that leads to 127.0.0.1, so on a loopback address the name
in the Host header must be the machine's own. On any other address the key is needed.
"""

import base64
import binascii
import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

import attrs

from gelato_async.sandbox.answers import Answer, answer
from gelato_async.sandbox.http import asgi, cors
from gelato_async.sandbox.http.asgi import Message

_ASK_FOR_KEY = (b"www-authenticate", b'Basic realm="gelato-async sandbox", charset="UTF-8"')

# To a browser `http://localhost:5173` is another origin than the sandbox, of the same site.
_ELSEWHERE = frozenset({"cross-site", "same-site"})


def is_loopback(host: str | None) -> bool:
    """Return whether only programs of this machine reach a host."""
    host = (host or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@attrs.frozen(kw_only=True)
class Access:
    """The rules for requests to the sandbox's own routes.

    Args:
        origins: The origins of other pages that may use the routes; `*` names no origin.
        key: The key that a request needs, or None.
        on_loopback: Whether the Host header must name this machine's loopback address.
    """

    origins: tuple[str, ...] = attrs.field(default=(), converter=cors.named)
    key: str | None = attrs.field(default=None, repr=False)
    on_loopback: bool = False

    def refusal(self, scope: Message) -> Answer | None:
        """Return the answer to a request that is refused, or None if it is served."""
        # A preflight carries no key, and does nothing.
        if scope["method"] == "OPTIONS":
            return None
        host = asgi.header(scope, b"host")
        if self.key is not None and not self._has_key(scope, self.key):
            message = "The sandbox's own routes need its key on this address"
            return answer(
                {"message": f"{message}: as the password, or as X-API-KEY"}, 401, (_ASK_FOR_KEY,)
            )
        if self.on_loopback and not is_loopback(_hostname(host)):
            message = "The sandbox's own routes are served at localhost and 127.0.0.1 only"
            return answer({"message": message}, 403)
        if not self._is_trusted(scope, host):
            message = "A page of another origin must not do that; --cors allows an origin"
            return answer({"message": message}, 403)
        return None

    def _is_trusted(self, scope: Message, host: str) -> bool:
        # Programs that are not browsers send no Origin. The scheme is left out: the sandbox does not
        # know that of a proxy in front of it.
        origin = asgi.header(scope, b"origin")
        if origin:
            return origin.partition("://")[2] == host or origin in self.origins
        # A link from elsewhere may lead to the page.
        is_link = asgi.header(scope, b"sec-fetch-mode") == "navigate"
        return is_link or asgi.header(scope, b"sec-fetch-site") not in _ELSEWHERE

    def _has_key(self, scope: Message, key: str) -> bool:
        # The time that the comparison takes says nothing of the key.
        given = asgi.api_key(scope) or _password(asgi.header(scope, b"authorization"))
        return hmac.compare_digest(given.encode(), key.encode())


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _password(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        decoded = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded.partition(":")[2]
