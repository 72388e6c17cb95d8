"""What the commands for orders print, taken apart."""

import json


def ids_of(sandbox, backend="gelato"):
    """The ids of the orders made, by reference."""
    return {
        reference: commits[0][0] for reference, commits in sandbox.audit().orders[backend].items()
    }


def columns(written):
    return [line.split("\t") for line in written.splitlines()]


def rows(written):
    return [json.loads(line) for line in written.splitlines()]


FIRST = "sample-1-gelato-00001"
