import math

import pytest
from hypothesis import given, strategies as st

from gelato_async import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    DecodeError,
    GelatoError,
    NoAnswerError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseError,
    RetryPolicy,
    ServerError,
    UnsupportedError,
    ValidationError,
    WebhookError,
)
from gelato_async.core.operations.base import Kind
from gelato_async.core.retry import (
    RETRY_TABLE,
    Delivery,
    RetryQuota,
    Step,
    delivery_of,
    next_step,
)

LOST = NoAnswerError("read timeout")
BUSY = RateLimitError("429", status=429)


@pytest.mark.parametrize(
    ("error", "delivery"),
    [
        (ConnectionFailedError("refused"), Delivery.NOT_SENT),
        (BUSY, Delivery.RATE_LIMITED),
        (ServerError("500", status=500), Delivery.UNKNOWN),
        (ServerError("550", status=550), Delivery.UNKNOWN),
        (ResponseError("408", status=408), Delivery.UNKNOWN),
        (LOST, Delivery.UNKNOWN),
        (NoAnswerError("cut off", status=200), Delivery.ACCEPTED),
        (NoAnswerError("cut off", status=299), Delivery.ACCEPTED),
        (NoAnswerError("cut off", status=199), Delivery.UNKNOWN),
        (NoAnswerError("cut off", status=300), Delivery.UNKNOWN),
        (NoAnswerError("cut off", status=503), Delivery.UNKNOWN),
        (DecodeError("odd"), Delivery.ACCEPTED),
        (BadRequestError("400", status=400), Delivery.REFUSED),
        (AuthenticationError("401", status=401), Delivery.REFUSED),
        (NotFoundError("404", status=404), Delivery.REFUSED),
        (ConflictError("409", status=409), Delivery.CONFLICT),
        (ResponseError("302", status=302), Delivery.REFUSED),
        (ResponseError("418", status=418), Delivery.REFUSED),
        (ValidationError([]), Delivery.REFUSED),
        (UnsupportedError([]), Delivery.REFUSED),
        (NotSentError("no time left"), Delivery.REFUSED),
        (OutcomeUnknownError("?", order_reference_id="order-1", sends=1), Delivery.REFUSED),
        (WebhookError("?"), Delivery.REFUSED),
        (GelatoError("?"), Delivery.REFUSED),
    ],
    ids=str,
)
def test_an_error_says_how_far_its_request_got(error, delivery):
    assert delivery_of(error) is delivery


def steps(kind, *, sent_before=False):
    return {found: next_step(kind, found, sent_before=sent_before) for found in Delivery}


@pytest.mark.parametrize("sent_before", [False, True])
@pytest.mark.parametrize("delivery", Delivery)
def test_each_case_has_one_row(delivery, sent_before):
    rows = [
        row
        for row in RETRY_TABLE
        if row.delivery is delivery and row.sent_before in {None, sent_before}
    ]
    assert len(rows) == 1
    for kind in Kind:
        assert next_step(kind, delivery, sent_before=sent_before) is rows[0].step(kind)


@pytest.mark.parametrize("sent_before", [False, True])
@pytest.mark.parametrize("kind", Kind)
def test_what_did_not_happen_is_repeated_for_every_kind(kind, sent_before):
    found = steps(kind, sent_before=sent_before)
    assert found[Delivery.NOT_SENT] is found[Delivery.RATE_LIMITED] is Step.REPEAT


@pytest.mark.parametrize("kind", Kind)
def test_a_refusal_of_the_first_attempt_is_raised(kind):
    found = steps(kind)
    assert found[Delivery.CONFLICT] is found[Delivery.REFUSED] is Step.RAISE


@pytest.mark.parametrize("sent_before", [False, True])
def test_a_read_is_repeated_until_it_is_answered_or_refused(sent_before):
    assert steps(Kind.READ, sent_before=sent_before) == {
        Delivery.NOT_SENT: Step.REPEAT,
        Delivery.RATE_LIMITED: Step.REPEAT,
        Delivery.UNKNOWN: Step.REPEAT,
        Delivery.ACCEPTED: Step.REPEAT,
        Delivery.CONFLICT: Step.RAISE,
        Delivery.REFUSED: Step.RAISE,
    }


def test_a_change_is_repeated_and_a_refused_repeat_is_checked():
    assert steps(Kind.CHECKED)[Delivery.UNKNOWN] is Step.REPEAT
    assert steps(Kind.CHECKED)[Delivery.ACCEPTED] is Step.CHECK
    again = steps(Kind.CHECKED, sent_before=True)
    assert again[Delivery.CONFLICT] is again[Delivery.REFUSED] is Step.CHECK


def test_a_create_that_may_have_taken_effect_is_reconciled_first():
    for sent_before in (False, True):
        found = steps(Kind.CREATE, sent_before=sent_before)
        assert found[Delivery.UNKNOWN] is found[Delivery.ACCEPTED] is Step.RECONCILE


def test_a_409_to_a_create_sent_again_may_be_its_own_order():
    found = steps(Kind.CREATE, sent_before=True)
    assert (found[Delivery.CONFLICT], found[Delivery.REFUSED]) == (Step.RECONCILE, Step.RAISE)


@pytest.mark.parametrize("sent_before", [False, True])
def test_what_cannot_be_looked_for_ends_unknown(sent_before):
    found = steps(Kind.ONCE, sent_before=sent_before)
    assert found[Delivery.UNKNOWN] is found[Delivery.ACCEPTED] is Step.GIVE_UP


@pytest.mark.parametrize(
    ("attempt", "most"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (6, 16.0), (7, 20.0), (50, 20.0)]
)
def test_waits_double_up_to_the_maximum(attempt, most):
    policy = RetryPolicy(attempts=100)
    assert policy.delay(LOST, attempt, 1.0) == most
    assert policy.delay(LOST, attempt, 0.25) == most / 4
    assert policy.delay(LOST, attempt, 0.0) == 0.0


def test_waits_after_a_429_start_at_a_second():
    policy = RetryPolicy(attempts=100)
    assert [policy.delay(BUSY, attempt, 1.0) for attempt in (1, 2, 3, 9)] == [1.0, 2.0, 4.0, 20.0]


def test_four_attempts_are_made_by_default():
    assert [RetryPolicy().delay(LOST, attempt, 1.0) for attempt in (1, 2, 3, 4, 5)] == [
        0.5,
        1.0,
        2.0,
        None,
        None,
    ]


def test_a_single_attempt_means_no_repeat():
    assert RetryPolicy(attempts=1).delay(LOST, 1, 1.0) is None


def test_very_patient_policies_work_too():
    assert RetryPolicy(attempts=1_000_000).delay(LOST, 100_000, 1.0) == 20.0


@pytest.mark.parametrize("cls", [RateLimitError, ServerError])
@pytest.mark.parametrize(("asked", "wait"), [(0.0, 0.0), (7.5, 7.5), (120.0, 120.0), (120.1, None)])
def test_retry_after_is_obeyed_up_to_its_limit(cls, asked, wait):
    error = cls("later", status=503, retry_after=asked)
    assert RetryPolicy().delay(error, 1, 0.1) == wait


def test_the_limit_of_retry_after_can_be_moved():
    error = RateLimitError("later", status=429, retry_after=200.0)
    assert RetryPolicy(longest_retry_after=300.0).delay(error, 1, 0.1) == 200.0


def test_retry_after_does_not_buy_more_attempts():
    assert RetryPolicy().delay(RateLimitError("later", status=429, retry_after=1.0), 4, 0.5) is None


@given(st.integers(1, 1000), st.floats(0, 1), st.sampled_from([LOST, BUSY]))
def test_no_wait_is_negative_or_beyond_the_maximum(attempt, jitter, error):
    wait = RetryPolicy(attempts=2000, maximum=20.0).delay(error, attempt, jitter)
    assert 0.0 <= wait <= 20.0


@pytest.mark.parametrize(
    "options",
    [
        {"attempts": 0},
        {"initial": -1},
        {"initial_rate_limited": -1},
        {"maximum": -1},
        {"longest_retry_after": -1},
        {"reconcile": -1},
        {"reconcile": math.inf},
        {"maximum": math.nan},
    ],
    ids=str,
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        RetryPolicy(**options)


def test_the_documented_defaults():
    assert RetryPolicy() == RetryPolicy(
        attempts=4,
        initial=0.5,
        initial_rate_limited=1.0,
        maximum=20.0,
        longest_retry_after=120.0,
        reconcile=60.0,
        resend=True,
    )


def test_a_retry_costs_14_and_after_a_429_5():
    quota = RetryQuota()
    assert (quota.left, quota.pay(LOST), quota.left) == (500, 14, 486)
    assert (quota.pay(BUSY), quota.left) == (5, 481)


def test_a_spent_quota_pays_for_nothing():
    quota = RetryQuota()
    paid = [quota.pay(LOST) for _ in range(36)]
    assert paid == [14] * 35 + [None]
    # the failure that found too little left takes it: whoever comes next waits for successes
    assert (quota.left, quota.pay(BUSY)) == (0, None)


def test_asking_for_what_it_cannot_pay_takes_nothing():
    quota = RetryQuota(capacity=10)
    assert (quota.buy(LOST), quota.left) == (None, 10)
    assert (quota.buy(BUSY), quota.left) == (5, 5)
    assert (quota.pay(LOST), quota.left) == (None, 0)


def test_success_gives_back_what_was_paid_or_one():
    quota = RetryQuota()
    paid = quota.pay(LOST)
    quota.pay(BUSY)
    quota.succeeded(paid)
    assert quota.left == 495
    quota.succeeded(0)
    assert quota.left == 496


def test_success_never_fills_beyond_the_capacity():
    quota = RetryQuota()
    quota.succeeded(14)
    assert quota.left == 500
