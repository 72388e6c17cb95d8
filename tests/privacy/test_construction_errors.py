"""A client or receiver that cannot be made shows no key: not in its error, and not in its repr."""

import httpx
import pytest
from support.walker import KEY, PRIVATE, SECRET, planted_in, shows

from gelato_async import GelatoClient, GelatoConnectClient, ScriptedTransport
from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.core.operations.orders import CancelOrder
from gelato_async.webhooks import WebhookReceiver, parse_event

BAD_OPTIONS = [
    {"base_url": f"https://user:{SECRET}@example.com"},
    {"base_url": f"https://example.com/{SECRET}"},
    {"base_url": "http://example.com"},
    {"base_url": 5},
    {"paths": {CancelOrder: SECRET}},
    {"paths": {SECRET: "/"}},
    {"timeout": 0},
    {"timeout": SECRET},
    {"total_timeout": -1},
    {"retry": SECRET},
    {"limiter": SECRET},
    {"transport": SECRET},
    {"transport": httpx.Client()},
    {"api_key_of_another_name": SECRET},
]


@pytest.mark.parametrize(
    "make",
    [
        lambda options: GelatoClient(KEY, **options),
        lambda o: GelatoConnectClient("a", KEY, SECRET, **o),
    ],
    ids=["gelato", "connect"],
)
@pytest.mark.parametrize("options", BAD_OPTIONS, ids=range(len(BAD_OPTIONS)))
def test_options_that_cannot_be_used(make, options):
    with pytest.raises(Exception) as caught:
        make(options)
    # an option's own wrong value may be named, except where it may hold a password
    text = SECRET in str(caught.value) and "base_url" in options
    assert not text
    assert [line for line in planted_in(caught.value) if "variable" in line] == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: GelatoClient(f"{KEY} "),
        lambda: GelatoClient(f"{KEY}\n{SECRET}"),
        lambda: GelatoClient(KEY.encode()),
        lambda: GelatoClient([KEY]),
        lambda: GelatoConnectClient("acme", f"{KEY}\x7f", SECRET),
        lambda: GelatoConnectClient("acme", KEY, f"{SECRET}\u00e9"),
        lambda: GelatoConnectClient("acme", KEY),
        lambda: GelatoConnectClient("acme", KEY, {"secret": SECRET}),
        lambda: GelatoConnectClient("..", KEY, SECRET),
        lambda: GelatoConnectClient(f"acme/{KEY}", KEY, SECRET),
        lambda: gelato_backend(f"{KEY} "),
        lambda: connect_backend("acme", KEY, f"{SECRET} "),
        lambda: GelatoClient(KEY).with_options(api_key=SECRET),
        lambda: GelatoClient(KEY).with_options(timeout=SECRET),
        lambda: WebhookReceiver(secrets=f"{SECRET}\n"),
        lambda: WebhookReceiver(secrets=[SECRET, ""]),
        lambda: WebhookReceiver(secrets=SECRET, header="not a header"),
        lambda: parse_event(f'{{"recipient": "{PRIVATE["email"]}"'),
        lambda: parse_event(f'{{"recipient": "{PRIVATE["email"]}"}}'),
        lambda: parse_event(f'["{PRIVATE["email"]}"]'),
        lambda: parse_event({"recipient": PRIVATE["email"]}),
    ],
)
def test_keys_and_bodies_that_cannot_be_used(make, monkeypatch):
    monkeypatch.delenv("GELATO_CONNECT_API_SECRET", raising=False)
    with pytest.raises(Exception) as caught:
        make()
    assert planted_in(caught.value) == []


def test_keys_from_the_environment(monkeypatch):
    monkeypatch.setenv("GELATO_API_KEY", f"{KEY} ")
    monkeypatch.setenv("GELATO_CONNECT_PREFIX", "acme")
    monkeypatch.setenv("GELATO_CONNECT_API_KEY", KEY)
    monkeypatch.setenv("GELATO_CONNECT_API_SECRET", f"{SECRET} ")
    for make in (GelatoClient, GelatoConnectClient):
        with pytest.raises(ValueError, match="copy it again") as caught:
            make()
        assert planted_in(caught.value) == []


@pytest.mark.parametrize("cls", [GelatoClient, GelatoConnectClient])
def test_a_client_that_was_not_made_has_a_repr(cls):
    client = cls.__new__(cls)
    with pytest.raises(ValueError, match="timeout"):
        client.__init__("acme", KEY, SECRET, timeout=0) if cls is GelatoConnectClient else (
            client.__init__(KEY, timeout=0)
        )
    assert cls.__name__ in repr(client)
    assert "not made" in repr(client)
    assert not shows(client)
    assert not shows(vars(client))


@pytest.mark.anyio
async def test_a_webhook_whose_body_breaks_off():
    async def body():
        yield b'{"recipient": "' + PRIVATE["email"].encode()
        raise ConnectionError("gone")

    receiver = WebhookReceiver(secrets=SECRET)
    with pytest.raises(ConnectionError) as caught:
        await receiver.receive({"X-Webhook-Secret": SECRET}, body())
    assert planted_in(caught.value) == []


def test_a_client_works_with_what_its_options_are():
    client = GelatoClient(KEY, transport=ScriptedTransport(lambda _: None), timeout=1)
    assert "order.gelatoapis.com" in repr(client)
    assert not shows(client)
