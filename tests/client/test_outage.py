"""What an outage costs: calls that may be repeated must not multiply it, nor greet its end."""

import anyio
import pytest

from gelato_async import (
    GelatoClient,
    GelatoError,
    NoAnswerError,
    Response,
    ScriptedTransport,
    Unlimited,
)

pytestmark = pytest.mark.system

BEGINS, ENDS, LASTS = 20.0, 80.0, 140.0
RATE = 20


class SilentServer:
    """Answers at once, but says nothing between two moments: callers wait for their time-out."""

    def __init__(self, virtual, patience):
        self.virtual = virtual
        self.patience = patience
        self.arrived = []

    async def __call__(self, request):
        self.arrived.append(self.virtual.time)
        if BEGINS <= self.virtual.time < ENDS:
            await self.virtual.sleep(self.patience)
            raise NoAnswerError("read timeout")
        return Response(
            status=200,
            body=b'{"id": "1", "orderReferenceId": "r", "fulfillmentStatus": "created"}',
        )


@pytest.mark.anyio
@pytest.mark.parametrize("patience", [0.1, 1.0, 30.0])
async def test_time_outs_are_charged_so_recovery_meets_no_burst(virtual, patience):
    server = SilentServer(virtual, patience)
    client = GelatoClient(
        "key", transport=ScriptedTransport(server), limiter=Unlimited(), clock=virtual.clock
    )
    calls = int(LASTS * RATE)
    failed = []

    async def get(at):
        await virtual.sleep(at)
        try:
            await client.orders.get("1")
        except GelatoError as error:
            failed.append(error)

    async with anyio.create_task_group() as group:
        for number in range(calls):
            group.start_soon(get, number / RATE)
    extra = len(server.arrived) - calls
    assert extra <= 50
    # nobody's second after the end sees more than half again of what is asked for
    busiest = max(
        sum(1 for at in server.arrived if start <= at < start + 1)
        for start in range(int(ENDS), int(LASTS))
    )
    assert busiest <= 1.5 * RATE
    assert failed
