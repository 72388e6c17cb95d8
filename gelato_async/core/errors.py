"""The exceptions, drawn as the tree they are. They say what the caller may do next.

    GelatoError
    ├── NotSentError                nothing reached Gelato: safe to repeat
    │   ├── ValidationError         the order breaks documented rules
    │   ├── UnsupportedError        this API cannot say that
    │   └── ConnectionFailedError   refused, DNS, TLS, connect timeout, no free connection
    ├── NoAnswerError               it was sent and no whole answer came
    ├── OutcomeUnknownError         a create that may have been made: don't repeat it, look
    ├── OrderEndedError             an order ended otherwise than it was waited for
    │   └── OrderRefusedError       Gelato took it at first and refused it later
    ├── WaitTimeoutError            what was waited for did not happen in time
    ├── ResponseError               Gelato answered no
    │   ├── BadRequestError         400, 422
    │   ├── AuthenticationError     401, 403
    │   ├── NotFoundError           404
    │   ├── ConflictError           409
    │   ├── RateLimitError          429
    │   └── ServerError             any 5xx
    ├── DecodeError                 a 2xx that is not as documented
    └── WebhookError                what was received is not an event

They survive `pickle` and `copy`, and their text holds no key and no value of the recipient's
address.
"""

from collections.abc import Callable, Sequence
from typing import Any, Self

from attrs import frozen

from gelato_async.models.order import Order
from gelato_async.models.store_product import StoreProduct


@frozen
class Problem:
    """One thing that is wrong: where (`items[0].quantity`), and what would be right."""

    path: str
    message: str

    def __str__(self) -> str:
        """Read as `items[0].quantity: must be 1 or more`."""
        return f"{self.path}: {self.message}" if self.path else self.message


def _restore(cls: "type[GelatoError]", state: dict[str, Any]) -> "GelatoError":
    error = cls.__new__(cls, state["message"])
    # an OSError, as WaitTimeoutError is one, takes them in the __init__ that is not called
    error.args = (state["message"],)
    error.__dict__.update(state)
    return error


class GelatoError(Exception):
    """Anything that went wrong.

    `operation` is the call's short name, `reason` the cause as text.
    """

    def __init__(
        self, message: str, *, operation: str | None = None, reason: str | None = None
    ) -> None:
        super().__init__(message)
        self.message: str = message
        self.operation: str | None = operation
        self.reason: str | None = reason

    def __str__(self) -> str:
        return f"{self.operation}: {self.message}" if self.operation else self.message

    def __reduce__(self) -> tuple[Callable[..., "GelatoError"], tuple[type[Self], dict[str, Any]]]:
        return _restore, (type(self), self.__dict__.copy())


class NotSentError(GelatoError):
    """Nothing reached Gelato: it is safe to call again."""


class _ProblemsError(NotSentError):
    def __init__(self, problems: Sequence[Problem], *, operation: str | None = None) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)), operation=operation)


class ValidationError(_ProblemsError):
    """The request breaks rules that the documents state; `problems` has them all.

    Nothing was sent: fix and call again.
    """


class UnsupportedError(_ProblemsError):
    """This API has no way to say what was asked; `problems` names every field. Nothing was sent."""


class ConnectionFailedError(NotSentError):
    """No connection: refused, DNS, TLS, connect timeout, or none free in time. Nothing was sent."""


class NoAnswerError(GelatoError):
    """The request was sent and no whole answer came: nobody knows whether it took effect.

    `status` is set when at least the status line came.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        operation: str | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, reason=reason)
        self.status = status


class OutcomeUnknownError(GelatoError):
    """A create may or may not have made what it was to make. Don't send it again: look for it, later.

    An order is looked for with `orders.find(order_reference_id)`; `order_ids` names orders that may
    be the one, where some were found. A store product has no reference, so `order_reference_id` is
    None: it is looked for with `stores.products`, or with `stores.product` where the answer told
    its `product_id`. `sends` is how often it was sent.
    """

    def __init__(
        self,
        message: str,
        *,
        order_reference_id: str | None = None,
        sends: int,
        order_ids: Sequence[str] = (),
        product_id: str | None = None,
        operation: str | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, reason=reason)
        self.order_reference_id = order_reference_id
        self.sends = sends
        self.order_ids: tuple[str, ...] = tuple(order_ids)
        self.product_id = product_id


class OrderEndedError(GelatoError):
    """An order that was waited for is in a final status which was not wanted.

    `order` is the order as it is now.
    """

    def __init__(
        self, message: str, *, order: Order, operation: str | None = None, reason: str | None = None
    ) -> None:
        super().__init__(message, operation=operation, reason=reason)
        self.order = order


class OrderRefusedError(OrderEndedError):
    """Gelato took the order, and refused it later: it is failed or canceled, and `order.refusal_reason` has the words.

    `refusal_reason_code` is for machines, like `missing_retail_prices`. Fix what it names and
    create the order again.
    """

    @property
    def refusal_reason_code(self) -> str | None:
        """Why, in one word of Gelato's."""
        return self.order.refusal_reason_code


class WaitTimeoutError(GelatoError, TimeoutError):
    """What was waited for did not happen in time, and may still happen: wait again, or look later.

    `last` is the order or store product as it was last seen, None where no look succeeded; then
    `reason` says why.
    """

    def __init__(
        self,
        message: str,
        *,
        last: Order | StoreProduct | None = None,
        operation: str | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, reason=reason)
        self.last = last


class ResponseError(GelatoError):
    """Gelato answered no.

    `code`, `details` and `request_id` (name it to Gelato's support) are None where the answer has
    none; `body` is the answer's text, cut to 2,000 characters.
    """

    def __init__(  # noqa: PLR0913  an answer has that many parts
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        request_id: str | None = None,
        details: Any = None,
        body: str = "",
        retry_after: float | None = None,
        operation: str | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, reason=reason)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.details = details
        self.body = body
        self.retry_after = retry_after


class BadRequestError(ResponseError):
    """400 or 422: the request was refused as it is; `message` and `details` say why."""


class AuthenticationError(ResponseError):
    """401 or 403: the key is wrong, lacks a permission, or the CDN in front refused us (its own message says so)."""


class NotFoundError(ResponseError):
    """404: no such order, product or template, for this key."""


class ConflictError(ResponseError):
    """409: too late, or not in a state that allows it."""


class RateLimitError(ResponseError):
    """429: too many requests with this key, also after retries.

    `retry_after` is in seconds, None where not told.
    """


class ServerError(ResponseError):
    """Any 5xx: nobody knows whether the request took effect, as far as the answer tells."""


class DecodeError(GelatoError):
    """A 2xx whose body is not as documented: the request was accepted, its answer cannot be read.

    `problems` has every path, `body` the text (cut), `order_id` or `product_id` the id of the order
    or the store product that the answer is, where it could be found.
    """

    def __init__(
        self,
        message: str,
        *,
        problems: Sequence[Problem] = (),
        body: str = "",
        order_id: str | None = None,
        product_id: str | None = None,
        operation: str | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, reason=reason)
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.body = body
        self.order_id = order_id
        self.product_id = product_id


class WebhookError(GelatoError):
    """What was received is not an event: not JSON, not an object, or without a name in `event`."""
