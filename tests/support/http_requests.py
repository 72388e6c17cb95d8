"""Requests that tests of a transport send, and what they wait for."""

import anyio
import anyio.lowlevel
import anyio.to_thread

from gelato_async import (
    Request,
    SendGate,
)

TIMEOUT = 30.0


class Sends:
    """Makes gates, and counts how often one was passed."""

    def __init__(self):
        self.count = 0

    def __call__(self):
        return CountingGate(self)


class CountingGate(SendGate):
    def __init__(self, sends):
        super().__init__()
        self.sends = sends

    async def mark_sent(self):
        await super().mark_sent()
        self.sends.count += 1


class RecordingGate(SendGate):
    """A gate that lists what was reported to it, in order."""

    def __init__(self):
        super().__init__()
        self.acts = []

    async def mark_sent(self):
        await super().mark_sent()
        self.acts.append("sent")

    def mark_written(self):
        self.acts.append("written")


def get(url):
    return Request(method="GET", url=url, headers={"x-api-key": "k"})


async def eventually(condition):
    with anyio.fail_after(20):
        while not condition():
            await anyio.sleep(0.002)


def paths(server):
    return {
        request.split(b" ")[1].decode(): connection.number
        for connection in server.connections
        for request in connection.requests
    }


def close_at_once(connection):
    connection.read_request()


def reset_at_once(connection):
    connection.read_request()
    connection.reset()


def half_a_status_line(connection):
    connection.read_request()
    connection.send(b"HTTP/1.1 20")
