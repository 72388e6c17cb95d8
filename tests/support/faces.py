"""The classes of methods that a client has: those of `orders`, `products` and so on."""

from functools import cached_property


def faces_of(client):
    """Their classes, by attribute of the client."""
    return {
        name: type(getattr(client, name))
        for name, value in vars(type(client)).items()
        if isinstance(value, cached_property)
    }
