"""A shop that notes the webhooks it is sent."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import httpx

from gelato_async.sandbox import Sandbox

NOBODY = "http://127.0.0.1:9/webhooks"


KEY = {"X-API-KEY": "sandbox-key"}


def statuses(events):
    return [event["fulfillmentStatus"] for event in events]


class Server(ThreadingHTTPServer):
    request_queue_size = 256  # a connection that finds no room tries again a second later


@contextmanager
def shop(*answers):
    """A server that notes what is posted to it; it gives these answers first, and 200 then.

    None ends the connection.
    """
    noted = SimpleNamespace(
        events=[], headers=[], times=[], paths=[], answers=list(answers), news=threading.Condition()
    )

    class Noting(BaseHTTPRequestHandler):
        def do_POST(self):
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with noted.news:
                noted.events.append(content)
                noted.headers.append(self.headers)
                noted.times.append(time.monotonic())
                noted.paths.append(self.path)
                answer = noted.answers.pop(0) if noted.answers else 200
                noted.news.notify_all()
            if isinstance(answer, bytes):
                self.wfile.write(answer)
            elif answer is not None:
                self.send_response(answer)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    noted.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield noted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sandbox_for(noted, path="/hooks?shop=1", **options):
    return Sandbox(
        webhook_url=noted.url + path, **({"speed": 0.0, "webhook_retry_seconds": 0.02} | options)
    )


def post(sandbox, body):
    with httpx.Client(base_url=f"{sandbox.url}/v4", headers=KEY) as gelato:
        answer = gelato.post("orders", json=body)
    assert answer.status_code == 200
    return answer.json()


def event(number=0, **more):
    return {"event": "moon_phase_updated", "id": str(number), **more}
