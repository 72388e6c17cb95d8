"""Where a backend's services are.

The documented hosts, or one `base_url` in place of all of them.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import evolve

from gelato_async.core.backend import Routes
from gelato_async.core.credentials import is_loopback
from gelato_async.core.operations.base import Operation

Paths = Mapping[type[Operation[Any]], str]


def origins(documented: Mapping[str, str], base_url: str | None) -> Mapping[str, str]:
    """The origin of each service.

    Raises:
        ValueError: `base_url` is more or less than an origin, or plain HTTP to another machine.
    """
    if not base_url:
        return documented
    origin = _validated_origin(base_url)
    return dict.fromkeys(documented, origin)


def _validated_origin(base_url: str) -> str:
    parts = urlsplit(base_url)
    wanted = "an origin like https://host or http://127.0.0.1:8000"
    try:
        parts.port  # noqa: B018  reading it checks it
    except ValueError:
        raise ValueError(f"base_url must be {wanted}; its port is none") from None
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.username
        or parts.password
    ):
        raise ValueError(f"base_url must be {wanted}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            f"base_url must be {wanted}, without a path: the paths of the API are kept"
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(
            "base_url is plain HTTP to another machine, which would send the key in the clear: use"
            " https"
        )
    return f"{parts.scheme}://{parts.netloc}"


def with_paths(routes: Routes, paths: Paths, own: Mapping[str, str]) -> Routes:
    """The routes with other path templates.

    Raises:
        ValueError: a template is for no call of this API, or asks for a name that the call does not
        have.
    """
    changed = dict(routes)
    for operation, path in paths.items():
        if operation not in routes:
            raise ValueError(f"paths: this API has no {operation.__name__}")
        route = evolve(routes[operation], path=path)
        needed = routes[operation].names - own.keys()
        if (
            not path.startswith("/")
            or "{}" in path
            or not needed <= route.names <= needed | own.keys()
        ):
            names = ", ".join(f"{{{name}}}" for name in sorted(needed | own.keys())) or "no names"
            raise ValueError(
                f"paths: the template for {operation.__name__} must start with / and may use"
                f" {names}"
            )
        changed[operation] = route
    return changed
