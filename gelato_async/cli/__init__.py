"""The command line: `gelato-async sample | check | submit | status | settle | sandbox | demo`.

May import anything; nothing imports it.
"""
