"""A network that goes away in mid-run and comes back, with a healthy server behind it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from faults.namespaces import refusal

SCRIPT = Path(__file__).with_name("network_cut.py")


@pytest.mark.system
@pytest.mark.parametrize("kind", ["plain", "tls"])
@pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
def test_no_order_arrives_twice_when_the_network_comes_back(kind, transport):
    if (reason := refusal()) is not None:
        pytest.skip(f"this system permits no network namespaces: {reason}")
    options = ["--only", kind, "--transport", transport, "--down", "4", "--runs", "1"]
    command = [sys.executable, os.fspath(SCRIPT), *options]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "400 orders, 0 arrived twice, 0 reported untruly, 0 not reported" in ran.stdout
