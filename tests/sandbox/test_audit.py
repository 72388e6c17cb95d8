import json
import random
from itertools import pairwise

import anyio
import pytest

from gelato_async.sandbox.audit import AuditLog, Timeline


def most_within_a_second(moments):
    return max(sum(first <= at < first + 1 for at in moments) for first in moments)


@pytest.mark.parametrize("seed", range(10))
def test_the_worst_second_is_that_of_all_moments_in_any_order(seed):
    chance = random.Random(seed)
    moments = [chance.randrange(200) / 64 for _ in range(60)]
    # A busy server records an arrival up to half a second late.
    recorded = sorted(moments, key=lambda at: at + chance.randrange(32) / 64)
    timeline, seen = Timeline(), []
    for at in recorded:
        timeline.add(at)
        seen.append(at)
        assert timeline.worst_second == most_within_a_second(seen)
    assert list(timeline.times) == sorted(moments)


def test_the_audit_has_the_requests_of_all_keys_in_order():
    log = AuditLog(started=0.0)
    for key, at in (("one", 1.0), ("two", 1.5), ("one", 1.25), ("two", 3.0)):
        log.record_request(key, at)
    audit = log.audit()
    assert all(first <= second for first, second in pairwise(audit.request_times))
    assert (audit.requests, audit.worst_second) == (4, 2)
    assert (audit.first_request, audit.last_request) == (1.0, 3.0)


def audit_in_pieces(app):
    """The pieces in which an application sends its audit, without any event loop."""
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/_sandbox/audit", "headers": []}
    with pytest.raises(StopIteration):
        app(scope, receive, send).send(None)
    return [message.get("body", b"") for message in sent[1:]]


def test_a_long_audit_is_encoded_piece_by_piece(new_app):
    app = new_app()
    with app.locked() as state:
        for number in range(20_000):
            state.audit_log.record_request("key", float(number))
    pieces = audit_in_pieces(app)
    assert len(pieces) > 4
    assert max(map(len, pieces)) < 100_000
    assert json.loads(b"".join(pieces))["request_times"] == [*range(20_000)]


@pytest.mark.anyio
async def test_others_are_served_while_a_long_audit_is_sent(anyone):
    with anyone.app.locked() as state:
        for number in range(100_000):
            state.audit_log.record_request("key", float(number))
    order_of_answers = []

    async def get(path):
        await anyone.nobody.get(path)
        order_of_answers.append(path)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(get, "/_sandbox/audit")
        tasks.start_soon(get, "/v4/orders/a")
    assert order_of_answers == ["/v4/orders/a", "/_sandbox/audit"]
