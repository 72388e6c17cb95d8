import asyncio
import sys
from contextlib import asynccontextmanager

import attrs
import pytest

from gelato_async import (
    BadRequestError,
    ConflictError,
    GelatoError,
    NotFoundError,
    ServerError,
    UnsupportedError,
)
from gelato_async.sandbox import Fault, FaultPlan

pytestmark = pytest.mark.system

# the answers that a search for a lost order gets; the last look fails for good
NO_LOOK = Fault("html", status=404, routes=("gelato.search",), share=1.0)


@pytest.fixture(params=["fastapi", "starlette", "litestar", "django"])
def framework(request):
    return request.param


@pytest.fixture
def faults():
    return []


@pytest.fixture
def sandbox_options(faults):
    return {"faults": FaultPlan(faults) if faults else None}


@pytest.fixture
def shop(framework, load, browse, django_with, sandbox):
    """A browser at the shop of a recipe, whose application lives meanwhile."""
    module = load(framework, "urls" if framework == "django" else "app")

    @asynccontextmanager
    async def open_shop():
        if framework == "django":
            with django_with("urls") as app:
                async with browse(app) as browser:
                    yield browser
            return
        lifespan = (
            module.app.lifespan()
            if framework == "litestar"
            else module.app.router.lifespan_context(module.app)
        )
        async with lifespan, browse(module.app) as browser:
            yield browser

    return open_shop


def test_an_order_is_created_and_found(shop, sandbox):
    async def visit():
        async with shop() as browser:
            made = await browser.post("/orders/1001")
            assert made.status_code == 201
            assert made.json() == {"id": made.json()["id"], "status": "created"}
            assert (await browser.get("/orders/1001")).json() == [made.json()]
            assert (await browser.get("/orders/1002")).json() == []

    asyncio.run(visit())
    assert list(sandbox.audit().orders["gelato"]) == ["1001"]


def test_many_browsers_share_one_client_and_its_connections(shop, sandbox):
    async def visit():
        async with shop() as browser:
            made = await asyncio.gather(
                *(browser.post(f"/orders/{number}") for number in range(20))
            )
            for number in range(20, 40):
                made.append(await browser.post(f"/orders/{number}"))
        assert {answer.status_code for answer in made} == {201}

    asyncio.run(visit())
    audit = sandbox.audit()
    assert audit.commits == 40
    assert audit.connections <= 20


def test_what_breaks_rules_is_reported_before_it_is_sent(shop, framework, monkeypatch, sandbox):
    module = sys.modules["views" if framework == "django" else "app"]
    order = module.order_for("1001")
    monkeypatch.setattr(module, "order_for", lambda _: attrs.evolve(order, items=()))

    async def visit():
        async with shop() as browser:
            refused = await browser.post("/orders/1001")
            assert refused.status_code == 422
            assert [problem.partition(":")[0] for problem in refused.json()["problems"]] == [
                "items"
            ]

    asyncio.run(visit())
    assert sandbox.audit().requests == 0


@pytest.mark.parametrize("framework", ["fastapi"])
@pytest.mark.parametrize("faults", [[Fault("drop", when="after", count=1)]])
def test_an_order_whose_answer_got_lost_is_made_once(shop, sandbox):
    async def visit():
        async with shop() as browser:
            assert (await browser.post("/orders/1001")).status_code == 201

    asyncio.run(visit())
    assert [len(made) for made in sandbox.audit().orders["gelato"].values()] == [1]


@pytest.mark.parametrize("faults", [[Fault("drop", when="after", count=1), NO_LOOK]])
def test_an_order_whose_outcome_is_unknown_is_202(shop, sandbox):
    async def visit():
        async with shop() as browser:
            answer = await browser.post("/orders/1001")
            assert (answer.status_code, answer.json()) == (
                202,
                {"state": "unknown", "number": "1001"},
            )

    asyncio.run(visit())
    assert sandbox.audit().commits == 1


@pytest.mark.parametrize("faults", [[Fault("status", status=429, retry_after=200, count=1)]])
def test_a_busy_key_is_503_and_says_for_how_long(shop):
    async def visit():
        async with shop() as browser:
            answer = await browser.post("/orders/1001")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "200")

    asyncio.run(visit())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnsupportedError([]), 422),
        (BadRequestError("no", status=400), 422),
        (NotFoundError("no", status=404), 404),
        (ConflictError("no", status=409), 409),
        (ServerError("no", status=500), 502),
        (GelatoError("no"), 502),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_other_error_has_its_status(load, error, status):
    answer_to = load("README", "shop").answer_to
    assert answer_to(error)[0] == status
