"""Transports: a request goes out as bytes, an answer comes in as bytes.

Start at `base`: what a transport is, and the gate that it asks at the moment of sending. `httpx` is
the default one, `aiohttp` the one that takes less time; both take their connections from `pool`,
and `network` has what these have in common. `injected` sends through a client of the caller's,
`scripted` answers from a function, for tests. `body` keeps what comes in within bounds, `failures`
turns the errors of HTTP libraries into ours.

This is the only room that imports httpx or aiohttp, and no error of theirs leaves it. Nothing here knows an
operation, a retry or a rate.
"""
