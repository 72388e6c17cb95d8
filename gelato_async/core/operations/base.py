"""What every operation is: a value that names its answer's type and how it may be repeated."""

from enum import Enum
from typing import ClassVar, Generic, TypeVar

from attrs import field, frozen

from gelato_async.models.fields import as_reference, instance_of
from gelato_async.models.order import Order
from gelato_async.models.tracebacks import hides_arguments_of_methods

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Kind(Enum):
    """How a call may be repeated. Each class of operations has one."""

    READ = "it changes nothing, or nothing more when repeated: repeat it freely"
    CHECKED = "the order shows afterwards whether it took effect: repeat it, and check"
    CREATE = "it makes an order: send it once, and look for the order before sending it again"
    ONCE = "it makes something that cannot be looked for: never repeat it when in doubt"


@frozen
class Operation(Generic[T_co]):
    """A request to an API as a value; the type parameter is the type of its answer."""

    name: ClassVar[str]
    kind: ClassVar[Kind] = Kind.READ

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        hides_arguments_of_methods(cls)


@frozen
class Answer(Generic[T_co]):
    """An answer that an order's state proves; wrapped, since an answer may be None."""

    value: T_co


@frozen
class CheckedOperation(Operation[T_co]):
    """A call whose effect the order shows afterwards, so that it may be repeated."""

    kind: ClassVar[Kind] = Kind.CHECKED
    order_id: str = field(converter=as_reference, validator=instance_of(str))

    def answer_from(self, order: Order | None) -> Answer[T_co] | None:
        """Return the answer that an order's state proves, or None if it proves nothing.

        `order` is None if there is no such order any more.
        """
        raise NotImplementedError


@frozen
class OnceOperation(Operation[T_co]):
    """A call that makes something which cannot be looked for: never repeated when in doubt.

    `advice` says in the error what the caller may do instead.
    """

    kind: ClassVar[Kind] = Kind.ONCE
    advice: ClassVar[str]
