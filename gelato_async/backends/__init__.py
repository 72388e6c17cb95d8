"""Backends: the two APIs as data.

Each lists its routes, the wire names that differ, the fields that it cannot carry, and the rules
that a request must keep. `gelato` has a module for each service of Gelato's own API, `connect` is
GelatoConnect; the two never import each other. `origins` applies `base_url`, `paths` overridden
paths. Nothing here builds, reads or sends a request: `core.backend` and the client do. Start with
`gelato/orders.py`, then `Backend` in `core/backend.py`. To add a call, write its class in
`core/operations` and give it a route here.
"""
