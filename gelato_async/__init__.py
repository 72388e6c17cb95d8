"""Async Python client for Gelato's print-on-demand APIs.

Typed, rate-limited, and no order printed twice.
"""

from typing import TYPE_CHECKING

from gelato_async._version import __version__ as __version__

if TYPE_CHECKING:
    from gelato_async._public import *  # noqa: F403
else:
    # A name's module is imported when the name is first asked for. pytest imports this package at
    # every start, for the plugin's entry point, also in projects that never use it. A program that
    # uses gelato_async.webhooks or gelato_async.sandbox alone imports it first, and should not pay
    # for the HTTP client; nor one that sends orders for what lists products.
    def __getattr__(name: str) -> object:
        from importlib import import_module  # noqa: PLC0415

        from gelato_async._rooms import MODULE_OF  # noqa: PLC0415

        if name == "__all__":
            names = {"__version__", *MODULE_OF}
            found = sorted(names, key=lambda name: (not name.isupper(), name))
        elif name in MODULE_OF:
            found = getattr(import_module(MODULE_OF[name]), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})


del TYPE_CHECKING
