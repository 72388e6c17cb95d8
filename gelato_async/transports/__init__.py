"""Bytes out, bytes in. The only importers of httpx; the errors of its kind end here."""
