"""Gelato's own API: four services, one backend.

The module of each service has its routes and rules, as tables: `orders`, `products`, `shipping`,
`stores`. A service's module builds nothing and knows no other; `backend` puts the tables together,
with an account. Start with `orders`.

Accounts are made here. Only a backend needs the tables, so they are imported with the first one.
"""

from typing import TYPE_CHECKING

from gelato_async.backends.origins import origins
from gelato_async.core.credentials import Account, Credentials, validated_key
from gelato_async.models.tracebacks import hides_arguments

if TYPE_CHECKING:
    from gelato_async.backends.paths import Paths
    from gelato_async.core.backend import Backend

ORIGINS = {
    "order": "https://order.gelatoapis.com",
    "product": "https://product.gelatoapis.com",
    "shipment": "https://shipment.gelatoapis.com",
    "ecommerce": "https://ecommerce.gelatoapis.com",
}


@hides_arguments
def gelato_account(api_key: str | None, *, base_url: str | None = None) -> Account:
    """Check a key, and where it is to be sent.

    Raises:
        ValueError: the key or `base_url` cannot be used.
    """
    key = validated_key(api_key, "Gelato API key", "GELATO_API_KEY")
    return Account(origins(ORIGINS, base_url), Credentials(key, (key,)), {})


@hides_arguments
def gelato_backend(
    api_key: str | None, *, base_url: str | None = None, paths: "Paths | None" = None
) -> "Backend":
    """Make the backend of Gelato's API for one key.

    Raises:
        ValueError: the key, `base_url` or a path template cannot be used.
    """
    from gelato_async.backends.gelato.backend import backend_of  # noqa: PLC0415  see above

    return backend_of(gelato_account(api_key, base_url=base_url), paths)
