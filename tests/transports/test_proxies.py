"""Proxies, by the environment."""

import asyncio
import contextlib
import os
import ssl
from pathlib import Path

import pytest
from support.http_requests import TIMEOUT, Sends, get, paths

from gelato_async import (
    ConnectionFailedError,
    SendGate,
)


@pytest.fixture
def send_once(transport_class):
    """Send one request with a transport and an event loop of its own."""

    def send(url, sends=SendGate, **options):
        async def main():
            transport = transport_class(**options)
            try:
                return await transport.send(get(url), timeout=TIMEOUT, gate=sends())
            finally:
                await transport.aclose()

        return asyncio.run(main())

    return send


def test_a_proxy_in_the_environment_is_used(serve, send_once, no_proxies):
    proxy = serve()
    no_proxies.setenv("HTTP_PROXY", proxy.url)
    assert send_once("http://print.invalid/v4").status == 200
    assert paths(proxy) == {"http://print.invalid/v4": 0}


@pytest.mark.parametrize("name", ["http_proxy", "ALL_PROXY"])
def test_a_proxy_may_be_named_in_other_ways(serve, send_once, no_proxies, name):
    proxy = serve()
    no_proxies.setenv(name, proxy.url)
    assert send_once("http://print.invalid/v4").status == 200


def test_a_proxy_may_be_named_without_a_scheme_as_everywhere_else(serve, send_once, no_proxies):
    proxy = serve()
    no_proxies.setenv("HTTP_PROXY", proxy.url.removeprefix("http://"))
    assert send_once("http://print.invalid/v4").status == 200


@pytest.mark.parametrize("exception", ["print.invalid", ".invalid", "*"])
def test_no_proxy_is_honoured(serve, send_once, no_proxies, exception):
    proxy = serve()
    no_proxies.setenv("HTTP_PROXY", proxy.url)
    no_proxies.setenv("NO_PROXY", exception)
    with pytest.raises(ConnectionFailedError):
        send_once("http://print.invalid/v4")
    assert proxy.connections == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2", "sandbox.localhost"])
def test_loopback_needs_no_proxy(serve, send_once, no_proxies, host):
    # base_url may be plain HTTP for these hosts because the key stays on this machine; so it has to
    proxy, server = serve(), serve()
    no_proxies.setenv("HTTP_PROXY", proxy.url)
    with contextlib.suppress(ConnectionFailedError):
        send_once(f"http://{host}:{server.port}/")
    assert proxy.connections == []


@pytest.mark.parametrize("answer", [407, 502, None])
def test_a_proxy_that_does_not_connect_sent_nothing(serve, send_once, no_proxies, answer):
    proxy = serve(lambda c: c.read_request() and answer and c.reply(b"", answer))
    no_proxies.setenv("HTTPS_PROXY", proxy.url)
    sends = Sends()
    with pytest.raises(ConnectionFailedError):
        send_once("https://print.invalid/v4", sends)
    assert sends.count == 0
    assert list(paths(proxy)) == ["print.invalid:443"]


def test_through_a_proxy_the_gate_is_passed_after_the_connect(
    serve, send_once, no_proxies, server_tls
):
    sends, at_connect = Sends(), []

    def behave(connection):
        connection.read_request()
        at_connect.append(sends.count)
        connection.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        connection.stream = server_tls.wrap_socket(connection.stream, server_side=True)
        while connection.read_request():
            connection.reply()

    proxy = serve(behave)
    no_proxies.setenv("HTTPS_PROXY", proxy.url)
    certificate = os.fspath(Path(__file__).with_name("localhost.pem"))
    context = ssl.create_default_context(cafile=certificate)
    assert send_once("https://print.invalid/v4", sends, ssl_context=context).status == 200
    assert at_connect == [0]
    assert sends.count == 1
    assert list(paths(proxy)) == ["print.invalid:443", "/v4"]
