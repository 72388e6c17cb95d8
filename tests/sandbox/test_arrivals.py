import contextlib
import socket
import sys
import time
from urllib.parse import urlsplit

import pytest

from gelato_async.sandbox import Sandbox
from gelato_async.sandbox.http.arrivals import Arrivals, Listener
from gelato_async.sandbox.http.server import listen
from gelato_async.sandbox.rate_limit import RateLimiter


def admitted(limiter, *arrivals):
    """The arrivals that were admitted, in the order in which they were judged."""
    return [at for at in arrivals if not limiter.seconds_until_admitted("key", at)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps the moment")
def test_bytes_arrive_when_the_kernel_has_them():
    with (
        listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()) as client,
        listener.accept()[0] as connection,
    ):
        # The kernel begins to note the moments of a machine some time after it is asked to.
        for _ in range(1000):
            client.send(b"a request")
            sent = time.monotonic()
            # The server is busy with something else.
            while time.monotonic() < sent + 0.001:
                pass
            assert connection.recv(100) == b"a request"
            if listener.arrivals.take() <= sent:
                break
        else:
            pytest.fail("No moment is the kernel's")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps the moment")
def test_a_pause_of_the_server_makes_no_request_late():
    with Sandbox() as sandbox, contextlib.ExitStack() as stack:
        address = ("127.0.0.1", urlsplit(sandbox.url).port)
        clients = [stack.enter_context(socket.create_connection(address)) for _ in range(5)]
        # The kernel begins to note the moments of a machine some time after it is asked to.
        for _ in range(100):
            sent = []
            # The server waits for the lock with the first request, and reads no other.
            with sandbox.locked():
                for client in clients:
                    client.send(b"GET /v4/orders/a HTTP/1.1\r\nHost: sandbox\r\n\r\n")
                    sent.append(time.monotonic())
                while time.monotonic() < sent[-1] + 0.01:
                    pass
            for client in clients:
                assert b" 401 " in client.recv(1000)
            audit = sandbox.audit()
            arrived = [audit.started + at for at in audit.request_times[-len(sent) :]]
            if all(at <= moment for at, moment in zip(arrived, sent, strict=True)):
                break
        else:
            pytest.fail("A request arrived after it was sent")


@pytest.mark.parametrize("platform", ["win32", "linux"])
def test_without_the_kernels_moments_bytes_arrive_when_they_are_read(monkeypatch, platform):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Listener, "setsockopt", refuse)
    with (
        listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()) as client,
        listener.accept()[0] as connection,
    ):
        client.send(b"a request")
        assert connection.recv(100) == b"a request"
        read = time.monotonic()
        assert listener.arrivals.take() >= read


def test_a_clock_that_was_set_back_makes_no_arrival_of_the_future():
    arrivals = Arrivals()
    arrivals.note((2**40).to_bytes(8, sys.byteorder) + bytes(8))
    assert arrivals.take() <= time.monotonic()


def test_a_second_is_open_at_its_end():
    assert admitted(RateLimiter(2), 0.0, 0.5, 0.999, 1.0, 1.4, 1.5) == [0.0, 0.5, 1.0, 1.5]


def test_the_wait_ends_when_the_next_is_admitted():
    limiter = RateLimiter(2)
    assert admitted(limiter, 0.0, 0.25) == [0.0, 0.25]
    assert limiter.seconds_until_admitted("key", 0.5) == 0.5
    assert limiter.seconds_until_admitted("key", 1.0) == 0.0


def test_an_earlier_arrival_may_be_judged_later():
    """A pause delays some requests more than others; all of them count at their arrival."""
    limiter = RateLimiter(2)
    assert admitted(limiter, 0.5, 1.45, 0.4, 0.45, 1.6) == [0.5, 1.45, 0.4, 1.6]


def test_a_late_judgement_lets_no_window_exceed_the_limit():
    limiter = RateLimiter(3)
    arrivals = [0.0, 0.9, 0.5, 1.2, 1.1, 0.95, 1.9, 1.95, 1.85, 2.3]
    found = sorted(admitted(limiter, *arrivals))
    assert len(found) > 5
    for first, fourth in zip(found, found[3:], strict=False):
        assert fourth - first >= 1.0


def test_without_a_limit_all_are_admitted():
    assert len(admitted(RateLimiter(None), *[0.0] * 200)) == 200
