"""Webhooks that the sandbox sends.

Start with `change_detector`, which notices the changes of orders and store products; `bodies`
writes their events. `outbox` decides when each event is delivered and remembers the answers,
`delivery` posts it. Only `delivery` needs an event loop; the others are part of the state, and are
called under its lock.
"""
