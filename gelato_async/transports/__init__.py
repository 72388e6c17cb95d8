"""Transports: a request goes out as bytes, an answer comes in as bytes.

Start at `base`: what a transport is, and the gate that it asks at the moment of sending. `httpx` is
the default one; it takes its connections from `pool`. `injected` sends through a client of the
caller's, `scripted` answers from a function, for tests. `body` keeps what comes in within bounds,
`failures` turns httpx's errors into ours.

This is the only room that imports httpx, and no error of httpx leaves it. Nothing here knows an
operation, a retry or a rate.
"""
