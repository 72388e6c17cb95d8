"""Between client and server: a link that may be cut, and the transport of one process."""

import json
from collections.abc import Callable
from typing import Any

import anyio
from attrs import define
from faults.clocks import TrueTime
from faults.server import Exchange, SimulatedServer, route

from gelato_async import (
    ConnectionFailedError,
    GelatoError,
    NoAnswerError,
    Request,
    Response,
    SendGate,
)

CONNECTING = 0.01
# the first pause of a kernel that sends unacknowledged bytes again; it doubles each time
RETRANSMISSION = 0.2


@define(eq=False)
class Link:
    """`down_until` and `refusing_until` are true seconds.

    `resets`: what a client gave up before it arrived is thrown away. Without, as with a socket
    that is closed in the usual way, the kernel goes on sending it when the link is up again.
    """

    time: TrueTime
    down_until: float = 0.0
    refusing_until: float = 0.0
    resets: bool = True

    @property
    def refuses(self) -> bool:
        return self.time.now() < self.refusing_until

    async def up(self) -> None:
        """Wait until bytes get through."""
        while (wait := self.down_until - self.time.now()) > 0:
            await anyio.sleep(wait)

    def retransmitted_at(self, sent: float) -> float:
        """When the kernel's next try after the link is up again comes."""
        moment, pause = sent, RETRANSMISSION
        while moment < max(self.down_until, self.time.now()):
            moment, pause = moment + pause, pause * 2
        return moment


def created_reference(request: Request) -> str | None:
    """The reference of the order that a request makes, if it is a create."""
    if route(request)[0] != "create":
        return None
    return str(json.loads(request.body)["orderReferenceId"])


@define(eq=False)
class Wire:
    """The transport of one simulated process.

    `step` is called wherever the process may be killed; once `is_dead` nothing leaves and nothing
    comes in. `tag` names the intention behind a create. `on_result` hears how each request ended,
    with its exchange if it arrived.
    """

    link: Link
    server: SimulatedServer
    step: Callable[[], None]
    is_dead: Callable[[], bool]
    tag: Callable[[str], Any]
    on_result: Callable[[Request, Exchange | None, object], None]

    async def send(self, request: Request, *, timeout: float, gate: SendGate) -> Response:
        exchange: list[Exchange] = []
        try:
            response = await self._send(request, timeout, gate, exchange)
        except GelatoError as error:
            self._report(request, exchange, error)
            raise
        self._report(request, exchange, response)
        return response

    async def aclose(self) -> None:
        """Nothing is open."""

    async def _send(
        self,
        request: Request,
        timeout: float,
        gate: SendGate,
        exchange: list[Exchange],
    ) -> Response:
        await self._pass_step()
        await anyio.sleep(CONNECTING)
        self._refuse(request)
        await gate.mark_sent()
        with anyio.move_on_after(timeout):
            await self._deliver(request, exchange)
            await anyio.sleep(exchange[0].after)
            await self.link.up()
            response = exchange[0].read()
            await self._pass_step()
            return response
        raise NoAnswerError("no answer came in time")

    async def _deliver(self, request: Request, exchange: list[Exchange]) -> None:
        sent, tag = self.server.time.now(), self._tag(request)
        await self._pass_step()
        try:
            await self.link.up()
        except BaseException:
            if not self.link.resets:
                moment = self.link.retransmitted_at(sent)
                self.server.at(moment, lambda: self.server.receive(request, tag))
            raise
        exchange.append(self.server.receive(request, tag))
        await self._pass_step()

    async def _pass_step(self) -> None:
        self.step()
        if self.is_dead():
            # until the task is cancelled: a dead process does nothing
            await anyio.Event().wait()

    def _refuse(self, request: Request) -> None:
        if self.link.refuses:
            raise ConnectionFailedError("the connection was refused")
        reference = created_reference(request)
        if reference is not None and not self.server.next_fault(reference).connects:
            self.server.pop_fault(reference)
            raise ConnectionFailedError("the connection was refused")

    def _tag(self, request: Request) -> Any:
        reference = created_reference(request)
        return None if reference is None else self.tag(reference)

    def _report(self, request: Request, exchange: list[Exchange], result: object) -> None:
        if not self.is_dead():
            self.on_result(request, exchange[0] if exchange else None, result)
