"""What an account can buy: products, their prices, and the methods that ship them.

All prices of the sandbox come from here: those of the product and shipment routes, of quotes,
orders and receipts. They are therefore the same wherever one asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import attrs

from gelato_async.sandbox.catalog import stock_levels
from gelato_async.sandbox.catalog.built_in_catalogs import GENERAL
from gelato_async.sandbox.catalog.countries import SUPPORTED
from gelato_async.sandbox.catalog.entities import Catalog, Product, ShipmentMethod, Stock
from gelato_async.sandbox.catalog.measuring import measured
from gelato_async.sandbox.catalog.price_lists import (
    Tier,
    tier_for,
    tiers_of_prices,
    tiers_of_rule,
)
from gelato_async.sandbox.catalog.product_uids import (
    UidForm,
    family,
    has_documented_shape,
    stated_attributes,
)
from gelato_async.sandbox.money import rounded

# How many products are remembered, besides those that are listed and those of searched catalogs.
_REMEMBERED = 4096
# Nothing longer is a uid, and nothing longer is remembered.
_LONGEST_UID = 255
CUSTOMER_PRODUCT = "sandbox_product_of_the_customer"


class Assortment:
    """Everything that can be bought, with its prices and its shipping.

    Amounts are without VAT, in the currency that is asked for, and rounded to its minor unit.
    Products are computed when they are first asked for, so that a sandbox starts quickly.

    Args:
        catalogs: The catalogs.
        products: The products that are listed one by one, of these catalogs or of none.
        currencies: Units per EUR of each currency that has prices.
        shipment_methods: The shipment methods.
        any_products: Whether a product exists for every uid of documented shape too; its catalog
            is the one that the uid's first words name.

    Raises:
        ValueError: A product names a catalog or a currency that is not given.
    """

    def __init__(
        self,
        catalogs: Iterable[Catalog],
        products: Iterable[Product],
        currencies: Mapping[str, float],
        shipment_methods: Iterable[ShipmentMethod],
        *,
        any_products: bool,
    ) -> None:
        self.catalogs: dict[str, Catalog] = {}
        self._forms: dict[str, UidForm] = {}
        for catalog in catalogs:
            self.catalogs[catalog.uid] = catalog
            if catalog.product_uids is not None:
                self._forms[catalog.uid] = UidForm(catalog, catalog.product_uids)
        self.currencies: Mapping[str, float] = currencies
        self.any_products = any_products
        self.shipment_methods: Sequence[ShipmentMethod] = tuple(map(_complete, shipment_methods))
        self._methods: dict[str, list[ShipmentMethod]] = {}
        for method in self.shipment_methods:
            for country in method.countries:
                self._methods.setdefault(country, []).append(method)
        self._given = tuple(products)
        self._products: dict[str, tuple[Product, ...]] = {}
        self._find = lru_cache(_REMEMBERED)(self._look_up)
        self._check()

    def product(self, uid: str) -> Product | None:
        """Return the product of a uid, complete with weight and dimensions, or None.

        A product of a catalog comes before one that is made up because its uid has the shape.
        """
        return self._find(uid) if len(uid) <= _LONGEST_UID else None

    def products_of(self, catalog_uid: str) -> Sequence[Product]:
        """Return the products of a catalog, those that are listed first.

        They have their attributes; `complete` adds what follows from these, for rows that are
        shown.
        """
        if catalog_uid not in self._products:
            self._products[catalog_uid] = tuple(self._all_of(self.catalogs[catalog_uid]))
        return self._products[catalog_uid]

    def complete(self, product: Product) -> Product:
        """Return a product with all that follows from its attributes and its catalog."""
        return measured(product, self.catalog_of(product))

    def customer_product(self, item: Mapping[str, Any]) -> Product:
        """Return the product of an item that names it in the customer's own words.

        Its catalog is the one that the words of `productName` name, if any does.
        """
        for word in str(item.get("productName")).lower().replace("_", " ").split():
            found = family(self.catalogs.values(), word)
            if found is not None:
                return self._customer_product(found)
        return self._customer_product(GENERAL)

    def catalog_of(self, product: Product) -> Catalog:
        """Return the catalog of a product; a general one for a product of no catalog."""
        return self.catalogs.get(product.catalog, GENERAL)

    def price_list(
        self, product: Product, pages: int | None, country: str, currency: str
    ) -> Sequence[Tier]:
        """Return the price list of a product; empty if it has no price there.

        The page count of a product that cannot have several is ignored.
        """
        if currency not in self.currencies:
            return ()
        if not product.page_counts:
            pages = 0
        elif not pages:
            pages = min(product.page_counts)
        if product.prices:
            return tiers_of_prices(product.prices, pages, country, currency, self.currencies)
        rule = self.catalog_of(product).price
        return tiers_of_rule(rule, product, pages, self.currencies[currency])

    def line_price(
        self, product: Product, quantity: float, pages: int | None, country: str, currency: str
    ) -> float:
        """Return the price of an order line: of all its copies, without VAT.

        Raises `LookupError` if the product has no price in this country or currency.
        """
        tiers = self.price_list(product, pages, country, currency)
        if not tiers:
            raise LookupError(f"{product.uid} has no price in {country}, {currency}")
        return tier_for(tiers, quantity).total(quantity, currency)

    def is_stockable(self, product: Product) -> bool:
        """Return whether a product can be out of stock."""
        return stock_levels.is_stockable(product, self.catalog_of(product))

    def stock(self, product: Product, region: str) -> Stock:
        """Return the stock of a product in a region."""
        return stock_levels.stock(product, self.catalog_of(product), region)

    def grams(self, product: Product, quantity: float, pages: int | None) -> float:
        """Return the weight of some copies."""
        weight = product.weight
        if product.page_counts and pages:
            weight *= pages / min(product.page_counts)
        return round(weight * quantity, 3)

    def methods(
        self, country: str, grams: float = 0.0, *, is_business: bool | None = None
    ) -> Sequence[ShipmentMethod]:
        """Return the methods that deliver to a country, the cheapest for a weight first.

        For a recipient of a kind, a business or not, the methods that suit it.
        """
        found = self._methods.get(country, ())
        if is_business is not None:
            found = [method for method in found if method.suits(is_business=is_business)]
        return sorted(found, key=lambda method: _price_in_eur(method, grams))

    def chosen_method(
        self,
        wanted: str | None,
        country: str,
        grams: float = 0.0,
        *,
        is_business: bool | None = None,
    ) -> ShipmentMethod | None:
        """Return the cheapest method that one of the comma-separated words names.

        A word is a uid, a name, a type, or `cheapest`; without any word the cheapest method is
        chosen. None says that no word names a method to this country.
        """
        words = {word.strip().lower() for word in (wanted or "cheapest").split(",")} - {""}
        methods = self.methods(country, grams, is_business=is_business)
        if not words or "cheapest" in words:
            return next(iter(methods), None)
        for method in methods:
            names = {method.uid.lower(), method.name.lower(), method.type, method.listed_type}
            if names & words:
                return method
        return None

    def shipping_price(self, method: ShipmentMethod, grams: float, currency: str) -> float:
        """Return the price of shipping a weight, without VAT; the currency must be a known one."""
        return rounded(_price_in_eur(method, grams) * self.currencies[currency], currency)

    @cached_property
    def _listed(self) -> Mapping[str, Product]:
        return {product.uid: self.complete(self._placed(product)) for product in self._given}

    @property
    def _families(self) -> Sequence[Catalog]:
        return (*self.catalogs.values(), GENERAL)

    def _look_up(self, uid: str) -> Product | None:
        if uid in self._listed:
            return self._listed[uid]
        found = self._combination(uid)
        if found is not None:
            return self.complete(found)
        # Last, so that a catalog decides on the uids it forms.
        if self.any_products and has_documented_shape(uid, self._families):
            return self.complete(self._placed(Product(uid=uid)))
        return None

    def _combination(self, uid: str) -> Product | None:
        for form in self._forms.values():
            if (found := form.product(uid)) is not None:
                return found
        return None

    def _all_of(self, catalog: Catalog) -> Iterable[Product]:
        for product in self._listed.values():
            if product.catalog == catalog.uid:
                yield product
        if catalog.uid not in self._forms:
            return
        for product in self._forms[catalog.uid].products():
            if product.uid not in self._listed:
                yield product

    def _placed(self, product: Product) -> Product:
        stated = self._combination(product.uid)
        if stated is None:
            named = family(self._families, product.uid) or GENERAL
            attributes = stated_attributes(product.uid)
            stated = Product(uid=product.uid, catalog=named.uid, attributes=attributes)
        return attrs.evolve(
            product,
            catalog=product.catalog or stated.catalog,
            attributes=product.attributes or stated.attributes,
        )

    def _check(self) -> None:
        for product in self._given:
            if product.catalog and product.catalog not in self.catalogs:
                raise ValueError(f"product {product.uid}: no catalog is named {product.catalog}")
            for price in product.prices:
                if price.currency not in self.currencies:
                    raise ValueError(f"product {product.uid}: {price.currency} has no rate")

    def _customer_product(self, catalog: Catalog) -> Product:
        product = Product(uid=CUSTOMER_PRODUCT, catalog=catalog.uid)
        # Which page counts it can have is the customer's affair.
        return attrs.evolve(self.complete(product), page_counts=())


def _complete(method: ShipmentMethod) -> ShipmentMethod:
    return attrs.evolve(method, countries=method.countries or SUPPORTED)


def _price_in_eur(method: ShipmentMethod, grams: float) -> float:
    return method.price + method.per_kilogram * grams / 1000
