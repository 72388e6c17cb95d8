"""The path templates that a caller puts in place of documented ones, checked before any request."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from gelato_async.core.backend import Routes
from gelato_async.core.operations.base import Operation

Paths = Mapping[type[Operation[Any]], str]


def with_paths(routes: Routes, paths: Paths, own: Mapping[str, str]) -> Routes:
    """Return the routes with the caller's path templates in them.

    `own` are the backend's own names, which a template may use but need not.

    Raises:
        ValueError: a template is for a call that this API does not have, or lacks a name of the
            call, or has one that the call does not have.
    """
    if not paths:
        return routes
    changed = dict(routes)
    for operation, path in paths.items():
        if operation not in routes:
            raise ValueError(f"paths: this API has no {operation.__name__}: leave it out")
        route = evolve(routes[operation], path=path)
        needed = routes[operation].names - own.keys()
        allowed = needed | own.keys()
        has_its_names = needed <= route.names <= allowed
        if not path.startswith("/") or "{}" in path or not has_its_names:
            names = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "no names"
            raise ValueError(
                f"paths: the template for {operation.__name__} must start with / and may use"
                f" {names}"
            )
        changed[operation] = route
    return changed
