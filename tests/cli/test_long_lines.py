"""The limit for an order in a file, on the command line: rejected, named by its line, never cut."""

import gzip
import json
import tracemalloc

import pytest

from gelato_async.cli.input import sources
from gelato_async.cli.submit.submit_options import SubmitOptions
from gelato_async.files.bounded_lines import MAX_BYTES


def long_line(line, size=MAX_BYTES):
    return line.rstrip(b"\n") + b" " * size + b"\n"


def lengthen_second(lines):
    return [lines[0], long_line(lines[1]), *lines[2:]]


def test_check_names_a_line_that_is_too_long_and_goes_on(command, orders):
    path = orders(3, edit=lengthen_second)
    result = command("check", path)
    assert result.code == 1
    assert f"{path}:2: is longer than 1,048,576 bytes" in result.out
    assert "--max-bytes" in result.out
    assert "3 checked: 2 fine, 1 with problems." in result.out
    assert command("check", path, "--max-bytes", 2 * MAX_BYTES).code == 0


@pytest.mark.parametrize("format_", ["jsonl", "csv"])
def test_the_fixed_copy_has_lines_that_are_too_long_as_they_were(
    command, orders, tmp_path, format_
):
    if format_ == "jsonl":
        path = orders(3, edit=lengthen_second)
    else:
        written = command("sample", "-n", 3, "--csv", "--seed", 1).out
        lines = written.encode().splitlines(keepends=True)
        path = tmp_path / "orders.csv"
        path.write_bytes(b"".join([*lines[:2], long_line(lines[2]), *lines[3:]]))
    before = path.read_bytes().replace(b"US", b"us")
    path.write_bytes(before)
    copy = tmp_path / f"copy.{format_}"
    command("check", path, "--fix", copy)
    lines, copied = before.splitlines(), copy.read_bytes().splitlines()
    assert len(copied) == len(lines)
    long = max(lines, key=len)
    assert copied[lines.index(long)] == long


def test_the_last_line_may_be_too_long_too(command, orders, tmp_path):
    path = orders(2, edit=lambda lines: [lines[0], long_line(lines[1])[:-1]])
    copy = tmp_path / "copy.jsonl"
    assert command("check", path, "--fix", copy).code == 1
    assert copy.read_bytes() == path.read_bytes()


def test_submit_rejects_what_is_too_long_and_sends_the_rest(serve, command, orders, tmp_path):
    sandbox = serve()
    path = orders(3, edit=lambda lines: [*lengthen_second(lines), b"nonsense\n"])
    result = command("submit", path, "--report", "report.jsonl")
    assert result.code == 1
    assert sandbox.audit().commits == 2
    assert f"{path}:2: is longer than 1,048,576 bytes" in result.err
    # a line that is cut is not to be mended: it stays in the input alone
    assert (tmp_path / "gelato.jsonl.rejected.jsonl").read_bytes() == b"nonsense\n"
    assert "Lines that could not be read as orders: 1. Fix them in" in result.out
    rows = [json.loads(row) for row in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert sorted(row["line"] for row in rows) == [1, 2, 3, 4]
    again = command("submit", path, "--max-bytes", 2 * MAX_BYTES)
    assert again.code == 1
    assert sandbox.audit().commits == 3


def test_a_dry_run_keeps_to_the_limit(command, orders, monkeypatch):
    monkeypatch.setenv("GELATO_API_KEY", "key")
    path = orders(3, edit=lengthen_second)
    result = command("submit", path, "--dry-run")
    assert result.code == 1
    assert "2 would be submitted, 1 rejected" in result.out
    assert command("submit", path, "--dry-run", "--max-bytes", 2 * MAX_BYTES).code == 0


def test_the_commands_that_are_advised_keep_the_limit(tmp_path):
    options = SubmitOptions(file="a.jsonl", max_bytes=5)
    assert "--max-bytes 5" in options.command()
    assert "--max-bytes 5" in options.command_for(tmp_path / "b.jsonl")
    assert "--max-bytes" not in SubmitOptions(file="a.jsonl").command()


@pytest.mark.parametrize("limit", ["0", "-1", "x"])
def test_a_limit_must_be_a_number_of_bytes(command, orders, limit):
    result = command("check", orders(), "--max-bytes", limit)
    assert result.code == 2
    assert "--max-bytes" in result.err


def test_orders_are_counted_without_holding_a_line_whole(tmp_path):
    path = tmp_path / "orders.jsonl"
    path.write_bytes(b"{}\n" + b"x" * (20 * MAX_BYTES) + b"\n{}\n")
    tracemalloc.start()
    try:
        assert sources.count_orders(str(path)) == 3
        assert tracemalloc.get_traced_memory()[1] < 5 * MAX_BYTES
    finally:
        tracemalloc.stop()


def test_a_quote_file_is_bounded_too(command, tmp_path, monkeypatch):
    monkeypatch.setenv("GELATO_API_KEY", "key")
    path = tmp_path / "quote.json.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b" " * (20 * MAX_BYTES))
    result = command("orders", "quote", path)
    assert result.code == 2
    assert "is longer than 1,048,576 bytes" in result.err


def test_standard_input_is_bounded_too(process):
    line = b"x" * (2 * MAX_BYTES) + b"\n{}\n"
    result = process("check", "-", input=line)
    assert b"-:1: is longer than 1,048,576 bytes" in result.stdout
    assert b"-:2: orderReferenceId: is required" in result.stdout
