"""pytest fixtures: a sandbox for each test that requests one, and clients of that sandbox.

Every pytest run of an environment imports this module, so it imports nothing of the package before
a fixture is used.
"""

from collections.abc import Collection, Iterator, Mapping
from inspect import signature
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gelato_async.client.clients import GelatoClient, GelatoConnectClient
    from gelato_async.client.options import ClientOptions
    from gelato_async.sandbox import Sandbox

_numbers = count(1)
_MARKER = (
    "gelato_sandbox(**options): options of the fixture gelato_sandbox for this test, on top of those"
    " of gelato_sandbox_options"
)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def gelato_sandbox_options() -> Mapping[str, Any]:
    """Options of the sandbox: any that `Sandbox` takes.

    Override this fixture in a module, class or conftest:
    `return {"search_lag": 0.2, "faults": plan}`. Options of a single test come on top:
    `@pytest.mark.gelato_sandbox(search_lag=0.2)`.
    """
    return {}


@pytest.fixture
def gelato_client_options() -> "ClientOptions":
    """Options of both clients.

    Override this fixture: `return {"retry": RetryPolicy(reconcile=1)}`.
    """
    return {}


@pytest.fixture
def gelato_sandbox(
    request: pytest.FixtureRequest, gelato_sandbox_options: Mapping[str, Any]
) -> "Iterator[Sandbox]":
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
    _require_mapping("gelato_sandbox_options", gelato_sandbox_options)
    options = {"speed": 0.0, "api_key": key, "connect_key": key, **gelato_sandbox_options}
    for marker in reversed(list(request.node.iter_markers("gelato_sandbox"))):
        if marker.args:
            pytest.fail("gelato_sandbox: the marker takes options by name only", pytrace=False)
        options |= marker.kwargs
    try:
        _require_known(options, signature(Sandbox).parameters)
        made = Sandbox(**options)
    except (TypeError, ValueError) as wrong:
        pytest.fail(f"gelato_sandbox_options: {wrong}", pytrace=False)
    with made as sandbox, pytest.MonkeyPatch.context() as patch:
        for name, value in sandbox.environment.items():
            patch.setenv(name, value)
        yield sandbox


def _require_mapping(fixture: str, value: object) -> None:
    if not isinstance(value, Mapping):
        found = type(value).__name__
        pytest.fail(f"{fixture}: must return options by their names, not {found}", pytrace=False)


def _require_known(options: Collection[str], known: Collection[str]) -> None:
    from gelato_async.sandbox.faults.fault import suggestion  # noqa: PLC0415

    for name in options:
        if name not in known:
            raise TypeError(f"{name}: no such option{suggestion(name, known)}")


@pytest.fixture
def gelato_client(
    gelato_sandbox: "Sandbox", gelato_client_options: "ClientOptions"
) -> "GelatoClient":
    """A `GelatoClient` of `gelato_sandbox`, for tests on asyncio and trio.

    The test need not close the client: its connections are closed with the event loop.
    """
    from gelato_async.client.clients import GelatoClient  # noqa: PLC0415

    _require_mapping("gelato_client_options", gelato_client_options)
    return GelatoClient(
        gelato_sandbox.api_key, base_url=gelato_sandbox.url, **gelato_client_options
    )


@pytest.fixture
def gelato_connect_client(
    gelato_sandbox: "Sandbox", gelato_client_options: "ClientOptions"
) -> "GelatoConnectClient":
    """A `GelatoConnectClient` of `gelato_sandbox`, like `gelato_client`."""
    from gelato_async.client.clients import GelatoConnectClient  # noqa: PLC0415

    _require_mapping("gelato_client_options", gelato_client_options)
    return GelatoConnectClient(
        gelato_sandbox.connect_prefix,
        gelato_sandbox.connect_key,
        gelato_sandbox.connect_secret,
        base_url=gelato_sandbox.url,
        **gelato_client_options,
    )
