"""The journal of a bulk run: a SQLite file that survives a kill.

`file` opens, checks and locks it; `entries` are the statements, one class each; `writer` commits
them in groups from a thread; `reader` shows a journal to its owner. It holds references, hashes,
states, ids and redacted reasons, never an address.
"""
