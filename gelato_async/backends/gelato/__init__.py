"""Gelato's own API: four services, one backend.

The module of each service has its routes and rules, as tables: `orders`, `products`, `shipping`,
`stores`. A service's module builds nothing and knows no other; only this one puts the tables
together, with the key and the origins. Start with `orders`.
"""

from gelato_async.backends.gelato import orders, products, shipping, stores
from gelato_async.backends.origins import Paths, origins, with_paths
from gelato_async.core.backend import Backend, Routes, Rules
from gelato_async.core.credentials import Credentials, validated_key
from gelato_async.core.operations.orders import CreateOrder
from gelato_async.core.wire.writers import Dialect
from gelato_async.models.tracebacks import hides_arguments

ORIGINS = {
    "order": "https://order.gelatoapis.com",
    "product": "https://product.gelatoapis.com",
    "shipment": "https://shipment.gelatoapis.com",
    "ecommerce": "https://ecommerce.gelatoapis.com",
}

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


@hides_arguments
def gelato_backend(
    api_key: str | None, *, base_url: str | None = None, paths: Paths | None = None
) -> Backend:
    """Make the backend of Gelato's API for one key.

    Raises:
        ValueError: the key, `base_url` or a path template cannot be used.
    """
    key = validated_key(api_key, "Gelato API key", "GELATO_API_KEY")
    return Backend(
        name="Gelato",
        origins=origins(ORIGINS, base_url),
        credentials=Credentials(key, (key,)),
        create_operation=CreateOrder,
        routes=with_paths(ROUTES, paths or {}, {}),
        dialect=Dialect(orders.RENAMES),
        unsupported=orders.UNSUPPORTED,
        rules=RULES,
    )
