"""The journal of a bulk run: a SQLite file that survives a kill.

Start with `schema`. `file` makes, opens and closes a journal; `checks` refuses one that has lost a
part, with the help of `mark`, which counts commits in a file of its own; `connections` names the
files of the set and locks it. `look_ups` is what a run asks, `entries` what it records, one class
for each statement; `writer` commits them in groups from a thread. `reader` shows a journal to its
owner. A journal holds references, digests, states, ids and redacted reasons: an address, a body or
a key may not get in. Only this room uses sqlite3, and it knows nothing of runs.
"""
