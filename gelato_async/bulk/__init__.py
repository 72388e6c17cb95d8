"""Thousands of orders in one go: `submit_orders`, its outcomes, and readers of files."""

from gelato_async.bulk.csv_orders import read_csv
from gelato_async.bulk.outcomes import Created, Outcome, Progress, Rejected, Unknown
from gelato_async.bulk.readers import OrderLine, read_jsonl
from gelato_async.bulk.submit import Submission, submit_orders

__all__ = [
    "Created",
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
