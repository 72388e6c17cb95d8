"""Files of orders: JSON lines and CSV, read and written one order at a time.

No client and no network: `gelato-async check` needs neither. `jsonl` and `csv_orders` read,
`csv_writer` writes, `csv_records` splits CSV into rows and keeps their bytes, `csv_columns` says
where a cell belongs. `bounded_lines` keeps a long line from filling the memory, `references`
remembers which references a file has used.
"""
