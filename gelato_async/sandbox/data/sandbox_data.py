"""The data that a sandbox starts with."""

from collections.abc import Iterable
from typing import Any

import attrs


@attrs.frozen(kw_only=True)
class Account:
    """An account: its keys, and thereby what it may see.

    Attributes:
        name: The name by which the sandbox's own routes know it.
        api_key: The key of Gelato's routes, or None if the account does not use them.
        connect_prefix: The partner's part of GelatoConnect's paths, or None.
        connect_key: The first half of GelatoConnect's key, or None.
        connect_secret: The second half of GelatoConnect's key, or None.
    """

    name: str
    api_key: str | None = attrs.field(default=None, repr=False)
    connect_prefix: str | None = None
    connect_key: str | None = attrs.field(default=None, repr=False)
    connect_secret: str | None = attrs.field(default=None, repr=False)


def _as_tuple(accounts: Iterable[Account]) -> Any:
    return tuple(accounts)


@attrs.frozen(kw_only=True)
class SandboxData:
    """The data that a sandbox starts with.

    Attributes:
        accounts: Further accounts, beside the one whose keys are options of the sandbox. No account
            sees the orders or store products of another.
    """

    accounts: tuple[Account, ...] = attrs.field(default=(), converter=_as_tuple)
