"""What all events share: the base class with its deduplication key, and the undocumented event."""

import json
import re
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from gelato_async.core.errors import Problem

_PLACEHOLDER = re.compile(r"\{\{.+\}\}")


@frozen(kw_only=True, weakref_slot=False)
class Event:
    """Something that happened at Gelato (*Webhooks*).

    `raw` has the whole body, undocumented keys included. `id` does not identify an event: the
    documents' own examples have one id for two of them. `deduplication_key` does. An event says
    what was true when it was sent, and events arrive late, twice and out of order: take it as a
    hint, and fetch the order.

    Attributes:
        event: The vendor's name for the kind of event, like `order_status_updated`.
        id: The vendor's id; may be missing.
        digest: SHA-256 of the body, in hexadecimal; empty for an event that was not read from a
            body.
    """

    event: str
    id: str | None = None
    digest: str = field(default="", repr=False, eq=False)
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def deduplication_key(self) -> str:
        """Text that two deliveries of one event share and two events do not.

        The key is made of event, id, order id and item reference, or of the body's digest if the
        event has no id. For an order's event without an order id the order's reference is added, or
        else the digest. The text can always be encoded.
        """
        if not self.id:
            # JSON may contain half of a surrogate pair, which no store can keep as text.
            return f"{self.event.encode('utf-8', 'backslashreplace').decode()} sha256:{self.digest}"
        order_id = getattr(self, "order_id", None)
        parts = [self.event, self.id, order_id, getattr(self, "item_reference_id", None)]
        if order_id is None and hasattr(self, "order_reference_id"):
            parts.append(getattr(self, "order_reference_id", None) or self.digest)
        return json.dumps(parts, separators=(",", ":"))

    @property
    def is_test(self) -> bool:
        """Whether the event was sent by the dashboard's test button.

        The references of such an event are placeholders, like `{{MyOrderId}}`.
        """
        return any(
            isinstance(value, str) and _PLACEHOLDER.fullmatch(value) for value in self.raw.values()
        )


@frozen(kw_only=True, weakref_slot=False)
class UnknownEvent(Event):
    """An event that this release does not know, or one of a store that lacks the id of its subject.

    `problems` says what is missing. `order_id` and `item_reference_id` are set if the body has
    them, so that the order can still be fetched.
    """

    order_id: str | None = None
    item_reference_id: str | None = None
    problems: tuple[Problem, ...] = ()
