"""Serves requests under /_sandbox: the page, its views, and the controls."""

from gelato_async.sandbox import asgi
from gelato_async.sandbox.answers import Answer, RefusedError, answer
from gelato_async.sandbox.asgi import Message, Receive
from gelato_async.sandbox.control import routes
from gelato_async.sandbox.control.access import Access
from gelato_async.sandbox.control.controls import Controls
from gelato_async.sandbox.errors import ControlError
from gelato_async.sandbox.page import assets, views

PATH = routes.PREFIX.rstrip("/")
_VIEWS = f"{routes.PREFIX}page/"


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
        return Answer(308, headers=((b"location", routes.PREFIX.encode()),))
    asset = assets.find(path.removeprefix(routes.PREFIX))
    if asset is not None or not path.startswith(_VIEWS):
        return asset
    try:
        view = await views.find(path.removeprefix(_VIEWS), controls, asgi.query(scope))
    except ControlError as refused:
        return answer({"message": str(refused)}, refused.status)
    return None if view is None else answer(view)
