"""The tables of GelatoConnect, put together. They are the same for every account."""

from gelato_async.backends.connect import orders
from gelato_async.backends.paths import Paths, with_paths
from gelato_async.core.backend import Backend
from gelato_async.core.credentials import Account
from gelato_async.core.operations.orders import SubmitOrder
from gelato_async.core.wire.writers import Dialect

_DIALECT = Dialect(orders.RENAMES, orders.UNSUPPORTED)


def backend_of(account: Account, paths: Paths | None = None) -> Backend:
    """Make the backend of GelatoConnect for an account.

    Raises:
        ValueError: a path template cannot be used.
    """
    return Backend(
        name="GelatoConnect",
        origins=account.origins,
        credentials=account.credentials,
        create_operation=SubmitOrder,
        routes=with_paths(orders.ROUTES, paths or {}, account.path_values),
        dialect=_DIALECT,
        rules=orders.RULES,
        path_values=account.path_values,
    )
