"""What may become of one create request. To add a fault, add a row to `FAULTS`.

Every test draws from the table by name, and judges the outcome by what the server holds, so a row
needs no test of its own.
"""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from gelato_async import NoAnswerError, Response

Document = dict[str, Any]
# takes the document of the order that the request made, or would have made; may raise what a
# transport may raise
Answer = Callable[[Document], Response]


def whole(document: Document) -> Response:
    return Response(status=200, body=json.dumps(document).encode())


def status(code: int, **headers: str) -> Answer:
    return lambda _: Response(status=code, headers=headers, body=b'{"message": "simulated"}')


def dropped(_: Document) -> Response:
    raise NoAnswerError("the connection was dropped")


def truncated(_: Document) -> Response:
    raise NoAnswerError("the answer broke off", status=200)


def unreadable(_: Document) -> Response:
    return Response(status=200, body=b"<html>")


def of_another_order(document: Document) -> Response:
    return whole(document | {"id": "order-of-another", "orderReferenceId": "another"})


def of_a_draft(document: Document) -> Response:
    return whole(document | {"orderType": "draft"})


def without_an_id(document: Document) -> Response:
    return whole({name: value for name, value in document.items() if name != "id"})


@frozen(kw_only=True)
class Fault:
    """What becomes of a create.

    `commit` and `after` are seconds from the request's arrival: until its order exists (None:
    never), and until the answer goes out (infinite: never, so that the client's time-out ends it).
    `parts` above 1 makes a split order, `becomes` is the status it is born with. `connects` False:
    the connection is refused and nothing arrives. `excuse` says why an outcome may stay unknown
    after this fault, whatever a client does.
    """

    answer: Answer = whole
    commit: float | None = 0.1
    after: float = 0.3
    parts: int = 1
    becomes: str = "created"
    connects: bool = True
    excuse: str = ""


NEVER_MADE = "a 2xx answered an order that was never made"
ANSWERED_409 = "a 409 does not say which order it means"

FAULTS: Mapping[str, Fault] = {
    "none": Fault(),
    "made after its answer": Fault(commit=1.5),
    "slow": Fault(commit=2.0, after=2.3),
    # not made
    "refused connection": Fault(connects=False, commit=None),
    "503, not made": Fault(answer=status(503), commit=None),
    "429": Fault(answer=status(429), commit=None),
    "429 for two seconds": Fault(answer=status(429, **{"retry-after": "2"}), commit=None),
    "408, not made": Fault(answer=status(408), commit=None),
    "dropped, not made": Fault(answer=dropped, commit=None),
    "silent, not made": Fault(after=math.inf, commit=None),
    # made, and the answer is lost
    "502, made before": Fault(answer=status(502)),
    "504, made after": Fault(answer=status(504), commit=3.0, after=0.5),
    "550, made after": Fault(answer=status(550), commit=1.0, after=0.5),
    "dropped, made": Fault(answer=dropped),
    "silent, made at once": Fault(after=math.inf),
    "silent, made after the time-out": Fault(after=math.inf, commit=7.0),
    "delivered late by a proxy": Fault(answer=dropped, commit=12.0, after=0.2),
    "truncated 2xx": Fault(answer=truncated),
    "unreadable 2xx": Fault(answer=unreadable),
    "dropped, split": Fault(answer=dropped, parts=2),
    "split": Fault(parts=3),
    # refused
    "400": Fault(answer=status(400), commit=None),
    "409": Fault(answer=status(409), commit=None, excuse=ANSWERED_409),
    # failed by itself
    "failed at once": Fault(becomes="failed"),
    "dropped, failed at once": Fault(answer=dropped, becomes="failed"),
    # lies
    "another's answer, made": Fault(answer=of_another_order),
    "another's answer, not made": Fault(answer=of_another_order, commit=None, excuse=NEVER_MADE),
    "a draft's answer, made": Fault(answer=of_a_draft),
    "an answer without an id, made": Fault(answer=without_an_id),
    "unreadable 2xx, not made": Fault(answer=unreadable, commit=None, excuse=NEVER_MADE),
}

# faults that any network and any server have; the others lie, or refuse for good
LOSSES = (
    "refused connection",
    "503, not made",
    "429",
    "408, not made",
    "dropped, not made",
    "silent, not made",
    "502, made before",
    "504, made after",
    "550, made after",
    "dropped, made",
    "silent, made at once",
    "silent, made after the time-out",
    "delivered late by a proxy",
    "truncated 2xx",
    "unreadable 2xx",
    "dropped, split",
)
