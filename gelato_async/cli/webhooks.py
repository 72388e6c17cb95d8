"""The command `webhooks listen`."""

import os
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from gelato_async.cli.console import CommandError
from gelato_async.cli.options import Json, whole

SECRET = "GELATO_WEBHOOK_SECRET"  # noqa: S105  its name, not its value

webhooks: App = App(name="webhooks")


@webhooks.command
def listen(
    *,
    port: Annotated[int, Parameter(converter=whole, validator=Number(gte=0, lte=65535))] = 8080,
    host: str = "127.0.0.1",
    header: str = "X-Webhook-Secret",
    no_secret: bool = False,
    count: Annotated[int | None, Parameter(converter=whole, validator=Number(gte=1))] = None,
    json: Json = False,
) -> int:
    """Serve a URL for Gelato's webhooks, and print events as they arrive, until Ctrl-C.

    Any path will do. Each event is printed once, however often it is delivered. The value of the
    secret header that you chose in Gelato's dashboard is taken from the environment:
    GELATO_WEBHOOK_SECRET. Gelato reaches this machine through a tunnel or a proxy of yours.

    Exit code: 0 the command was ended, 2 it could not listen.

    Args:
        port: The port to listen on; 0 takes a free one.
        host: The address to listen on.
        header: The name of the secret header.
        no_secret: Take events from anybody.
        count: End after so many events.
    """
    secret = None
    if not no_secret:
        secret = os.environ.get(SECRET)
        if not secret:
            raise CommandError(
                f"no secret: set {SECRET} to the header's value, or take events from anybody:"
                " --no-secret"
            )
    from gelato_async.cli import webhook_listener  # noqa: PLC0415  needs an extra of its own

    return webhook_listener.listen(secret, header, host=host, port=port, count=count, as_json=json)
