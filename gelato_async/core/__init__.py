"""Builds requests and reads answers; performs neither.

No socket, event loop, clock or randomness: time and chance are arguments, so every test here is
synchronous. Start with `operations` (a call is a value), then `backend` (what an API makes of it).
`retry` says how far a failed request got and how long to wait before the next, `reconciliation`
what became of a create whose answer was lost; `wire` is the only module that imports cattrs.
Imports `models` alone.
"""
