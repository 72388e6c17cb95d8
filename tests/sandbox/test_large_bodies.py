"""Bodies of more than 10 MiB, which the sandbox refuses without keeping them."""

import httpx
import pytest

from gelato_async.sandbox import Sandbox

MOST = 10 * 1024 * 1024
KEY = {"X-API-KEY": "sandbox-key"}


def chunks(size, taken):
    for _ in range(0, size, 2**20):
        taken.append(2**20)
        yield b" " * 2**20


async def asked(app, path, headers, size):
    """Return the answer to a body that is sent piece by piece, and how many bytes were read."""
    taken, answer = [], []
    pieces = chunks(size, taken)

    async def receive():
        body = next(pieces, b"")
        return {"type": "http.request", "body": body, "more_body": bool(body)}

    async def send(message):
        answer.append(message)

    named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": named}
    await app(scope, receive, send)
    return answer[0]["status"], b"".join(part.get("body", b"") for part in answer[1:]), sum(taken)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "key", "code"),
    [
        ("/v4/orders", "sandbox-key", b'"requestId":'),
        ("/api/sandbox/order", "sandbox-key:sandbox-secret", b'"code":413'),
        ("/_sandbox/webhooks", "", b'{"message":"The body has more than 10,485,760 bytes"}'),
    ],
)
async def test_a_body_is_read_up_to_the_limit(anyone, path, key, code):
    status, body, taken = await asked(anyone.app, path, {"X-API-KEY": key}, 10 * MOST)
    assert (status, code in body) == (413, True)
    assert taken == MOST + 2**20
    status, body, _ = await asked(anyone.app, path, {"X-API-KEY": key}, MOST)
    assert (status, b"not valid JSON" in body) == (400, True)


@pytest.mark.anyio
async def test_a_request_without_a_key_is_refused_unread(serve):
    app = serve(rate_limit=1).app
    assert await asked(app, "/v4/orders", {}, 10 * MOST) == (401, b'{"message":"Unauthorized"}', 0)
    assert (await asked(app, "/v4/orders", KEY, 0))[0] == 400
    status, _, taken = await asked(app, "/v4/orders", KEY, 10 * MOST)
    assert (status, taken) == (429, 0)


def test_the_answer_arrives_and_the_connection_stays():
    with Sandbox() as sandbox, httpx.Client(base_url=sandbox.url) as client:
        for path in ("/v4/orders", "/_sandbox/webhooks"):
            assert client.post(path, content=b" " * 2 * MOST, headers=KEY).status_code == 413
            assert client.post(path, content=b" " * 2 * MOST).status_code in {401, 413}
        assert client.get("/v3/catalogs", headers=KEY).status_code == 200
        assert sandbox.audit().connections == 1
