"""Submit orders over a network that is cut in mid-run and comes back, and count what arrived.

    python tests/faults/network_cut.py                    scaled: plain and TLS, three runs each
    python tests/faults/network_cut.py --defaults         with a client's default settings (an hour)
    python tests/faults/network_cut.py --runs 1 --only tls --down 6 --loop trio
    python tests/faults/network_cut.py --transport aiohttp

The server is healthy all the time, in a network namespace of its own: only the path to it is cut.
A run is good when no order arrived twice, none was lost, every outcome is what the server's own
audit says, and none is unknown. Needs Linux, iproute2, and a system that permits network
namespaces. Exit status 1: a run was not good.
"""

import argparse
import json
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import anyio
import uvicorn
from namespaces import (
    FAR,
    LONG_PATH,
    NEAR,
    Network,
    command_in_a_namespace,
    refusal,
    take_address,
    wait_until_all_is_delivered,
)

from gelato_async import (
    AiohttpTransport,
    CatalogItem,
    File,
    GelatoClient,
    HttpxTransport,
    NewOrder,
    RetryPolicy,
    ShippingAddress,
)
from gelato_async.bulk import Created, submit_orders
from gelato_async.sandbox.app import SandboxApp

Report = tuple[str, str, str | None]
"""The kind of an outcome, the order's reference, and its id where it was created."""

CERTIFICATE = Path(__file__).parents[1] / "transports" / "localhost.pem"
PORT = 8443
# seconds: the longest that a kernel waits between two retransmissions is 120
LAST_RETRANSMISSION = 130.0
LOOPS: Mapping[str, Any] = {
    "asyncio": {"backend": "asyncio"},
    "uvloop": {"backend": "asyncio", "backend_options": {"use_uvloop": True}},
    "trio": {"backend": "trio"},
}
TRANSPORTS: Mapping[str, Any] = {"httpx": HttpxTransport, "aiohttp": AiohttpTransport}
# `latency`: an answer takes as long as on a long path, so that as many connections are open when the
# path is cut; `down`: so long that a second send would come before the next retransmission
SCALED = {"timeout": 1.0, "reconcile": 2.0, "orders": 400, "latency": 0.07, "down": (4.0, 8.0)}
DEFAULTS = {
    "timeout": 30.0,
    "reconcile": 60.0,
    "orders": 300,
    "latency": 0.175,
    "down": (60.0, 80.0),
}


def main() -> int:
    """Start each run in a namespace of its own, one after another, and sum up."""
    options = _arguments().parse_args()
    if (reason := refusal()) is not None:
        print(f"no network namespaces here: {reason}")
        return 1
    settings = DEFAULTS if options.defaults else SCALED
    kinds = [options.only] if options.only else ["plain", "tls"]
    downs = [options.down] if options.down else settings["down"]
    good = True
    for kind, down in product(kinds, downs):
        for number in range(1, options.runs + 1):
            tls = kind == "tls"
            chosen = {"tls": tls, "loop": options.loop, "transport": options.transport}
            result = run({**settings, **chosen, "down": down})
            print(f"{kind}, {down:g} s down, run {number}: {describe(result)}", flush=True)
            good = good and is_good(result)
    return 0 if good else 1


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--defaults", action="store_true", help="time-out 30 s, reconcile 60 s")
    parser.add_argument("--runs", type=int, default=3, help="runs of each kind and length")
    parser.add_argument("--down", type=float, help="seconds that the path is cut")
    parser.add_argument("--only", choices=["plain", "tls"])
    parser.add_argument("--loop", choices=LOOPS, default="asyncio")
    parser.add_argument("--transport", choices=TRANSPORTS, default="httpx")
    return parser


def run(settings: Mapping[str, Any]) -> dict[str, Any]:
    """One run in a namespace of its own; what arrived and what was reported."""
    command = [sys.executable, __file__, "inside", json.dumps(settings)]
    ran = subprocess.run(
        command_in_a_namespace(*command), stdout=subprocess.PIPE, check=True, timeout=1_200
    )
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


def is_good(result: dict[str, Any]) -> bool:
    """Whether a run kept every promise."""
    return not (result["twice"] or result["untrue"] or result["unreported"])


def describe(result: dict[str, Any]) -> str:
    """A run in one line."""
    return (
        f"{result['orders']} orders, {len(result['twice'])} arrived twice,"
        f" {len(result['untrue'])} reported untruly, {result['unreported']} not reported;"
        f" outcomes {result['outcomes']}"
    )


# inside the client's namespace


def inside(settings: Mapping[str, Any]) -> None:
    """Submit to a server in another namespace, cut and restore the path, print the result."""
    with subprocess.Popen(
        command_in_a_namespace(sys.executable, __file__, "serve", json.dumps(settings)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == "in its namespace\n"
        network = Network(server.pid, retransmit_after=LONG_PATH)
        server.stdin.write("the path is there\n")
        server.stdin.flush()
        assert server.stdout.readline() == "listening\n"
        reports = anyio.run(submit, settings, network, **LOOPS[settings["loop"]])
        wait_until_all_is_delivered(LAST_RETRANSMISSION)
        server.stdin.close()
        audit = json.loads(server.stdout.readline())
    print(json.dumps(judge(settings, reports, audit)))


def judge(
    settings: Mapping[str, Any], reports: Sequence[Report], audit: dict[str, Any]
) -> dict[str, Any]:
    """What was reported, beside what the server knows."""
    made: dict[str, list[str]] = {
        reference: [commit[0] for commit in commits]
        for reference, commits in audit["orders"].get("gelato", {}).items()
    }
    return {
        "orders": settings["orders"],
        "outcomes": Counter(kind for kind, _, _ in reports),
        "twice": [reference for reference, ids in made.items() if len(ids) > 1],
        "unreported": settings["orders"] - len({reference for _, reference, _ in reports}),
        "untrue": [
            reference
            for kind, reference, order_id in reports
            if kind == "Created" and order_id not in made.get(reference, ())
        ],
    }


async def submit(settings: Mapping[str, Any], network: Network) -> Sequence[Report]:
    """Submit all orders; the path is cut when a quarter of them is reported."""
    reports: list[Report] = []
    quarter = anyio.Event()

    async def cut_and_restore() -> None:
        await quarter.wait()
        network.cut()
        await anyio.sleep(settings["down"])
        network.restore()

    async with anyio.create_task_group() as tasks, _client(settings) as client:
        tasks.start_soon(cut_and_restore)
        async with submit_orders(client, _orders(settings["orders"])) as outcomes:
            async for outcome in outcomes:
                order_id = outcome.order_id if isinstance(outcome, Created) else None
                reports.append((type(outcome).__name__, outcome.reference, order_id))
                if len(reports) == settings["orders"] // 4:
                    quarter.set()
    return reports


def _client(settings: Mapping[str, Any]) -> GelatoClient:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    context.check_hostname = False  # the certificate names other hosts of the tests
    transport_class = TRANSPORTS[settings["transport"]]
    return GelatoClient(
        "sandbox-key",
        base_url=f"http{'s' if settings['tls'] else ''}://{FAR}:{PORT}",
        timeout=settings["timeout"],
        retry=RetryPolicy(reconcile=settings["reconcile"]),
        transport=transport_class(ssl_context=context if settings["tls"] else None),
    )


def _orders(count: int) -> Iterator[NewOrder]:
    address = ShippingAddress(
        country="US",
        first_name="Ada",
        last_name="Example",
        address_line1="1 Sample Street",
        city="Springfield",
        post_code="12345",
        state="IL",
        email="ada@example.com",
    )
    file = File(url="https://files.example.com/print.pdf")
    item = CatalogItem(item_reference_id="item", product_uid="poster", files=[file])
    for number in range(count):
        yield NewOrder(
            order_reference_id=f"order-{number}",
            customer_reference_id="customer",
            currency="USD",
            shipping_address=address,
            items=[item],
        )


# inside the server's namespace


def serve(settings: Mapping[str, Any]) -> None:
    """Serve a sandbox until standard input ends, then print its audit."""
    print("in its namespace", flush=True)
    sys.stdin.readline()
    take_address("far", FAR, NEAR, "near")
    app = SandboxApp(rate_limit=None, latency=settings["latency"])
    config = uvicorn.Config(
        app,
        host=FAR,
        port=PORT,
        log_level="critical",
        lifespan="off",
        # longer than any cut: a server that closes a silent connection would refuse what comes late
        timeout_keep_alive=600,
        ssl_certfile=str(CERTIFICATE) if settings["tls"] else None,
    )
    server = _Announcing(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    sys.stdin.read()
    server.should_exit = server.force_exit = True
    thread.join()
    print(json.dumps(app.audit().to_json()))


class _Announcing(uvicorn.Server):
    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        print("listening", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        inside(json.loads(sys.argv[2]))
    elif sys.argv[1:2] == ["serve"]:
        serve(json.loads(sys.argv[2]))
    else:
        sys.exit(main())
