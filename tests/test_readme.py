import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gelato_async.sandbox import Sandbox

README = Path(__file__).parent.parent / "README.md"
SNIPPETS = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)

ORDER = {
    "orderReferenceId": "FILE-1",
    "customerReferenceId": "CUSTOMER-1",
    "currency": "EUR",
    "items": [
        {
            "itemReferenceId": "1",
            "productUid": "poster",
            "quantity": 1,
            "files": [{"type": "default", "url": "https://example.com/1.pdf"}],
        }
    ],
    "shippingAddress": {
        "country": "NO",
        "firstName": "Kari",
        "lastName": "Lie",
        "addressLine1": "Bygata 1",
        "city": "Oslo",
        "postCode": "0150",
        "email": "kari@example.com",
    },
}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_every_python_snippet_runs_as_it_stands(snippet, sandbox, tmp_path):
    (tmp_path / "orders.jsonl").write_text(json.dumps(ORDER) + "\n", encoding="utf-8")
    (tmp_path / "snippet.py").write_text(snippet, encoding="utf-8")
    environment = {**_clean_environment(), **sandbox.environment}
    done = subprocess.run(
        [sys.executable, "-W", "error", "snippet.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_snippets_made_the_orders_they_speak_of(sandbox):
    made = {reference for references in sandbox.audit().orders.values() for reference in references}
    assert {"ORDER-1001", "ORDER-1002", "FILE-1"} <= made


def test_the_first_example_has_about_a_dozen_lines():
    lines = [line for line in SNIPPETS[0].splitlines() if line.strip()]
    assert len(lines) <= 12


def _clean_environment() -> dict[str, str]:
    import os

    return {name: value for name, value in os.environ.items() if not name.startswith("GELATO_")}
