"""Where the extra `orjson` is missing, answers are read alike."""

import json

import attrs
import pytest
from support.mutations import SEEN

from gelato_async.core.errors import DecodeError
from gelato_async.core.json_text import standard_loads
from gelato_async.core.messages import Response


def described(backend, operation, body):
    try:
        found = backend.parse(operation, Response(status=200, headers={}, body=body))
    except DecodeError as error:
        return error.problems, error.body
    return repr(attrs.asdict(found))


@pytest.mark.parametrize("sample", SEEN, ids=lambda sample: sample.name)
def test_answers_are_read_alike_without_orjson(sample):
    backend = attrs.evolve(sample.backend, loads=standard_loads)
    content = sample.content
    bodies = [
        json.dumps(content).encode(),
        json.dumps([content, "\ud83d"]).encode(),
        json.dumps({"brandNew": 2**64, "deep": [[{"x": [1e300]}]]}).encode(),
        b"\xef\xbb\xbf" + json.dumps(content, ensure_ascii=False).encode(),
        b"[" * 70 + b"]" * 70,
        b"",
    ]
    for body in bodies:
        with_orjson = described(sample.backend, sample.operation, body)
        assert described(backend, sample.operation, body) == with_orjson
