"""After any history, a killed sandbox has left all that the living one knows."""

import contextlib
import random

import pytest
from support.webhook_shop import NOBODY, event

from gelato_async.sandbox import Fault, FaultPlan
from gelato_async.sandbox.orders.life_cycle import STATUSES
from gelato_async.sandbox.webhooks.outbox import QUEUES

pytestmark = pytest.mark.anyio

PRODUCTS = "/v1/stores/store-1/products"
KEY = {"X-API-KEY": "sandbox-key"}
STEPS, EVERY = 80, 10
ADDRESS = {"firstName": "Iris", "lastName": "Example", "addressLine1": "2 Sample Street"}


class StandingClocks:
    """Clocks that stand still, except when time is to pass."""

    def __init__(self):
        self.now = 1_000.0

    def monotonic(self):
        return self.now

    def wall(self):
        return 1_700_000_000.0 + self.now


class History:
    """Random acts on a sandbox; what is refused is refused."""

    def __init__(self, api, clocks, order, seed):
        self.api, self.clocks, self.body = api, clocks, order
        self.random = random.Random(seed)
        self.orders, self.products = [], []

    async def step(self):
        acts = [self.create, self.create, self.change, self.connect, self.product, self.pass_time]
        acts += [self.deliver, self.force, self.resend]
        with contextlib.suppress(ConnectionAbortedError):
            await self.random.choice(acts)()

    async def create(self):
        kind = self.random.choice(["order", "draft"])
        wish = self.random.choice(["split", "delayed", "missing_retail_prices", "nothing"])
        reference = f"r{self.random.randint(0, 20)}"
        body = self.body(
            reference,
            items=self.random.randint(1, 3),
            orderType=kind,
            metadata=[{"key": "sandbox", "value": wish}],
        )
        made = await self.api.gelato.post("orders", json=body)
        if made.status_code == 200:
            self.orders.append(made.json()["id"])

    async def change(self):
        if not self.orders:
            return
        path = f"orders/{self.random.choice(self.orders)}"
        match self.random.choice(["get", "cancel", "delete", "patch", "search"]):
            case "get":
                await self.api.gelato.get(path)
            case "cancel":
                await self.api.gelato.post(f"{path}:cancel")
            case "delete":
                await self.api.gelato.delete(path)
            case "patch":
                await self.api.gelato.patch(path, json={"orderType": "order"})
            case "search":
                await self.api.gelato.post("/orders:search", json={})

    async def connect(self):
        made = await self.api.connect.post("order", json=self.body(items=2))
        if made.status_code == 200:
            path = made.json()["id"]
            address = self.body()["shippingAddress"] | ADDRESS
            await self.api.connect.put(path, json={"shippingAddress": address})
            if self.random.random() < 0.5:
                await self.api.connect.post(f"{path}/cancel")

    async def product(self):
        if self.products and self.random.random() < 0.4:
            product = self.random.choice(self.products)
            await self.api.nobody.delete(f"{PRODUCTS}/{product}", headers=KEY)
            return
        body = {"templateId": "template-poster", "title": "A poster", "tags": ["a"]}
        path = f"{PRODUCTS}:create-from-template"
        made = await self.api.nobody.post(path, json=body, headers=KEY)
        if made.status_code == 200:
            self.products.append(made.json()["id"])

    async def pass_time(self):
        self.clocks.now += self.random.uniform(0, 20)
        self.api.app.advance(self.random.choice([0, 5, 60, 700]))

    async def deliver(self):
        app = self.api.app
        for queue in range(QUEUES):
            delivery, _ = app.next_webhook(queue)
            if delivery is not None:
                app.record_webhook_try(delivery, self.random.choice([200, 500, None]), "why")
        # The answer to a try is saved with whatever has the lock next.
        app.audit()

    async def force(self):
        if self.orders:
            status = self.random.choice([None, *sorted(STATUSES)])
            with contextlib.suppress(OSError):
                self.api.app.force_status(self.random.choice(self.orders), status)

    async def resend(self):
        self.api.app.send_webhook(event(self.random.random()))


async def known(api, history):
    """All that can be read of a sandbox."""
    everything = [api.app.orders()]
    for order_id in history.orders:
        found = await api.gelato.get(f"orders/{order_id}")
        everything.append((found.status_code, found.status_code == 200 and found.text))
    for row in (await api.connect.post("search", json={"limit": 100})).json()["orders"]:
        everything.append((await api.connect.get(row["id"])).text)
    for path in (PRODUCTS, f"{PRODUCTS}?orderBy=updatedAt"):
        everything.append((await api.nobody.get(path, headers=KEY)).text)
    everything.append((await api.gelato.post("/orders:search", json={"limit": 100})).text)
    audit = api.app.audit()
    everything += [audit.commits, audit.commit_times, audit.orders, audit.duplicates]
    for each in api.app.webhooks():
        everything.append((each.number, each.body, each.answers, each.reason, each.created))
        everything.append((each.due, each.queue, each.rank))
    return everything


@pytest.mark.parametrize("seed", range(4))
async def test_a_killed_sandbox_has_left_all_that_is_known(keep, kill, order, seed):
    clocks = StandingClocks()
    late = Fault("status", status=503, commit_delay=15, share=0.1)
    options = {
        "monotonic": clocks.monotonic,
        "wall": clocks.wall,
        "webhook_url": NOBODY,
        "webhooks_kept": 10,
        "webhook_duplicates": 0.2,
        "webhook_shuffle": True,
        "rate_limit": None,
    }
    options["faults"] = FaultPlan([late, Fault("drop", when="after", share=0.1)], seed)
    history = History(keep(**options), clocks, order, seed)
    for number in range(1, STEPS + 1):
        await history.step()
        if number % EVERY == 0:
            # Before anything is read, which shows new statuses for the first time.
            left = kill(history.api, **options)
            assert await known(left, history) == await known(history.api, history)
            history.api.app.close()
            history.api = left
