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
    prices, orders, shipped, total, webhook = (line.split() for line in printed.splitlines())
    assert {prices[1], prices[3], orders[1], orders[3], shipped[2]} == {"48.02"}
    assert prices[5] == shipped[4]
    net = [float(amount) for amount in (shipped[2], shipped[4], total[2])]
    assert sum(net) + float(total[5]) == pytest.approx(float(total[8]))
    assert webhook == ["webhook", "ORDER-1", "shipped"]
