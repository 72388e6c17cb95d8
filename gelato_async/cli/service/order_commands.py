"""The commands `orders get | search | find | cancel | quote`."""

import sys
from datetime import time
from typing import Annotated

from cyclopts import App, Parameter

from gelato_async.cli.apis import open_client, open_gelato
from gelato_async.cli.choices import BackendName
from gelato_async.cli.console import CommandError, ExitCode, print_error, print_line
from gelato_async.cli.options import (
    Backend,
    BaseUrl,
    Json,
    Limit,
    Recipient,
    Texts,
    filled,
    moment,
    split,
)
from gelato_async.cli.output.answers import Rows, answers
from gelato_async.cli.output.order_views import (
    facts_of,
    orders_view,
    quote_facts,
    quote_tables,
    tables_of,
)
from gelato_async.cli.output.views import text as as_text
from gelato_async.cli.service.queries import Advice, run_query
from gelato_async.cli.service.quote_files import read_request
from gelato_async.client.clients import Client, GelatoClient
from gelato_async.core.backend import PAGE
from gelato_async.core.errors import ConflictError, NotFoundError
from gelato_async.core.order_reader import suggestion
from gelato_async.core.retry import RetryPolicy
from gelato_async.models.enums import FulfillmentStatus
from gelato_async.models.order import Order
from gelato_async.models.search import OrderQuery

orders: App = App(name="orders")

OrderId = Annotated[
    str,
    Parameter(
        allow_leading_hyphen=True,
        help="Gelato's id of the order; GelatoConnect takes your own reference too.",
    ),
]

_MISSING: Advice = {NotFoundError: "by your own reference: gelato-async orders find REFERENCE"}


@orders.command
def get(
    order_id: OrderId,
    /,
    *,
    recipient: Recipient = False,
    json: Json = False,
    backend: Backend = "gelato",
    base_url: BaseUrl = None,
) -> int:
    """Show an order with its items, packages and receipts.

    Exit code: 0 the order is shown, 1 there is none, 2 the request could not be made.
    """
    writer = answers(as_json=json)

    async def show(client: Client) -> ExitCode:
        order = await client.orders.get(order_id)
        writer.write_whole(order, facts_of(order, recipient=recipient), *tables_of(order))
        return ExitCode.FINE

    return run_query(_open(backend, base_url), show, advice=_MISSING)


@orders.command
def find(
    reference: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    recipient: Recipient = False,
    json: Json = False,
    backend: Backend = "gelato",
    base_url: BaseUrl = None,
) -> int:
    """List all orders with your own reference, also canceled ones, duplicates and split parts.

    Exit code: 0 there are some, 1 there is none, 2 the request could not be made.

    Args:
        reference: Your own reference of the order, its orderReferenceId.
    """
    filled("REFERENCE", reference)
    writer = answers(as_json=json)

    async def show(client: Client) -> ExitCode:
        found = await client.orders.find(reference)
        with Rows(writer, orders_view(recipient=recipient)) as rows:
            rows.add_all(found)
        if not found:
            print_error(
                f"No order has the reference {reference}. A new order may take some seconds to be"
                " found."
            )
            return ExitCode.REJECTED
        return ExitCode.FINE

    return run_query(_open(backend, base_url), show)


@orders.command
def search(  # noqa: PLR0913  each is an option of the command
    *,
    status: Texts = None,
    country: Texts = None,
    reference: Texts = None,
    since: str | None = None,
    until: str | None = None,
    text: str | None = None,
    financial_status: Texts = None,
    type_: Annotated[Texts, Parameter(name="--type")] = None,
    channel: Texts = None,
    currency: Texts = None,
    store: Texts = None,
    id_: Annotated[Texts, Parameter(name="--id")] = None,
    limit: Limit = None,
    recipient: Recipient = False,
    json: Json = False,
    backend: Backend = "gelato",
    base_url: BaseUrl = None,
) -> int:
    """List orders, newest first: all of them, or those that pass every filter.

    A filter may be given several times, or with several values separated by commas: an order needs
    to have one of them. GelatoConnect filters by status, country, reference and date.

    Args:
        status: The fulfillment status, like printed or shipped.
        country: The country of the recipient, an ISO 3166-1 code.
        reference: Your own reference of the order, its orderReferenceId.
        since: Created at this moment or later: 2024-05-01, or 2024-05-01T12:00:00+02:00. A moment
            without an offset is in UTC.
        until: Created at this moment or earlier. A day counts to its end.
        text: A text in the recipient's name or in your own reference.
        financial_status: The financial status, like paid or refunded.
        type_: order or draft.
        channel: Where the order was placed: api, ui, shopify, etsy.
        currency: An ISO 4217 code.
        store: The id of a store.
        id_: Gelato's id of an order.
    """
    query = OrderQuery(
        fulfillment_statuses=_statuses(split("--status", status)),
        financial_statuses=split("--financial-status", financial_status),
        countries=split("--country", country),
        order_reference_ids=split("--reference", reference),
        ids=split("--id", id_),
        start_date=moment("--since", since, time.min),
        end_date=moment("--until", until, time.max),
        search=filled("--text", text),
        channels=split("--channel", channel),
        currencies=split("--currency", currency),
        order_types=split("--type", type_),
        store_ids=split("--store", store),
        limit=min(limit or PAGE, PAGE),
    )
    writer = answers(as_json=json)

    async def show(client: Client) -> ExitCode:
        with Rows(writer, orders_view(recipient=recipient)) as rows:
            await rows.take(client.orders.search(query), limit)
        if not rows.count:
            print_error("No order matches.")
        return ExitCode.FINE

    return run_query(_open(backend, base_url), show)


@orders.command
def cancel(
    order_id: OrderId,
    /,
    *,
    yes: bool = False,
    backend: Backend = "gelato",
    base_url: BaseUrl = None,
) -> int:
    """Cancel an order, unless Gelato says that it is too late.

    On a terminal you are asked to confirm. Of a split order only this part is canceled. Exit code:
    0 the order is canceled, 1 it is not, 2 the request could not be made, 3 the answer is lost and
    the order may be canceled.

    Args:
        yes: Do not ask. Needed without a terminal.
    """
    if not yes and not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        raise CommandError(
            "you are asked before an order is canceled, and there is no terminal to ask on: add"
            " --yes"
        )
    client = _open(backend, base_url)
    if not yes:
        answer = _confirm(client, order_id)
        if answer is not ExitCode.FINE:
            return answer
    return _cancel(client, order_id)


@orders.command
def quote(
    file: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    json: Json = False,
    base_url: BaseUrl = None,
) -> int:
    """Show what an order would cost and how it could be shipped, without making it.

    GelatoConnect has no quotes. Exit code: 0 there is an offer, 1 Gelato refused, 2 the request
    could not be made.

    Args:
        file: One JSON object: the body of a quote as Gelato documents it, or an order as `submit`
            takes it. `-` reads standard input.
    """
    request, writer = read_request(file), answers(as_json=json)

    async def show(client: GelatoClient) -> ExitCode:
        quotation = await client.orders.quote(request)
        writer.write_whole(quotation, quote_facts(quotation), *quote_tables(quotation))
        return ExitCode.FINE

    return run_query(open_gelato(base_url), show)


def _open(backend: BackendName, base_url: str | None) -> Client:
    return open_client(backend, base_url, RetryPolicy().reconcile)


def _cancel(client: Client, order_id: str) -> ExitCode:
    async def stop(client: Client) -> ExitCode:
        await client.orders.cancel(order_id)
        print_line(f"{order_id} is canceled.")
        return ExitCode.FINE

    state = f"gelato-async orders get {order_id} shows its status"
    return run_query(
        client,
        stop,
        advice={**_MISSING, ConflictError: state},
        unclear=f"the order may be canceled: {state}",
    )


def _confirm(client: Client, order_id: str) -> ExitCode:
    found: list[Order] = []

    async def look(client: Client) -> ExitCode:
        found.append(await client.orders.get(order_id))
        return ExitCode.FINE

    code = run_query(client, look, advice=_MISSING)
    if code is not ExitCode.FINE:
        return code
    # outside of the event loop, where Ctrl-C ends the waiting at once
    return _ask(found[0])


def _ask(order: Order) -> ExitCode:
    about = as_text(
        (
            f"reference {order.order_reference_id}",
            order.fulfillment_status,
            f"items: {len(order.items)}",
        )
    )
    sys.stderr.write(f"Cancel order {as_text(order.id)} ({about})? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in {"y", "yes"}:
        return ExitCode.FINE
    print_error("The order is not canceled.")
    return ExitCode.REJECTED


def _statuses(values: Texts) -> Texts:
    for value in values or ():
        if not FulfillmentStatus(value).is_known:
            print_error(
                f"warning: the status {value} is not documented"
                f"{suggestion(value, FulfillmentStatus)}"
            )
    return values
