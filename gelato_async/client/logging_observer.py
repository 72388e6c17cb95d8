"""LoggingObserver: the observer that a client has if none is given."""

import logging
from collections.abc import Mapping

from attrs import asdict

from gelato_async.core.events import (
    AttemptAnswered,
    AttemptFailed,
    CallEvent,
    CircuitClosed,
    CircuitOpened,
    LimiterClosed,
    OutcomeStaysUnknown,
    ReconciliationAdopted,
    ReconciliationResent,
    RetryBudgetSpent,
    RetryScheduled,
)

_logger = logging.getLogger("gelato_async")

# by class of event, the level and the line; the other events are not logged
_LINES: Mapping[type[CallEvent], tuple[int, str]] = {
    AttemptAnswered: (
        logging.DEBUG,
        "%(operation)s: %(status)s after %(seconds).3f s (call %(call_id)s, send %(send)s)",
    ),
    AttemptFailed: (
        logging.DEBUG,
        "%(operation)s: %(error)s after %(seconds).3f s (call %(call_id)s, send %(send)s)",
    ),
    LimiterClosed: (logging.DEBUG, "%(operation)s: 429, no request leaves for %(seconds).3f s"),
    RetryScheduled: (
        logging.INFO,
        "%(operation)s: %(error)s, repeated in %(seconds).3f s (call %(call_id)s, send %(send)s)",
    ),
    RetryBudgetSpent: (
        logging.INFO,
        "%(operation)s: %(error)s, not repeated: too many requests fail (call %(call_id)s)",
    ),
    ReconciliationResent: (
        logging.INFO,
        "order %(order_reference_id)r: proved absent, sent again (call %(call_id)s)",
    ),
    ReconciliationAdopted: (
        logging.INFO,
        "order %(order_reference_id)r: its answer was lost, and it was found as %(order_id)s",
    ),
    OutcomeStaysUnknown: (
        logging.WARNING,
        "%(operation)s %(order_reference_id)r: nobody knows whether it took effect (call %(call_id)s)",
    ),
    CircuitOpened: (
        logging.WARNING,
        "requests fail: the bulk run holds its orders back until a probe gets through",
    ),
    CircuitClosed: (logging.INFO, "requests get through again: the bulk run goes on"),
}

# the highest level at which an event may be logged
_LEVELS: Mapping[object, int] = {
    **{event: level for event, (level, _) in _LINES.items()},
    # of possible duplicates
    ReconciliationAdopted: logging.WARNING,
}


def is_logged(event: object) -> bool:
    """Whether a `LoggingObserver` logs events of this class, at the present level of the logger."""
    level = _LEVELS.get(event)
    return level is not None and _logger.isEnabledFor(level)


class LoggingObserver:
    """Logs to the logger `gelato_async`.

    DEBUG: an attempt, with its operation, status, seconds and send number, and a limiter that a 429
    closes. INFO: a retry, a retry budget that is spent, a lost order that was found, and a bulk run
    that goes on after an outage. WARNING: a create whose outcome stays unknown, orders that may be
    duplicates, and a bulk run whose requests fail.
    """

    def on_event(self, event: CallEvent) -> None:
        """Log an event."""
        level, line = _LINES.get(type(event), (logging.NOTSET, ""))
        if line and _logger.isEnabledFor(level):
            _logger.log(level, line, asdict(event))
        if isinstance(event, ReconciliationAdopted) and event.others:
            _logger.warning(
                "order %r: took %s for the order that was sent, but %s have the same reference and"
                " may be duplicates",
                event.order_reference_id,
                event.order_id,
                ", ".join(event.others),
            )
