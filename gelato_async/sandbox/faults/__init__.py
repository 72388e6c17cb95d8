"""Faults on demand: what goes wrong, when, and for which requests.

`fault` is one injected fault and what it makes of an answer; `plan` reads a list of them and draws
which request meets which, repeatably for a seed.
"""
