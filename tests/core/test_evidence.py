"""What a client learns is shared by all its calls, in whatever thread."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from gelato_async import Response
from gelato_async.core import evidence
from gelato_async.core.evidence import Evidence


@pytest.fixture
def eager_threads():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_threads")
def test_threads_may_learn_and_ask_at_once(monkeypatch):
    monkeypatch.setattr(evidence, "MOST_IDS", 20)
    shared = Evidence()
    answer = Response(status=200, headers={"date": "Fri, 27 Nov 2026 14:09:10 GMT"}, body=b"")

    def use(thread):
        for number in range(1_500):
            shared.note_response(answer, sent=1.0, answered=1.1, wall=5.0)
            shared.header.difference(3.9)
            shared.note_id(f"{thread}-{number}", "order-1", 1.0)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(use, range(6)))
    assert len(shared._ids) == 20
