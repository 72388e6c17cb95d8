"""The command line shows no key and no recipient: not on its streams, not in what it writes beside the orders."""

import json
import stat
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from support.walker import KEY, PLANTED, PRIVATE, SECRET, planted_in

from gelato_async.cli import dispatch
from gelato_async.cli.__main__ import main
from gelato_async.cli.samples.orders import to_line

ADDRESS = {
    "country": "DE",
    "firstName": PRIVATE["first_name"],
    "lastName": PRIVATE["last_name"],
    "addressLine1": PRIVATE["address_line1"],
    "city": PRIVATE["city"],
    "postCode": PRIVATE["post_code"],
    "email": PRIVATE["email"],
    "phone": PRIVATE["phone"],
}
CELLS = ["r-1", "c-1", "EUR", *ADDRESS.values(), "item-1", "poster", "1"]
# only what both clients know: GelatoConnect's secret is none of Gelato's
ECHO = json.dumps({"message": [KEY, *PRIVATE.values()], "requestId": KEY}).encode()


class Echo(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(ECHO)))
        self.send_header("x-request-id", KEY)
        self.end_headers()
        self.wfile.write(ECHO)

    do_GET = do_POST  # noqa: N815  its name in the standard library

    def log_message(self, *_):
        pass


@pytest.fixture
def echo(monkeypatch):
    """Start a server that refuses everything, and repeats what it knows of it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("GELATO_API_KEY", KEY)
        monkeypatch.setenv("GELATO_CONNECT_PREFIX", "acme")
        monkeypatch.setenv("GELATO_CONNECT_API_KEY", KEY)
        monkeypatch.setenv("GELATO_CONNECT_API_SECRET", SECRET)
        for name in ("GELATO_BASE_URL", "GELATO_CONNECT_BASE_URL"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
        yield server
        server.shutdown()


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shown(capfd, tmp_path):
    """Run a command line; its exit code, and whatever it wrote but the orders themselves."""

    def run(*arguments, but=()):
        code = main(list(map(str, arguments)))
        written = "".join(capfd.readouterr())
        for path in tmp_path.iterdir():
            if path.name not in but and not path.name.startswith("orders."):
                written += path.read_bytes().decode("utf-8", "replace")
        assert [text for text in PLANTED if text in written] == []
        return code, written

    return run


@pytest.fixture
def order_file(tmp_path, planted_order):
    path = tmp_path / "orders.jsonl"
    path.write_bytes(to_line(planted_order(), "gelato"))
    return path


@pytest.mark.parametrize("backend", ["gelato", "connect"])
@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_orders_that_are_refused(echo, shown, order_file, backend, status):
    echo.status = status
    code, _ = shown(
        "submit",
        order_file,
        "--backend",
        backend,
        "--report",
        "report.jsonl",
        "--journal",
        "j.sqlite",
    )
    assert code in {1, 2}


@pytest.mark.parametrize("backend", ["gelato", "connect"])
def test_lines_that_are_broken(shown, tmp_path, backend):
    path = tmp_path / "orders.jsonl"
    lines = [
        json.dumps({"orderReferenceId": "r", "shippingAddress": ADDRESS | {"country": "XXX"}}),
        json.dumps({"orderReferenceId": "r", "shippingAddress": ADDRESS | {"unknown": 1}}),
        json.dumps({"orderReferenceId": "r", "shippingAddress": [ADDRESS]}),
        json.dumps({"shippingAddress": ADDRESS})[:-10],
        json.dumps({"shippingAddress": ADDRESS, "orderReferenceId": " r "}),
        f'{{"city": "{PRIVATE["city"]}", "city": "{PRIVATE["city"]}"}}',
        f"{PRIVATE['email']}",
        f'"{PRIVATE["email"]}"',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    code, written = shown("check", path, "--backend", backend)
    assert code == 1
    assert "8 with problems" in written


@pytest.mark.parametrize("fix", [False, True])
@pytest.mark.parametrize(("delimiter", "shift"), [(",", 0), (";", 0), ("\t", 3), ("|", 0)])
def test_rows_without_a_header(shown, tmp_path, fix, delimiter, shift):
    path = tmp_path / "orders.csv"
    row = [*CELLS[shift:], *CELLS[:shift]]
    path.write_text(f"{delimiter.join(row)}\n{delimiter.join(f' {cell} ' for cell in row)}\n")
    options = ["--fix", tmp_path / "orders.fixed.csv"] if fix else []
    code, written = shown("check", path, "--backend", "gelato", *options)
    assert code == 1
    assert "orders.csv:1: " in written
    assert "not a header" in written


def test_a_header_that_is_misspelt_is_still_named(shown, tmp_path):
    path = tmp_path / "orders.csv"
    names = ["orderReferenceId", "customerReferenceId", "currency", *ADDRESS]
    names += ["itemReferenceId", "productUid", "quantity"]
    names[names.index("city")] = "cty"
    path.write_text(f"{','.join(names)}\n{','.join(CELLS)}\n")
    code, written = shown("check", path, "--backend", "gelato")
    assert code == 1
    assert "cty: unknown column, which is not read; did you mean city?" in written
    assert "city: this column is missing" in written


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")
@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "csv", "csv.gz"])
def test_copies_and_rejected_orders_are_for_their_owner_alone(
    echo, shown, tmp_path, order_file, suffix
):
    echo.status = 400
    shown("submit", order_file, "--backend", "gelato")
    rejected = tmp_path / "orders.jsonl.rejected.jsonl"
    assert stat.S_IMODE(rejected.stat().st_mode) == 0o600
    copy = tmp_path / f"orders.fixed.{suffix}"
    copy.touch(mode=0o644)
    (tmp_path / f"{copy.name}.part").touch(mode=0o644)
    source = order_file
    if "csv" in suffix:
        source = tmp_path / "orders.csv"
        source.write_text(",".join(CELLS))
    shown("check", source, "--backend", "gelato", "--fix", copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


@pytest.mark.parametrize("key", [f"{KEY} ", f"{KEY}\n"])
def test_keys_that_cannot_be_used(shown, monkeypatch, order_file, key):
    monkeypatch.setenv("GELATO_API_KEY", key)
    for arguments in (
        ["submit", str(order_file), "--backend", "gelato"],
        ["orders", "get", "1", "--backend", "gelato"],
        ["orders", "quote", str(order_file)],
        ["products", "catalogs"],
    ):
        assert shown(*arguments)[0] == 2
        with pytest.raises(Exception) as caught:
            dispatch.run(arguments)
        assert planted_in(caught.value) == []


def test_quotes_that_fail(echo, shown, order_file, tmp_path):
    echo.status = 400
    assert shown("orders", "quote", order_file)[0] == 1
    broken = tmp_path / "orders.json"
    for text in (json.dumps([ADDRESS]), json.dumps(ADDRESS), json.dumps(ADDRESS)[:-3]):
        broken.write_text(text, encoding="utf-8")
        assert shown("orders", "quote", broken)[0] == 2
