"""What it costs to make a request of an order: `Backend.prepare`, rules and all, beside the fastest JSON encoder there is.

    python benchmarks/prepare.py [--quick]

Ours checks the order against the documented rules, finds what the API cannot carry, writes the body
from the models, and makes the request with its URL and headers. The peer, `orjson.dumps`, writes
the same body from a dict that stands ready. The body has two items, three files and about 860 bytes.
"""

import json

import orjson
from measure import Result, compare, main
from orders import ORDER

from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.core.backend import Backend

BACKENDS = (gelato_backend("key"), connect_backend("prefix", "key", "secret"))


def run(quick: bool) -> list[Result]:  # noqa: FBT001
    return [prepared(backend, quick=quick) for backend in BACKENDS]


def prepared(backend: Backend, *, quick: bool) -> Result:
    operation = backend.create_operation(ORDER)
    body = json.loads(backend.prepare(operation).body)
    times, rounds = (1_000, 7) if quick else (10_000, 15)
    return compare(
        f"prepare.{backend.name.lower()}",
        f"`Backend.prepare` of a two-item order, {backend.name}",
        "`orjson.dumps` of the ready dict",
        lambda: backend.prepare(operation),
        lambda: orjson.dumps(body),
        times=times,
        rounds=rounds,
        reach=15.0,
    )


if __name__ == "__main__":
    main(run, __doc__)
