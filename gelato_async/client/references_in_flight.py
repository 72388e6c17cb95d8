"""References in flight: one reference has one create at a time in a process."""

import threading
from weakref import WeakValueDictionary

from gelato_async.core.backend import Backend
from gelato_async.core.errors import NotSentError

# API and origin, account, reference
Key = tuple[str, str, str]

_lock = threading.Lock()
# weak, so that a create that was dropped without a word holds nothing for ever
_in_flight: "WeakValueDictionary[Key, object]" = WeakValueDictionary()


class ReferenceInUseError(NotSentError):
    """Another create of the same reference is on its way in this process."""


def key_of(backend: Backend, reference: str) -> Key:
    """What a create claims: a reference of one account of one API."""
    return (backend.name + backend.origins["order"], backend.credentials.digest, reference)


def claim(key: Key, owner: object) -> None:
    """Claim a reference, in all tasks, clients and threads of this process.

    Raises:
        ReferenceInUseError: a create of this reference is on its way; nothing was sent.
    """
    with _lock:
        if _in_flight.setdefault(key, owner) is not owner:
            raise ReferenceInUseError(
                f"another create of the order {key[2]!r} is on its way in this process: wait for"
                " its outcome, or give this order a reference of its own",
                operation="orders.create",
            )


def release(key: Key) -> None:
    """Let others use a reference again. Only its owner may do that."""
    with _lock:
        _in_flight.pop(key, None)
