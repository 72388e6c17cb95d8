"""What a client's engine is made of, when the client first uses it."""

from typing import TYPE_CHECKING, Any

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.client.logging_observer import LoggingObserver, is_logged
from gelato_async.client.sender import Sender
from gelato_async.core.backend import Backend
from gelato_async.core.events import Observer, Reporter
from gelato_async.core.retry import RetryPolicy
from gelato_async.limiters.base import Clock
from gelato_async.limiters.local import shared_limiter
from gelato_async.transports.base import Transport

if TYPE_CHECKING:
    from gelato_async.client.options import CallOptions, ClientOptions

_LOGGING = LoggingObserver()
# the options of a call that belong to the sender; the others belong to the engine
_OF_SENDER = frozenset({"timeout", "limiter", "reporter"})


def compose(backend: Backend, transport: Transport, options: "ClientOptions") -> Engine:
    """Make the engine of a client, whose options were checked."""
    sender = Sender(
        backend=backend,
        transport=transport,
        limiter=options.get("limiter") or shared_limiter(backend.credentials.digest),
        clock=options.get("clock") or Clock(),
        timeout=options.get("timeout", 30.0),
        reporter=_reporter_for(options.get("observer", _LOGGING)),
    )
    return Engine(
        sender=sender,
        retry=options.get("retry") or RetryPolicy(),
        total_timeout=options.get("total_timeout"),
        validate=options.get("validate", True),
    )


def with_changes(engine: Engine, options: "CallOptions") -> Engine:
    """Return an engine with other options, on the same transport and with the same evidence."""
    changes: dict[str, Any] = dict(options)
    if "retry" in changes:
        changes["retry"] = changes["retry"] or RetryPolicy()
    if "limiter" in changes:
        shared = shared_limiter(engine.backend.credentials.digest)
        changes["limiter"] = changes["limiter"] or shared
    if "observer" in changes:
        changes["reporter"] = _reporter_for(changes.pop("observer"))
    of_sender = {name: changes.pop(name) for name in _OF_SENDER & changes.keys()}
    return evolve(engine, sender=evolve(engine.sender, **of_sender), **changes)


def _reporter_for(observer: Observer | None) -> Reporter | None:
    if observer is None:
        return None
    # a subclass may do anything with any event
    if type(observer) is LoggingObserver:
        return Reporter(observer, wants=is_logged)
    return Reporter(observer)
