"""A thousand clients in one process: what each of them takes.

    python benchmarks/clients.py [--quick]

As a platform has them that sends for many customers: each client has a key of its own, all share one
transport. Each has a limiter of its own, passed in, or the one that belongs to its key; both ways
are measured, and the row is the dearer one. A client makes its engine when it is first used, so
`orders` is asked for: nothing but the tables of the API, which all clients share, is made later.
Time is processor time; memory is what `tracemalloc` counts as allocated and still held.
"""

import gc
import tracemalloc
from collections.abc import Callable
from itertools import count
from statistics import median

from measure import CpuTime, Result, absolute, main

from gelato_async import GelatoClient, LocalLimiter, Response, ScriptedTransport

CLIENTS = 1000
MS, KIB = 1000, 1024
TRANSPORT = ScriptedTransport(lambda _: Response(status=200))
Make = Callable[[str], GelatoClient]
numbers = count()


def with_own_limiter(key: str) -> GelatoClient:
    return GelatoClient(key, transport=TRANSPORT, limiter=LocalLimiter())


def with_limiter_of_key(key: str) -> GelatoClient:
    return GelatoClient(key, transport=TRANSPORT)


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the form of all benchmarks
    rounds = 5 if quick else 21
    ways = (with_own_limiter, with_limiter_of_key)
    times, sizes, unused = {}, {}, {}
    for make in ways:
        made(make, used=True)
        times[make] = [seconds(make, used=True) * MS / CLIENTS for _ in range(rounds)]
        unused[make] = median(seconds(make, used=False) * MS / CLIENTS for _ in range(rounds))
        sizes[make] = [size(make) / KIB / CLIENTS for _ in range(3 if quick else 7)]
    slower = max(ways, key=lambda make: median(times[make]))
    larger = max(ways, key=lambda make: median(sizes[make]))
    return [
        absolute(
            "clients.time",
            f"one of {CLIENTS:,} clients on one transport, a limiter each: time",
            times[slower],
            0.1,
            "ms",
            note=both(
                {make: median(found) for make, found in times.items()},
                f"made and not used {unused[with_own_limiter]:.3f} and"
                f" {unused[with_limiter_of_key]:.3f}",
            ),
        ),
        absolute(
            "clients.memory",
            f"one of {CLIENTS:,} clients on one transport, a limiter each: memory",
            sizes[larger],
            10.0,
            "KiB",
            note=both({make: median(found) for make, found in sizes.items()}, ""),
        ),
    ]


def both(medians: dict[Make, float], more: str) -> str:
    own, of_key = medians[with_own_limiter], medians[with_limiter_of_key]
    found = f"limiter passed in {own:.3f}, by key {of_key:.3f}"
    return "; ".join(filter(None, (found, more)))


def made(make: Make, *, used: bool) -> list[GelatoClient]:
    clients = []
    for _ in range(CLIENTS):
        client = make(f"key-{next(numbers)}")
        if used:
            _ = client.orders
        clients.append(client)
    return clients


def seconds(make: Make, *, used: bool) -> float:
    with CpuTime() as cpu:
        kept = made(make, used=used)
    assert len(kept) == CLIENTS
    return cpu.seconds


def size(make: Make) -> int:
    gc.collect()
    tracemalloc.start()
    kept = made(make, used=True)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept) == CLIENTS
    return held


if __name__ == "__main__":
    main(run, __doc__)
