"""Models: one attrs class for each thing that the two APIs take or answer.

Models that go into a request are frozen and copy what the caller gives them; models of answers keep
the whole JSON in `raw`. They have no behaviour beyond small properties and import nothing of ours:
how a field is spelled on the wire is metadata, which `core.wire` reads, and which API can carry it
is data of the backends. They have no slot for weak references: `core.wire.readers` fills objects of
a class with the same slots, and CPython lets such an object become a model only without that slot.

Start with `new_order` (what a caller sends) and `order` (what comes back). `fields` has what the
models share, `enums` the open enums, `tracebacks` the decorator that hides recipients.
"""
