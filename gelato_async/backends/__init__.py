"""Backends: the two APIs as data.

Routes, renamed fields, what each API cannot carry, rules, credentials. `gelato` has a module for
each service, `connect` is GelatoConnect; the two never import each other. `origins` applies
`base_url` and overridden paths. What is done with the data is in `core.backend`.
"""
