import io
import json
import signal
import subprocess
import sys
import urllib.request

import pytest
from support.order_commands import FIRST, columns, ids_of, rows

from gelato_async.cli.output import answers
from gelato_async.cli.output.order_views import facts_of, tables_of
from gelato_async.models.enums import FulfillmentStatus
from gelato_async.models.order import Order, OrderItem


@pytest.mark.parametrize("name", ["get", "search", "find", "cancel", "quote"])
def test_help_names_every_command_and_its_exit_codes(command, name):
    assert name in command("orders", "--help").out
    result = command("orders", name, "--help")
    assert result.code == 0
    assert f"Usage: gelato-async orders {name}" in result.out
    assert "Exit code: 0" in result.out or name == "search"


# search


@pytest.mark.parametrize("backend", ["gelato", "connect"])
def test_a_pipe_gets_tabbed_lines_newest_order_first(shop, command, backend):
    sandbox = shop(backend=backend)
    result = command("orders", "search", "--backend", backend)
    assert (result.code, result.err) == (0, "")
    assert [row[:2] for row in columns(result.out)] == [
        [order_id, reference] for reference, order_id in reversed(ids_of(sandbox, backend).items())
    ]


def test_a_terminal_gets_a_table_without_names(shop, command, terminal):
    sandbox = shop(
        edit=lambda order: order | {"orderReferenceId": f"[red]{order['orderReferenceId']}"}
    )
    plain = terminal()
    head, *lines = [
        line
        for line in plain(command("orders", "search").out).splitlines()
        if line.strip() and "─" not in line
    ]
    assert head.split() == [
        "order",
        "reference",
        "status",
        "type",
        "country",
        "items",
        "total",
        "created",
    ]
    assert [line.split()[:2] for line in lines] == [
        [order_id, reference] for reference, order_id in reversed(ids_of(sandbox).items())
    ]
    assert lines[0].split()[1].startswith("[red]")


def test_the_recipient_is_shown_only_on_request(shop, command, terminal):
    shop()
    name = rows(command("orders", "search", "--json").out)[0]["firstName"]
    assert name not in command("orders", "search").out
    assert name in columns(command("orders", "search", "--recipient").out)[0][-1]
    terminal()
    assert "recipient" in command("orders", "search", "--recipient").out


def test_json_is_what_the_api_said(shop, command):
    sandbox = shop()
    request = urllib.request.Request(
        f"{sandbox.url}/v4/orders:search",
        b"{}",
        {"X-API-KEY": sandbox.api_key, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        said = json.load(answer)["orders"]
    assert rows(command("orders", "search", "--json").out) == said


STEERING = "日本\x9b31m\x7f\u202e"


def test_json_on_a_terminal_says_the_same_and_cannot_steer_it(shop, command, terminal):
    shop(1, edit=lambda order: order | {"orderReferenceId": STEERING})
    piped = command("orders", "search", "--json").out
    terminal()
    shown = command("orders", "search", "--json").out
    assert rows(shown) == rows(piped)
    assert "日本" in shown
    assert shown.rstrip("\n").isprintable()


@pytest.mark.parametrize("arguments", [["--json"], []])
def test_a_terminal_that_is_not_utf_8_shows_what_it_can(shop, command, monkeypatch, arguments):
    shop(1, edit=lambda order: order | {"orderReferenceId": "日本"})
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    assert command("orders", "search", *arguments).code == 0
    assert "\\u65e5\\u672c" in sys.stdout.buffer.getvalue().decode("ascii")


def test_a_search_goes_on_to_the_last_page(shop, command, terminal):
    sandbox = shop(230)
    requests = sandbox.audit().requests
    found = [row[0] for row in columns(command("orders", "search").out)]
    assert found == list(reversed(ids_of(sandbox).values()))
    assert sandbox.audit().requests - requests == 3
    terminal()
    drawn = command("orders", "search", "--limit", 60).out
    assert [order_id for order_id in found if order_id in drawn] == found[:60]


def test_a_limit_asks_for_no_more(shop, command):
    sandbox = shop(3)
    requests = sandbox.audit().requests
    assert len(columns(command("orders", "search", "--limit", 2).out)) == 2
    assert sandbox.audit().requests - requests == 1


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--country", "GB"], 1),
        (["--country", "GB,HK", "--country", "AE"], 3),
        (["--reference", FIRST], 1),
        (["--status", "created"], 3),
        (["--status", "printed, shipped"], 0),
        (["--since", "2000-01-01", "--until", "2999-12-31"], 3),
        (["--since", "2999-12-31"], 0),
        (["--until", "2000-01-01T12:00:00+02:00"], 0),
        (["--until", "2999-01-01T12:00:00"], 3),
        (["--type", "draft"], 0),
        (["--text", FIRST], 1),
        (["--channel", "api"], 3),
        (["--currency", "GBP"], 1),
        (["--financial-status", "refunded"], 0),
        (["--store", "of-mine"], 0),
        (["--id", "unknown"], 0),
    ],
)
def test_filters(shop, command, filters, found):
    shop()
    result = command("orders", "search", *filters)
    assert result.code == 0
    assert len(columns(result.out)) == found
    assert result.err == ("" if found else "No order matches.\n")


def test_a_day_counts_to_its_end(shop, command):
    shop(1)
    that_day = columns(command("orders", "search").out)[0][-1][:10]
    assert (
        len(columns(command("orders", "search", "--since", that_day, "--until", that_day).out)) == 1
    )


def test_an_undocumented_status_is_searched_with_a_warning(shop, command):
    shop(0)
    result = command("orders", "search", "--status", "shiped")
    assert result.code == 0
    assert result.err.startswith(
        "warning: the status shiped is not documented; did you mean shipped?\n"
    )


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (["--since", "yesterday"], "--since yesterday: must be like 2024-05-01"),
        (["--until", "2024-13-01"], "--until 2024-13-01: must be like"),
        (["--backend", "connect", "--text", "x"], "GelatoConnect cannot carry this"),
        (["--country", "Sweden"], "countr"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_2(shop, command, arguments, reported):
    sandbox = shop(0)
    result = command("orders", "search", *arguments)
    assert (result.code, result.out) == (2, "")
    assert reported in result.err
    assert result.err.count("\n") == 1
    assert sandbox.audit().requests == 0


LISTS = [
    "status",
    "country",
    "reference",
    "financial-status",
    "type",
    "channel",
    "currency",
    "store",
    "id",
]


@pytest.mark.parametrize(
    ("option", "nothing"),
    [(option, nothing) for option in [*LISTS, "text"] for nothing in ["", " "]]
    + [(option, ",") for option in LISTS],
)
def test_a_filter_without_a_value_does_not_mean_every_order(shop, command, option, nothing):
    sandbox = shop(0)
    result = command("orders", "search", f"--{option}", nothing)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"gelato-async: --{option} is given without a value\n"
    assert sandbox.audit().requests == 0


def test_a_value_beside_one_that_is_missing_does_not_hide_it(shop, command):
    shop()
    assert command("orders", "search", "--id", "unknown", "--id", "").code == 2
    assert command("orders", "search", "--country", "GB,").code == 0


def test_ctrl_c_in_a_search_is_130(shop, command, monkeypatch):
    shop()
    monkeypatch.setattr(
        answers.PlainLines, "write_rows", lambda *_: signal.raise_signal(signal.SIGINT)
    )
    assert command("orders", "search").code == 130


@pytest.mark.system
def test_a_closed_pipe_ends_a_search_quietly(shop):
    shop()
    line = [sys.executable, "-m", "gelato_async.cli", "orders", "search"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as search:
        search.stdout.close()
        assert (search.wait(60), search.stderr.read()) == (0, b"")


# get and find


@pytest.mark.parametrize("backend", ["gelato", "connect"])
def test_an_order_is_shown_with_its_items(shop, command, backend):
    sandbox = shop(backend=backend)
    (reference, order_id), *_ = ids_of(sandbox, backend).items()
    sandbox.advance(1e6)
    result = command("orders", "get", order_id, "--backend", backend)
    assert (result.code, result.err) == (0, "")
    lines = columns(result.out)
    facts = {line[0]: line[1] for line in lines}
    assert (facts["order"], facts["reference"], facts["status"]) == (
        order_id,
        reference,
        "delivered",
    )
    assert facts["country"]
    assert "email" not in facts
    assert next(line[0] for line in lines if line[0] in {"item", "package", "receipt"}) == "item"
    assert any(line[0] == "package" and line[2] for line in lines)


def test_a_terminal_shows_tables_without_empty_columns(shop, command, terminal):
    sandbox = shop(1)
    terminal()
    result = command("orders", "get", ids_of(sandbox)[FIRST])
    assert FIRST in result.out
    assert "tracking code" not in result.out
    assert "refused" not in result.out
    assert "@" not in result.out
    assert "@" in command("orders", "get", ids_of(sandbox)[FIRST], "--recipient").out


def test_an_order_as_json_is_one_line_with_everything(shop, command):
    sandbox = shop(1)
    (order,) = rows(command("orders", "get", ids_of(sandbox)[FIRST], "--json").out)
    assert order["orderReferenceId"] == FIRST
    assert order["shippingAddress"]["email"]


def test_connect_takes_the_reference_too(shop, command):
    shop(backend="connect")
    assert command("orders", "get", "sample-1-connect-00001", "--backend", "connect").code == 0


def test_no_such_order_is_1_and_says_what_to_do(shop, command):
    shop(0)
    result = command("orders", "get", FIRST)
    assert (result.code, result.out) == (1, "")
    assert (
        result.err
        == "gelato-async: orders.get: 404: Order not found (by your own reference: gelato-async"
        " orders find REFERENCE)\n"
    )


def test_an_order_with_few_values_is_shown_too():
    order = Order(
        id="a",
        order_reference_id="b",
        fulfillment_status=FulfillmentStatus.DRAFT,
        shipment_method_uid="express",
        items=(OrderItem(id="c", product_name="Mug", product_variant={"Size": "L"}),),
    )
    facts = facts_of(order, recipient=True)
    assert facts["shipment method"] == "express"
    assert "country" not in facts
    assert [table.rows for table in tables_of(order)] == [[["c", "", "Mug, L", "", "", ""]], [], []]


def test_a_reason_of_refusal_is_shown(shop, command):
    options = [{"key": "sandbox", "value": "missing_retail_prices"}]
    sandbox = shop(1, edit=lambda order: order | {"metadata": options})
    sandbox.advance(60)
    assert "refused\tmissing_retail_prices" in command("orders", "get", ids_of(sandbox)[FIRST]).out


def test_find_lists_all_orders_with_a_reference(shop, command):
    shop(edit=lambda order: order | {"orderReferenceId": "mine"})
    result = command("orders", "find", "mine")
    assert (result.code, result.err) == (0, "")
    assert [row[1] for row in columns(result.out)] == ["mine"] * 3
    assert len(rows(command("orders", "find", "mine", "--json").out)) == 3


def test_find_is_1_if_there_is_no_order(shop, command):
    shop(0)
    result = command("orders", "find", "nobody's")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("No order has the reference nobody's.")


def test_find_without_a_reference_is_2(shop, command):
    sandbox = shop(0)
    result = command("orders", "find", " ")
    assert (result.code, result.err) == (2, "gelato-async: REFERENCE is given without a value\n")
    assert sandbox.audit().requests == 0


def test_a_reference_may_begin_with_a_hyphen(shop, command):
    shop(1, edit=lambda order: order | {"orderReferenceId": "-x"})
    assert columns(command("orders", "find", "-x").out)[0][1] == "-x"
    assert rows(command("orders", "find", "--json", "-x").out)[0]["orderReferenceId"] == "-x"


@pytest.mark.parametrize("line", ["get -x", "cancel --yes -x"])
def test_an_id_may_begin_with_a_hyphen(shop, command, line):
    sandbox = shop(0)
    result = command("orders", *line.split())
    assert (result.code, "404" in result.err, sandbox.audit().requests) == (1, True, 1)


def test_an_option_misspelled_beside_an_id_is_2(shop, command):
    shop(0)
    result = command("orders", "cancel", "a", "--yess")
    assert result.code == 2
    assert "--yess" in result.err
