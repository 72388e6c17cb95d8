"""The state file: how a sandbox remembers across restarts.

Start with `sandbox.records`, the objects that have rows and how their changes are noticed, which
knows no file. `saved_state` says which parts of the state the file holds, saves them and restores
them, `tables` writes the rows. `state_file` opens and locks the database, and `state_lock` saves
whenever the lock of the state is released. Nothing else in the sandbox knows SQLite. Without a
state file nothing here does anything.
"""
