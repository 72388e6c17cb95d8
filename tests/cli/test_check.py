import csv
import gzip
import io
import json
import sys

import pytest
from support.order_commands import changed

from gelato_async.bulk import read_csv, read_jsonl
from gelato_async.cli.input import formats, sources
from gelato_async.cli.samples.orders import sample_orders, to_line


def with_address(line, **changes):
    return changed(line, shippingAddress=json.loads(line)["shippingAddress"] | changes)


@pytest.fixture
def csv_file(command, tmp_path):
    """Write sample orders as CSV; `edit` may change its rows, the header among them."""

    def write(
        number=3, *, backend="gelato", seed=1, edit=lambda rows: rows, name="orders.csv", end="\n"
    ):
        written = command("sample", "-n", number, "--csv", "--seed", seed, "--backend", backend)
        text = io.StringIO()
        csv.writer(text, lineterminator=end).writerows(
            edit(list(csv.reader(io.StringIO(written.out))))
        )
        path = tmp_path / name
        path.write_bytes(text.getvalue().encode())
        return path

    return write


def cell_changed(column, value, *numbers):
    def edit(rows):
        for number in numbers:
            rows[number - 1][rows[0].index(column)] = value
        return rows

    return edit


@pytest.mark.parametrize("backend", ["gelato", "connect"])
@pytest.mark.parametrize(
    "name", ["orders.jsonl", "orders.csv", "orders.jsonl.gz", "orders.CSV.GZ", "orders"]
)
def test_samples_are_fine_in_every_format(command, backend, name):
    assert (
        command("sample", "-n", 20, "--seed", 1, "--backend", backend, "--output", name).code == 0
    )
    result = command("check", name, "--backend", backend)
    assert (result.code, result.out, result.err) == (
        0,
        "20 checked: 20 fine, 0 with problems.\n",
        "",
    )


def test_no_key_and_no_network_is_needed(command, orders, monkeypatch):
    monkeypatch.setenv("GELATO_BASE_URL", "http://nowhere.invalid/no/origin")
    assert command("check", orders(1)).code == 0


def test_all_problems_of_a_file_are_printed_with_their_lines(command, orders):
    path = orders(
        5,
        edit=lambda lines: [
            lines[0].replace(b'"quantity"', b'"quantty"', 1),
            b"\n",
            b"{nonsense\n",
            with_address(changed(lines[1], retailCurrency="EUR"), country="Norway", email="x"),
            lines[2].replace(b'"https:', b'"ftp:'),
            changed(lines[3], items=[]),
        ],
    )
    result = command("check", path)
    assert (result.code, result.err) == (1, "")
    assert [line.removeprefix(f"{path}:") for line in result.out.splitlines()] == [
        "1: items[0].quantty: unknown key; did you mean quantity?",
        "1: items[0].quantity: is required",
        "3: not JSON at column 2: Expecting property name enclosed in double quotes",
        (
            "4: retailCurrency: Gelato cannot carry this: leave it out, or pass it by `extra` if"
            " you know better"
        ),
        "4: shippingAddress.country: must be a two-letter ISO 3166-1 code in upper case, like SE",
        "4: shippingAddress.email: must have something on both sides of an @",
        "6: items: must have at least one element",
        "5 checked: 1 fine, 4 with problems.",
    ]


def test_what_one_backend_takes_the_other_may_not(command, orders):
    path = orders(8, backend="connect")
    assert command("check", path, "--backend", "connect").code == 0
    result = command("check", path)
    assert result.code == 1
    assert "retailCurrency: Gelato cannot carry this" in result.out


def test_a_repeated_order_is_a_note_other_contents_a_problem(command, orders):
    path = orders(2, edit=lambda lines: [*lines, lines[0], changed(lines[1], currency="SEK")])
    result = command("check", path)
    assert result.code == 1
    assert result.out.splitlines() == [
        f"{path}:3: orderReferenceId: note: the order of line 1 again; it is sent once",
        (
            f"{path}:4: orderReferenceId: was used before, on line 2, for an order with other"
            " contents: if this is another order, give it another reference"
        ),
        "4 checked: 3 fine (1 of them repeated), 1 with problems.",
    ]
    assert command("check", orders(1, edit=lambda lines: lines * 2)).code == 0


def test_problems_of_an_item_in_csv_name_its_line(command, csv_file):
    path = csv_file(
        30, edit=lambda rows: cell_changed("quantity", "0", *range(2, len(rows) + 1))(rows)
    )
    lines = command("check", path).out.splitlines()
    assert f"{path}:2: items[0].quantity: must be a whole number of 1 or more" in lines
    rows = len(path.read_text().splitlines()) - 1
    assert sum("items[" in line for line in lines) == rows
    assert sum("(line " in line for line in lines) == rows - 30


def test_all_problems_of_a_csv_file_are_printed_line_by_line(command, csv_file):
    def edit(rows):
        width = len(rows[0])
        singles = [row for row in rows[1:] if sum(other[0] == row[0] for other in rows) == 1][:4]
        return [
            [*rows[0], "colour"],
            *([*row, "red"] for row in singles[:2]),
            ["x"] * (width - 3),
            [*singles[2], ""],
            [*singles[0][:-1], "", "red"],
            [*singles[3], ""],
        ]

    path = csv_file(20, edit=edit, end="\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    result = command("check", path)
    assert result.code == 1
    said = [line.removeprefix(f"{path}:") for line in result.out.splitlines()]
    assert [line.partition(":")[0] for line in said[:-1]] == ["1", "4", "6"]
    assert said[0] == "1: colour: unknown column, which is not read; did you mean country?"
    assert "the lines of an order must stand together; this one has others at line 2" in said[2]
    assert said[-1] == "6 checked: 4 fine, 2 with problems. The header has problems."


@pytest.mark.parametrize(
    "contents",
    [b"no gzip at all\n", gzip.compress(b"{}\n" * 5000)[:-20], b""],
    ids=["text", "broken off", "empty"],
)
def test_a_damaged_gzip_file_is_one_line(command, tmp_path, contents):
    path = tmp_path / "orders.jsonl.gz"
    path.write_bytes(contents)
    result = command("check", path)
    if contents:
        assert result.code == 2
        assert "is not a gzip file, or a damaged one: " in result.err
        assert result.err.count("\n") == 1
    else:
        assert result.out.startswith("0 checked")


def test_damage_in_the_middle_of_a_gzip_file_is_one_line(command, tmp_path):
    lines = b"".join(to_line(order, "gelato") for order in sample_orders("gelato", 200, 1))
    damaged = bytearray(gzip.compress(lines))
    damaged[len(damaged) // 2] ^= 0xFF
    path = tmp_path / "orders.jsonl.gz"
    path.write_bytes(damaged)
    result = command("check", path, "--fix", tmp_path / "fixed.jsonl")
    assert result.code == 2
    assert "is not a gzip file, or a damaged one: " in result.err
    assert {file.name for file in tmp_path.iterdir()} == {path.name}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.csv"], "cannot read missing.csv: "),
        (["missing.csv.gz"], "cannot read missing.csv.gz: "),
        (["."], "cannot read .: "),
        (["gelato.jsonl", "--fix", "gelato.jsonl"], "is the file of orders itself"),
        (["gelato.jsonl", "--fix", "fixed.csv"], "its name must end in .jsonl"),
        (
            ["gelato.jsonl", "--format", "csv", "--fix", "fixed.jsonl.gz"],
            "its name must end in .csv",
        ),
        (["gelato.jsonl", "--fix", "missing/fixed.jsonl"], "cannot write missing/fixed.jsonl: "),
        (["gelato.jsonl", "--format", "xml"], "xml"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_2(command, orders, arguments, said):
    orders()
    result = command("check", *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert result.err.count("\n") == 1


def test_an_input_that_breaks_off_is_one_line(command, orders, monkeypatch):
    class Broken(io.BytesIO):
        name = "orders.jsonl"

        def readline(self, size=-1, /):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sources, "open_to_read", lambda _: Broken())
    result = command("check", orders())
    assert (result.code, result.err) == (
        2,
        "gelato-async: cannot read orders.jsonl: Input/output error\n",
    )


@pytest.mark.parametrize("format_", ["jsonl", "csv"])
def test_standard_input_is_json_lines_unless_the_format_is_given(process, format_):
    written = process("sample", "-n", "4", *(["--csv"] if format_ == "csv" else [])).stdout
    result = process(
        "check", "-", *(["--format", "csv"] if format_ == "csv" else []), input=written
    )
    assert (result.returncode, result.stdout) == (0, b"4 checked: 4 fine, 0 with problems.\n")


def test_a_closed_pipe_is_not_an_error(process, orders):
    path = orders(3_000, edit=lambda lines: [changed(line, currency="") for line in lines])
    script = (
        "import subprocess, sys\nreader = subprocess.Popen([sys.executable, '-c', 'input()'],"
        " stdin=subprocess.PIPE)\ncheck = [sys.executable, '-m', 'gelato_async.cli', 'check',"
        f" {str(path)!r}, '--fix', 'fixed.jsonl']\nsys.exit(subprocess.run(check,"
        " stdout=reader.stdin).returncode)\n"
    )
    result = process(python=(sys.executable, "-c", script)[1:])
    assert (result.returncode, result.stderr) == (0, b"")
    assert not path.with_name("fixed.jsonl").exists()


def test_fix_fixes_json_lines_and_leaves_the_others_to_the_byte(command, orders, tmp_path):
    path = orders(
        6,
        edit=lambda lines: [
            lines[0].replace(b", ", b" ,"),
            with_address(lines[1], country=" uk", city=" Lund\t"),
            b'{"currency": " EUR", "currency": "SEK "}\n',
            b'{"currency": NaN, "x": " y"}\r\n',
            b"\xff\n",
            b"\n",
            b"[" * 100_000 + b"\n",
            with_address(lines[2], country="norway"),
            with_address(lines[3], country="fr", state="").rstrip() + b"\r\n",
            changed(lines[4], items=[*json.loads(lines[4])["items"], "  x"])[:-1],
        ],
    )
    out = tmp_path / "fixed.jsonl"
    result = command("check", path, "--fix", out)
    said = [line.removeprefix(f"{path}:") for line in result.out.splitlines()]
    assert (
        said.pop() == f"9 checked: 3 fine, 6 with problems. 5 fixed on 3 lines, written to {out}."
    )
    assert {line for line in said if "fixed" in line} == {
        "2: shippingAddress.city: fixed: white space around it was cut off",
        "2: shippingAddress.country: fixed: white space around it was cut off",
        "2: shippingAddress.country: fixed: uk is GB",
        "9: shippingAddress.country: fixed: fr is FR",
        "10: items[1]: fixed: white space around it was cut off",
    }
    assert result.code == 1
    assert any(line.startswith("8: shippingAddress.country: must be a two-letter") for line in said)
    before, after = (file.read_bytes().splitlines(keepends=True) for file in (path, out))
    assert [
        number
        for number, pair in enumerate(zip(before, after, strict=True), 1)
        if pair[0] != pair[1]
    ] == [
        2,
        9,
        10,
    ]
    assert after[8].endswith(b"\r\n")
    fixed = next(line for line in read_jsonl(after) if line.number == 2)
    assert (fixed.order.shipping_address.country, fixed.order.shipping_address.city) == (
        "GB",
        "Lund",
    )


def test_fix_fixes_csv_and_leaves_the_other_rows_to_the_byte(command, csv_file, tmp_path):
    def edit(rows):
        singles = [row for row in rows[1:] if sum(other[0] == row[0] for other in rows) == 1][:4]
        rows = [rows[0], *singles, ["broken", " x"]]
        cell_changed("country", "uk ", 2)(rows)
        cell_changed("city", ' Lund,\r\n"by" the sea ', 3)(rows)
        return rows

    path, out = csv_file(20, edit=edit, end="\r\n"), tmp_path / "fixed.csv.gz"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    result = command("check", path, "--fix", out)
    assert result.code == 1
    said = [line.removeprefix(f"{path}:") for line in result.out.splitlines()]
    assert said[:4] == [
        "2: country: fixed: white space around it was cut off",
        "2: country: fixed: uk is GB",
        "3: city: fixed: white space around it was cut off",
        "7: has 2 fields, and the header 48",
    ]
    assert said[-1].endswith(f"3 fixed on 2 lines, written to {out}.")
    before, after = (
        path.read_bytes().splitlines(keepends=True),
        gzip.decompress(out.read_bytes()).splitlines(keepends=True),
    )
    assert [
        number for number, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new
    ] == [2, 3, 4]
    assert all(line.endswith(b"\r\n") for line in after)
    lines = [line for line in read_csv(after) if line.order]
    assert lines[0].order.shipping_address.country == "GB"
    assert lines[1].order.shipping_address.city == 'Lund,\r\n"by" the sea'
    assert command("check", out).out.splitlines()[-1] == "5 checked: 4 fine, 1 with problems."


def test_fix_copies_a_csv_file_with_an_unusable_header(command, csv_file, tmp_path):
    path, out = csv_file(edit=lambda rows: [["x", *rows[0][1:]], *rows[1:]]), tmp_path / "fixed.csv"
    assert command("check", path, "--fix", out).code == 1
    assert out.read_bytes() == path.read_bytes()


def test_nothing_that_could_be_meant_is_fixed(command, csv_file, tmp_path):
    path = csv_file(1, edit=cell_changed("country", "ß", 2))
    command("check", path, "--fix", tmp_path / "fixed.csv")
    assert (tmp_path / "fixed.csv").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz", "orders.jsonl.gz"])
def test_submit_reads_what_check_reads(serve, command, name):
    sandbox = serve()
    command("sample", "-n", 12, "--seed", 1, "--output", name)
    assert command("submit", name).code == 0
    assert sandbox.audit().commits == 12


@pytest.mark.parametrize(
    ("name", "reported", "read"),
    [
        ("a.csv", "csv", "csv"),
        ("a.TSV.gz", "csv", "csv"),
        ("a.ndjson", "jsonl", "jsonl"),
        ("a.csv.jsonl", "jsonl", "jsonl"),
        ("a.txt", None, "jsonl"),
        ("-", None, "jsonl"),
        (".gz", None, "jsonl"),
    ],
)
def test_a_name_states_the_format(name, reported, read):
    assert (formats.stated_format(name), formats.format_of(name)) == (reported, read)


def test_orders_are_counted_before_they_are_read(command, orders, csv_file, tmp_path):
    assert sources.count_orders(str(orders(7))) == 7
    assert sources.count_orders(str(csv_file(30))) == 30
    assert sources.count_orders(str(csv_file(3, name="orders")), "csv") == 3
    assert sources.count_orders(str(csv_file(3, edit=lambda rows: [["x"], *rows]))) == 0
    command("sample", "--output", tmp_path / "a.csv.gz")
    assert sources.count_orders(str(tmp_path / "a.csv.gz")) is None
