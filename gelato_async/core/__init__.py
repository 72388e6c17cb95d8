"""Builds requests and reads answers without doing either.

No sockets, no event loop, no clock, no randomness.
"""
