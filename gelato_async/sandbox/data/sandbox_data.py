"""The data that a sandbox starts with."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from os import PathLike
from pathlib import Path
from typing import Any, Self

import attrs

from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.built_in import CURRENCIES, PRODUCTS
from gelato_async.sandbox.catalog.built_in_catalogs import CATALOGS
from gelato_async.sandbox.catalog.built_in_methods import SHIPMENT_METHODS
from gelato_async.sandbox.catalog.entities import Catalog, Product, ShipmentMethod
from gelato_async.sandbox.data.problems import SandboxDataError, place
from gelato_async.sandbox.data.references import OWN_ACCOUNT, find_problems, product_finder
from gelato_async.sandbox.data.values import ObjectChecker, kinds_of
from gelato_async.sandbox.stores.built_in_templates import TEMPLATES
from gelato_async.sandbox.stores.template import Template

# Checking them would take longer than all else that a sandbox does to start.
_BUILT_IN = (CATALOGS, PRODUCTS, CURRENCIES, SHIPMENT_METHODS, TEMPLATES)


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

    @property
    def connect(self) -> tuple[str | None, ...] | None:
        """What distinguishes an account of GelatoConnect, or None if this is no such account."""
        if self.connect_key is None:
            return None
        return self.connect_prefix, self.connect_key, self.connect_secret


@attrs.frozen(kw_only=True)
class Store:
    """A connected store.

    Attributes:
        id: The store's part of the paths.
        account: The name of the account that has the store; by default that of the sandbox's own
            keys. An account with stores has no others.
    """

    id: str
    account: str = OWN_ACCOUNT


def _as_tuple(entries: Iterable[Any]) -> Any:
    # What is no list is reported with everything else that is wrong.
    if isinstance(entries, str | Mapping) or not isinstance(entries, Iterable):
        return entries
    return tuple(entries)


def _wrong_types(data: "SandboxData", names: Iterable[str]) -> Sequence[str]:
    checker, kinds = ObjectChecker(), kinds_of(SandboxData)
    for name in names:
        entries = getattr(data, name)
        if not any(entries is given for given in _BUILT_IN):
            checker.value(kinds[name], entries, name)
    return checker.problems


def _fitting_products(data: "SandboxData") -> tuple[Product, ...]:
    # They are of built-in catalogs, which their uids name.
    if data.catalogs is CATALOGS:
        return PRODUCTS
    return ()


def _fitting_templates(data: "SandboxData") -> tuple[Template, ...]:
    if data.catalogs is CATALOGS:
        return TEMPLATES
    if _wrong_types(data, ("catalogs", "products")):
        # They are reported when all fields are there.
        return ()
    has_product = product_finder(data, any_products=False)

    def fits(template: Template) -> bool:
        return all(has_product(variant.product_uid) for variant in template.variants)

    return tuple(filter(fits, TEMPLATES))


@attrs.frozen(kw_only=True)
class SandboxData:
    """The data that a sandbox starts with; what is not given is built in.

    Of the built-in templates only those stay whose products are in the catalogs that are given.

    Attributes:
        accounts: Further accounts, beside the one whose keys are options of the sandbox, which is
            named "sandbox". No account sees the orders or store products of another.
        stores: The stores of accounts.
        catalogs: The catalogs, some of which have a product for each combination of attributes.
        products: Products one by one, in addition to those or in their place.
        currencies: Units of each currency for one EUR. Nothing has a price in another currency.
        shipment_methods: The shipment methods.
        templates: The templates of store products.
    """

    accounts: tuple[Account, ...] = attrs.field(default=(), converter=_as_tuple)
    stores: tuple[Store, ...] = attrs.field(default=(), converter=_as_tuple)
    catalogs: tuple[Catalog, ...] = attrs.field(default=CATALOGS, converter=_as_tuple)
    products: tuple[Product, ...] = attrs.field(
        default=attrs.Factory(_fitting_products, takes_self=True), converter=_as_tuple
    )
    currencies: Mapping[str, float] = CURRENCIES
    shipment_methods: tuple[ShipmentMethod, ...] = attrs.field(
        default=SHIPMENT_METHODS, converter=_as_tuple
    )
    templates: tuple[Template, ...] = attrs.field(
        default=attrs.Factory(_fitting_templates, takes_self=True), converter=_as_tuple
    )

    def __attrs_post_init__(self) -> None:
        wrong = _wrong_types(self, [field.name for field in attrs.fields(SandboxData)])
        if wrong:
            raise SandboxDataError(wrong)
        found = tuple(find_problems(self))
        if found:
            raise SandboxDataError((problem.line(place) for problem in found), found)

    def assortment(self, *, any_products: bool) -> Assortment:
        """Return what can be bought; it never changes.

        With `any_products` that includes products that are not in these data, but whose uid has
        the form of a documented one.
        """
        if any_products:
            return self._any_products
        return self._own_products

    @cached_property
    def _any_products(self) -> Assortment:
        return self._assortment(any_products=True)

    @cached_property
    def _own_products(self) -> Assortment:
        return self._assortment(any_products=False)

    def _assortment(self, *, any_products: bool) -> Assortment:
        return Assortment(
            self.catalogs,
            self.products,
            self.currencies,
            self.shipment_methods,
            any_products=any_products,
        )

    def store_owners(self) -> Mapping[str, str]:
        """Return the name of the account that has a store, by the store's id."""
        return {store.id: store.account for store in self.stores}

    @classmethod
    @cache
    def built_in(cls) -> Self:
        """Return the data that a sandbox has by itself."""
        return cls()

    @classmethod
    def from_path(cls, path: str | Path) -> "SandboxData":
        """Read a .json or .toml file, or all such files of a folder.

        The keys of a file are fields of this class. What no file gives is built in. The files of a
        folder are read as one, whatever their names are.

        Raises:
            SandboxDataError: Files are unreadable or invalid; the message has a line for each
                problem.
        """
        from gelato_async.sandbox.data.reading import read  # noqa: PLC0415  few sandboxes need it

        return read(Path(path))

    def write(self, folder: str | Path) -> tuple[Path, ...]:
        """Write the data into .toml files of a folder, to start own data from; return the files.

        `from_path` reads them back.

        Raises:
            SandboxDataError: A file exists, or the folder cannot be written.
        """
        from gelato_async.sandbox.data.writing import write  # noqa: PLC0415  few sandboxes need it

        return write(self, Path(folder))


def as_data(data: SandboxData | str | Path) -> SandboxData:
    """Return data, which are read if a path is given."""
    if isinstance(data, SandboxData):
        return data
    if not isinstance(data, str | PathLike):
        found = type(data).__name__
        raise SandboxDataError(
            [f"data: must be a SandboxData, or the path of a file or folder, not {found}"]
        )
    return SandboxData.from_path(data)
