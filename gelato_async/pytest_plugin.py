"""pytest fixtures: a sandbox for each test that requests one, and clients of that sandbox.

Every pytest run of an environment imports this module, so it imports nothing of the package before
a fixture is used.
"""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gelato_async.client.clients import GelatoClient, GelatoConnectClient
    from gelato_async.client.options import ClientOptions
    from gelato_async.sandbox import Sandbox

_numbers = count(1)


@pytest.fixture
def gelato_sandbox_options() -> Mapping[str, Any]:
    """Options of the sandbox.

    Override this fixture in a module, class or conftest:
    `return {"search_lag": 0.2, "faults": plan}`.
    """
    return {}


@pytest.fixture
def gelato_client_options() -> "ClientOptions":
    """Options of both clients.

    Override this fixture: `return {"retry": RetryPolicy(reconcile=1)}`.
    """
    return {}


@pytest.fixture
def gelato_sandbox(gelato_sandbox_options: Mapping[str, Any]) -> "Iterator[Sandbox]":
    """A stand-in for both Gelato APIs on a loopback port, for this test alone.

    Orders age when the test calls `gelato_sandbox.advance(seconds)`; `audit()` returns what really
    happened. During the test GELATO_API_KEY, GELATO_BASE_URL and GELATO_CONNECT_... direct clients
    of the code under test to the sandbox, and none to the real API. Its keys are new for each test:
    no test waits for the rate limit of another.
    """
    try:
        from gelato_async.sandbox import Sandbox  # noqa: PLC0415  as late as possible
    except ImportError as missing:
        pytest.fail(f"gelato_sandbox: {missing}", pytrace=False)
    # A rate limiter belongs to a key, and lives as long as the process.
    key = f"sandbox-key-{next(_numbers)}"
    defaults = {"speed": 0.0, "api_key": key, "connect_key": key}
    with (
        Sandbox(**{**defaults, **gelato_sandbox_options}) as sandbox,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in sandbox.environment.items():
            patch.setenv(name, value)
        yield sandbox


@pytest.fixture
def gelato_client(
    gelato_sandbox: "Sandbox", gelato_client_options: "ClientOptions"
) -> "GelatoClient":
    """A `GelatoClient` of `gelato_sandbox`, for tests on asyncio and trio.

    The test need not close the client: its connections are closed with the event loop.
    """
    from gelato_async.client.clients import GelatoClient  # noqa: PLC0415

    return GelatoClient(
        gelato_sandbox.api_key, base_url=gelato_sandbox.url, **gelato_client_options
    )


@pytest.fixture
def gelato_connect_client(
    gelato_sandbox: "Sandbox", gelato_client_options: "ClientOptions"
) -> "GelatoConnectClient":
    """A `GelatoConnectClient` of `gelato_sandbox`, like `gelato_client`."""
    from gelato_async.client.clients import GelatoConnectClient  # noqa: PLC0415

    return GelatoConnectClient(
        gelato_sandbox.connect_prefix,
        gelato_sandbox.connect_key,
        gelato_sandbox.connect_secret,
        base_url=gelato_sandbox.url,
        **gelato_client_options,
    )
