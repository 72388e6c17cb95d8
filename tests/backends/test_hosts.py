"""A `base_url` has a host that can be sent to, or is refused as the client is made."""

import pytest

from gelato_async import (
    ConnectionFailedError,
    GelatoClient,
    GelatoConnectClient,
    RetryPolicy,
    Unlimited,
)
from gelato_async.cli.__main__ import main

CLIENTS = {
    "gelato": lambda **options: GelatoClient("key", **options),
    "connect": lambda **options: GelatoConnectClient("acme", "key", "secret", **options),
}
GOOD = {
    "https://bücher.example": "https://xn--bcher-kva.example",
    "https://BÜCHER.example:8443/": "https://xn--bcher-kva.example:8443",
    "https://faß.example": "https://xn--fa-hia.example",
    "https://例え.テスト": "https://xn--r8jz45g.xn--zckzah",
    "https://例え。テスト": "https://xn--r8jz45g.xn--zckzah",
    "https://xn--bcher-kva.example": "https://xn--bcher-kva.example",
    "HTTPS://Example.COM": "https://example.com",
    "https://example.com.": "https://example.com.",
    "https://my_service:443": "https://my_service:443",
    "https://10.0.0.1": "https://10.0.0.1",
    "https://[2001:DB8:0::1]:8443": "https://[2001:db8::1]:8443",
    "http://[::1]:80": "http://[::1]:80",
    "http://127.0.0.1:1": "http://127.0.0.1:1",
    "http://localhost:": "http://localhost",
    # digits of full width mean the same
    "http://\uff11\uff12\uff17.0.0.1": "http://127.0.0.1",
}
BAD = [
    " https://example.com",
    "https://example.com ",
    "https://exa mple.com",
    "https://example.com\n",
    "https://exa\tmple.com",
    "https://example\u00a0.com",
    "https://example.com\x00",
    "https://example.com\\",
    "https:\\\\example.com",
    "https://example.com\\@evil.example",
    "https://..",
    "https://.",
    "https://example..com",
    "https://.example.com",
    "https://example.com..",
    "https://example.com/..",
    "https://example.com/../v4",
    "https://-example.com",
    "https://example-.com",
    "https://exam%70le.com",
    "https://exa*mple.com",
    "https://exa,mple.com",
    f"https://{'a' * 64}.example",
    f"https://{'a.' * 127}example",
    f"https://{'ü' * 64}.example",
    "https://ex\ud800ample.com",
    "https://\u200d.example",
    "https://example.com\uff0fevil",
    "https://127.1",
    "https://0x7f000001",
    "https://2130706433",
    "https://256.1.1.1",
    "https://127.0.0.1.",
    "https://[::1",
    "https://[::g]",
    "https://[fe80::1%25eth0]",
    "https://[127.0.0.1]",
    "https://example.com:0",
    "https://example.com:65536",
    "https://example.com:8o",
    "https://user:password@example.com",
    "https://user:password@exa\uff0fmple.com",
    "https://@example.com",
    "https://example.com?x",
    "https://example.com#x",
    "https://",
    "//example.com",
]

both = pytest.mark.parametrize("api", CLIENTS)


@both
@pytest.mark.parametrize("url", GOOD)
def test_a_host_is_sent_in_ascii(api, url):
    assert repr(CLIENTS[api](base_url=url)).endswith(f" at {GOOD[url]}>")


@both
@pytest.mark.parametrize("url", BAD, ids=ascii)
def test_any_other_host_is_refused_by_name_of_the_option(api, url):
    with pytest.raises(ValueError, match=r"^base_url ") as caught:
        CLIENTS[api](base_url=url)
    assert "password" not in str(caught.value)


@both
@pytest.mark.parametrize("url", [b"https://example.com", 5, ["https://example.com"]])
def test_an_origin_of_another_type_is_refused(api, url):
    with pytest.raises(TypeError, match=r"^base_url must be a string, not a "):
        CLIENTS[api](base_url=url)


@both
def test_the_environment_is_held_to_the_same(api, monkeypatch):
    for name in ("GELATO_BASE_URL", "GELATO_CONNECT_BASE_URL"):
        monkeypatch.setenv(name, "https://bücher.example")
    assert "https://xn--bcher-kva.example" in repr(CLIENTS[api]())
    for name in ("GELATO_BASE_URL", "GELATO_CONNECT_BASE_URL"):
        monkeypatch.setenv(name, "https://exa mple.com")
    with pytest.raises(ValueError, match=r"^base_url "):
        CLIENTS[api]()


def test_plain_http_is_for_this_machine_in_any_spelling():
    with pytest.raises(ValueError, match="plain HTTP"):
        GelatoClient("key", base_url="http://bücher.example")


@both
@pytest.mark.anyio
async def test_a_name_beyond_ascii_fails_as_any_name_that_is_not_there(api):
    client = CLIENTS[api](
        base_url="https://bücher.invalid", limiter=Unlimited(), retry=RetryPolicy(attempts=1)
    )
    with pytest.raises(ConnectionFailedError, match=r"xn--bcher-kva\.invalid"):
        await client.orders.get("1")


def test_the_command_line_reports_it_in_one_line(monkeypatch, capsys):
    monkeypatch.setenv("GELATO_API_KEY", "key")
    arguments = ["orders", "get", "1", "--backend", "gelato", "--base-url", "https://exa mple.com"]
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("gelato-async: base_url must be an origin like ")
