import io
import json
import os
import re
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from gelato_async.cli import webhook_listener

SAMPLES = Path(__file__).parents[1] / "samples" / "webhooks"
SECRET = "hush"
WITHOUT = (
    "import sys; sys.modules['uvicorn'] = None; from gelato_async.cli.__main__ import main;"
    " sys.exit(main({!r}))"
)

EVERY = sorted(path.stem for path in SAMPLES.glob("*.json"))


def body_of(name):
    return (SAMPLES / f"{name}.json").read_bytes()


@pytest.fixture
def listen(command, monkeypatch):
    """Run `webhooks listen`, and post to it what there is as soon as it listens.

    The answers' statuses come along.
    """
    monkeypatch.setenv("GELATO_WEBHOOK_SECRET", SECRET)
    statuses, posters, errors = [], [], []

    def run(*arguments, posted=(), secret=SECRET, interrupt=False):
        def post(url):
            for body in posted:
                request = urllib.request.Request(
                    f"{url}/any/path", body, {"X-Webhook-Secret": secret}
                )
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:
                        statuses.append(answer.status)
                except urllib.error.HTTPError as error:
                    statuses.append(error.code)
                    error.close()
            if interrupt:
                os.kill(os.getpid(), signal.SIGINT)

        def hear(text):
            errors.append(text)
            if found := re.match(r"Listening at (http://\S+) until Ctrl-C.", text):
                posters.append(threading.Thread(target=post, args=found.groups()))
                posters[-1].start()

        monkeypatch.setattr(webhook_listener, "print_error", hear)
        result = command("webhooks", "listen", "--port", 0, *arguments)
        for poster in posters:
            poster.join()
        result.statuses, result.errors = statuses, errors[1:]
        return result

    run.statuses = statuses
    return run


def test_every_event_is_a_line_and_ctrl_c_ends_it(listen):
    result = listen(posted=map(body_of, EVERY), interrupt=True)
    assert (result.code, result.statuses, result.errors) == (0, [200] * len(EVERY), [])
    lines = [line.split("\t") for line in result.out.splitlines()]
    assert [line[0] for line in lines] == [json.loads(body_of(name))["event"] for name in EVERY]
    by_name = dict(zip(EVERY, lines, strict=True))
    shipped = json.loads(body_of("order_status_updated"))
    assert by_name["order_status_updated"][1:3] == [shipped["orderId"], shipped["orderReferenceId"]]
    assert by_name["order_status_updated"][4] == shipped["fulfillmentStatus"]
    assert by_name["catalog_product_stock_availability_updated"][1]
    assert by_name["order_item_tracking_code_updated"][5]


def test_listen_ends_after_a_number_of_events(listen):
    result = listen("--count", 2, "--json", posted=map(body_of, EVERY[:2]))
    assert (result.code, result.statuses) == (0, [200, 200])
    assert [json.loads(line) for line in result.out.splitlines()] == [
        json.loads(body_of(name)) for name in EVERY[:2]
    ]


def test_trimmed_and_unknown_events_are_lines_too(listen):
    trimmed = [
        {"event": "order_status_updated", "orderReferenceId": "shop-1"},
        {"event": "order_item_status_updated", "status": "printed"},
        {"event": "moon_phase_updated"},
        {"event": "store_product_updated"},
    ]
    bodies = [json.dumps(body).encode() for body in trimmed]
    result = listen("--count", 4, posted=bodies)
    assert (result.code, result.statuses) == (0, [200] * 4)
    lines = [line.split("\t") for line in result.out.splitlines()]
    assert [line[0] for line in lines] == [body["event"] for body in trimmed]
    assert (lines[0][2], lines[1][4]) == ("shop-1", "printed")


def test_an_event_that_comes_twice_is_one_line(listen):
    names = ["order_status_updated", "order_status_updated", "store_product_deleted"]
    result = listen("--count", 2, posted=map(body_of, names))
    assert (result.code, result.statuses, len(result.out.splitlines())) == (0, [200] * 3, 2)


def test_on_a_terminal_a_line_begins_with_the_time(listen, terminal):
    terminal()
    result = listen("--count", 1, posted=[body_of("store_product_deleted")])
    assert re.fullmatch(r"\d\d:\d\d:\d\d  store_product_deleted  \S+\n", result.out)


@pytest.mark.parametrize(("encoding", "reported"), [("ascii", "\\u65e5\\u672c"), ("utf-8", "日本")])
def test_a_terminal_of_any_encoding_shows_every_event(listen, monkeypatch, encoding, reported):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    event = json.loads(body_of("order_status_updated")) | {"orderReferenceId": "日本"}
    result = listen("--count", 1, posted=[json.dumps(event).encode()])
    assert (result.code, result.statuses, result.errors) == (0, [200], [])
    assert f"  {reported}  " in sys.stdout.buffer.getvalue().decode(encoding)


def test_a_wrong_secret_is_refused_and_reported(listen):
    result = listen(posted=[body_of("order_status_updated")], secret="wrong", interrupt=True)
    assert (result.code, result.out, result.statuses) == (0, "", [401])
    assert len(result.errors) == 1
    assert "the header X-Webhook-Secret is missing or wrong" in result.errors[0]
    assert SECRET not in result.errors[0]


def test_with_no_secret_events_from_anybody_are_accepted(listen, monkeypatch):
    monkeypatch.delenv("GELATO_WEBHOOK_SECRET")
    result = listen(
        "--no-secret", "--count", 1, posted=[body_of("store_product_deleted")], secret=""
    )
    assert (result.code, result.statuses) == (0, [200])


def test_a_closed_pipe_ends_listen_with_the_event_unhandled(listen, monkeypatch, tmp_path):
    """Gelato sends the event again to the next receiver."""

    def gone(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(webhook_listener.PlainLines, "write_rows", gone)
    result = listen(posted=[body_of("order_status_updated")])
    assert (result.code, result.statuses) == (2, [500])
    assert "No space left on device" in result.err


def test_an_event_after_the_last_wanted_one_is_left_to_a_retry(listen, monkeypatch):
    """It is answered with 500, so that Gelato sends it again."""
    on_tick = webhook_listener.uvicorn.Server.on_tick

    async def only_after_both(server, counter):
        return await on_tick(server, counter) and len(listen.statuses) == 2

    monkeypatch.setattr(webhook_listener.uvicorn.Server, "on_tick", only_after_both)
    result = listen("--count", 1, posted=map(body_of, EVERY[:2]))
    assert result.statuses == [200, 500]
    assert len(result.out.splitlines()) == 1
    assert result.errors[0].endswith("failed: the event came after the last one that was wanted")


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (["--header", ""], "header: must be the name of a header"),
        (["--host", "no.such.host.invalid"], "cannot listen on no.such.host.invalid:0"),
        (["--count", "0"], "--count"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_2(command, monkeypatch, arguments, reported):
    monkeypatch.setenv("GELATO_WEBHOOK_SECRET", SECRET)
    result = command("webhooks", "listen", "--port", 0, *arguments)
    assert (result.code, result.out) == (2, "")
    assert reported in result.err
    assert result.err.count("\n") == 1


def test_a_missing_secret_is_2(command):
    result = command("webhooks", "listen", "--port", 0)
    assert result.code == 2
    assert "GELATO_WEBHOOK_SECRET" in result.err
    assert "--no-secret" in result.err


def test_a_port_that_is_taken_is_2(command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = command("webhooks", "listen", "--no-secret", "--port", taken.getsockname()[1])
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "Choose another --port" in result.err


def test_without_the_extra_one_line_names_it(process):
    result = process(python=("-c", WITHOUT.format(["webhooks", "listen", "--no-secret"])))
    assert (result.returncode, result.stdout) == (2, b"")
    assert b'pip install "gelato-async[sandbox]"' in result.stderr
    assert result.stderr.count(b"\n") == 1


def test_help_names_every_option(command):
    assert "listen" in command("webhooks", "--help").out
    assert "GELATO_WEBHOOK_SECRET" in command("webhooks", "listen", "--help").out
