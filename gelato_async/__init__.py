"""Async Python client for Gelato's print-on-demand APIs.

Typed, rate-limited, and no order printed twice.
"""

from typing import TYPE_CHECKING

from gelato_async._version import __version__ as __version__

if TYPE_CHECKING:
    from gelato_async._names import *  # noqa: F403
else:
    # Every pytest run of an environment imports this package, for the plugin: that must cost next
    # to nothing.
    def __getattr__(name: str) -> object:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import gelato_async._names as names  # noqa: PLC0415

        globals().update(
            {public: getattr(names, public) for public in names.__all__}, __all__=names.__all__
        )
        if name not in globals():
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals()[name]

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})


del TYPE_CHECKING
