import pytest
from support.clocks import warm
from support.fake_shop import Shop

from gelato_async import GelatoClient, RetryPolicy, ScriptedTransport, Unlimited


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture
def shop(virtual):
    return Shop(virtual)


@pytest.fixture
def client_for(shop, virtual):
    def make(*, cold=False, **options):
        options = {"retry": RetryPolicy(reconcile=4), "limiter": Unlimited()} | options
        client = GelatoClient(
            "key", transport=ScriptedTransport(shop.answer), clock=virtual.clock, **options
        )
        return client if cold else warm(client)

    return make
