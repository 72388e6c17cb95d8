"""Async Python client for Gelato's print-on-demand APIs.

Typed, rate-limited, and no order printed twice.
"""

from typing import TYPE_CHECKING

from gelato_async._version import __version__ as __version__

if TYPE_CHECKING:
    from gelato_async._public import *  # noqa: F403
else:
    # The names are imported when the first is asked for, for two reasons. pytest imports this
    # package at every start, for the plugin's entry point, also in projects that never use it. And
    # a program that uses gelato_async.webhooks or gelato_async.sandbox alone imports this package
    # first, and should not pay for the HTTP client.
    def __getattr__(name: str) -> object:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import gelato_async._public as public  # noqa: PLC0415

        names = {
            key: value
            for key, value in vars(public).items()
            # pytest leaves names like @pytest_ar in modules that it rewrites
            if key == "__version__" or (key.isidentifier() and not key.startswith("_"))
        }
        order = sorted(names, key=lambda key: (not key.isupper(), key))
        globals().update(names, __all__=order)
        if name not in globals():
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals()[name]

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})


del TYPE_CHECKING
