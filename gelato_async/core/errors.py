"""The exceptions. Each class says what the caller may do next.

    GelatoError
    ├── NotSentError                nothing reached Gelato: safe to repeat
    │   ├── ValidationError         the order breaks documented rules
    │   ├── UnsupportedError        this API has no such call or field
    │   └── ConnectionFailedError   refused, DNS, TLS, connect timeout, no free connection
    ├── NoAnswerError               it was sent and no whole answer came
    ├── OutcomeUnknownError         a create that may have been made: don't repeat it, look
    ├── OrderEndedError             an order ended in another status than it was waited for
    │   └── OrderRefusedError       Gelato accepted it at first and refused it later
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

All survive `pickle` and `copy`. No text of an error contains a key or a value of the recipient's
address: the client masks them (`redaction`) before it raises one.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

from attrs import frozen

if TYPE_CHECKING:
    # a program that catches an error need not import what orders and products are
    from gelato_async.models.order import Order
    from gelato_async.models.store_product import StoreProduct


@frozen
class Problem:
    """One thing that is wrong: the path of the field, and what would be right."""

    path: str
    message: str

    def __str__(self) -> str:
        """Return a line like `items[0].quantity: must be 1 or more`."""
        if not self.path:
            return self.message
        return f"{self.path}: {self.message}"


def _restore(cls: "type[GelatoError]", state: dict[str, Any]) -> "GelatoError":
    error = cls.__new__(cls, state["message"])
    # WaitTimeoutError is an OSError, which sets args in the __init__ that is not called here
    error.args = (state["message"],)
    error.__dict__.update(state)
    return error


class GelatoError(Exception):
    """The base of all errors of this library.

    `operation` is the call's short name, like `orders.create`; `reason` is the cause as text.
    """

    def __init__(
        self, message: str, *, operation: str | None = None, reason: str | None = None
    ) -> None:
        super().__init__(message)
        self.message: str = message
        self.operation: str | None = operation
        self.reason: str | None = reason

    def __str__(self) -> str:
        if not self.operation:
            return self.message
        return f"{self.operation}: {self.message}"

    def __reduce__(self) -> tuple[Callable[..., "GelatoError"], tuple[type[Self], dict[str, Any]]]:
        return _restore, (type(self), self.__dict__.copy())


class NotSentError(GelatoError):
    """The request did not reach Gelato: it is safe to call again."""


class _ProblemsError(NotSentError):
    def __init__(self, problems: Sequence[Problem], *, operation: str | None = None) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)), operation=operation)


class ValidationError(_ProblemsError):
    """The request breaks documented rules; `problems` names every field and what would be right.

    Nothing was sent: correct them and call again.
    """


class UnsupportedError(_ProblemsError):
    """This API has no such call, or cannot carry a field; `problems` has each. Nothing was sent."""


class ConnectionFailedError(NotSentError):
    """No connection: refused, DNS, TLS, a timeout, or none free in time. Nothing was sent."""


class NoAnswerError(GelatoError):
    """The request was sent and no whole answer came: it is unknown whether it took effect.

    `status` is set only if an answer began that was a 2xx: the request took effect.
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
    """A create may or may not have taken effect. Don't send it again: look for it later.

    For an order call `orders.find(order_reference_id)`; `order_ids` are orders that may be it, if
    some were found. A store product has no reference, so `order_reference_id` is None: look for it
    with `stores.products`, or with `stores.product` if the answer named its `product_id`. `sends`
    is how often the create was sent.
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
    """An order that was waited for reached a final status other than the wanted ones.

    `order` is the order as it is now.
    """

    def __init__(
        self,
        message: str,
        *,
        order: "Order",
        operation: str | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, reason=reason)
        self.order = order


class OrderRefusedError(OrderEndedError):
    """Gelato accepted the order and refused it later: it is failed or canceled.

    `order.refusal_reason` has Gelato's text, `refusal_reason_code` is for machines, like
    `missing_retail_prices`. Correct what it names and create the order again.
    """

    @property
    def refusal_reason_code(self) -> str | None:
        """Gelato's code for the reason."""
        return self.order.refusal_reason_code


class WaitTimeoutError(GelatoError, TimeoutError):
    """What was waited for did not happen in time, and may still happen: wait again, or look later.

    `last` is the order or store product as it was last seen. If no look succeeded it is None, and
    `reason` says why.
    """

    def __init__(
        self,
        message: str,
        *,
        last: "Order | StoreProduct | None" = None,
        operation: str | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, reason=reason)
        self.last = last


class ResponseError(GelatoError):
    """Gelato answered with a status other than 2xx.

    `code`, `details` and `request_id` (Gelato's support asks for it) are None if the answer lacks
    them; `body` is the answer's text, cut to 2,000 characters.
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
    """400 or 422: Gelato refuses the request as it is; `message` and `details` say why."""


class AuthenticationError(ResponseError):
    """401 or 403: the key is wrong or lacks a permission, or the CDN in front of Gelato refused us.

    The message says which.
    """


class NotFoundError(ResponseError):
    """404: there is no such order, product or template, for this key."""


class ConflictError(ResponseError):
    """409: the order is in a state that does not allow the call, often because it is too late."""


class RateLimitError(ResponseError):
    """429: too many requests with this key, even after retries.

    `retry_after` is in seconds, None if the answer does not name a time.
    """


class ServerError(ResponseError):
    """Any 5xx: the answer does not show whether the request took effect."""


class DecodeError(GelatoError):
    """A 2xx whose body is not as documented: the request was accepted, its answer cannot be read.

    `problems` has every path, `body` the text (cut); `order_id` or `product_id` is the id of the
    order or store product in the answer, if it could be read.
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
    """What was received is not an event: not JSON, not an object, or without `event`."""
