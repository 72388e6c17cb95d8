"""Which route a method and a raw path lead to.

Ids are taken from the raw path, for an encoded slash stays one id.
"""

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import unquote

import attrs

from gelato_async.sandbox.answers import Backend, RefusedError

# `{}` stands for an id, `{prefix}` for the partner's part of GelatoConnect's paths
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
    ("ecommerce.delete", "DELETE", "/v1/stores/{}/products/{}"),
    ("ecommerce.products", "GET", "/v1/stores/{}/products"),
    ("ecommerce.template", "GET", "/v1/templates/{}"),
    ("connect.create", "POST", "/api/{prefix}/order"),
    ("connect.get", "GET", "/api/{prefix}/{}"),
    ("connect.search", "POST", "/api/{prefix}/search"),
    ("connect.cancel", "POST", "/api/{prefix}/{}/cancel"),
    ("connect.update", "PUT", "/api/{prefix}/{}"),
)

ROUTES: tuple[str, ...] = tuple(name for name, _, _ in _TABLE)
_METHODS: Mapping[str, str] = {name: method for name, method, _ in _TABLE}


@attrs.frozen
class Target:
    """A route by its name, the ids in its path, and the query."""

    route: str
    ids: tuple[str, ...] = ()
    query: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def id(self) -> str:
        """Give the last id of the path: the one that the route is about."""
        return self.ids[-1]

    @property
    def backend(self) -> Backend:
        """Give the API this route belongs to."""
        return backend_of(self.route)

    @property
    def has_body(self) -> bool:
        """Tell whether a JSON object is to be read."""
        return _METHODS[self.route] in {"POST", "PUT", "PATCH"} and not self.route.endswith(
            ".cancel"
        )

    @property
    def needs_no_bytes(self) -> bool:
        """Tell whether the real API takes an empty body for an empty object here."""
        return self.route == "product.search"


def backend_of(route_or_path: str) -> Backend:
    """Give the API that a route name or a path belongs to; what is nobody's counts as Gelato's."""
    return "connect" if route_or_path.startswith(("connect.", "/api/")) else "gelato"


def find(
    method: str, raw_path: str, connect_prefix: str, query: Mapping[str, str] | None = None
) -> Target:
    """Give the target of a request, or raise a 404 or 405."""
    allowed: list[str] = []
    for route, route_method, template in _TABLE:
        found = _pattern(template).fullmatch(raw_path)
        if found is None or unquote(found.groupdict().get("prefix", "")) not in {
            "",
            connect_prefix,
        }:
            continue
        if route_method == method:
            ids = found.groups()[1:] if "prefix" in found.groupdict() else found.groups()
            return Target(route, tuple(map(unquote, ids)), query or {})
        allowed.append(route_method)
    if allowed:
        methods = ", ".join(dict.fromkeys(allowed))
        allow = (b"allow", methods.encode())
        raise RefusedError(405, f"Method not allowed here; allowed: {methods}", headers=[allow])
    raise RefusedError(404, "No such path")


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(template.replace("{prefix}", "(?P<prefix>[^/]+)").replace("{}", "([^/]+)"))
