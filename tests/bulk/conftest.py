import pytest
from support.clocks import warm
from support.fake_shop import Shop

from gelato_async import GelatoClient, RetryPolicy, ScriptedTransport, Unlimited


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture(autouse=True)
def legal_moves(request, caplog):
    """No order of any run makes a move that the table does not have, unless a test wants it to."""
    yield
    if "illegal_moves" in request.fixturenames:
        return
    for when in ("setup", "call"):
        texts = [record.getMessage() for record in caplog.get_records(when)]
        assert not [text for text in texts if "a job may not go from" in text]


@pytest.fixture
def illegal_moves():
    """Allow this test to make illegal moves."""


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
