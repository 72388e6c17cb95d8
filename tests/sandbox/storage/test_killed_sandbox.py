"""A sandbox with a state file that is killed under load: what was answered is there afterwards."""

import contextlib
import os
import random
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from itertools import count

import anyio
import httpx
import pytest
from support.webhook_shop import shop

from gelato_async.sandbox.orders.life_cycle import STAGES

pytestmark = [pytest.mark.system, pytest.mark.anyio]

PRODUCTS = "/v1/stores/store-1/products"
PRODUCT_STATUSES = ("created", "publishing_queued", "publishing", "active")
WORKERS = 8
SPEED = 20


@contextmanager
def process(state_file, shop_url):
    """A sandbox in a process of its own, and its URL."""
    line = [sys.executable, "-m", "gelato_async.cli", "sandbox", "--port", "0"]
    line += ["--state", state_file, "--rate-limit", "0", "--speed", str(SPEED)]
    line += ["--webhook-url", shop_url, "--webhook-retry-seconds", "0.1"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as running:
        try:
            printed = dict(
                running.stdout.readline().removeprefix("export ").strip().split("=")
                for _ in range(6)
            )
            yield running, printed["GELATO_BASE_URL"]
        finally:
            running.kill()


class Load:
    """Callers on several connections, and what they were answered."""

    def __init__(self, url, order, seed, kill):
        limits = httpx.Limits(max_connections=WORKERS)
        self.http = httpx.AsyncClient(
            base_url=url, headers={"X-API-KEY": "sandbox-key"}, limits=limits, timeout=30
        )
        self.order = order
        self.random = random.Random(seed)
        self.kill = kill
        self.deadly = self.random.randint(200, 600)
        self.answers = 0
        self.numbers = count()
        # By id: the last answer, and what was asked for but never answered.
        self.orders, self.products, self.gone, self.canceled = {}, {}, set(), set()
        self.doubtful, self.twice = set(), set()

    async def run(self):
        async with self.http, anyio.create_task_group() as tasks:
            for _ in range(WORKERS):
                tasks.start_soon(self._work)

    async def _work(self):
        acts = [self._order, self._draft, self._cancel, self._product, self._look, self._quote]
        with contextlib.suppress(httpx.TransportError):
            while True:
                await self.random.choice(acts)()

    async def _call(self, method, path, body=None):
        answer = await self.http.request(method, path, json=body)
        assert answer.status_code in {200, 409}, answer.text
        self.answers += 1
        if self.answers == self.deadly:
            await anyio.sleep(self.random.uniform(0, 0.005))
            self.kill()
        return answer

    async def _create(self, reference, **changes):
        body = self.order(reference, items=self.random.randint(1, 3), **changes)
        made = (await self._call("POST", "/v4/orders", body)).json()
        self.orders[made["id"]] = made
        return made

    async def _order(self):
        reference = f"r{next(self.numbers)}"
        await self._create(reference)
        if self.random.random() < 0.2:
            await self._create(reference)
            self.twice.add(reference)

    async def _draft(self):
        draft = await self._create(f"r{next(self.numbers)}", orderType="draft")
        self.doubtful.add(draft["id"])
        path = f"/v4/orders/{draft['id']}"
        if self.random.random() < 0.5:
            await self._call("DELETE", path)
            self.gone.add(draft["id"])
        else:
            patched = await self._call("PATCH", path, {"orderType": "order"})
            self.orders[draft["id"]] = patched.json()
        self.doubtful.discard(draft["id"])

    async def _cancel(self):
        order_id = (await self._create(f"r{next(self.numbers)}"))["id"]
        self.doubtful.add(order_id)
        await self._call("POST", f"/v4/orders/{order_id}:cancel")
        self.canceled.add(order_id)
        self.doubtful.discard(order_id)

    async def _product(self):
        body = {"templateId": "template-poster", "title": "A poster"}
        made = await self._call("POST", f"{PRODUCTS}:create-from-template", body)
        product = made.json()
        self.products[product["id"]] = product
        if self.random.random() < 0.3:
            self.doubtful.add(product["id"])
            await self._call("DELETE", f"{PRODUCTS}/{product['id']}")
            self.gone.add(product["id"])
            self.doubtful.discard(product["id"])

    async def _look(self):
        left = [key for key in self.orders if key not in self.gone | self.canceled | self.doubtful]
        if left:
            order_id = self.random.choice(left)
            self.orders[order_id] = (await self._call("GET", f"/v4/orders/{order_id}")).json()

    async def _quote(self):
        body = self.order(f"q{next(self.numbers)}")
        quote = body | {"recipient": body["shippingAddress"], "products": body["items"]}
        await self._call("POST", "/v4/orders:quote", quote)


@asynccontextmanager
async def caller(url):
    async with httpx.AsyncClient(base_url=url, headers={"X-API-KEY": "sandbox-key"}) as http:
        yield http


async def verify(load, url):
    async with caller(url) as http:
        for order_id, before in load.orders.items():
            answer = await http.get(f"/v4/orders/{order_id}")
            if order_id not in load.doubtful:
                verify_order(load, before, answer)
        for product_id, before in load.products.items():
            answer = await http.get(f"{PRODUCTS}/{product_id}")
            if product_id in load.gone:
                assert answer.status_code == 404
            elif product_id not in load.doubtful:
                verify_product(before, answer.json())
        await verify_search(load, http)
        await verify_audit(load, http)


def verify_order(load, before, answer):
    if before["id"] in load.gone:
        assert answer.status_code == 404
        return
    assert answer.status_code == 200
    after = answer.json()
    for name in ("orderReferenceId", "createdAt", "orderType", "receipts", "shippingAddress"):
        assert after[name] == before[name]
    assert after["updatedAt"] >= before["updatedAt"]
    if before["id"] in load.canceled:
        assert after["fulfillmentStatus"] == "canceled"
    elif before["fulfillmentStatus"] != "draft":
        reached = STAGES.index(after["fulfillmentStatus"])
        assert reached >= STAGES.index(before["fulfillmentStatus"])


def verify_product(before, after):
    assert (after["title"], after["createdAt"]) == (before["title"], before["createdAt"])
    reached = PRODUCT_STATUSES.index(after["status"])
    assert reached >= PRODUCT_STATUSES.index(before["status"])


async def verify_search(load, http):
    expected = {key for key in load.orders if key not in load.gone | load.doubtful}
    references = list({load.orders[key]["orderReferenceId"] for key in expected})
    found = set()
    for first in range(0, len(references), 50):
        some = {"orderReferenceIds": references[first : first + 50], "limit": 100}
        answer = await http.post("/v4/orders:search", json=some)
        found |= {row["id"] for row in answer.json()["orders"]}
    assert expected <= found


async def verify_audit(load, http):
    audit = (await http.get("/_sandbox/audit")).json()
    listed = {
        key for commits in audit["orders"]["gelato"].values() for ids in commits for key in ids
    }
    assert load.orders.keys() <= listed
    assert load.twice <= set(audit["duplicates"])
    assert audit["commits"] == len(listed)
    # Each worker may have had one create on its way.
    assert len(listed) <= len(load.orders) + WORKERS


def verify_webhooks(load, noted):
    expected = {(key, "canceled") for key in load.canceled}
    for key, order in load.orders.items():
        expected.add((key, "draft" if order["orderType"] == "draft" else "created"))

    def are_delivered():
        seen = {(each.get("orderId"), each.get("fulfillmentStatus")) for each in noted.events}
        return expected <= seen

    with noted.news:
        assert noted.news.wait_for(are_delivered, 60)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_all_that_was_answered_is_there_after_a_kill(state_file, order, seed):
    with shop() as noted:
        with process(state_file, noted.url) as (running, url):
            load = Load(url, order, seed, lambda: os.kill(running.pid, signal.SIGKILL))
            await load.run()
            assert running.wait(30) == -signal.SIGKILL
        assert load.answers >= load.deadly
        assert load.canceled
        assert load.gone
        assert load.twice
        with process(state_file, noted.url) as (_, url):
            await verify(load, url)
            verify_webhooks(load, noted)
