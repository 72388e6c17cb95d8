"""A bulk run from the inside: how an order gets from the input to its outcome.

`run` has the theory of operation; start there. The stages are `preparer`, `intake`, `senders` and
`reconciler`; each has a `run()`, and knows the queues beside it and no other stage. The queues are
`prepared_orders`, `job_queue`, `unresolved_jobs` and `outcome_queue`. `jobs` is what travels,
`recorder` the one place where it ends, `run_state` why a run ends, `circuit_breaker` what holds
requests back while they fail. Nothing here opens a connection or a file.
"""
