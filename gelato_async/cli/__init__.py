"""The command line: `gelato-async sample | check | submit | status | settle | sandbox | demo`, and commands for each service.

Those of the services are in groups: `gelato-async orders get`, for one. May import anything;
nothing imports it.
"""
