import socket
import urllib.error
import urllib.request

import anyio
import httpx
import pytest

pytestmark = pytest.mark.anyio


def client(receiver):
    return httpx.AsyncClient(transport=httpx.ASGITransport(receiver), base_url="http://shop")


async def test_it_is_an_application_at_any_path(make, body, headers):
    receiver = make()
    async with client(receiver) as gelato:
        for path in ("", "/", "/webhooks/gelato", "/webhooks/gelato/"):
            assert (await gelato.post(path, content=body(), headers=headers)).status_code == 200
    assert len(receiver.seen) == 1


async def test_the_answer_says_in_a_line_what_became_of_it(make, body, headers):
    async with client(make()) as gelato:
        answer = await gelato.post("/", content=body(), headers=headers)
    assert (answer.text, answer.headers["content-type"]) == ("Handled", "text/plain; charset=utf-8")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_only_post_is_taken(make, headers, method):
    async with client(make()) as gelato:
        answer = await gelato.request(method, "/", headers=headers)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_statuses_reach_the_sender(make, body, headers):
    receiver = make()
    async with client(receiver) as gelato:
        assert (await gelato.post("/", content=body())).status_code == 401
        assert (await gelato.post("/", content=b"garbage", headers=headers)).status_code == 400
        assert (
            await gelato.post("/", content=b"x" * 10_485_760, headers=headers)
        ).status_code == 413
    assert receiver.seen == []


async def talk(receiver, scope, *incoming):
    messages, sent = list(incoming), []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message | {"left": len(messages)})

    await receiver(scope, receive, send)
    return sent, messages


def http(headers):
    return {
        "type": "http",
        "method": "POST",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }


async def test_a_body_in_parts_is_put_together(make, body, headers):
    whole, receiver = body(), make()
    sent, _ = await talk(
        receiver,
        http(headers),
        {"type": "http.request", "body": whole[:9], "more_body": True},
        {"type": "http.request", "more_body": True},
        {"type": "http.request", "body": whole[9:]},
    )
    assert sent[0]["status"] == 200
    assert len(receiver.seen) == 1


async def test_half_a_body_is_not_handled(make, body, headers):
    receiver = make()
    half = {"type": "http.request", "body": body(), "more_body": True}
    sent, _ = await talk(receiver, http(headers), half, {"type": "http.disconnect"})
    assert (sent, receiver.seen) == ([], [])


async def test_a_large_body_is_answered_at_once_and_the_rest_dropped(make, headers):
    part = {"type": "http.request", "body": b"x" * 600_000, "more_body": True}
    sent, left = await talk(make(), http(headers), *[part] * 9, part | {"more_body": False})
    assert [message["type"] for message in sent] == [
        "http.response.start",
        *["http.response.body"] * 2,
    ]
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
    assert sent[0]["left"] == 8
    assert left == []


async def test_an_endless_body_is_dropped_in_the_end(make, headers):
    part = {"type": "http.request", "body": b"x" * 1_048_576, "more_body": True}
    sent, left = await talk(make(), http(headers), *[part] * 40)
    assert (sent[0]["status"], sent[-1].get("more_body")) == (413, None)
    assert len(left) == 40 - 2 - 17


async def test_a_body_that_is_not_sent_is_not_waited_for_long(make):
    sent = []

    async def send(message):
        sent.append(message)

    await make(discard_seconds=0.01)(http({}), anyio.sleep_forever, send)
    assert (sent[0]["status"], len(sent)) == (401, 3)


async def test_a_connection_of_http_2_is_not_closed_by_a_header(make):
    sent, _ = await talk(make(), http({}) | {"http_version": "2"}, {"type": "http.disconnect"})
    assert (sent[0]["status"], b"connection" in dict(sent[0]["headers"])) == (401, False)


async def test_it_confirms_the_lifespan_of_a_server(make):
    startup, shutdown = {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}
    sent, _ = await talk(make(), {"type": "lifespan"}, startup, shutdown)
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


async def test_it_knows_nothing_of_websockets(make):
    with pytest.raises(NotImplementedError, match="not websocket"):
        await talk(make(), {"type": "websocket"})


def test_ten_megabytes_are_refused_before_they_are_sent(make, headers, served):
    with (
        served(make()) as url,
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), 30) as connection,
    ):
        lines = [
            "POST / HTTP/1.1",
            "Host: shop",
            "Content-Length: 10485760",
            *(f"{k}: {v}" for k, v in headers.items()),
        ]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        assert connection.recv(1024).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_sends_all_before_it_reads_gets_the_413(make, headers, served):
    with served(make()) as url:
        request = urllib.request.Request(
            url, b"x" * 10_485_760, headers
        )  # it also asks for the connection to be closed
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=30)
        refused.value.close()
    assert refused.value.code == 413
