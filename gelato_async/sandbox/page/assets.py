"""The static files of the page, and the headers that keep anything else from running in it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from gelato_async.sandbox.answers import Answer

_FOLDER = Path(__file__).with_name("static")
# Paths below `/_sandbox/`, and the file and type of each.
_FILES: Mapping[str, tuple[str, str]] = {
    "": ("index.html", "text/html"),
    "page/page.css": ("page.css", "text/css"),
    "page/icon.svg": ("icon.svg", "image/svg+xml"),
} | {
    f"page/{name}.js": (f"{name}.js", "text/javascript")
    for name in ("page", "server", "elements", "chart", "orders", "order", "webhooks")
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
)


@cache
def find(path: str) -> Answer | None:
    """Return a file by its path below `/_sandbox/`, or None if the page has no such file."""
    if path not in _FILES:
        return None
    name, media_type = _FILES[path]
    content_type = (b"content-type", f"{media_type}; charset=utf-8".encode())
    return Answer(200, (_FOLDER / name).read_bytes(), (content_type, *_HEADERS))
