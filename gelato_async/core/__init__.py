"""The core: builds requests, reads answers, and decides what follows; it sends nothing.

No socket, event loop, clock or randomness: time and chance are arguments, so every test here is
synchronous. Imports `models` alone.

Start with `operations` (a request to an API as a value), then `backend` (what an API makes of it,
by the `plans` for its routes, the `rules` and the `encoder`).
`retry` has the table that decides what follows a failed attempt, `reconciliation` the table that
decides whose an order is that a search shows after the answer to a create was lost;
`PendingCreate.check_resend` in `pending_create` decides whether such a create is sent again.
`token_bucket` decides when the next request may go. `redaction` is where keys and recipients are
kept out of errors. `wire` is the only module that imports cattrs.
"""
