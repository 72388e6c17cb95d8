"""Thousands of orders in one go: `submit_orders`, its outcomes, and its journal.

`submit` is the entry, `outcomes` what a caller gets. Inside are `run`, the stages that an order
passes, and `journal`, the file that survives a kill; `signal` is how their tasks wait. Start
reading with the theory of operation in `run.run`. The readers of order files live in `files` and
are named here too, where users look for them. Nothing here opens a connection or decides what an
answer proves: the client does (`client.create_once`).
"""

from gelato_async.bulk.journal.errors import JournalError
from gelato_async.bulk.journal.reader import Journal, JournalRow
from gelato_async.bulk.outcomes import Created, Outcome, Progress, Rejected, Unknown
from gelato_async.bulk.submit import Submission, submit_orders
from gelato_async.files.csv_orders import read_csv
from gelato_async.files.jsonl import OrderLine, read_jsonl

__all__ = [
    "Created",
    "Journal",
    "JournalError",
    "JournalRow",
    "OrderLine",
    "Outcome",
    "Progress",
    "Rejected",
    "Submission",
    "Unknown",
    "read_csv",
    "read_jsonl",
    "submit_orders",
]
