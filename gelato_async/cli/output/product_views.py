"""How products, prices and stock are shown."""

from collections.abc import Iterator

from gelato_async.cli.output.views import Facts, Row, Table, View, table
from gelato_async.models.catalog import Catalog, ProductAttribute
from gelato_async.models.product import Measure, Price, Product
from gelato_async.models.stock import ProductAvailability, RegionAvailability


def product_facts(product: Product) -> Facts:
    """Return what a product has once."""
    return {
        "product": product.product_uid,
        "weight": _measured(product.weight),
        "stockable": product.is_stockable,
        "printable": product.is_printable,
        "page counts": product.valid_page_counts,
        "countries": product.supported_countries,
        "not in countries": product.not_supported_countries,
    }


def product_tables(product: Product) -> Iterator[Table]:
    """Yield what a product may have several of."""
    yield table("attribute", _PAIRS, product.attributes.items())
    yield table(
        "dimension",
        _PAIRS,
        [(name, _measured(measure)) for name, measure in product.dimensions.items()],
    )


def catalog_tables(catalog: Catalog) -> Iterator[Table]:
    """Yield the attributes of a catalog with their values."""
    yield table("attribute", _ATTRIBUTES, catalog.product_attributes)


def stock_view(country: str | None) -> View[ProductAvailability]:
    """Return the view of stock in all regions, or in the region of one country."""

    def rows(product: ProductAvailability) -> Iterator[Row]:
        if country is not None:
            yield product.product_uid, *_region(product.in_country(country))
            return
        for region in product.availability:
            yield product.product_uid, *_region(region)

    return View(("product", "region", "status", "replenished"), rows)


def _region(region: RegionAvailability | None) -> Row:
    if region is None:
        return None, "no stock region", None
    return region.stock_region_uid, region.status, region.replenishment_date


def _measured(measure: Measure | None) -> str | None:
    if measure is None:
        return None
    return f"{measure.value} {measure.measure_unit or ''}".strip()


def _product_rows(product: Product) -> Iterator[Row]:
    attributes = [f"{name}={value}" for name, value in product.attributes.items()]
    yield (
        product.product_uid,
        _measured(product.weight),
        len(product.supported_countries),
        attributes,
    )


def _price_rows(price: Price) -> Iterator[Row]:
    yield (
        price.product_uid,
        price.country,
        price.quantity,
        price.page_count,
        price.price,
        price.currency,
    )


def _attribute_rows(attribute: ProductAttribute) -> Iterator[Row]:
    for value in attribute.values:
        uids = (attribute.product_attribute_uid, value.product_attribute_value_uid)
        yield *uids, attribute.title, value.title


CATALOGS: View[Catalog] = View(
    ("catalog", "title"), lambda catalog: [(catalog.catalog_uid, catalog.title)]
)
PRODUCTS = View(("product", "weight", "countries", "attributes"), _product_rows)
PRICES = View(("product", "country", "quantity", "pages", "price", "currency"), _price_rows)
_ATTRIBUTES = View(("attribute", "value", "attribute title", "value title"), _attribute_rows)
_PAIRS: View[tuple[str, str | None]] = View(("name", "value"), lambda pair: [pair])
