"""The commands `products catalogs | search | get | prices | stock`."""

from collections.abc import Mapping
from typing import Annotated

from cyclopts import App, Parameter

from gelato_async.cli.apis import open_gelato
from gelato_async.cli.console import CommandError, ExitCode, print_error
from gelato_async.cli.options import (
    BaseUrl,
    Country,
    Json,
    Limit,
    PageCount,
    Texts,
    filled,
    split,
)
from gelato_async.cli.output.answers import Rows, answers
from gelato_async.cli.output.product_views import (
    CATALOGS,
    PRICES,
    PRODUCTS,
    catalog_tables,
    product_facts,
    product_tables,
    stock_view,
)
from gelato_async.cli.service.queries import Advice, run_query
from gelato_async.client.clients import GelatoClient
from gelato_async.core.errors import NotFoundError
from gelato_async.core.rules.checks import country_code

products: App = App(name="products")

Uid = Annotated[str, Parameter(help="The productUid.")]

_NO_CATALOG: Advice = {NotFoundError: "gelato-async products catalogs lists them"}
_NO_PRODUCT: Advice = {
    NotFoundError: "gelato-async products search CATALOG lists those of a catalog"
}


@products.command
def catalogs(catalog: str | None = None, /, *, json: Json = False, base_url: BaseUrl = None) -> int:
    """List the catalogs, or one catalog's attributes and values, by which a search filters.

    Args:
        catalog: The catalogUid of the catalog to show.
    """
    writer = answers(as_json=json)

    async def show(client: GelatoClient) -> ExitCode:
        if catalog is not None:
            found = await client.products.catalog(catalog)
            writer.write_whole(
                found, {"catalog": found.catalog_uid, "title": found.title}, *catalog_tables(found)
            )
            return ExitCode.FINE
        with Rows(writer, CATALOGS) as rows:
            rows.add_all(await client.products.catalogs())
        return ExitCode.FINE

    return run_query(open_gelato(base_url), show, advice=_NO_CATALOG)


@products.command
def search(
    catalog: str,
    /,
    *,
    filter_: Annotated[Texts, Parameter(name="--filter")] = None,
    limit: Limit = None,
    json: Json = False,
    base_url: BaseUrl = None,
) -> int:
    """List the products of a catalog: all of them, or those that pass every filter.

    Args:
        catalog: The catalogUid.
        filter_: An attribute and the values that it may have, as the catalog names them:
            Orientation=hor,ver.
    """
    wanted, writer = _filters(filter_), answers(as_json=json)

    async def show(client: GelatoClient) -> ExitCode:
        with Rows(writer, PRODUCTS) as rows:
            await rows.take(client.products.search(catalog, attribute_filters=wanted), limit)
        if not rows.count:
            print_error(
                "No product matches. An attribute or value that the catalog does not have matches"
                " nothing."
            )
        return ExitCode.FINE

    return run_query(open_gelato(base_url), show, advice=_NO_CATALOG)


@products.command
def get(product: Uid, /, *, json: Json = False, base_url: BaseUrl = None) -> int:
    """Show a product with its attributes."""
    writer = answers(as_json=json)

    async def show(client: GelatoClient) -> ExitCode:
        found = await client.products.get(product)
        writer.write_whole(found, product_facts(found), *product_tables(found))
        return ExitCode.FINE

    return run_query(open_gelato(base_url), show, advice=_NO_PRODUCT)


@products.command
def prices(
    product: Uid,
    /,
    *,
    country: Country = None,
    currency: str | None = None,
    page_count: PageCount = None,
    json: Json = False,
    base_url: BaseUrl = None,
) -> int:
    """List what a product costs, by quantity; a price is for the whole quantity.

    Args:
        currency: An ISO 4217 code. Without country and currency, several are listed.
    """
    filled("--currency", currency)
    writer = answers(as_json=json)

    async def show(client: GelatoClient) -> ExitCode:
        found = await client.products.prices(
            product, country=country, currency=currency, page_count=page_count
        )
        with Rows(writer, PRICES) as rows:
            rows.add_all(found)
        if not found:
            print_error("No price is known. A product of several pages needs --page-count.")
        return ExitCode.FINE

    return run_query(open_gelato(base_url), show, advice=_NO_PRODUCT)


@products.command
def stock(
    *product: Uid,
    country: Country = None,
    json: Json = False,
    base_url: BaseUrl = None,
) -> int:
    """Show whether products are in stock, in every region or in the region of one country."""
    view, writer = stock_view(_validated_country(country)), answers(as_json=json)

    async def show(client: GelatoClient) -> ExitCode:
        with Rows(writer, view) as rows:
            rows.add_all(await client.products.availability(product))
        return ExitCode.FINE

    return run_query(open_gelato(base_url), show)


def _validated_country(country: str | None) -> str | None:
    if country is None:
        return None
    code = country.upper()
    problem = country_code(code, {})
    if problem:
        raise CommandError(f"--country {problem}")
    return code


def _filters(given: Texts) -> Mapping[str, list[str]] | None:
    found: dict[str, list[str]] = {}
    for text in given or ():
        name, equals, values = text.partition("=")
        if not (name and equals and values):
            raise CommandError(f"--filter {text}: must be like Orientation=hor,ver")
        name = name.strip()
        found.setdefault(name, []).extend(split(f"--filter {name}", [values]) or ())
    return found or None
