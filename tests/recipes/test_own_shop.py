import os
import subprocess
import sys

import pytest
from support.doc_code import code_of

pytestmark = pytest.mark.system


def test_the_script_prints_what_its_page_says(write):
    folder = write("own_shop")
    environment = {name: value for name, value in os.environ.items() if "GELATO" not in name}
    done = subprocess.run(
        [sys.executable, "-W", "error", "own_shop.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    (printed,) = code_of("docs/recipes/own_shop.md", "text")
    assert done.stdout == printed


def test_the_amounts_of_the_page_agree():
    (printed,) = code_of("docs/recipes/own_shop.md", "text")
    price, quote, draft, receipt, total, webhook = (line.split() for line in printed.splitlines())
    assert {price[1], quote[1], draft[1], receipt[1]} == {"48.02"}
    assert {quote[3], draft[3], receipt[3]} == {"9.0"}
    amounts = [float(text) for text in (price[1], quote[3], total[2], total[4], total[6])]
    assert amounts[0] + amounts[1] == pytest.approx(amounts[2])
    assert amounts[2] + amounts[3] == pytest.approx(amounts[4])
    assert webhook == ["webhook", "ORDER-1", "shipped"]
