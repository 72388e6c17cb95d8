"""What a request does: the table of all routes' actions, and the one place that calls them.

An action takes the account, the target, the body and the present, changes the account and returns an
answer; it raises `RefusedError` to refuse the request.
"""

from collections.abc import Mapping

from gelato_async.sandbox.account import AccountState, Action
from gelato_async.sandbox.answers import Answer, Body, RefusedError, error
from gelato_async.sandbox.catalog import product_api, shipment_api
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.http.asgi import json_object
from gelato_async.sandbox.orders import connect_api, gelato_api
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.stores import store_api

ACTIONS: Mapping[str, Action] = {
    **gelato_api.ACTIONS,
    **product_api.ACTIONS,
    **shipment_api.ACTIONS,
    **store_api.ACTIONS,
    **connect_api.ACTIONS,
}


def perform(account: AccountState, target: Target, body: bytes, now: Moment) -> Answer:
    """Let a request take effect, and return its answer."""
    try:
        content: Body = {}
        if target.has_body and (body or not target.may_be_empty):
            content = json_object(body)
        return ACTIONS[target.route](account, target, content, now)
    except RefusedError as refused:
        return error(target.backend, refused)
