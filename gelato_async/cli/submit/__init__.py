"""The command `submit`, and the commands on its journal, `status` and `reconcile`.

`submit` is the command, `submit_options` its options, `dry_run` its run without sending. `running`
drives the bulk run; `tally`, `progress`, `report`, `rejects` and `advice` show what became of the
orders. `journals` has `status` and `reconcile`. How orders are sent is decided in
`gelato_async.bulk`, not here.

Start with `submit`: `_Submission` has a method for each thing that happens to a run.
"""
