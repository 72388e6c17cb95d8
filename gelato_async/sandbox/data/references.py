"""Finds what does not fit together: names that are taken, and names of what does not exist."""

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

from gelato_async.sandbox.data.problems import Problem
from gelato_async.sandbox.faults.fault import suggestion

if TYPE_CHECKING:
    from gelato_async.sandbox.data.sandbox_data import Account, SandboxData, Store
    from gelato_async.sandbox.stores.template import Template

OWN_ACCOUNT = "sandbox"


def find_problems(data: "SandboxData") -> Iterator[Problem]:
    """Find everything that does not fit together."""
    names = (OWN_ACCOUNT, *(account.name for account in data.accounts))
    yield from _accounts(data.accounts)
    yield from _stores(data.stores, names)
    yield from _templates(data.templates, names)


def _accounts(accounts: "Sequence[Account]") -> Iterator[Problem]:
    yield from _taken("accounts", ".name", [account.name for account in accounts])
    yield from _taken("accounts", ".api_key", [account.api_key for account in accounts])
    connect_keys = [account.connect for account in accounts]
    yield from _taken("accounts", ".connect_key", connect_keys)
    for number, account in enumerate(accounts):
        if account.name == OWN_ACCOUNT:
            fault = f"{OWN_ACCOUNT!r} is the account whose keys are options of the sandbox"
            yield Problem("accounts", number, ".name", fault)
        parts = (account.connect_prefix, account.connect_key, account.connect_secret)
        if any(parts) and not all(parts):
            fault = "give connect_prefix, connect_key and connect_secret, or none of them"
            yield Problem("accounts", number, "", fault)
        if not account.api_key and not any(parts):
            yield Problem("accounts", number, "", "has no key, neither api_key nor connect_key")


def _stores(stores: "Sequence[Store]", names: Sequence[str]) -> Iterator[Problem]:
    yield from _taken("stores", ".id", [store.id for store in stores])
    for number, store in enumerate(stores):
        yield from _unknown("stores", number, ".account", store.account, names)


def _templates(templates: "Sequence[Template]", names: Sequence[str]) -> Iterator[Problem]:
    yield from _taken("templates", ".id", [template.id for template in templates])
    for number, template in enumerate(templates):
        if template.account is not None:
            yield from _unknown("templates", number, ".account", template.account, names)
        if not template.variants:
            yield Problem("templates", number, ".variants", "there must be at least one")
        if len(template.variants_by_id()) < len(template.variants):
            fault = "two have one id: give them other options, or an id each"
            yield Problem("templates", number, ".variants", fault)


def _taken(kind: str, path: str, names: Sequence[Hashable]) -> Iterator[Problem]:
    """Yield a problem for each name that an earlier entry has; None is no name."""
    first: dict[Hashable, int] = {}
    for number, name in enumerate(names):
        if name is not None and first.setdefault(name, number) != number:
            yield Problem(kind, number, path, "is taken, by", other=first[name])


def _unknown(
    kind: str, number: int, path: str, name: str, known: Sequence[str]
) -> Iterator[Problem]:
    if name not in known:
        fault = f"there is no {name!r} among the {path[1:]}s{suggestion(name, known)}"
        yield Problem(kind, number, path, fault)
