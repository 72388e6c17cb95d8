"""Serves requests under /_sandbox: the page, its views, and the controls."""

from gelato_async.sandbox.answers import Answer, RefusedError, answer
from gelato_async.sandbox.control import routes
from gelato_async.sandbox.control.access import Access
from gelato_async.sandbox.control.controls import Controls
from gelato_async.sandbox.errors import ControlError
from gelato_async.sandbox.http import asgi
from gelato_async.sandbox.http.asgi import Message, Receive
from gelato_async.sandbox.page import assets, views

PATH = routes.PREFIX.rstrip("/")
_VIEWS = f"{routes.PREFIX}page/"
_TO_PAGE = ((b"location", routes.PREFIX.encode()),)


def is_own(scope: Message, path: str) -> bool:
    """Return whether a request is for the sandbox itself, not for the APIs.

    To a browser `/` is the sandbox's too; to any other program it is a path that the APIs lack.
    """
    if path == "/":
        return scope["method"] == "GET" and "text/html" in asgi.header(scope, b"accept")
    return path.startswith(PATH)


async def serve(controls: Controls, access: Access, scope: Message, receive: Receive) -> Answer:
    """Answer one request, or refuse it."""
    refused = access.refusal(scope)
    if refused is not None:
        return refused
    method, path = scope["method"], asgi.raw_path(scope)
    if method == "HEAD":
        method = "GET"
    # What the page reads comes first: it changes nothing, and is asked for every second.
    if method == "GET" and (page := await _page(controls, path, scope)) is not None:
        return page
    try:
        body = await asgi.read_body(receive)
    except RefusedError as too_large:
        return answer({"message": too_large.message}, too_large.status)
    return routes.serve(controls, method, path, body)


async def _page(controls: Controls, path: str, scope: Message) -> Answer | None:
    if path == PATH:
        return Answer(308, headers=_TO_PAGE)
    if path == "/":
        # Not for good: browsers would remember it for another server of this port.
        return Answer(307, headers=_TO_PAGE)
    asset = assets.find(path.removeprefix(routes.PREFIX))
    if asset is not None or not path.startswith(_VIEWS):
        return asset
    try:
        view = await views.find(path.removeprefix(_VIEWS), controls, asgi.query(scope))
    except ControlError as refused:
        return answer({"message": str(refused)}, refused.status)
    return None if view is None else answer(view)
