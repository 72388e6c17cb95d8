"""The command `sandbox` and its options, with the help that users read."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from gelato_async.cli.console import spared_imports
from gelato_async.cli.options import AtLeastZero, Port, Seed, Share, Texts, whole


def sandbox(  # noqa: PLR0913  each is an option of the command
    *,
    port: Port = 8765,
    host: str = "127.0.0.1",
    key: Annotated[str | None, Parameter(env_var="GELATO_API_KEY")] = None,
    connect_prefix: Annotated[str | None, Parameter(env_var="GELATO_CONNECT_PREFIX")] = None,
    connect_key: Annotated[str | None, Parameter(env_var="GELATO_CONNECT_API_KEY")] = None,
    connect_secret: Annotated[str | None, Parameter(env_var="GELATO_CONNECT_API_SECRET")] = None,
    cors: Annotated[Texts, Parameter(negative_iterable="")] = None,
    data: Path | None = None,
    write_data: Path | None = None,
    products: Literal["any", "catalog"] = "any",
    strict: bool = False,
    faults: Path | None = None,
    search_lag: AtLeastZero = 0.0,
    latency: AtLeastZero = 0.0,
    speed: AtLeastZero = 1.0,
    rate_limit: Annotated[int, Parameter(converter=whole, validator=Number(gte=0))] = 100,
    connect_duplicates: Literal["accept", "refuse"] = "accept",
    split: Share = 0.0,
    webhook_url: str | None = None,
    webhook_header: str | None = None,
    webhook_retry_seconds: AtLeastZero = 5.0,
    webhook_duplicates: Share = 0.0,
    webhook_shuffle: bool = False,
    seed: Seed = 0,
    state: Path | None = None,
    until_input_ends: bool = False,
) -> int:
    """Serve a stand-in for both APIs, until Ctrl-C.

    The command prints the environment variables that lead the other commands, and every client of
    the library, to this sandbox, and the address of a page that shows its orders and moves them on.

    Args:
        port: The port to listen on; 0 takes a free one.
        host: The address to listen on. One that other machines reach needs a key of your own, which
            its page then asks for as a password.
        key: The key of Gelato's API. Without one it is sandbox-key. A key of your own is not
            printed; other users of the machine can see a command line, but not the environment.
        connect_prefix: The partner's part of GelatoConnect's paths. Without one it is sandbox.
        connect_key: The first half of GelatoConnect's key.
        connect_secret: The second half of GelatoConnect's key.
        cors: The origin of a front end whose pages may call the APIs, like http://localhost:5173.
            May be repeated; * stands for all.
        data: A .json or .toml file, or a folder of them, with catalogs, products, templates, stores
            and accounts of your own.
        write_data: Write the data that a sandbox starts with into this folder, to be changed and
            given to --data, and end.
        products: Which products exist: those of the catalogs (catalog), or also any whose uid has
            the shape of a documented one (any).
        strict: Refuse orders at once that in life may be accepted and fail later.
        faults: A .json or .toml plan of deliberate faults.
        search_lag: Seconds until a search finds a new order.
        latency: Seconds that each request takes.
        speed: How fast orders are made: with 60, an hour of printing and shipping passes in a
            minute.
        rate_limit: Requests accepted per key in any second; 0 for any number.
        connect_duplicates: Whether GelatoConnect accepts a reference that a live order has already.
        split: The share of orders of several items that are split in two, and their quotes too.
        webhook_url: The URL to post events of Gelato's orders and store products to, as Gelato
            does.
        webhook_header: The name of a header to send with each event. The value is taken from
            GELATO_WEBHOOK_SECRET, since other users of the machine can see a command line; an
            invented secret may be given here: 'Name: value'.
        webhook_retry_seconds: Seconds between the three attempts to deliver an event.
        webhook_duplicates: The share of events that are delivered twice.
        webhook_shuffle: Deliver events in any order.
        seed: The seed of everything random.
        state: A file that orders, store products, webhooks and the time are kept in: they survive a
            restart, a kill too.
        until_input_ends: End when standard input ends: for programs that start a sandbox of their
            own.
    """
    with spared_imports():
        from gelato_async.cli import sandbox as serve  # noqa: PLC0415

    if write_data is not None:
        return serve.write_data(data, write_data)
    return serve.serve(
        serve.options(
            port=port,
            host=host,
            api_key=key,
            connect_prefix=connect_prefix,
            connect_key=connect_key,
            connect_secret=connect_secret,
            cors=cors,
            data=data,
            products=products,
            strict=strict,
            faults=faults,
            search_lag=search_lag,
            latency=latency,
            speed=speed,
            rate_limit=rate_limit or None,
            connect_duplicates=connect_duplicates,
            split=split,
            webhook_url=webhook_url,
            webhook_header=webhook_header,
            webhook_retry_seconds=webhook_retry_seconds,
            webhook_duplicates=webhook_duplicates,
            webhook_shuffle=webhook_shuffle,
            seed=seed,
            state_file=state,
        ),
        until_input_ends=until_input_ends,
    )
