"""The commands `stores products` and `templates get`."""

from collections.abc import Iterator
from typing import Annotated

from cyclopts import App, Parameter

from gelato_async.cli.apis import open_gelato
from gelato_async.cli.console import ExitCode, print_error
from gelato_async.cli.options import BaseUrl, Json, Limit
from gelato_async.cli.output.answers import Rows, answers
from gelato_async.cli.output.views import Facts, Row, View, table
from gelato_async.cli.service.queries import Advice, run_query
from gelato_async.client.clients import GelatoClient
from gelato_async.core.errors import NotFoundError
from gelato_async.core.operations.stores import Direction, SortField
from gelato_async.models.store_product import StoreProduct
from gelato_async.models.template import Template, TemplateVariant

stores: App = App(name="stores")
templates: App = App(name="templates")

_DASHBOARD: Advice = {NotFoundError: "check the id in Gelato's dashboard"}


@stores.command
def products(
    store: str,
    /,
    *,
    order: Direction | None = None,
    order_by: SortField | None = None,
    limit: Limit = None,
    json: Json = False,
    base_url: BaseUrl = None,
) -> int:
    """List the products of a store, newest first by default.

    Args:
        store: The id of the store.
        order: Whether they are sorted upwards or downwards.
        order_by: The moment by which they are sorted.
    """
    writer = answers(as_json=json)

    async def show(client: GelatoClient) -> ExitCode:
        with Rows(writer, _PRODUCTS) as rows:
            await rows.take(client.stores.products(store, order=order, order_by=order_by), limit)
        if not rows.count:
            print_error("The store has no product.")
        return ExitCode.FINE

    return run_query(open_gelato(base_url), show, advice=_DASHBOARD)


@templates.command
def get(
    template: Annotated[str, Parameter(help="The id of the template.")],
    /,
    *,
    json: Json = False,
    base_url: BaseUrl = None,
) -> int:
    """Show a template with its variants, and the placeholders that a product can fill."""
    writer = answers(as_json=json)

    async def show(client: GelatoClient) -> ExitCode:
        found = await client.stores.template(template)
        writer.write_whole(found, _facts(found), table("variant", _VARIANTS, found.variants))
        return ExitCode.FINE

    return run_query(open_gelato(base_url), show, advice=_DASHBOARD)


def _facts(template: Template) -> Facts:
    return {
        "template": template.id,
        "name": template.template_name,
        "title": template.title,
        "product type": template.product_type,
        "vendor": template.vendor,
        "created": template.created_at,
        "updated": template.updated_at,
    }


def _product_rows(product: StoreProduct) -> Iterator[Row]:
    stated = (product.status, product.publishing_error_code)
    yield (
        product.id,
        product.title,
        *stated,
        len(product.variants),
        product.external_id,
        product.created_at,
    )


def _variant_rows(variant: TemplateVariant) -> Iterator[Row]:
    images = []
    for place in variant.image_placeholders:
        image = place.name
        if place.print_area:
            image = f"{place.name} ({place.print_area})"
        images.append(image)
    texts = [place.name for place in variant.text_placeholders]
    yield variant.id, variant.title, variant.product_uid, images, texts


_PRODUCTS = View(
    ("product", "title", "status", "error", "variants", "in the shop", "created"), _product_rows
)
_VARIANTS = View(
    ("variant", "title", "product", "image placeholders", "text placeholders"), _variant_rows
)
