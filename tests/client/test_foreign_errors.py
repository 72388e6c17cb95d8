"""What a transport of the caller's own may raise beside errors of this package, and what that means."""

import anyio
import httpx
import pytest
from support.create_answers import APIS, DROPPED
from support.walker import chain

from gelato_async import NewStoreProduct, OutcomeUnknownError, Response, RetryPolicy

SHIRT = NewStoreProduct(template_id="t", title="Shirt")
FOREIGN = pytest.mark.parametrize(
    "error",
    [ConnectionResetError("reset"), EOFError(), anyio.BrokenResourceError(), KeyError("a bug")],
    ids=lambda error: type(error).__name__,
)


class Breaking:
    """Breaks each request of a kind at the same point, and hands the others on."""

    def __init__(self, server, error, *, path, sent=True, status=None, after=0):
        self.server, self.error, self.path = server, error, path
        self.sent, self.status, self.after = sent, status, after
        self.broken = 0

    async def send(self, request, *, timeout, gate):  # noqa: ASYNC109
        if not request.url.endswith(self.path):
            await gate.mark_sent()
            return await self.server(request)
        if self.broken < self.after:
            self.broken += 1
            await gate.mark_sent()
            raise DROPPED
        self.broken += 1
        if self.sent:
            await gate.mark_sent()
        gate.status = self.status
        raise self.error

    async def aclose(self):
        pass


@pytest.mark.anyio
@APIS
@FOREIGN
async def test_a_create_that_left_is_looked_for(server, make_client, make_order, api, error):
    server.queue("create", server.lost(error))
    made = await make_client(api).orders.create(make_order())
    assert made.id == "order-1"
    assert server.count("create") == 1


@pytest.mark.anyio
@FOREIGN
async def test_a_create_proved_absent_is_sent_again(server, gelato, make_order, error):
    server.queue("create", error)
    made = await gelato.orders.create(make_order())
    assert made.id == "order-1"
    assert server.count("create") == 2


@pytest.mark.anyio
@FOREIGN
async def test_a_create_broken_each_time_is_unknown(server, gelato, make_order, error):
    server.queue("create", *[error] * 4)
    with pytest.raises(OutcomeUnknownError) as caught:
        await gelato.orders.create(make_order())
    assert type(error).__name__ in caught.value.reason
    assert caught.value.__cause__.__cause__ is error
    assert caught.value.sends == server.count("create") == 4


@pytest.mark.anyio
@FOREIGN
async def test_a_create_that_did_not_leave_raises_it(server, make_client, make_order, error):
    client = make_client(transport=Breaking(server, error, path="/orders", sent=False))
    with pytest.raises(type(error)) as caught:
        await client.orders.create(make_order())
    assert caught.value is error


@pytest.mark.anyio
@FOREIGN
async def test_a_resend_that_did_not_leave_is_unknown(server, make_client, make_order, error):
    transport = Breaking(server, error, path="/orders", sent=False, after=1)
    with pytest.raises(OutcomeUnknownError) as caught:
        await make_client(transport=transport).orders.create(make_order())
    assert caught.value.__cause__ is error
    assert caught.value.sends == 1


@pytest.mark.anyio
async def test_a_create_broken_after_a_2xx_is_never_sent_again(server, make_client, make_order):
    transport = Breaking(server, OSError("reset"), path="/orders", status=200)
    with pytest.raises(OutcomeUnknownError, match="accepted it"):
        await make_client(transport=transport).orders.create(make_order())
    assert transport.broken == 1


@pytest.mark.anyio
@pytest.mark.parametrize("sent", [False, True])
async def test_a_look_that_breaks_is_a_failed_look(server, make_client, make_order, sent):
    server.queue("create", DROPPED)
    transport = Breaking(server, OSError("reset"), path="/orders:search", sent=sent)
    with pytest.raises(OutcomeUnknownError, match="looking for it failed"):
        await make_client(transport=transport).orders.create(make_order())
    assert server.count("create") == 1


@pytest.mark.anyio
async def test_a_look_that_breaks_once_is_repeated(server, gelato, make_order):
    server.queue("create", server.lost(DROPPED))
    server.queue("search", EOFError())
    server.queue("get", EOFError())
    assert (await gelato.orders.create(make_order())).id == "order-1"


@pytest.mark.anyio
async def test_a_store_product_that_left_is_unknown(server, make_client):
    transport = Breaking(server, OSError("reset"), path=":create-from-template")
    stores = make_client(transport=transport).stores
    with pytest.raises(OutcomeUnknownError):
        await stores.create_product_from_template("store-1", SHIRT)
    assert transport.broken == 1


@pytest.mark.anyio
async def test_a_read_raises_it_as_it_is(server, gelato):
    server.queue("get", OSError("reset"))
    with pytest.raises(OSError, match="reset"):
        await gelato.orders.get("order-1")


@pytest.mark.anyio
async def test_no_recipient_shows_in_what_becomes_of_it(server, make_client, make_order):
    order = make_order()
    street = order.shipping_address.address_line1
    server.queue("create", OSError(f"could not deliver to {street}"))
    policy = RetryPolicy(attempts=1, reconcile=0)
    with pytest.raises(OutcomeUnknownError) as caught:
        await make_client(retry=policy).orders.create(order)
    assert "could not deliver to ***" in caught.value.reason
    assert not any(street in str(error) for error in chain(caught.value))


@pytest.mark.anyio
async def test_an_injected_client_may_raise_it_too(server, make_client, make_order):
    class Broken(httpx.AsyncBaseTransport):
        creates = 0

        async def handle_async_request(self, request):
            if request.url.path.endswith("/orders"):
                self.creates += 1
                raise anyio.BrokenResourceError
            return httpx.Response(200, json={"orders": []})

    transport = Broken()
    async with httpx.AsyncClient(transport=transport) as injected:
        client = make_client(transport=injected, retry=RetryPolicy(attempts=2))
        with pytest.raises(OutcomeUnknownError):
            await client.orders.create(make_order())
    assert transport.creates == 2


class Gateless:
    """Sends, and forgets to say so."""

    async def send(self, request, *, timeout, gate):  # noqa: ASYNC109
        return Response(status=200, body=b'{"orders":[]}')

    async def aclose(self):
        pass


@pytest.mark.anyio
async def test_a_transport_that_forgets_the_gate_is_refused(make_client):
    """The limiter would not count its requests."""
    with pytest.raises(TypeError, match=r"Gateless did not await gate\.mark_sent\(\)"):
        await make_client(transport=Gateless()).orders.search_page()
