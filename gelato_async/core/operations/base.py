"""What every operation is: its answer's type, and how it may be repeated."""

from typing import ClassVar, Generic, TypeVar

from attrs import field, frozen
from attrs.validators import instance_of

from gelato_async.models.fields import as_reference
from gelato_async.models.order import Order

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@frozen
class Operation(Generic[T_co]):
    """An API call as a value; `T` is the type of its answer."""

    name: ClassVar[str]


@frozen
class Answer(Generic[T_co]):
    """An answer, wrapped because None is one too."""

    value: T_co


@frozen
class CheckedOperation(Operation[T_co]):
    """A call that may be repeated when its outcome is unknown, since the order tells afterwards whether it took effect."""

    order_id: str = field(converter=as_reference, validator=instance_of(str))

    def answer_from(self, order: Order | None) -> Answer[T_co] | None:
        """The answer that the order's state proves (None: the order is gone), or None when it proves nothing."""
        raise NotImplementedError


@frozen
class OnceOperation(Operation[T_co]):
    """A call that makes something of which nobody can tell afterwards whether it was made: never repeated when unclear.

    `advice` is what a caller may do then.
    """

    advice: ClassVar[str]
