"""Lines that are too long, or made to take long: bounded in memory and linear in time."""

import gzip
import io
import json
import tracemalloc

import pytest

from gelato_async.bulk import read_csv, read_jsonl
from gelato_async.cli.input.fixing import Fixer
from gelato_async.cli.samples.orders import sample_orders, to_body, to_line
from gelato_async.core import order_reader
from gelato_async.files.bounded_lines import MAX_BYTES
from gelato_async.files.csv_columns import problems_of
from gelato_async.files.jsonl import _object

LINES = [to_line(order, "gelato") for order in sample_orders("gelato", 3, 1)]
BODY = to_body(next(sample_orders("gelato", 1, 1)), "gelato")
# bytes that reading a file may take beside the limit for a line, and a few times that limit
SLACK = 4_000_000

HEADER = (
    "orderReferenceId,currency,firstName,lastName,addressLine1,city,postCode,country,email,"
    "itemReferenceId,productUid,quantity\n"
)


def row(reference, item=1, name="Astrid"):
    return f"{reference},EUR,{name},Ek,Storgatan 1,Lund,222 22,SE,a@example.com,{item},poster,1\n"


def problems(lines):
    return {line.number: str(line.problems[0]) for line in lines if line.problems}


def references(lines):
    return [line.order.order_reference_id for line in lines if line.order]


def stream(lines, kind):
    """The same lines as a file, or as any other iterable."""
    if kind == "file":
        return io.BytesIO(b"".join(lines))
    return list(lines)


@pytest.mark.parametrize("kind", ["file", "list"])
def test_a_line_that_is_too_long_costs_no_other_line(kind):
    long = b'{"orderReferenceId": "' + b"x" * MAX_BYTES + b'"}\n'
    lines = list(read_jsonl(stream([LINES[0], long, LINES[1], long[:-1]], kind)))
    assert [line.number for line in lines] == [1, 2, 3, 4]
    assert problems(lines).keys() == {2, 4}
    assert "longer than 1,048,576 bytes" in problems(lines)[2]
    assert [bool(line.order) for line in lines] == [True, False, True, False]


@pytest.mark.parametrize("kind", ["file", "list"])
def test_a_line_may_be_as_long_as_the_limit(kind):
    line = LINES[0].rstrip()
    for end in (b"", b"\n"):
        whole = line + end
        (found,) = read_jsonl(stream([whole], kind), max_bytes=len(whole))
        assert found.order
        (found,) = read_jsonl(stream([whole], kind), max_bytes=len(whole) - 1)
        assert not found.order


@pytest.mark.parametrize("read", [read_jsonl, read_csv])
def test_a_limit_of_no_bytes_is_refused_at_once(read):
    with pytest.raises(ValueError, match="max_bytes must be 1 or more, not 0"):
        read([], max_bytes=0)


def test_a_line_is_kept_as_it_was_read_unless_it_is_too_long():
    lines = list(read_jsonl([LINES[0], b"nonsense\n", LINES[1] * 9], max_bytes=len(LINES[1]) * 2))
    assert [line.raw for line in lines] == [LINES[0], b"nonsense\n", b""]
    assert "raw" not in repr(lines[0])


def _compressed(tmp_path, *pieces):
    """A file of lines, of which a piece may be a repeat count and a byte string."""
    path = tmp_path / "orders.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for count, piece in pieces:
            for _ in range(count):
                file.write(piece)
    return path


def _peak(read):
    tracemalloc.start()
    try:
        found = read()
        return tracemalloc.get_traced_memory()[1], found
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("start", [b'{"a": "', b"[", b" "])
def test_a_compressed_bomb_of_one_line_is_passed_over(tmp_path, start):
    path = _compressed(tmp_path, (1, start), (200, b"x" * 250_000), (1, b"\n"), (1, LINES[0]))
    assert path.stat().st_size < 1_000_000
    with gzip.open(path) as file:
        peak, lines = _peak(lambda: list(read_jsonl(file)))
    assert [line.number for line in lines] == [1, 2]
    assert references(lines) == [json.loads(LINES[0])["orderReferenceId"]]
    assert peak < 3 * MAX_BYTES + SLACK


CSV_BOMBS = {
    "a line": [(40, b"x" * 250_000), (1, b"\n")],
    "a header": [(1, b"x"), (40, b"," * 250_000), (1, b"\n")],
    "a row that quotes spread": [(1, b'r1,"'), (5_000, b'",' + b"y" * 2_000 + b',"\n')],
    "rows of one order": [(50_000, row("r1").encode())],
    "rows of nobody": [(5_000, b'"r"x,' + b"y" * 2_000 + b"\n")],
}


@pytest.mark.parametrize("what", CSV_BOMBS)
def test_a_compressed_bomb_of_csv_is_passed_over(tmp_path, what):
    head = [] if what == "a header" else [(1, HEADER.encode())]
    tail = [] if what == "a header" else [(1, row("last").encode())]
    path = _compressed(tmp_path, *head, *CSV_BOMBS[what], *tail)
    with gzip.open(path) as file:
        # a small limit: to trace a million rows takes long
        peak, (count, first, last) = _peak(lambda: _ends(read_csv(file, max_bytes=65_536)))
    assert peak < SLACK
    assert count >= 1
    assert first.problems
    if tail:
        assert last.order.order_reference_id == "last"


def _ends(lines):
    """How many lines there are, and the first and the last of them."""
    count, first, last = 0, None, None
    for line in lines:
        count, first, last = count + 1, first or line, line
    return count, first, last


def test_a_csv_line_that_is_too_long_costs_no_other_order():
    long = row("r2", name="é" * 300)
    text = HEADER + row("r1") + long + row("r3") + row("r3", 2)
    lines = list(read_csv(io.BytesIO(text.encode()), max_bytes=500))
    assert references(lines) == ["r1", "r3"]
    assert problems(lines).keys() == {3}
    assert "longer than 500 bytes" in problems(lines)[3]


def test_a_quote_that_is_left_open_does_not_swallow_the_file():
    text = HEADER + 'r1,"EUR\n' + row("r2") * 1 + row("r3") + "".join(map(row, "abcdef"))
    lines = list(read_csv(io.BytesIO(text.encode()), max_bytes=300))
    assert references(lines) == ["r2", "r3", *"abcdef"]
    assert "longer than 300 bytes" in problems(lines)[2]
    assert "quotes" in problems(lines)[2]


def test_an_order_of_too_many_csv_lines_costs_no_other_order():
    rows = "".join(row("r2", item) for item in range(100))
    text = HEADER + row("r1") + rows + row("r3")
    lines = list(read_csv(io.BytesIO(text.encode()), max_bytes=1_000))
    assert references(lines) == ["r1", "r3"]
    assert problems(lines).keys() == {3}
    assert "longer than 1,000 bytes" in problems(lines)[3]
    (told,) = [line.problems for line in lines if line.problems]
    assert len(told) == 1


# linear in the size of a line


def test_of_many_unknown_keys_a_few_are_listed(monkeypatch):
    compared = []
    close = order_reader.get_close_matches

    def counted(*arguments, **options):
        compared.append(arguments)
        return close(*arguments, **options)

    monkeypatch.setattr(order_reader, "get_close_matches", counted)
    line = json.dumps(BODY | {f"orderReferenceIdd{i}": 1 for i in range(20_000)}).encode()
    (found,) = read_jsonl([line])
    assert len(found.problems) == order_reader.LISTED + 1
    assert "did you mean orderReferenceId" in str(found.problems[0])
    assert str(found.problems[-1]) == "has 19,950 more problems, which are not listed"
    assert len(compared) == order_reader.LISTED


def test_many_items_with_problems_are_counted_too():
    (found,) = read_jsonl([json.dumps(BODY | {"items": [{}] * 20_000}).encode()])
    assert len(found.problems) == order_reader.LISTED + 1
    rows = HEADER + "".join(row("r1", item, name=item) for item in range(2_000))
    (found,) = read_csv(io.BytesIO(rows.encode()))
    assert len(found.problems) == order_reader.LISTED + 1


def test_a_very_long_key_is_shown_in_part():
    long = "k" * 500_000
    for text in (json.dumps(BODY | {long: 1}), f'{{"{long}": 1, "{long}": 2}}'):
        (found,) = read_jsonl([text.encode()])
        assert len(str(found.problems)) < 1_000
    found, _ = problems_of([long, long])
    assert len(str(found[0])) < 1_000


class _Counted(str):
    """A key that counts how often it is compared."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other):
        _Counted.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def _comparisons(act):
    _Counted.compared = 0
    act()
    return _Counted.compared


def test_a_key_that_is_there_twice_is_found_in_linear_time():
    keys = [_Counted(f"key{i}") for i in range(3_000)]

    def twice():
        with pytest.raises(ValueError, match="last"):
            _object([(key, 1) for key in [*keys, "last", "last"]])

    assert _comparisons(twice) < 10 * len(keys)


def test_columns_that_are_there_twice_are_found_in_linear_time():
    names = [_Counted(f"metadata.k{i}") for i in range(3_000)]
    assert _comparisons(lambda: problems_of([*names, "quantity", "quantity"])) < 40 * len(names)


def test_of_many_unknown_columns_a_few_are_listed():
    known = ["orderReferenceId", "firstName"]
    found, _ = problems_of([*known, *(f"quantitty{i}" for i in range(20_000))])
    assert "has 19,950 more unknown columns" in "".join(map(str, found))
    assert len(found) < 2 * order_reader.LISTED


def test_a_fix_below_a_long_key_does_not_repeat_the_key():
    told, copy = [], io.BytesIO()
    inner = {str(i): " x" for i in range(1_000)}
    line = json.dumps({"k" * 100_000: inner, "b": {"b" * 90: {"c" * 99: {"d" * 99: inner}}}})
    fixer = Fixer(copy, lambda _, problem: told.append(str(problem)))
    assert len(list(fixer.fix_jsonl([line.encode() + b"\n"]))) == 1
    assert told
    assert max(map(len, told)) < 1_000


@pytest.mark.parametrize("outside", [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_line_nested_as_deep_as_can_be_read_is_a_problem(outside):
    before, behind = outside
    for depth in range(900, 1_100):
        line = b'{"x":' + before * depth + b'"\\ud800"' + behind * depth + b"}"
        bad, good = read_jsonl([line, LINES[0]])
        assert bad.problems
        assert good.order
