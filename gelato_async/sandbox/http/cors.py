"""Cross-origin resource sharing: which pages of other origins may use the APIs, and be answered.

The real APIs are for servers and answer no preflight: OPTIONS is a method that no path has. Front
ends are served here by the option `cors` alone.
"""

from collections.abc import Collection, Iterator

import attrs

from gelato_async.sandbox.answers import Answer
from gelato_async.sandbox.http import asgi
from gelato_async.sandbox.http.asgi import Message

ANY = "*"
_DEFAULT_HEADERS = "X-API-KEY, Content-Type"
_PREFLIGHT_SECONDS = b"600"


def named(origins: Collection[str]) -> tuple[str, ...]:
    """Return the origins that are named, which `*` is not."""
    return tuple(origin for origin in origins if origin != ANY)


def shared(answer: Answer, scope: Message, origins: Collection[str]) -> Answer:
    """Return an answer that pages of these origins may read.

    A refusal of OPTIONS that names the allowed methods becomes the answer to a preflight.
    """
    methods = dict(answer.headers).get(b"allow")
    if scope["method"] == "OPTIONS" and methods is not None:
        answer = _preflight(scope, methods)
    headers = (*answer.headers, *_headers(asgi.header(scope, b"origin"), origins))
    return attrs.evolve(answer, headers=headers)


def _preflight(scope: Message, methods: bytes) -> Answer:
    wanted = asgi.header(scope, b"access-control-request-headers") or _DEFAULT_HEADERS
    headers = (
        (b"allow", methods),
        (b"access-control-allow-methods", methods),
        (b"access-control-allow-headers", wanted.encode("latin-1")),
        (b"access-control-max-age", _PREFLIGHT_SECONDS),
    )
    return Answer(204, headers=headers)


def _headers(origin: str, origins: Collection[str]) -> Iterator[tuple[bytes, bytes]]:
    if ANY in origins:
        yield b"access-control-allow-origin", b"*"
    else:
        # Caches must not give the answer for one origin to another.
        yield b"vary", b"Origin"
        if origin not in origins:
            return
        yield b"access-control-allow-origin", origin.encode("latin-1")
    yield b"access-control-expose-headers", b"Retry-After"
