"""Rate limiters: when a request may be sent.

Start with `base`: the protocol of a limiter, which users may implement, and the system's clock.
`local` is the default, the limiter of one process: all clients with the same key share one. The
arithmetic is not here but in `core.token_bucket`, which is given the time and never waits. Nothing
here knows a request, a retry or an API; the client decides what a 429 means and calls `pause`.
"""
