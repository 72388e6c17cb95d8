"""A stateful sandbox for both Gelato APIs, to develop and test without a key or a network.

    with Sandbox() as sandbox:
        os.environ.update(sandbox.environment)
        ...
        sandbox.advance(180)  # orders are shipped after 180 seconds
        assert not sandbox.audit().duplicates

It needs the extra `sandbox`. An order may ask for special treatment in its metadata, by
`{"key": "sandbox", "value": "split"}`: `docs/sandbox-failures.md` lists these wishes, and why an
order fails without being asked to.

With `webhook_url` it posts an event for each change of Gelato's orders and store products, as
Gelato does: in up to three tries, five seconds apart.

`create_app` returns the ASGI application alone, to be called in memory or served by other means.

Nothing here imports the rest of the package, so that a mistake in the client cannot cancel itself
out, and no real API is ever called. Start reading with `app` (the way of a request), then `state`
and `account` (what is remembered), and one of the tables of actions, `orders.gelato_api`. `routes`
and `checks` are what the documents say; `faults` and `webhooks` are what Gelato does besides
answering; `control` and `page` are the sandbox's own routes under `/_sandbox/`; `http` and `sandbox`
put the application on a port.
"""

from gelato_async.sandbox.app import SandboxApp
from gelato_async.sandbox.audit import Audit
from gelato_async.sandbox.data.problems import SandboxDataError
from gelato_async.sandbox.data.sandbox_data import SandboxData
from gelato_async.sandbox.errors import SandboxError, StateFileError
from gelato_async.sandbox.faults.fault import Fault, FaultPlanError
from gelato_async.sandbox.faults.plan import FaultPlan
from gelato_async.sandbox.sandbox import Sandbox
from gelato_async.sandbox.webhooks.outbox import WebhookDelivery

create_app = SandboxApp

__all__ = [
    "Audit",
    "Fault",
    "FaultPlan",
    "FaultPlanError",
    "Sandbox",
    "SandboxApp",
    "SandboxData",
    "SandboxDataError",
    "SandboxError",
    "StateFileError",
    "WebhookDelivery",
    "create_app",
]
