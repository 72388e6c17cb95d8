"""What is peculiar to httpx: its errors, and a network that is mocked."""

import httpx
import pytest
import respx
from support.http_requests import TIMEOUT, get

from gelato_async import ConnectionFailedError, HttpxTransport, NoAnswerError, Request


@pytest.fixture
async def transport():
    made = HttpxTransport()
    yield made
    await made.aclose()


NEVER_LEFT = [
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
]
MAY_HAVE_LEFT = [
    httpx.ReadTimeout,
    httpx.WriteTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.CloseError,
    httpx.RemoteProtocolError,
    httpx.LocalProtocolError,
    httpx.DecodingError,
    httpx.TooManyRedirects,
    httpx.RequestError,
    httpx.TransportError,
]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("raised", "meant"),
    [
        *((error, ConnectionFailedError) for error in NEVER_LEFT),
        *((error, NoAnswerError) for error in MAY_HAVE_LEFT),
    ],
    ids=lambda value: value.__name__,
)
async def test_every_error_of_httpx_has_a_meaning(transport, sends, raised, meant):
    with respx.mock() as network:
        network.get("https://print.invalid/v4").mock(side_effect=raised("went wrong"))
        with pytest.raises(meant) as caught:
            await transport.send(get("https://print.invalid/v4"), timeout=TIMEOUT, gate=sends())
    assert type(caught.value) is meant
    assert caught.value.reason == f"{raised.__name__}: went wrong"
    assert sends.count == 0
    assert "print.invalid" in str(caught.value)


def test_the_errors_above_are_all_there_are():
    def leaves(cls):
        return {cls} | {leaf for sub in cls.__subclasses__() for leaf in leaves(sub)}

    network = {cls for cls in leaves(httpx.RequestError) if cls.__module__ == "httpx"}
    grouping = {httpx.TimeoutException, httpx.NetworkError, httpx.ProtocolError}
    assert network - grouping == {*NEVER_LEFT, *MAY_HAVE_LEFT}


@pytest.mark.anyio
async def test_a_mocked_network_works_and_the_gate_is_passed_once(transport, sends):
    with respx.mock() as network:
        route = network.post("https://print.invalid/v4").respond(201, json={"id": "1"})
        request = Request(method="POST", url="https://print.invalid/v4", body=b"{}")
        response = await transport.send(request, timeout=TIMEOUT, gate=sends())
    assert (response.status, response.body) == (201, b'{"id":"1"}')
    assert sends.count == 1
    assert route.calls[0].request.content == b"{}"
