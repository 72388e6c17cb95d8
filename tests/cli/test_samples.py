import json
import sys

import pytest
from hypothesis import given, settings, strategies as st

from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.bulk import read_jsonl
from gelato_async.cli.samples.orders import sample_orders, to_line
from gelato_async.models.new_order import CustomItem
from gelato_async.sandbox.catalog.built_in import CURRENCIES
from gelato_async.sandbox.orders import order_rules

BACKENDS = {"gelato": gelato_backend("key"), "connect": connect_backend("prefix", "key", "secret")}
both = pytest.mark.parametrize("backend", BACKENDS)


@both
@given(seed=st.integers(0, 2**40))
@settings(max_examples=30, deadline=None)
def test_samples_follow_all_rules_and_can_be_read_back(backend, seed):
    made = list(sample_orders(backend, 12, seed))
    lines = [to_line(order, backend) for order in made]
    for order, line in zip(made, lines, strict=True):
        BACKENDS[backend].check(BACKENDS[backend].create_operation(order))
        assert list(order_rules.order(json.loads(line), backend, CURRENCIES)) == []
    read = list(read_jsonl(lines))
    assert [line.problems for line in read if line.problems] == []
    assert [to_line(line.order, backend) for line in read] == lines


@both
def test_references_differ_within_a_seed_and_between_seeds(backend):
    made = [
        order.order_reference_id for seed in range(3) for order in sample_orders(backend, 50, seed)
    ]
    assert len(set(made)) == 150


@both
def test_samples_are_varied_and_never_drafts(backend):
    made = list(sample_orders(backend, 800, 7))
    countries = {order.shipping_address.country for order in made}
    assert countries > {"US", "CA", "AU", "GB", "JP", "KR", "CN", "RU", "BR", "HK", "AE"}
    assert {len(order.items) for order in made} == {1, 2, 3, 4, 5}
    assert {order.order_type for order in made} == {"order"}
    assert {order.shipment_method_uid is None for order in made} == {True, False}
    assert {order.metadata is None for order in made} == {True, False}
    assert all(
        order.shipping_address.post_code == ""
        for order in made
        if order.shipping_address.country == "HK"
    )
    assert any(order.shipping_address.registration_state for order in made)


def test_each_backend_gets_what_only_it_can_carry():
    gelato, connect = (list(sample_orders(backend, 300, 7)) for backend in BACKENDS)
    assert any(order.return_address for order in gelato)
    assert any(item.page_count for order in gelato for item in order.items)
    assert any(
        file.thread_colors for order in gelato for item in order.items for file in item.files
    )
    assert all(order.retail_currency and order.retail_shipping_price_excl_vat for order in connect)
    assert all(item.retail_price_excl_vat for order in connect for item in order.items)
    assert {isinstance(item, CustomItem) for order in connect for item in order.items} == {
        True,
        False,
    }


@both
def test_the_command_writes_the_same_lines_for_the_same_seed(command, backend):
    first = command("sample", "-n", 5, "--backend", backend, "--seed", 3)
    again = command("sample", "--number", 5, "--backend", backend, "--seed", 3)
    assert first == again
    assert first.code == 0
    assert [json.loads(line)["orderReferenceId"] for line in first.out.splitlines()] == [
        f"sample-3-{backend}-{number:05d}" for number in range(1, 6)
    ]


def test_without_a_seed_orders_are_fresh(command):
    assert command("sample").out != command("sample").out


def test_the_command_writes_a_file(command, tmp_path):
    result = command("sample", "-n", 4, "--output", tmp_path / "orders.jsonl")
    assert (result.code, result.out) == (0, "")
    assert len((tmp_path / "orders.jsonl").read_bytes().splitlines()) == 4


def test_a_file_that_cannot_be_written_is_one_line(command, tmp_path):
    result = command("sample", "--output", tmp_path / "missing" / "orders.jsonl")
    assert result.code == 2
    assert result.err.startswith("gelato-async: cannot write ")
    assert result.err.count("\n") == 1


def test_a_closed_pipe_is_not_an_error(process):
    reader = "import sys; sys.stdin.readline()"
    script = (
        "import subprocess, sys\n"
        f"reader = subprocess.Popen([sys.executable, '-c', {reader!r}], stdin=subprocess.PIPE)\n"
        "sample = [sys.executable, '-m', 'gelato_async.cli', 'sample', '-n', '5000']\n"
        "sys.exit(subprocess.run(sample, stdout=reader.stdin).returncode)\n"
    )
    result = process(python=(sys.executable, "-c", script)[1:])
    assert (result.returncode, result.stderr) == (0, b"")
