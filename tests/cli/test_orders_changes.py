"""The commands that cancel and quote orders."""

import gzip
import json
from decimal import Decimal

import pytest
from support.order_commands import FIRST, columns, ids_of, rows

from gelato_async.cli.output import answers
from gelato_async.cli.samples.orders import sample_orders, to_line
from gelato_async.models.enums import FulfillmentStatus


def status_of(command, order_id, backend="gelato"):
    return rows(command("orders", "get", order_id, "--json", "--backend", backend).out)[0][
        "fulfillmentStatus"
    ]


@pytest.mark.parametrize("backend", ["gelato", "connect"])
def test_yes_cancels_without_a_question(shop, command, backend):
    order_id = next(iter(ids_of(shop(1, backend=backend), backend).values()))
    result = command("orders", "cancel", order_id, "--yes", "--backend", backend)
    assert (result.code, result.out, result.err) == (0, f"{order_id} is canceled.\n", "")
    assert status_of(command, order_id, backend) == FulfillmentStatus.CANCELED


def test_without_a_terminal_and_without_yes_nothing_is_canceled(shop, command):
    sandbox = shop(1)
    requests = sandbox.audit().requests
    result = command("orders", "cancel", ids_of(sandbox)[FIRST])
    assert (result.code, result.out) == (2, "")
    assert "--yes" in result.err
    assert sandbox.audit().requests == requests


@pytest.mark.parametrize(
    ("typed", "code"), [("y\n", 0), ("YES\n", 0), ("n\n", 1), ("\n", 1), ("", 1)]
)
def test_on_a_terminal_a_cancel_is_asked_about(shop, command, terminal, typed, code):
    order_id = ids_of(shop(1))[FIRST]
    terminal(typed)
    result = command("orders", "cancel", order_id)
    assert result.code == code
    assert result.err.startswith(
        f"Cancel order {order_id} (reference {FIRST}, created, items: 1)? [y/N] "
    )
    assert (status_of(command, order_id) == FulfillmentStatus.CANCELED) is (code == 0)


def test_an_order_that_is_not_there_is_not_asked_about(shop, command, terminal):
    shop(0)
    terminal("y\n")
    result = command("orders", "cancel", "unknown")
    assert (result.code, "[y/N]" in result.err) == (1, False)


def test_too_late_is_1_and_says_how_to_look(shop, command):
    sandbox = shop(1)
    order_id = ids_of(sandbox)[FIRST]
    sandbox.advance(1e6)
    result = command("orders", "cancel", order_id, "--yes")
    assert (result.code, result.out) == (1, "")
    assert f"(gelato-async orders get {order_id} shows its status)" in result.err
    assert result.err.count("\n") == 1


# quote


def request_of(order):
    kept = {key: order[key] for key in ("orderReferenceId", "customerReferenceId", "currency")}
    return kept | {
        "recipient": order["shippingAddress"],
        "products": order["items"],
        "allowMultipleQuotes": True,
    }


@pytest.fixture
def an_order():
    return json.loads(to_line(next(sample_orders("gelato", 1, 1)), "gelato"))


@pytest.mark.parametrize("make", [dict, request_of])
def test_an_order_or_a_request_is_quoted(shop, command, tmp_path, an_order, make):
    sandbox = shop(0)
    (tmp_path / "quote.json").write_text(json.dumps(make(an_order), indent=1))
    result = command("orders", "quote", "quote.json")
    assert (result.code, result.err) == (0, "")
    lines = columns(result.out)
    assert ["reference", FIRST] in lines
    assert any(
        line[0] == "product" and line[3] == an_order["items"][0]["productUid"] for line in lines
    )
    assert any(line[0] == "shipment" and line[5].endswith(" GBP") for line in lines)
    (quotation,) = rows(command("orders", "quote", "quote.json", "--json").out)
    assert quotation["quotes"]
    assert sandbox.audit().commits == 0


def test_a_compressed_file_is_quoted_in_tables(shop, command, tmp_path, terminal, an_order):
    shop(0)
    (tmp_path / "order.json.gz").write_bytes(gzip.compress(json.dumps(an_order).encode()))
    terminal()
    assert "shipment method" in command("orders", "quote", "order.json.gz").out


def test_standard_input_is_quoted(shop, process, an_order):
    shop(0)
    result = process("orders", "quote", "-", "--json", input=json.dumps(an_order).encode())
    assert json.loads(result.stdout)["orderReferenceId"] == FIRST


def custom(order):
    item = {
        "itemReferenceId": "a",
        "productName": "Mug",
        "productVariant": {"Size": "L"},
        "quantity": 1,
    }
    return order | {"items": [item]}


@pytest.mark.parametrize(
    ("make", "reported"),
    [
        (custom, "items: each needs a productUid"),
        (lambda order: order | {"customerReferenceId": None}, "customerReferenceId: is required"),
        (lambda order: order | {"curency": "EUR"}, "curency: unknown key; did you mean currency?"),
        (lambda order: {"products": [{}]}, "products[0].productUid: is required"),
        (lambda order: [order], "must be an object"),
        (lambda order: order | {"items": []}, "must have at least one element"),
    ],
)
def test_what_cannot_be_quoted_is_one_line_and_2(shop, command, tmp_path, an_order, make, reported):
    sandbox = shop(0)
    (tmp_path / "quote.json").write_text(json.dumps(make(an_order)))
    result = command("orders", "quote", "quote.json")
    assert (result.code, result.out) == (2, "")
    assert reported in result.err
    assert result.err.count("\n") == 1
    assert sandbox.audit().requests == 0


@pytest.mark.parametrize("contents", [None, b"{}\n{}", b"\xff", b"nonsense"])
def test_a_file_that_is_no_json_is_one_line_and_2(command, tmp_path, contents):
    if contents is not None:
        (tmp_path / "quote.json").write_bytes(contents)
    result = command("orders", "quote", "quote.json")
    assert (result.code, result.out) == (2, "")
    assert "quote.json" in result.err
    assert result.err.count("\n") == 1


def test_control_characters_do_not_reach_the_terminal():
    assert answers.text("a\x1b[31m\tb\ud800\n c") == "a [31m b c"
    assert answers.text((None, "a", 1, True, Decimal("1.50"))) == "a, 1, yes, 1.50"
