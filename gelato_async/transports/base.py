"""Transport: what is asked of a transport. SendGate: the moment of sending."""

from collections.abc import Coroutine, Mapping
from typing import Any, Protocol, runtime_checkable

from attrs import define, field

from gelato_async.core.messages import Request, Response


@define(eq=False)
class SendGate:
    """The moment of sending of one request: whether it may leave, and that it has left.

    `status` is for the transport to set when an answer begins: if the whole call runs out of time
    before the answer is whole, a 2xx still says that the request took effect.

    This gate lets everything pass. A client's own one asks the caller and the rate limiter.
    """

    sent: bool = field(init=False, default=False)
    status: int | None = field(init=False, default=None)

    def allow(self) -> None:
        """Raise, with whatever error, if the request must not leave any more.

        A transport asks before it uses a connection, which a veto then leaves as it was. It may ask
        at any time and as often as it likes.
        """

    async def mark_sent(self) -> None:
        """Ask a last time, wait for the limiter, and note that the request leaves at this moment.

        A transport awaits this as its last act before bytes leave. Where it raises, or is
        cancelled, nothing was sent: the transport sends nothing, lets the error through and uses
        the connection for nothing else. A veto costs no place in the limiter's log of sends.
        """
        self.allow()
        self.sent = True

    def mark_written(self) -> None:
        """Note that the first bytes have left: the process may have been held up until then.

        A transport that knows the moment calls this right after it. After a delay the limiter counts
        the request as sent at this moment.
        """


class Transport(Protocol):
    """Sends one request and reads its answer to the end."""

    def send(
        self, request: Request, *, timeout: float, gate: SendGate
    ) -> Coroutine[Any, Any, Response]:
        """Send a request once (`async def`); no redirect is followed and nothing is repeated.

        `gate.mark_sent` is awaited exactly once, as the last act before bytes leave; its wait
        counts against no timeout. It is not awaited where nothing is sent.

        Raises:
            ConnectionFailedError: it is proved that nothing was sent.
            NoAnswerError: it was, or may have been, sent, and no whole answer came within `timeout`
                seconds. `status` is set only if it was a 2xx.
            Exception: anything else. Where a create had left, its outcome counts as unknown.
        """
        ...

    async def aclose(self) -> None:
        """Close what is open; calling it twice is fine."""


@runtime_checkable
class AsyncClient(Protocol):
    """What is asked of an injected client; httpx and httpx2 both have it."""

    def build_request(
        self,
        method: str,
        url: str,
        *,
        content: bytes,
        headers: Mapping[str, str],
        timeout: float,
        extensions: dict[str, Any],
    ) -> Any:
        """Make a request of the client's own kind."""

    async def send(self, request: Any, *, stream: bool, follow_redirects: bool) -> Any:
        """Send it."""
