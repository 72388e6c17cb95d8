"""The command line.

`gelato-async sample | check | submit | status | reconcile | sandbox | demo`, and commands for each
service in groups: `gelato-async orders get`, for one. May import anything;
nothing imports it.
"""
