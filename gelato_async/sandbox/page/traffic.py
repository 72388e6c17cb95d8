"""The requests of the last minute, second by second and key by key."""

from collections.abc import Iterable, Mapping
from typing import Any

from gelato_async.sandbox.state import State

SECONDS = 60
# Account and API of requests with a key that no account has.
_NOBODY = ("", "")

Owner = tuple[str, str]


def traffic(state: State, now: float) -> list[dict[str, Any]]:
    """Return for each key how many requests arrived and were refused in each second.

    No key is shown: those of accounts have the account's name and their API, all others are one.
    The last of the seconds is the one that has just begun.
    """
    first = int(now) - SECONDS + 1
    owners = _owners(state)
    arrived = _by_owner(owners, state.audit_log.arrivals_since(first), first)
    refused = _by_owner(owners, state.audit_log.rejections_since(first), first)
    found = []
    for owner, requests in sorted(arrived.items(), reverse=True):
        account, backend = owner
        row = {
            "account": account,
            "backend": backend,
            "requests": requests,
            "refused": refused.get(owner, [0] * SECONDS),
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
    owners: Mapping[str, Owner], times: Mapping[str, Iterable[float]], first: int
) -> dict[Owner, list[int]]:
    found: dict[Owner, list[int]] = {}
    for key, of_key in times.items():
        counts = found.setdefault(owners.get(key, _NOBODY), [0] * SECONDS)
        for time in of_key:
            # A request of the second that begins while this is computed counts for the last one.
            counts[min(int(time) - first, SECONDS - 1)] += 1
    return found
