"""Every route of both backends.

What may be done when its outcome is unknown is what its operation can do.
"""

import pytest

from gelato_async.backends import connect, gelato
from gelato_async.core.operations.base import CheckedOperation, OnceOperation
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.routes import Repeat

KINDS = {
    Repeat.NEVER: OnceOperation,
    Repeat.CHECKING: CheckedOperation,
    Repeat.AFTER_RECONCILIATION: CreateOperation,
}
ROUTES = [
    pytest.param(operation, route, id=f"{backend}-{operation.__name__}")
    for backend, routes in (("gelato", gelato.ROUTES), ("connect", connect.ROUTES))
    for operation, route in routes.items()
]


@pytest.mark.parametrize(("operation", "route"), ROUTES)
def test_a_route_is_repeated_as_its_operation_can_be(operation, route):
    assert [repeat for repeat, kind in KINDS.items() if issubclass(operation, kind)] == (
        [] if route.repeat is Repeat.FREELY else [route.repeat]
    )


@pytest.mark.parametrize(("operation", "route"), ROUTES)
def test_a_call_that_is_never_repeated_says_what_to_do_instead(operation, route):
    assert bool(getattr(operation, "advice", None)) is (route.repeat is Repeat.NEVER)
