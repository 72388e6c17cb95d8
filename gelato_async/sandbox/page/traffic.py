"""The requests of the last minute, second by second and key by key."""

from collections.abc import Mapping
from operator import add
from typing import Any

from gelato_async.sandbox.state import State

SECONDS = 60
# Account and API of requests with a key that no account has.
_NOBODY = ("", "")
_NONE = [0] * SECONDS

Owner = tuple[str, str]


def traffic(state: State, now: float) -> list[dict[str, Any]]:
    """Return for each key how many requests arrived and were refused in each second.

    No key is shown: those of accounts have the account's name and their API, all others are one.
    The last of the seconds is the one that has just begun.
    """
    first = int(now) - SECONDS + 1
    owners = _owners(state)
    arrived = _by_owner(owners, state.audit_log.arrivals_by_second(first, SECONDS))
    refused = _by_owner(owners, state.audit_log.rejections_by_second(first, SECONDS))
    found = []
    for owner, requests in sorted(arrived.items(), reverse=True):
        account, backend = owner
        row = {
            "account": account,
            "backend": backend,
            "requests": requests,
            "refused": refused.get(owner, _NONE),
        }
        found.append(row)
    return found


def _owners(state: State) -> dict[str, Owner]:
    owners = {}
    for name, account in state.accounts.items():
        keys = account.account
        owners[f"{keys.connect_key}:{keys.connect_secret}"] = (name, "connect")
        owners[keys.api_key or ""] = (name, "gelato")
    # An account without a key has no requests; those without a key are nobody's.
    owners.pop("", None)
    return owners


def _by_owner(
    owners: Mapping[str, Owner], counts: Mapping[str, list[int]]
) -> dict[Owner, list[int]]:
    found: dict[Owner, list[int]] = {}
    for key, of_key in counts.items():
        owner = owners.get(key, _NOBODY)
        others = found.get(owner, _NONE)
        found[owner] = list(map(add, others, of_key))
    return found
