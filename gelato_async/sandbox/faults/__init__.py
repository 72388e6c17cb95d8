"""Faults on demand: what goes wrong, when, and for which requests.

Start with `fault`: one kind of fault, and what it makes of an answer. `plan` reads a list of faults
and draws which request meets which, repeatably for a seed. Nothing here sends an answer, waits or
commits: the application does that as the fault says.
"""
