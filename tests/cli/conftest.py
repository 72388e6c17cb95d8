import gc
import io
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from gelato_async.cli.__main__ import main
from gelato_async.cli.samples.orders import sample_orders, to_line
from gelato_async.sandbox import FaultPlan, Sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("GELATO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "120")
    # It would hide this process's leaks from the tests that come after.
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def serve(monkeypatch):
    """Start a sandbox with some faults and options, and lead the environment to it."""
    started = []

    def start(*faults, **options):
        sandbox = Sandbox(
            speed=0.0, faults=FaultPlan(faults) if faults else None, **options
        ).__enter__()
        started.append(sandbox)
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        return sandbox

    yield start
    for sandbox in started:
        sandbox.__exit__()


@pytest.fixture
def command(capsys):
    """Run a command line in this process: its exit code and what it wrote."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return SimpleNamespace(code=code, out=written.out, err=written.err)

    return run


@pytest.fixture
def terminal(capsys, monkeypatch):
    """Standard output, error and input are a terminal; on it, this is typed.

    Gives what takes the bold print away.
    """
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")

    def open_terminal(typed=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            monkeypatch.setattr(stream, "isatty", lambda: True)
        return lambda text: re.sub("\x1b\\[[0-9;]*m", "", text)

    return open_terminal


@pytest.fixture
def process():
    """Run a command line in a process of its own, to its end."""

    def run(*arguments, python=("-m", "gelato_async.cli"), **options):
        line = [sys.executable, *python, *map(str, arguments)]
        return subprocess.run(line, capture_output=True, timeout=60, check=False, **options)

    return run


@pytest.fixture
def orders(tmp_path):
    """Write a file of sample orders; `edit` may change its lines."""

    def write(number=3, *, backend="gelato", seed=1, edit=lambda lines: lines):
        path = tmp_path / f"{backend}.jsonl"
        lines = [to_line(order, backend) for order in sample_orders(backend, number, seed)]
        path.write_bytes(b"".join(edit(lines)))
        return path

    return write


@pytest.fixture
def shop(serve):
    """A sandbox, and orders made in it: by default three samples, the first of which goes to GB."""

    def open_shop(number=3, *, backend="gelato", edit=lambda order: order, **options):
        sandbox = serve(rate_limit=None, **options)
        path = "/v4/orders" if backend == "gelato" else f"/api/{sandbox.connect_prefix}/order"
        key = (
            sandbox.api_key
            if backend == "gelato"
            else f"{sandbox.connect_key}:{sandbox.connect_secret}"
        )
        headers = {"X-API-KEY": key, "Content-Type": "application/json"}
        for order in sample_orders(backend, number, 1):
            body = json.dumps(edit(json.loads(to_line(order, backend)))).encode()
            with urllib.request.urlopen(
                urllib.request.Request(sandbox.url + path, body, headers)
            ) as answer:
                assert answer.status in {200, 201}
        return sandbox

    return open_shop
