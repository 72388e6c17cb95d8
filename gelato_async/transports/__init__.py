"""Transports: bytes out, bytes in.

The only package that imports httpx; its errors end here as ours. `base` says what a transport is.
`httpx` is the default one, on the connections of `pool`; `injected` wraps a client of the
caller's; `scripted` answers from a list, for tests.
"""
