"""Serves requests under /_sandbox: the page, its views, and the controls."""

from gelato_async.sandbox import asgi
from gelato_async.sandbox.answers import Answer
from gelato_async.sandbox.asgi import Message, Receive
from gelato_async.sandbox.control import routes
from gelato_async.sandbox.control.access import Access
from gelato_async.sandbox.control.controls import Controls

PATH = routes.PREFIX.rstrip("/")


async def serve(controls: Controls, access: Access, scope: Message, receive: Receive) -> Answer:
    """Answer one request, or refuse it."""
    body = await asgi.read_body(receive)
    refused = access.refusal(scope)
    if refused is not None:
        return refused
    return routes.serve(controls, scope["method"], asgi.raw_path(scope), body)
