"""Builds requests and reads answers without doing either: no sockets, no event loop, no clock, no randomness."""
