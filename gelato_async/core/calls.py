"""Call: what belongs to one call of a client, however many requests it takes."""

import logging
import math
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Concatenate, ParamSpec

from attrs import define, field

from gelato_async.core.events import CallEvent, Observer

P = ParamSpec("P")

_logger = logging.getLogger("gelato_async")
_ids = count(1)


@define(eq=False)
class Reporter:
    """Gives events to an observer, and keeps its failures from the call."""

    observer: Observer
    _has_failed: bool = False

    def report(self, event: CallEvent) -> None:
        """Give the observer an event. Its first error is logged."""
        try:
            self.observer.on_event(event)
        except Exception:
            if not self._has_failed:
                self._has_failed = True
                _logger.exception(
                    "the observer failed on %s; further failures are not logged",
                    type(event).__name__,
                )


@define(eq=False, kw_only=True)
class Call:
    """One call: until when it may take, in monotonic seconds, and how many requests it has sent.

    No repeat begins at `retry_until` or later; an attempt that is under way then has until the
    deadline.
    """

    reporter: Reporter | None = None
    deadline: float = math.inf
    retry_until: float = math.inf
    id: int = field(init=False, factory=partial(next, _ids))
    sends: int = field(init=False, default=0)

    def emit(
        self,
        event: Callable[Concatenate[int, int, str, P], CallEvent],
        operation: str,
        *args: P.args,
        **details: P.kwargs,
    ) -> None:
        """Report an event of this call, if anybody observes it."""
        if self.reporter is not None:
            self.reporter.report(event(self.id, self.sends, operation, *args, **details))
