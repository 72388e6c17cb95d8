"""Which route a method and a raw path lead to; ids are taken from the raw path, for an encoded slash stays one id."""

from urllib.parse import unquote

import attrs

from gelato_async.sandbox.answers import Backend, RefusedError

ROUTES: tuple[str, ...] = (
    "gelato.create",
    "gelato.quote",
    "gelato.get",
    "gelato.search",
    "gelato.cancel",
    "gelato.patch",
    "gelato.delete",
    "connect.create",
    "connect.get",
    "connect.search",
    "connect.cancel",
    "connect.update",
)

_GELATO_COLLECTION = {"orders": "create", "orders:quote": "quote", "orders:search": "search"}
_GELATO_ORDER = {"GET": "get", "PATCH": "patch", "DELETE": "delete"}
_CONNECT_COLLECTION = {"order": "create", "search": "search"}
_CONNECT_ORDER = {"GET": "get", "PUT": "update"}


@attrs.frozen
class Target:
    """A route by its name and the id in its path."""

    route: str
    order_id: str = ""

    @property
    def backend(self) -> Backend:
        """Give the API this route belongs to."""
        return backend_of(self.route)


def backend_of(route_or_path: str) -> Backend:
    """Give the API that a route name or a path belongs to; what is nobody's counts as Gelato's."""
    return "connect" if route_or_path.startswith(("connect.", "/api/")) else "gelato"


def find(method: str, raw_path: str, connect_prefix: str) -> Target:
    """Give the target of a request, or raise a 404 or 405."""
    match raw_path.split("/")[1:]:
        case ["v4", collection] if collection in _GELATO_COLLECTION:
            return Target("gelato." + _one_of(method, {"POST": _GELATO_COLLECTION[collection]}))
        case ["v4", "orders", order] if order.endswith(":cancel"):
            return Target("gelato." + _one_of(method, {"POST": "cancel"}), unquote(order.removesuffix(":cancel")))
        case ["v4", "orders", order] if order:
            return Target("gelato." + _one_of(method, _GELATO_ORDER), unquote(order))
        case ["api", prefix, *rest] if unquote(prefix) == connect_prefix:
            return _connect(method, rest)
    raise RefusedError(404, "No such path")


def _connect(method: str, rest: list[str]) -> Target:
    match rest:
        case [collection] if method == "POST" and collection in _CONNECT_COLLECTION:
            return Target("connect." + _CONNECT_COLLECTION[collection])
        case [order] if order:
            return Target("connect." + _one_of(method, _CONNECT_ORDER), unquote(order))
        case [order, "cancel"] if order:
            return Target("connect." + _one_of(method, {"POST": "cancel"}), unquote(order))
    raise RefusedError(404, "No such path")


def _one_of(method: str, actions: dict[str, str]) -> str:
    if method not in actions:
        raise RefusedError(405, f"Method not allowed here; allowed: {', '.join(actions)}")
    return actions[method]
