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
# Nothing is loaded from elsewhere, nothing inline runs, and no frame may hold the page. With trusted
# types even a script of the page that wrote HTML from a text would fail.
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
    # Asked for again each time: after an upgrade an old script would ask for views that are gone.
    (b"cache-control", b"no-cache"),
)


def find(path: str) -> Answer | None:
    """Return a file by its path below `/_sandbox/`, or None if the page has no such file."""
    if path not in _FILES:
        return None
    return _answer(*_FILES[path])


@cache
def _answer(name: str, media_type: str) -> Answer:
    content_type = (b"content-type", f"{media_type}; charset=utf-8".encode())
    return Answer(200, (_FOLDER / name).read_bytes(), (content_type, *_HEADERS))
