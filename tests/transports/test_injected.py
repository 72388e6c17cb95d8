import httpx
import pytest
import respx
from support.http_requests import RecordingGate

from gelato_async import (
    ClientTransport,
    ConnectionFailedError,
    GelatoClient,
    NoAnswerError,
    Request,
    ScriptedTransport,
    Unlimited,
)
from gelato_async.core.messages import Response

TIMEOUT = 30.0


@pytest.fixture(params=["httpx", "httpx2"])
def library(request):
    return pytest.importorskip(request.param)


@pytest.fixture
async def client(library):
    async with library.AsyncClient(trust_env=False) as opened:
        yield opened


def get(url):
    return Request(method="GET", url=url, headers={"x-api-key": "k"})


def answering(library, answer):
    return library.AsyncClient(transport=library.MockTransport(answer))


@pytest.mark.anyio
async def test_a_request_goes_out_as_it_is(library, sends):
    seen = []

    async def answer(request):
        seen.append(
            (
                sends.count,
                request.method,
                str(request.url),
                dict(request.headers),
                await request.aread(),
            )
        )
        return library.Response(201, json={"id": "1"}, headers={"X-Request-Id": "r"})

    async with answering(library, answer) as client:
        request = Request(
            method="POST", url="https://print.invalid/a%2Fb", headers={"x-api-key": "k"}, body=b"{}"
        )
        response = await ClientTransport(client).send(request, timeout=TIMEOUT, gate=sends())
    ((before, method, url, headers, body),) = seen
    assert (before, method, url, body) == (1, "POST", "https://print.invalid/a%2Fb", b"{}")
    assert headers["user-agent"].startswith("gelato-async/")
    assert headers["x-api-key"] == "k"
    assert (response.status, response.body.replace(b" ", b"")) == (201, b'{"id":"1"}')
    assert response.headers["x-request-id"] == "r"
    assert sends.count == 1


@pytest.mark.anyio
@pytest.mark.parametrize("status", [301, 302, 307, 429, 503])
async def test_statuses_are_answers_and_redirects_are_not_followed(library, sends, status):
    transport = library.MockTransport(
        lambda _: library.Response(status, headers={"location": "/x"})
    )
    async with library.AsyncClient(transport=transport, follow_redirects=True) as client:
        response = await ClientTransport(client).send(
            get("https://print.invalid/"), timeout=TIMEOUT, gate=sends()
        )
    assert response.status == status


NEVER_LEFT = ["ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"]
MAY_HAVE_LEFT = [
    "ReadTimeout",
    "WriteTimeout",
    "ReadError",
    "WriteError",
    "RemoteProtocolError",
    "LocalProtocolError",
]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *((name, ConnectionFailedError) for name in NEVER_LEFT),
        *((name, NoAnswerError) for name in MAY_HAVE_LEFT),
    ],
)
async def test_errors_mean_what_they_mean_in_the_default_transport(library, sends, name, meant):
    def answer(_):
        raise getattr(library, name)("went wrong")

    async with answering(library, answer) as client:
        with pytest.raises(meant) as caught:
            await ClientTransport(client).send(
                get("https://print.invalid/"), timeout=TIMEOUT, gate=sends()
            )
    assert type(caught.value) is meant
    assert caught.value.reason == f"{name}: went wrong"
    assert "print.invalid" in str(caught.value)


@pytest.mark.anyio
async def test_another_error_comes_through(library, sends):
    def answer(_):
        raise KeyError("a bug of the caller's own transport")

    async with answering(library, answer) as client:
        with pytest.raises(KeyError):
            await ClientTransport(client).send(
                get("https://print.invalid/"), timeout=TIMEOUT, gate=sends()
            )


@pytest.mark.anyio
async def test_respx_mocks_an_injected_client(sends):
    async with httpx.AsyncClient() as client:
        with respx.mock() as network:
            network.get("https://print.invalid/").respond(200, json={})
            response = await ClientTransport(client).send(
                get("https://print.invalid/"), timeout=TIMEOUT, gate=sends()
            )
    assert response.status == 200


@pytest.mark.anyio
async def test_over_a_real_socket(serve, client, sends):
    server = serve()
    for _ in range(3):
        response = await ClientTransport(client).send(
            get(server.url), timeout=TIMEOUT, gate=sends()
        )
        assert (response.status, response.body) == (200, b"{}")
    assert sends.count == 3
    assert len(server.connections) == 1


@pytest.mark.anyio
async def test_the_gate_learns_that_the_first_bytes_left(serve, client):
    gate = RecordingGate()
    await ClientTransport(client).send(get(serve().url), timeout=TIMEOUT, gate=gate)
    assert gate.acts == ["sent", "written"]


@pytest.mark.anyio
async def test_a_refused_connection_was_not_sent(client, refusing_url, sends):
    with pytest.raises(ConnectionFailedError):
        await ClientTransport(client).send(get(refusing_url), timeout=TIMEOUT, gate=sends())


@pytest.mark.anyio
async def test_a_dropped_connection_is_no_answer(serve, client, sends):
    server = serve(lambda c: c.read_request())
    with pytest.raises(NoAnswerError) as caught:
        await ClientTransport(client).send(get(server.url), timeout=TIMEOUT, gate=sends())
    assert caught.value.status is None


@pytest.mark.anyio
async def test_a_success_that_breaks_off_is_no_answer_with_a_status(serve, client, sends):
    server = serve(lambda c: c.read_request() and c.reply(b"{", 200, length=100))
    with pytest.raises(NoAnswerError) as caught:
        await ClientTransport(client).send(get(server.url), timeout=TIMEOUT, gate=sends())
    assert caught.value.status == 200


@pytest.mark.anyio
async def test_an_error_that_breaks_off_is_that_error(serve, client, sends):
    server = serve(lambda c: c.read_request() and c.reply(b"{", 503, "retry-after: 9", length=100))
    response = await ClientTransport(client).send(get(server.url), timeout=TIMEOUT, gate=sends())
    assert (response.status, response.headers["retry-after"]) == (503, "9")


@pytest.mark.anyio
async def test_an_injected_client_is_used_and_never_closed(library):
    async with answering(library, lambda _: library.Response(200, json={"orders": []})) as client:
        async with GelatoClient("test-key", transport=client, limiter=Unlimited()) as gelato:
            assert (await gelato.orders.search_page()).orders == ()
        await gelato.aclose()
        assert not client.is_closed
        await ClientTransport(client).aclose()
        assert not client.is_closed


@pytest.mark.anyio
async def test_a_script_answers_at_once_or_later_and_keeps_requests(sends):
    async def later(_):
        return Response(status=202)

    request = get("https://print.invalid/")
    at_once = ScriptedTransport(lambda _: Response(status=201))
    assert (await at_once.send(request, timeout=TIMEOUT, gate=sends())).status == 201
    assert at_once.requests == [request]
    forgetful = ScriptedTransport(later, keep=False)
    assert (await forgetful.send(request, timeout=TIMEOUT, gate=sends())).status == 202
    assert forgetful.requests == []
    assert sends.count == 2
    await forgetful.aclose()
