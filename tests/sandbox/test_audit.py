import random
from itertools import pairwise

import pytest

from gelato_async.sandbox.audit import AuditLog, Timeline


def most_within_a_second(moments):
    return max(sum(first <= at < first + 1 for at in moments) for first in moments)


@pytest.mark.parametrize("seed", range(20))
def test_the_worst_second_is_that_of_all_moments_in_any_order(seed):
    chance = random.Random(seed)
    moments = [chance.randrange(400) / 64 for _ in range(200)]
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
