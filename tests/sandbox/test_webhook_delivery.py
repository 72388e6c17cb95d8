"""How the sandbox delivers webhooks: tries, order, ends."""

import asyncio
import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby
from types import SimpleNamespace

import httpx
import pytest
from support.webhook_shop import NOBODY, Server, event, post, sandbox_for, shop, statuses

from gelato_async.sandbox import Sandbox, SandboxError
from gelato_async.sandbox.orders.life_cycle import STAGES


def test_events_are_posted_with_the_header(order):
    with shop() as noted, sandbox_for(noted, webhook_header=("X-Shop", "s3cret value")) as sandbox:
        post(sandbox, order())
        sandbox.wait_for_webhooks()
        assert [delivery.answers for delivery in sandbox.webhooks()] == [(200,), (200,)]
    assert [content["event"] for content in noted.events] == [
        "order_item_status_updated",
        "order_status_updated",
    ]
    assert set(noted.paths) == {"/hooks?shop=1"}
    assert (noted.headers[0]["X-Shop"], noted.headers[0]["Content-Type"]) == (
        "s3cret value",
        "application/json",
    )
    assert noted.headers[0]["Host"] == noted.url.removeprefix("http://")


def test_the_events_of_one_order_arrive_in_their_order(order):
    with shop() as noted, sandbox_for(noted, path="") as sandbox:
        for number in range(5):
            post(sandbox, order(f"ref-{number}"))
        sandbox.advance(1_000)
        sandbox.wait_for_webhooks()
    whole = [content for content in noted.events if content["event"] == "order_status_updated"]
    whole.sort(key=lambda content: content["orderReferenceId"])
    for _, group in groupby(whole, key=lambda content: content["orderReferenceId"]):
        assert statuses(group) == list(STAGES)


@pytest.mark.parametrize(
    ("answers", "noted_answers"),
    [
        ([500], (500, 200)),
        ([404, 302], (404, 302, 200)),
        ([500, 401, 503], (500, 401, 503)),
        ([None], (None, 200)),
        ([b"no HTTP at all\r\n\r\n"], (None, 200)),
        (
            [b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"],
            (202,),
        ),
        ([b"HTTP/1.0 204 No Content\r\n\r\n"], (204,)),
    ],
)
def test_there_are_three_tries_for_a_2xx(answers, noted_answers):
    with shop(*answers) as noted, sandbox_for(noted) as sandbox:
        sandbox.send_webhook(event())
        sandbox.wait_for_webhooks()
        (delivery,) = sandbox.webhooks()
    assert delivery.answers == noted_answers
    assert delivery.is_delivered is (200 <= (noted_answers[-1] or 0) < 300)
    assert delivery.is_lost is not delivery.is_delivered
    assert len(noted.events) == len(noted_answers)
    assert noted.events == [event()] * len(noted_answers)


def test_the_next_try_is_some_seconds_later():
    with shop(500, 500) as noted, sandbox_for(noted, webhook_retry_seconds=0.1) as sandbox:
        sandbox.send_webhook(event())
        sandbox.wait_for_webhooks()
    first, second, third = noted.times
    assert second - first >= 0.09
    assert third - second >= 0.09


def test_an_event_that_fails_holds_nothing_else_up():
    with shop(500, 500, 500) as noted, sandbox_for(noted, webhook_retry_seconds=600) as sandbox:
        sandbox.send_webhook(event(1))
        with noted.news:
            assert noted.news.wait_for(lambda: noted.events, 30)
        noted.answers.clear()
        sandbox.send_webhook(event(1, again=True))
        with noted.news:
            assert noted.news.wait_for(lambda: len(noted.events) == 2, 30)
        with pytest.raises(TimeoutError, match=r"0\.01 s"):
            sandbox.wait_for_webhooks(0.01)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_shop_that_is_closed_is_no_answer(scheme):
    with shop() as noted:
        closed = noted.url
    with Sandbox(webhook_url=closed.replace("http", scheme), webhook_retry_seconds=0) as sandbox:
        sandbox.send_webhook(event())
        sandbox.wait_for_webhooks()
        assert sandbox.webhooks()[0].answers == (None, None, None)
        assert "Connect" in sandbox.webhooks()[0].reason
    assert sandbox.webhooks()[0].is_lost


def test_a_shop_that_does_not_speak_tls_is_no_answer():
    with (
        shop() as noted,
        Sandbox(webhook_url=noted.url.replace("http", "https"), webhook_retry_seconds=0) as sandbox,
    ):
        sandbox.send_webhook(event())
        sandbox.wait_for_webhooks()
        assert sandbox.webhooks()[0].answers == (None, None, None)
        assert "SSL" in sandbox.webhooks()[0].reason


def test_a_name_that_cannot_be_is_no_answer():
    with Sandbox(webhook_url="http://a..b/", webhook_retry_seconds=0) as sandbox:
        sandbox.send_webhook(event())
        sandbox.wait_for_webhooks()
        assert sandbox.webhooks()[0].is_lost


def test_a_shop_that_does_not_answer_in_time_is_no_answer():
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:
        url = f"http://127.0.0.1:{silent.server_port}"
        with Sandbox(
            webhook_url=url, webhook_retry_seconds=0, webhook_timeout_seconds=0.01
        ) as sandbox:
            sandbox.send_webhook(event())
            sandbox.wait_for_webhooks()
            assert sandbox.webhooks()[0].answers == (None, None, None)
            assert sandbox.webhooks()[0].reason == "There was no answer within 0.01 s"


def test_a_shop_that_takes_nothing_in_holds_nothing_up():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with Sandbox(
            webhook_url=url, webhook_retry_seconds=0, webhook_timeout_seconds=0.05
        ) as sandbox:
            sandbox.send_webhook(event(long="x" * 20_000_000))
            sandbox.wait_for_webhooks()
            assert sandbox.webhooks()[0].answers == (None, None, None)


def test_an_answer_before_everything_was_sent_counts():
    class Hasty(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_error(413)  # and the connection is closed, with nothing of the body read

        def log_message(self, *_):
            pass

    with Server(("127.0.0.1", 0), Hasty) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        with Sandbox(webhook_url=url, webhook_retry_seconds=0) as sandbox:
            sandbox.send_webhook(event(long="x" * 3_000_000))
            sandbox.wait_for_webhooks()
            assert 413 in sandbox.webhooks()[0].answers  # a reset may overtake it now and then
        server.shutdown()
        thread.join()


def test_events_of_different_orders_are_delivered_at_once():
    together = threading.Barrier(3)

    class Waiting(BaseHTTPRequestHandler):
        def do_POST(self):
            together.wait(30)
            self.send_error(204)

        def log_message(self, *_):
            pass

    with Server(("127.0.0.1", 0), Waiting) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        with Sandbox(webhook_url=f"http://127.0.0.1:{server.server_port}") as sandbox:
            for number in (1, 2, 3):
                sandbox.send_webhook(event(orderId=str(number)))
            sandbox.wait_for_webhooks()
            assert [delivery.answers for delivery in sandbox.webhooks()] == [(204,)] * 3
        server.shutdown()
        thread.join()


def test_shuffled_events_come_in_another_order():
    with (
        shop() as noted,
        sandbox_for(noted, webhook_shuffle=True, webhook_duplicates=0.5, seed=2) as sandbox,
    ):
        for number in range(50):
            sandbox.send_webhook(event(number))
        sandbox.wait_for_webhooks()
    came = [content["id"] for content in noted.events]
    assert {*came} == {str(number) for number in range(50)}
    assert 50 < len(came) < 100
    assert came != sorted(came, key=int)


def test_orders_that_age_by_themselves_emit_events(order):
    with shop() as noted, sandbox_for(noted, speed=5_000.0) as sandbox:
        post(sandbox, order())
        with noted.news:
            arrived = noted.news.wait_for(
                lambda: any(e.get("status") == "delivered" for e in noted.events), 60
            )
    assert arrived


def test_what_was_not_delivered_is_delivered_after_a_restart():
    with shop(500) as noted:
        sandbox = sandbox_for(noted, webhook_retry_seconds=0.2)
        with sandbox:
            sandbox.send_webhook(event())
            with noted.news:
                assert noted.news.wait_for(lambda: noted.events, 30)
        with pytest.raises(SandboxError, match="not running"):
            sandbox.wait_for_webhooks()
        with sandbox:
            sandbox.wait_for_webhooks()
        assert sandbox.webhooks()[0].is_delivered


def test_a_reset_forgets_them_and_ends_the_waiting():
    with shop(500) as noted, sandbox_for(noted, webhook_retry_seconds=600) as sandbox:
        sandbox.send_webhook(event(1))
        with noted.news:
            assert noted.news.wait_for(lambda: noted.events, 30)
        waiting = threading.Thread(target=sandbox.wait_for_webhooks)
        waiting.start()
        sandbox.reset()
        waiting.join(30)
        assert not waiting.is_alive()
        assert sandbox.webhooks() == ()
        sandbox.send_webhook(event(2))
        sandbox.wait_for_webhooks()
        assert [delivery.event["id"] for delivery in sandbox.webhooks()] == ["2"]


@contextmanager
def slow_shop(status):
    """A server that says when it was asked, and answers when it may."""
    noted = SimpleNamespace(entered=threading.Event(), leave=threading.Event(), count=0)

    class Slow(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            noted.count += 1
            noted.entered.set()
            noted.leave.wait(30)
            with suppress(OSError):
                self.send_error(status)

        def log_message(self, *_):
            pass

    with Server(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        noted.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield noted
        finally:
            noted.leave.set()
            server.shutdown()
            thread.join()


def test_a_delivery_that_is_broken_off_by_the_end_does_not_count():
    with slow_shop(204) as noted:
        sandbox = sandbox_for(noted)
        with sandbox:
            sandbox.send_webhook(event(1))
        for _ in range(4):
            with sandbox:
                assert noted.entered.wait(30)
            noted.entered.clear()
        assert sandbox.webhooks()[0].answers == ()
        noted.leave.set()
        with sandbox:
            sandbox.wait_for_webhooks()
        assert sandbox.webhooks()[0].answers == (204,)


def test_what_happens_later_is_not_waited_for():
    with shop() as noted, sandbox_for(noted, webhook_retry_seconds=600) as sandbox:
        sandbox.send_webhook(event(1))
        sandbox.wait_for_webhooks()
        with noted.news:
            sandbox.send_webhook(event(2))  # is on its way, and answered when this block is left
            waits = [sandbox.app.webhooks_done() for _ in range(2)]
            noted.answers.extend([200, 500])
            sandbox.send_webhook(event(2, again=True))
        assert all(done.wait(30) for done in waits)
        with pytest.raises(TimeoutError):
            sandbox.wait_for_webhooks(0.01)


def failed_try(app):
    """Play the webhook sender: take what is due, fail, and give the seconds until the next try."""
    taken = [app.next_webhook(queue) for queue in range(8)]
    queue, delivery = next(
        (queue, delivery) for queue, (delivery, _) in enumerate(taken) if delivery
    )
    app.record_webhook_try(delivery, 500, None)
    return app.next_webhook(queue)[1]


def test_by_default_the_next_try_is_five_seconds_later(new_app, travel):
    app = new_app(webhook_url=NOBODY)
    app.send_webhook(event(1))
    for _ in range(2):
        assert 4.9 < failed_try(app) <= 5.0
        travel(5)
    assert failed_try(app) is None
    assert app.webhooks()[0].is_lost


def test_which_events_come_twice_depends_on_the_seed_alone(new_app, travel):
    """Neither failed tries nor shuffling change it."""

    def deliveries(*, fails, **options):
        app = new_app(webhook_url=NOBODY, webhook_duplicates=0.5, seed=3, **options)
        for number in range(50):
            app.send_webhook(event(number))
            travel(10)
            if fails:
                failed_try(app)
        return [delivery.event["id"] for delivery in app.webhooks()]

    once = deliveries(fails=False)
    assert 50 < len(once) < 100
    assert deliveries(fails=True) == deliveries(fails=True, webhook_shuffle=True) == once


def test_of_the_finished_deliveries_the_last_ones_are_kept():
    with shop() as noted, sandbox_for(noted, webhooks_kept=3) as sandbox:
        for number in range(10):
            sandbox.send_webhook(event(number, orderId="1"))
        sandbox.wait_for_webhooks()
        assert [delivery.event["id"] for delivery in sandbox.webhooks()] == ["7", "8", "9"]


def test_what_is_sent_stays_as_it_was_when_it_was_sent():
    content = event(1)
    with shop() as noted:
        sandbox = sandbox_for(noted)
        sandbox.send_webhook(content)
        content["id"] = "2"
        with sandbox:
            sandbox.wait_for_webhooks()
    assert noted.events == [event(1)]


def test_an_error_of_the_sandbox_itself_is_raised(monkeypatch):
    async def broken(*_, **__):
        raise RuntimeError("a fault of its own")

    with shop() as noted:
        sandbox = sandbox_for(noted)
        with pytest.raises(SandboxError, match="a fault of its own"), sandbox:
            monkeypatch.setattr(asyncio, "open_connection", broken)
            sandbox.send_webhook(event(1))
            with pytest.raises(SandboxError, match="a fault of its own"):
                sandbox.wait_for_webhooks()
            with pytest.raises(SandboxError, match="a fault of its own"):
                sandbox.wait_for_webhooks()
        with pytest.raises(KeyError), sandbox:
            sandbox.send_webhook(event(2))
            raise KeyError
        monkeypatch.undo()
        sandbox = sandbox_for(noted)
        with sandbox:
            sandbox.send_webhook(event(3))
            sandbox.wait_for_webhooks()


def test_a_delivery_from_before_a_reset_is_forgotten():
    with slow_shop(500) as noted, sandbox_for(noted, webhook_retry_seconds=0) as sandbox:
        sandbox.send_webhook(event(1))
        assert noted.entered.wait(30)
        sandbox.reset()
        noted.leave.set()
        sandbox.send_webhook(event(2, orderId="1"))
        sandbox.send_webhook(event(1, orderId="1"))
        sandbox.wait_for_webhooks()
        assert [delivery.answers for delivery in sandbox.webhooks()] == [(500, 500, 500)] * 2


def test_the_controls_list_and_send_them():
    with (
        shop() as noted,
        sandbox_for(noted) as sandbox,
        httpx.Client(base_url=f"{sandbox.url}/_sandbox/") as control,
    ):
        assert control.post("webhooks", json=event(5)).status_code == 200
        sandbox.wait_for_webhooks()
        (delivery,) = control.get("webhooks").json()["webhooks"]
        assert (delivery["event"], delivery["answers"]) == (event(5), [200])


@pytest.mark.parametrize("value", [object, float("nan"), float("inf")])
def test_what_is_no_json_is_refused_where_it_is_sent(value):
    with pytest.raises(SandboxError, match="The event is not JSON"):
        Sandbox(webhook_url=NOBODY).send_webhook({"event": value})


def test_an_event_may_be_about_what_utf8_cannot_say():
    sandbox = Sandbox(webhook_url=NOBODY)
    sandbox.send_webhook({"event": "own", "id": "\ud800"})
    assert sandbox.webhooks()[0].event["id"] == "\ud800"
