import copy
import pickle

import pytest

import gelato_async
from gelato_async import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    DecodeError,
    FulfillmentStatus,
    GelatoError,
    NoAnswerError,
    NotFoundError,
    NotSentError,
    Order,
    OrderEndedError,
    OrderRefusedError,
    OutcomeUnknownError,
    Problem,
    RateLimitError,
    ResponseError,
    ServerError,
    UnsupportedError,
    ValidationError,
    WaitTimeoutError,
    WebhookError,
)

ORDER = Order(id="id-1", order_reference_id="order-1", fulfillment_status=FulfillmentStatus.FAILED)
PROBLEMS = [Problem("items[0].quantity", "is required"), Problem("", "it is not JSON")]
CAUSE = {"operation": "orders.create", "reason": "the cause"}
PLAIN = {"message": "it went wrong", **CAUSE}
ANSWER = {
    **PLAIN,
    "status": 418,
    "code": "TEAPOT",
    "request_id": "request-1",
    "details": [{"field": ["short", {"and": "stout"}]}],
    "body": "I am a teapot",
    "retry_after": 1.5,
}
PROBLEMATIC = {
    "message": "items[0].quantity: is required; it is not JSON",
    "problems": tuple(PROBLEMS),
    "operation": "orders.create",
    "reason": None,
}


def build(cls, attributes):
    if issubclass(cls, (ValidationError, UnsupportedError)):
        return cls(attributes["problems"], operation=attributes["operation"])
    return cls(**attributes)


ALL = {
    GelatoError: PLAIN,
    NotSentError: PLAIN,
    ValidationError: PROBLEMATIC,
    UnsupportedError: PROBLEMATIC,
    ConnectionFailedError: PLAIN,
    NoAnswerError: {**PLAIN, "status": 200},
    OutcomeUnknownError: {
        **PLAIN,
        "order_reference_id": "order-1",
        "sends": 3,
        "order_ids": ("id-1", "id-2"),
        "product_id": "p-1",
    },
    ResponseError: ANSWER,
    BadRequestError: ANSWER,
    AuthenticationError: ANSWER,
    NotFoundError: ANSWER,
    ConflictError: ANSWER,
    RateLimitError: ANSWER,
    ServerError: ANSWER,
    DecodeError: {
        **PLAIN,
        "problems": tuple(PROBLEMS),
        "body": "{}",
        "order_id": "id-1",
        "product_id": "p-1",
    },
    OrderEndedError: {**PLAIN, "order": ORDER},
    OrderRefusedError: {**PLAIN, "order": ORDER},
    WaitTimeoutError: {**PLAIN, "last": None},
    WebhookError: PLAIN,
}
COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {n}": lambda e, n=n: pickle.loads(pickle.dumps(e, n))
        for n in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


def test_every_public_exception_is_in_the_table():
    public = [getattr(gelato_async, name) for name in gelato_async.__all__]
    errors = {cls for cls in public if isinstance(cls, type) and issubclass(cls, BaseException)}
    assert errors == ALL.keys()


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_error_survives_pickle_and_copy_with_all_it_knows(cls, copied):
    error = build(cls, ALL[cls])
    again = copied(error)
    assert type(again) is cls
    assert vars(again) == vars(error) == ALL[cls]
    assert (str(again), again.args, repr(again)) == (str(error), error.args, repr(error))


def test_notes_travel_with_a_pickled_error():
    error = NotFoundError("no such order", status=404)
    error.add_note("line 7 of orders.jsonl")
    assert pickle.loads(pickle.dumps(error)).__notes__ == ["line 7 of orders.jsonl"]


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_an_error_reads_as_operation_and_message(cls):
    error = build(cls, ALL[cls])
    assert str(error) == f"orders.create: {ALL[cls]['message']}"
    error.operation = None
    assert str(error) == ALL[cls]["message"]


def test_a_problem_reads_as_path_and_message():
    assert [str(problem) for problem in PROBLEMS] == [
        "items[0].quantity: is required",
        "it is not JSON",
    ]


@pytest.mark.parametrize(
    ("family", "members"),
    [
        (NotSentError, {ValidationError, UnsupportedError, ConnectionFailedError}),
        (
            ResponseError,
            {
                BadRequestError,
                AuthenticationError,
                NotFoundError,
                ConflictError,
                RateLimitError,
                ServerError,
            },
        ),
        (NoAnswerError, set()),
        (OutcomeUnknownError, set()),
        (DecodeError, set()),
        (OrderEndedError, {OrderRefusedError}),
        (WaitTimeoutError, set()),
        (WebhookError, set()),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_the_tree_is_as_drawn(family, members):
    assert {cls for cls in ALL if issubclass(cls, family) and cls is not family} == members
    assert issubclass(family, GelatoError)


def test_what_an_answer_lacks_is_none():
    error = ResponseError("no", status=400)
    assert (error.code, error.request_id, error.details, error.body, error.retry_after) == (
        None,
        None,
        None,
        "",
        None,
    )
    assert (error.operation, error.reason) == (None, None)
    unread = DecodeError("odd")
    assert (unread.problems, unread.body, unread.order_id, unread.product_id) == (
        (),
        "",
        None,
        None,
    )
    assert NoAnswerError("gone").status is None
    unknown = OutcomeUnknownError("gone", sends=1)
    assert (unknown.order_reference_id, unknown.order_ids, unknown.product_id) == (None, (), None)
