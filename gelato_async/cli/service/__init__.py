"""Commands that ask one service and print its answer: orders, products, shipping, stores.

A module for each group of commands. `queries` runs a question and turns its error into an exit code
with advice; `quote_files` reads what is to be quoted. How an answer is printed is in `cli.output`,
what it means in `gelato_async.models`.

Start with `queries`, then `shipping_commands`, which has one command only.
"""
