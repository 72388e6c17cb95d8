import json
import shlex

import pytest
from support.order_commands import changed, rows_of

from gelato_async.cli.samples.orders import sample_orders, to_line
from gelato_async.cli.submit import rejects
from gelato_async.cli.submit.submit_options import default_journal


def made(sandbox, backend="gelato"):
    return {
        reference: len(commits) for reference, commits in sandbox.audit().orders[backend].items()
    }


def advised(result, start):
    (line,) = [line for line in result.out.splitlines() if start in line]
    return shlex.split(line.partition(": gelato-async ")[2])


def test_rejected_lines_can_be_fixed_and_submitted(serve, command, orders, tmp_path):
    sandbox = serve()
    path = orders(
        4,
        edit=lambda lines: [
            b"\n",
            changed(lines[0], items=[]),
            *lines[1:3],
            b'{"items": 1} \n',
            b"x",
        ],
    )
    result = command("submit", path)
    assert result.code == 1
    rejected = tmp_path / "gelato.jsonl.rejected.jsonl"
    assert str(rejected) in result.out
    lines, bad = path.read_bytes().splitlines(), rejected.read_bytes().splitlines()
    assert sorted(bad) == sorted([lines[1], lines[4], b"x"])
    rejected.write_bytes(to_line(next(sample_orders("gelato", 1, 1)), "gelato"))
    assert command("submit", rejected).code == 0
    assert sandbox.audit().commits == 3
    assert command("submit", path).code == 1
    assert rejected.with_name(f"{rejected.name}.old").exists()


def test_no_rejected_order_no_file(serve, command, orders, tmp_path):
    serve()
    assert command("submit", orders(1)).code == 0
    assert not list(tmp_path.glob("*rejected*"))


def test_rejected_orders_of_csv_are_written_as_json(serve, command, tmp_path):
    serve()
    command("sample", "-n", 3, "--seed", 1, "--output", "orders.csv")
    path = tmp_path / "orders.csv"
    lines = path.read_text().splitlines()
    path.write_text(
        "\n".join([*(line.replace("2024", "2024") for line in lines), "broken"]).replace(
            ",DK,", ",Denmark,"
        )
    )
    country = lines[0].split(",").index("country")
    first = lines[1].split(",")[country]
    path.write_text(
        "\n".join(
            [lines[0], *(line.replace(f",{first},", ",Nowhere,") for line in lines[1:]), "broken"]
        )
    )
    result = command("submit", path)
    assert result.code == 1
    orders = [
        json.loads(line)
        for line in (tmp_path / "orders.csv.rejected.jsonl").read_bytes().splitlines()
    ]
    assert orders
    assert {order["shippingAddress"]["country"] for order in orders} == {"Nowhere"}
    assert "Lines that could not be read as orders: 1. " in result.out


def test_rejected_lines_on_a_full_disk_stop_the_run(serve, command, orders, monkeypatch):
    serve()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rejects.Rejects, "_opened", staticmethod(full))
    result = command("submit", orders(1, edit=lambda lines: [b"x\n", *lines]))
    assert result.code == 2
    assert "cannot write" in result.err


@pytest.mark.parametrize(
    ("file", "journal"),
    [
        ("a.jsonl", "a.jsonl.journal"),
        ("a.csv.rejected.jsonl", "a.csv.journal"),
        ("b/a.csv.rejected.jsonl.rejected.jsonl", "b/a.csv.journal"),
        ("a.jsonl.rejected.jsonl.old", "a.jsonl.journal"),
        ("rejected.jsonl", "rejected.jsonl.journal"),
    ],
)
def test_rejected_orders_share_the_journal_of_their_file(file, journal):
    assert str(default_journal(file)) == journal


def test_a_fixed_order_is_not_made_again_with_the_whole_file(serve, command, orders):
    """The journal of the whole file knows what was made from the file of rejected orders."""
    sandbox, path = serve(), orders(3, edit=lambda lines: [changed(lines[0], items=[]), *lines[1:]])
    fixing = advised(command("submit", path), "Fix them there, then run")
    fixed = orders(3).read_bytes().splitlines(keepends=True)
    path.with_name(f"{path.name}.rejected.jsonl").write_bytes(fixed[0])
    assert command(*fixing).code == 0
    again = command("submit", path)
    assert (again.code, again.out) == (
        0,
        "3 done: 3 created (3 replayed), 0 rejected, 0 unknown.\n",
    )
    path.write_bytes(b"".join([changed(fixed[0], currency="SEK"), *fixed[1:]]))
    assert command("submit", path).out.startswith(
        "3 done: 2 created (2 replayed), 1 rejected, 0 unknown.\nReferences used before, "
    )
    assert made(sandbox) == {f"sample-1-gelato-0000{number}": 1 for number in (1, 2, 3)}


def test_a_reference_used_before_is_not_among_rejected_orders(serve, command, orders, tmp_path):
    sandbox = serve()
    path = orders(
        2, edit=lambda lines: [*lines, *(changed(line, currency="SEK") for line in lines), b"x\n"]
    )
    result = command("submit", path)
    assert (tmp_path / "gelato.jsonl.rejected.jsonl").read_bytes() == b"x\n"
    assert f"Rejected orders written to {path}.rejected.jsonl: 1. " in result.out
    assert "References used before, for orders with other contents: 2. " in result.out
    assert f"{path}:3: sample-1-gelato-00001: rejected: " in result.err
    assert "if this is another order, give it another reference" in result.err
    assert made(sandbox) == {f"sample-1-gelato-0000{number}": 1 for number in (1, 2)}


def test_drafts_that_were_made_are_not_made_again_as_orders(serve, command, orders, tmp_path):
    sandbox, path = serve(), orders(2)
    assert command("submit", path, "--draft").code == 0
    result = command("submit", path)
    assert (
        result.out
        == "2 done: 0 created, 2 rejected, 0 unknown.\nReferences used before, for orders"
        " with other contents: 2. Another order needs a reference of its own. Sent with --draft, an"
        " order has other contents than without.\n"
    )
    assert not list(tmp_path.glob("*rejected*"))
    assert sandbox.audit().commits == 2


def test_the_advised_command_leads_to_the_same_api_and_journal(serve, command, orders, tmp_path):
    sandbox = serve()
    path = orders(2, backend="connect", edit=lambda lines: [changed(lines[0], items=[]), lines[1]])
    options = [
        "--backend",
        "connect",
        "--base-url",
        sandbox.url,
        "--journal",
        tmp_path / "my own.journal",
    ]
    result = command("submit", path, *options, "--report", tmp_path / "out.csv", "--limit", 1)
    assert advised(result, "then run") == ["submit", f"{path}.rejected.jsonl", *map(str, options)]
    path = orders(1, edit=lambda lines: [changed(lines[0], items=[])])
    result = command("submit", path, "--draft", "--reconcile", 5)
    assert advised(result, "then run") == [
        "submit",
        f"{path}.rejected.jsonl",
        "--reconcile",
        "5.0",
        "--draft",
    ]


@pytest.mark.parametrize("flags", [[], ["--draft"]])
def test_each_line_of_a_reference_has_its_own_outcome(serve, command, orders, tmp_path, flags):
    serve()
    path = orders(
        2,
        edit=lambda lines: [
            lines[0],
            changed(lines[0], currency="SEK"),
            changed(lines[0], items=[]),
            *lines,
        ],
    )
    command("submit", path, *flags, "--report", tmp_path / "out.jsonl")
    reported = {row["line"]: row["outcome"] for row in rows_of(tmp_path / "out.jsonl")}
    assert reported == {1: "created", 2: "rejected", 3: "rejected", 4: "repeated", 5: "created"}
    reasons = {row["line"]: row["reason"] for row in rows_of(tmp_path / "out.jsonl")}
    assert "was used before" in reasons[2]
    assert "at least one element" in reasons[3]
    assert (tmp_path / "gelato.jsonl.rejected.jsonl").read_bytes() == path.read_bytes().splitlines(
        keepends=True
    )[2]


def test_unread_lines_without_a_file_for_them_are_counted(serve, command, tmp_path):
    """A broken CSV line is not written to the file of rejected orders: it is fixed in its own file."""
    sandbox = serve()
    command("sample", "-n", 1, "--seed", 1, "--output", "orders.csv")
    with (tmp_path / "orders.csv").open("a") as stream:
        stream.write("sample-9,x\n")
    result = command("submit", "orders.csv", "--report", "out.jsonl")
    assert result.code == 1
    assert (
        result.out == "2 done: 1 created, 1 rejected, 0 unknown.\n"
        "Lines that could not be read as orders: 1. Fix them in orders.csv itself, and submit it again: "
        "what was made is not made again.\n"
    )
    (row,) = [row for row in rows_of(tmp_path / "out.jsonl") if row["outcome"] == "rejected"]
    assert row["reference"] == "sample-9"
    unkept = command("submit", "orders.csv", "--no-journal")
    assert unkept.out.endswith(
        "submit them alone: without a journal the others would be made again.\n"
    )
    assert made(sandbox) == {"sample-1-gelato-00001": 2}


def test_an_unknown_column_is_a_warning_and_rejects_nothing(serve, command, tmp_path):
    serve()
    command("sample", "-n", 2, "--seed", 1, "--output", "orders.csv")
    path = tmp_path / "orders.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f"{header},colour", *(f"{row},red" for row in rows)]))
    reported = (
        "orders.csv:1: warning: colour: unknown column, which is not read; did you mean country?\n"
    )
    dry = command("submit", "orders.csv", "--dry-run", "--limit", 1)
    assert (dry.code, dry.out) == (
        0,
        "Dry run, nothing was sent: 1 would be submitted, 0 rejected.\n",
    )
    result = command("submit", "orders.csv", "--report", "out.jsonl")
    assert (result.code, result.out) == (0, "2 done: 2 created, 0 rejected, 0 unknown.\n")
    assert dry.err == result.err == reported
    assert len(rows_of(tmp_path / "out.jsonl")) == 2
    checked = command("check", "orders.csv")
    assert (checked.code, checked.out.splitlines()[-1]) == (
        1,
        "2 checked: 2 fine, 0 with problems. The header has problems.",
    )


def test_a_header_that_no_order_can_be_read_with_is_rejected(serve, command, tmp_path):
    sandbox = serve()
    command("sample", "-n", 2, "--seed", 1, "--output", "orders.csv")
    path = tmp_path / "orders.csv"
    path.write_text(path.read_text().replace("currency", "curency", 1))
    result = command("submit", "orders.csv")
    assert result.code == 1
    assert "orders.csv:1: currency: this column is missing" in result.err
    assert "warning" not in result.err
    assert sandbox.audit().commits == 0
    assert command("submit", "orders.csv", "--dry-run").code == 1
    assert command("check", "orders.csv").out.endswith(
        "0 checked: 0 fine, 0 with problems. The header has problems.\n"
    )
