"""The command `submit`, and the commands on its journal.

`submit` is the command; `submit_options` what it was called with. `running` drives the bulk run,
`progress`, `tally`, `report`, `rejects` and `advice` show what became of it; `journals` has
`status` and `reconcile`; `dry_run` sends nothing.
"""
