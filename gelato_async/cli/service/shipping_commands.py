"""The command `shipping methods`."""

from collections.abc import Iterator

from cyclopts import App

from gelato_async.cli.apis import open_gelato
from gelato_async.cli.console import ExitCode, print_error
from gelato_async.cli.options import BaseUrl, Country, Json
from gelato_async.cli.output.answers import Rows, answers
from gelato_async.cli.output.views import Row, View
from gelato_async.cli.service.queries import run_query
from gelato_async.client.clients import GelatoClient
from gelato_async.models.shipping import ShipmentMethod

shipping: App = App(name="shipping")


@shipping.command
def methods(*, country: Country = None, json: Json = False, base_url: BaseUrl = None) -> int:
    """List the shipment methods: all, or those to one country."""
    writer = answers(as_json=json)

    async def show(client: GelatoClient) -> ExitCode:
        found = await client.shipping.methods(country)
        with Rows(writer, _METHODS) as rows:
            rows.add_all(found)
        if not found:
            print_error("There is no shipment method.")
        return ExitCode.FINE

    return run_query(open_gelato(base_url), show)


def _rows(method: ShipmentMethod) -> Iterator[Row]:
    flags = (method.is_business, method.is_private, method.has_tracking)
    yield (
        method.shipment_method_uid,
        method.name,
        method.type,
        *flags,
        len(method.supported_countries),
    )


_METHODS = View(
    ("shipment method", "name", "type", "business", "private", "tracking", "countries"), _rows
)
