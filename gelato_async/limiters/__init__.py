"""Rate limiters: when a request may be sent.

`base` says what a limiter is, and has the system's clock; `local` is the limiter of one process.
The arithmetic is in `core.token_bucket`, which knows no clock.
"""
