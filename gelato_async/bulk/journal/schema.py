"""The tables of a journal, and what the states in them mean."""

from enum import IntEnum

# `run` is the last run that met the order, `intended` the one that wrote its intent, `begun` the
# moment of that on the monotonic clock of that run, in seconds. `known` are the ids that looks
# before the send showed, as JSON; NULL if there was no look. `samples` are answered creates, from
# which a later run learns how that clock stood against the database's.
SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE orders (
    reference TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    draft INTEGER NOT NULL,
    state INTEGER NOT NULL,
    run INTEGER NOT NULL,
    intended INTEGER NOT NULL,
    begun REAL NOT NULL,
    known TEXT,
    marker TEXT,
    accepted INTEGER NOT NULL DEFAULT 0,
    order_id TEXT,
    connected TEXT,
    adopted INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    sends INTEGER,
    seconds REAL
) WITHOUT ROWID;
CREATE TABLE samples (
    run INTEGER NOT NULL,
    sent REAL NOT NULL,
    answered REAL NOT NULL,
    dated REAL NOT NULL,
    offset REAL NOT NULL
);
"""


class OrderState(IntEnum):
    """What the journal knows of an order."""

    INTENDED = 1
    CREATED = 2
    REJECTED = 3
    UNKNOWN = 4
