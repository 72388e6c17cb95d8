"""Files that commands read, changed, and what commands print and write, taken apart."""

import csv
import io
import json

FIRST = "sample-1-gelato-00001"


def changed(line, **changes):
    """The line of an order with other values."""
    return json.dumps(json.loads(line) | changes, ensure_ascii=False).encode() + b"\n"


def ids_of(sandbox, backend="gelato"):
    """The ids of the orders made, by reference."""
    return {
        reference: commits[0][0] for reference, commits in sandbox.audit().orders[backend].items()
    }


def columns(written):
    """The values of lines with tabs between them."""
    return [line.split("\t") for line in written.splitlines()]


def rows(written):
    """The objects of JSON lines."""
    return [json.loads(line) for line in written.splitlines()]


def rows_of(path):
    """The rows of a report."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(text)))
    return rows(text)
