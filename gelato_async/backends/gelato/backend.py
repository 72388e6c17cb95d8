"""The tables of the four services, put together. They are the same for every account."""

from gelato_async.backends.gelato import orders, products, shipping, stores
from gelato_async.backends.paths import Paths, with_paths
from gelato_async.core.backend import Backend, Routes, Rules
from gelato_async.core.credentials import Account
from gelato_async.core.operations.orders import CreateOrder
from gelato_async.core.wire.writers import Dialect

ROUTES: Routes = {
    **orders.ROUTES,
    **products.ROUTES,
    **shipping.ROUTES,
    **stores.ROUTES,
}

RULES: Rules = {
    **orders.RULES,
    **products.RULES,
    **shipping.RULES,
    **stores.RULES,
}

_DIALECT = Dialect(orders.RENAMES, orders.UNSUPPORTED)


def backend_of(account: Account, paths: Paths | None = None) -> Backend:
    """Make the backend of Gelato's API for an account.

    Raises:
        ValueError: a path template cannot be used.
    """
    return Backend(
        name="Gelato",
        origins=account.origins,
        credentials=account.credentials,
        create_operation=CreateOrder,
        routes=with_paths(ROUTES, paths or {}, account.path_values),
        dialect=_DIALECT,
        rules=RULES,
        path_values=account.path_values,
    )
