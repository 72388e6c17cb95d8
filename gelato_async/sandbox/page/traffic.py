"""The requests of the last minute, second by second and key by key."""

from collections.abc import Iterable, Mapping
from typing import Any

from gelato_async.sandbox.audit import Timeline
from gelato_async.sandbox.state import State

SECONDS = 60
# Account and API of requests with a key that no account has.
_NOBODY = ("", "")


def traffic(state: State, now: float) -> list[dict[str, Any]]:
    """Return for each key how many requests arrived and were refused in each second.

    No key is shown: those of accounts have the account's name and their API, all others are one.
    The last of the seconds is the one that has just begun.
    """
    first = int(now) - SECONDS + 1
    arrived = _by_owner(state, state.audit_log.arrivals_since(first))
    refused = _by_owner(state, state.audit_log.rejections_since(first))
    found = []
    for (account, backend), times in arrived.items():
        row = {
            "account": account,
            "backend": backend,
            "requests": _counts(times, first),
            "refused": _counts(refused.get((account, backend), ()), first),
            "worstSecond": _worst_second(times),
        }
        found.append(row)
    return found


def _by_owner(
    state: State, times: Mapping[str, Iterable[float]]
) -> dict[tuple[str, str], list[float]]:
    owners = {}
    for name, account in state.accounts.items():
        keys = account.account
        owners[f"{keys.connect_key}:{keys.connect_secret}"] = (name, "connect")
        owners[keys.api_key or ""] = (name, "gelato")
    # An account without a key has no requests; those without a key are nobody's.
    owners.pop("", None)
    found: dict[tuple[str, str], list[float]] = {}
    for key, of_key in times.items():
        found.setdefault(owners.get(key, _NOBODY), []).extend(of_key)
    return dict(sorted(found.items(), reverse=True))


def _counts(times: Iterable[float], first: int) -> list[int]:
    counts = [0] * SECONDS
    for time in times:
        # A request of the second that begins while this is computed counts for the last one.
        counts[min(int(time) - first, SECONDS - 1)] += 1
    return counts


def _worst_second(times: Iterable[float]) -> int:
    timeline = Timeline()
    for time in sorted(times):
        timeline.add(time)
    return timeline.worst_second
