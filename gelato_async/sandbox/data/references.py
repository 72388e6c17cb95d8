"""Finds what does not fit together: names that are taken, and names of what does not exist.

What would make amounts untrue, `amounts` finds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs

from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.countries import NOT_SUPPORTED, REGIONS, SUPPORTED
from gelato_async.sandbox.catalog.entities import Catalog, Product, ShipmentMethod
from gelato_async.sandbox.data import amounts
from gelato_async.sandbox.data.keys import key_fault
from gelato_async.sandbox.data.problems import Problem
from gelato_async.sandbox.faults.fault import suggestion
from gelato_async.sandbox.stores.template import Template

if TYPE_CHECKING:
    from gelato_async.sandbox.data.sandbox_data import Account, SandboxData, Store

OWN_ACCOUNT = "sandbox"
_COUNTRIES = frozenset((*SUPPORTED, *NOT_SUPPORTED))
# A path in an entry, and what is wrong there.
_Fault = tuple[str, str]
# What no two entries of a kind may have in common, and the path that a problem names.
_NAMES = (
    ("accounts", "name", ".name"),
    ("accounts", "api_key", ".api_key"),
    ("accounts", "connect", ".connect_key"),
    ("stores", "id", ".id"),
    ("catalogs", "uid", ".uid"),
    ("products", "uid", ".uid"),
    ("shipment_methods", "uid", ".uid"),
    ("templates", "id", ".id"),
)


@attrs.frozen(kw_only=True)
class _Known:
    """The names that entries may refer to."""

    accounts: Iterable[str]
    catalogs: Iterable[str]
    currencies: Iterable[str]
    has_product: Callable[[str], bool]


def find_problems(data: "SandboxData") -> Iterator[Problem]:
    """Find everything that does not fit together."""
    known = _Known(
        accounts=(OWN_ACCOUNT, *map(attrgetter("name"), data.accounts)),
        catalogs=tuple(map(attrgetter("uid"), data.catalogs)),
        currencies=list(data.currencies),
        has_product=product_finder(data, any_products=True),
    )
    for kind, find in _CHECKS.items():
        for number, entry in enumerate(getattr(data, kind)):
            for path, fault in find(entry, known):
                yield Problem(kind, number, path, fault)
    yield from amounts.wrong_rates(data.currencies)
    for kind, name, path in _NAMES:
        yield from _taken(kind, path, map(attrgetter(name), getattr(data, kind)))


def product_finder(data: "SandboxData", *, any_products: bool) -> Callable[[str], bool]:
    """Return a function that returns whether there is a product of a uid."""
    listed = set(map(attrgetter("uid"), data.products))
    # The products of the data may be wrong themselves, and prices do not matter here.
    assortment = Assortment(data.catalogs, (), {}, (), any_products=any_products)

    def has_product(uid: str) -> bool:
        return uid in listed or assortment.product(uid) is not None

    return has_product


def _account(account: "Account", _: _Known) -> Iterator[_Fault]:
    if account.name == OWN_ACCOUNT:
        yield ".name", f"{OWN_ACCOUNT!r} is the account whose keys are options of the sandbox"
    parts = (account.connect_prefix, account.connect_key, account.connect_secret)
    if any(parts) and not all(parts):
        yield "", "give connect_prefix, connect_key and connect_secret, or none of them"
    for name in ("api_key", "connect_prefix", "connect_key", "connect_secret"):
        value = getattr(account, name)
        if value and (fault := key_fault(name, value)):
            yield f".{name}", fault
    if not account.api_key and not any(parts):
        yield "", "has no key, neither api_key nor connect_key"


def _store(store: "Store", known: _Known) -> Iterator[_Fault]:
    yield from _unknown(".account", store.account, known.accounts)


def _catalog(catalog: Catalog, _: _Known) -> Iterator[_Fault]:
    yield from amounts.wrong_page_counts(catalog.page_counts)
    yield from amounts.wrong_discounts(catalog.price.discounts)


def _product(product: Product, known: _Known) -> Iterator[_Fault]:
    if product.catalog:
        yield from _unknown(".catalog", product.catalog, known.catalogs)
    yield from amounts.wrong_page_counts(product.page_counts)
    yield from amounts.wrong_prices(product.prices)
    for number, price in enumerate(product.prices):
        path = f".prices[{number}]"
        yield from _unknown(f"{path}.currency", price.currency, known.currencies)
        if price.country is not None:
            yield from _countries(f"{path}.country", [price.country])
    for region in product.stock:
        yield from _unknown(".stock", region, REGIONS)
    for name in ("supported_countries", "not_supported_countries"):
        yield from _countries(f".{name}", getattr(product, name))


def _shipment_method(method: ShipmentMethod, _: _Known) -> Iterator[_Fault]:
    yield from _countries(".countries", method.countries)
    if method.min_days > method.max_days:
        yield ".max_days", "must be at least min_days"


def _template(template: Template, known: _Known) -> Iterator[_Fault]:
    if template.account is not None:
        yield from _unknown(".account", template.account, known.accounts)
    if not template.variants:
        yield ".variants", "there must be at least one"
    if len(template.variants_by_id()) < len(template.variants):
        yield ".variants", "two have one id: give them other options, or an id each"
    for number, variant in enumerate(template.variants):
        if not known.has_product(variant.product_uid):
            fault = f"there is no product {variant.product_uid!r} in any catalog"
            yield f".variants[{number}].product_uid", fault


_CHECKS: Mapping[str, Callable[[Any, _Known], Iterator[_Fault]]] = {
    "accounts": _account,
    "stores": _store,
    "catalogs": _catalog,
    "products": _product,
    "shipment_methods": _shipment_method,
    "templates": _template,
}


def _taken(kind: str, path: str, names: Iterable[Any]) -> Iterator[Problem]:
    """Yield a problem for each name that is empty or an earlier entry's; None is no name."""
    first: dict[Any, int] = {}
    for number, name in enumerate(names):
        # An empty key would admit requests without any.
        if name == "":
            yield Problem(kind, number, path, "must not be empty")
        elif name is not None and first.setdefault(name, number) != number:
            yield Problem(kind, number, path, "is taken, by", other=first[name])


def _unknown(path: str, name: str, known: Iterable[str]) -> Iterator[_Fault]:
    if name not in known:
        yield path, f"there is no {name!r}{suggestion(name, known)}"


def _countries(path: str, names: Iterable[str]) -> Iterator[_Fault]:
    for name in names:
        if name not in _COUNTRIES:
            yield path, f"there is no country {name!r}; codes are two capital letters, like GB"
