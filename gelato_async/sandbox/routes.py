"""The routes of both APIs, and the route that a method and a raw path lead to.

Ids are taken from the raw path, because an encoded slash belongs to the id.
"""

import re
from collections.abc import Container, Mapping
from functools import cache
from urllib.parse import unquote

import attrs

from gelato_async.sandbox.answers import Backend, RefusedError

# `{}` stands for an id, `{prefix}` for the partner's part of GelatoConnect's paths. An id of Gelato's
# orders does not end in `:cancel`, which is a route of its own.
_TABLE: tuple[tuple[str, str, str], ...] = (
    ("gelato.create", "POST", "/v4/orders"),
    ("gelato.quote", "POST", "/v4/orders:quote"),
    ("gelato.get", "GET", "/v4/orders/{}(?<!:cancel)"),
    ("gelato.search", "POST", "/v4/orders:search"),
    ("gelato.cancel", "POST", "/v4/orders/{}:cancel"),
    ("gelato.patch", "PATCH", "/v4/orders/{}(?<!:cancel)"),
    ("gelato.delete", "DELETE", "/v4/orders/{}(?<!:cancel)"),
    ("product.catalogs", "GET", "/v3/catalogs"),
    ("product.catalog", "GET", "/v3/catalogs/{}"),
    ("product.search", "POST", "/v3/catalogs/{}/products:search"),
    ("product.get", "GET", "/v3/products/{}"),
    ("product.cover_dimensions", "GET", "/v3/products/{}/cover-dimensions"),
    ("product.prices", "GET", "/v3/products/{}/prices"),
    ("product.availability", "POST", "/v3/stock/region-availability"),
    ("shipment.methods", "GET", "/v1/shipment-methods"),
    ("shipment.prices", "POST", "/v1/prices:search"),
    ("ecommerce.create", "POST", "/v1/stores/{}/products:create-from-template"),
    ("ecommerce.product", "GET", "/v1/stores/{}/products/{}"),
    ("ecommerce.put", "PUT", "/v1/stores/{}/products/{}"),
    ("ecommerce.delete", "DELETE", "/v1/stores/{}/products/{}"),
    ("ecommerce.products", "GET", "/v1/stores/{}/products"),
    ("ecommerce.template", "GET", "/v1/templates/{}"),
    ("connect.create", "POST", "/api/{prefix}/order"),
    ("connect.get", "GET", "/api/{prefix}/{}"),
    ("connect.search", "POST", "/api/{prefix}/search"),
    ("connect.cancel", "POST", "/api/{prefix}/{}/cancel"),
    ("connect.update", "PUT", "/api/{prefix}/{}"),
)

_METHODS: Mapping[str, str] = {name: method for name, method, _ in _TABLE}
ROUTES: tuple[str, ...] = tuple(_METHODS)
_ENCODED_COLON = re.compile("%3[Aa]")


@attrs.frozen
class Target:
    """A route by its name, the partner's prefix and the ids in its path, and the query."""

    route: str
    ids: tuple[str, ...] = ()
    prefix: str = ""
    query: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def id(self) -> str:
        """The last id of the path: the subject of the route."""
        return self.ids[-1]

    @property
    def backend(self) -> Backend:
        """The API to which this route belongs."""
        return backend_of(self.route)

    @property
    def has_body(self) -> bool:
        """Whether the body is read as a JSON object."""
        takes_body = _METHODS[self.route] in {"POST", "PUT", "PATCH"}
        return takes_body and not self.route.endswith(".cancel")

    @property
    def may_be_empty(self) -> bool:
        """Whether the real API reads an empty body as an empty object."""
        return self.route == "product.search"


def backend_of(route_or_path: str) -> Backend:
    """Return the API of a route name or a path; an unknown path counts as Gelato's."""
    return "connect" if route_or_path.startswith(("connect.", "/api/")) else "gelato"


def find(
    method: str,
    raw_path: str,
    prefixes: Container[str | None],
    query: Mapping[str, str] | None = None,
) -> Target:
    """Return the target of a request, or refuse it with 404 or 405.

    HEAD leads where GET does. Some clients encode the colon before an action; it counts as one
    where the path leads nowhere otherwise. `prefixes` are the partners' parts of GelatoConnect's
    paths that exist.
    """
    if method == "HEAD":
        method = "GET"
    found, allowed = _look_up(method, raw_path, prefixes)
    if found is None:
        found, _ = _look_up(method, _ENCODED_COLON.sub(":", raw_path), prefixes)
    if found is not None:
        return attrs.evolve(found, query=query or {})
    if allowed:
        methods = ", ".join(dict.fromkeys(allowed))
        allow = (b"allow", methods.encode())
        raise RefusedError(405, f"Method not allowed here; allowed: {methods}", headers=[allow])
    raise RefusedError(404, "No such path")


def _look_up(
    method: str, raw_path: str, prefixes: Container[str | None]
) -> tuple[Target | None, list[str]]:
    """Return the target of a method and a path, or None and the methods that the path has."""
    allowed: list[str] = []
    for route, route_method, template in _TABLE:
        found = _pattern(template).fullmatch(raw_path)
        if found is None:
            continue
        prefix, ids = _split(template, tuple(map(unquote, found.groups())))
        if prefix and prefix not in prefixes:
            continue
        if route_method == method:
            return Target(route, ids, prefix), allowed
        allowed.append(route_method)
    return None, allowed


def _split(template: str, found: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if "{prefix}" not in template:
        return "", found
    return found[0], found[1:]


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(template.replace("{prefix}", "{}").replace("{}", "([^/]+)"))
