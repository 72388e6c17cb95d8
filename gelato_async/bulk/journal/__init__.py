"""The journal of a bulk run: a SQLite file that survives a kill.

`file` makes, opens and closes it; `checks` refuses one that has lost a part, with the help of
`mark`, which counts commits in a file of its own; `connections` names the files of the set and
locks it. `entries` are the statements, one class each; `writer` commits them in groups from a
thread; `reader` shows a journal to its owner. It holds references, hashes, states, ids
and redacted reasons, never an address.
"""
