"""Commands that ask one service and print its answer: orders, products, shipping, stores.

A module for each group of commands. `queries` runs the request and turns errors into exit codes;
what is printed is in `cli.output`.
"""
