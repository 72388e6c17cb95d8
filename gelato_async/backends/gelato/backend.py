"""The tables of the four services, put together. They are the same for every account.

Those of a service, and the models with them, are imported with the first call that it serves.
"""

from types import ModuleType

from gelato_async.backends.gelato import orders
from gelato_async.backends.paths import Paths, with_paths
from gelato_async.core.backend import Backend, Routes, Rules
from gelato_async.core.credentials import Account
from gelato_async.core.operations.orders import CreateOrder
from gelato_async.core.routes import LazyTable
from gelato_async.core.wire.writers import Dialect


def _products() -> ModuleType:
    from gelato_async.backends.gelato import products  # noqa: PLC0415

    return products


def _shipping() -> ModuleType:
    from gelato_async.backends.gelato import shipping  # noqa: PLC0415

    return shipping


def _stores() -> ModuleType:
    from gelato_async.backends.gelato import stores  # noqa: PLC0415

    return stores


ROUTES: Routes = LazyTable(
    {
        "orders": lambda: orders.ROUTES,
        "products": lambda: _products().ROUTES,
        "shipping": lambda: _shipping().ROUTES,
        "stores": lambda: _stores().ROUTES,
    }
)

RULES: Rules = LazyTable(
    {
        "orders": lambda: orders.RULES,
        "products": lambda: _products().RULES,
        "shipping": lambda: _shipping().RULES,
        "stores": lambda: _stores().RULES,
    }
)

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
