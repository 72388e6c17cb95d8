"""GelatoConnect: one service, with a key and a secret for each partner.

`orders` has its routes and rules, as tables; `backend` puts them together with an account. Start
with `orders`.

Accounts are made here. Only a backend needs the tables, so they are imported with the first one.
"""

from typing import TYPE_CHECKING

from gelato_async.backends.origins import origins
from gelato_async.core.credentials import Account, Credentials, validated_key
from gelato_async.models.tracebacks import hides_arguments

if TYPE_CHECKING:
    from gelato_async.backends.paths import Paths
    from gelato_async.core.backend import Backend

ORIGINS = {"order": "https://api.partner-connect.io"}


@hides_arguments
def connect_account(
    prefix: str | None,
    api_key: str | None,
    api_secret: str | None,
    *,
    base_url: str | None = None,
) -> Account:
    """Check a partner's prefix, key and secret, and where they are to be sent.

    Raises:
        ValueError: the prefix, the key, the secret or `base_url` cannot be used.
    """
    prefix = validated_key(
        prefix, "GelatoConnect partner prefix", "GELATO_CONNECT_PREFIX", forbidden="/?#"
    )
    if prefix in {".", ".."}:
        raise ValueError(
            "the GelatoConnect partner prefix is '.' or '..', which no partner has: copy it again"
        )
    key = validated_key(api_key, "GelatoConnect API key", "GELATO_CONNECT_API_KEY", forbidden=":")
    secret = validated_key(api_secret, "GelatoConnect API secret", "GELATO_CONNECT_API_SECRET")
    credentials = Credentials(f"{key}:{secret}", (f"{key}:{secret}", key, secret))
    return Account(origins(ORIGINS, base_url), credentials, {"prefix": prefix})


@hides_arguments
def connect_backend(
    prefix: str | None,
    api_key: str | None,
    api_secret: str | None,
    *,
    base_url: str | None = None,
    paths: "Paths | None" = None,
) -> "Backend":
    """Make the backend of GelatoConnect for one partner's key and secret.

    Raises:
        ValueError: the prefix, the key, the secret, `base_url` or a path template cannot be used.
    """
    from gelato_async.backends.connect.backend import backend_of  # noqa: PLC0415  see above

    return backend_of(connect_account(prefix, api_key, api_secret, base_url=base_url), paths)
