"""A bulk run from the inside: how an order gets from the input to its outcome.

`source` -> `intake` -> a queue of `jobs` -> `senders` -> `recorder` -> `outcome_queue` -> the
caller; an order whose answer was lost waits in `reconciler`, and `circuit_breaker` holds requests
back while they fail. `run` connects them and owns the end. Start there.
"""
