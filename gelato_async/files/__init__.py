"""Files of orders: JSON lines and CSV, read and written one order at a time.

Here live the readers, the CSV writer, and what both need of a file: lines of bounded length, rows
with their line numbers, the columns, the references met so far. No client, no network and no
command may come in: `gelato-async check` works without a key.

Start with `jsonl`: `OrderLine` is what every reader yields. Then `csv_orders`, which puts rows
together from `csv_records`, `csv_columns` and `csv_groups`, and `csv_generated`.
"""
