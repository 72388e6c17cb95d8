"""Async Python client for Gelato's print-on-demand APIs: typed, rate-limited, and no order printed twice."""

from gelato_async._version import __version__

__all__ = ["__version__"]
