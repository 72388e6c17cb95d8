"""A stateful sandbox for both Gelato APIs: develop and test without a key or a network.

    with Sandbox() as sandbox:
        os.environ.update(sandbox.environment)
        ...
        sandbox.advance(180)  # the orders of the first moments are shipped now
        assert not sandbox.audit().duplicates

It shares no code with the client, so that a mistake there cannot cancel itself out. Needs the extra
`sandbox`.

An order may ask for special treatment in its metadata, as `{"key": "sandbox", "value": "split"}`:

- `split`: an order of several items becomes two connected ones;
- `missing_retail_prices`: it fails some seconds later, as an international order without retail
  prices does;
- `delayed`: as soon as it is printed, it is to arrive two days later than estimated.

With `webhook_url` it tells of everything that happens to Gelato's orders and store products, as
Gelato does: by POST, in three tries, five seconds apart.

`create_app` makes the ASGI application alone, to be called in memory or served by other means.
"""

from gelato_async.sandbox.app import SandboxApp
from gelato_async.sandbox.audit import Audit
from gelato_async.sandbox.faults.fault import Fault, FaultPlanError
from gelato_async.sandbox.faults.plan import FaultPlan
from gelato_async.sandbox.sandbox import Sandbox, SandboxError
from gelato_async.sandbox.webhooks.outbox import WebhookDelivery

create_app = SandboxApp

__all__ = [
    "Audit",
    "Fault",
    "FaultPlan",
    "FaultPlanError",
    "Sandbox",
    "SandboxApp",
    "SandboxError",
    "WebhookDelivery",
    "create_app",
]
