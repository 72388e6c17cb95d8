import json
from collections.abc import Mapping
from pathlib import Path

from gelato_async import DecodeError, Response, ValidationError
from gelato_async.backends.gelato import gelato_backend
from gelato_async.models.fields import WIRE_NAMES

SAMPLES = Path(__file__).parents[1] / "samples"
BACKEND = gelato_backend("sample-gelato-key")
MISSING = object()
PLAIN_KINDS = [MISSING, None, True, 7, 2.5, "", "brand_new", [], [None], [[1]]]
OBJECTS = [{}, {"new": [1]}, [{}]]


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def shown(operation):
    """The request of an operation as its sample shows it, after the checks that every request passes."""
    request = BACKEND.prepare(operation)
    return {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": json.loads(request.body) if request.body else None,
    }


def parse(operation, found, status=200):
    return BACKEND.parse(operation, Response(status=status, body=json.dumps(found).encode()))


def broken(operation):
    """The paths of all problems, without any for a good request."""
    try:
        BACKEND.check(operation)
    except ValidationError as error:
        return [problem.path for problem in error.problems]
    return []


def unread(found, model, path=""):
    """The paths of an answer that have reached no attribute."""
    if isinstance(found, dict) and hasattr(type(model), "__attrs_attrs__"):
        known = _attributes(model)
        for key, value in found.items():
            here = f"{path}.{key}".lstrip(".")
            if value is not None and value != []:
                yield from unread(value, known[key], here) if known.get(key) is not None else [here]
    elif isinstance(found, dict) and isinstance(model, Mapping):
        for key, value in found.items():
            yield from (
                unread(value, model[key], f"{path}.{key}") if key in model else [f"{path}.{key}"]
            )
    elif isinstance(found, list) and isinstance(model, tuple):
        if len(found) != len(model):
            yield path
        for position, (value, element) in enumerate(zip(found, model, strict=False)):
            yield from unread(value, element, f"{path}[{position}]")
    elif isinstance(found, (dict, list)):
        yield path


def _attributes(model):
    return {
        name: getattr(model, field.name)
        for field in type(model).__attrs_attrs__
        for name in field.metadata.get(WIRE_NAMES) or [_camel(field.name)]
    }


def _camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def refused_keys(operation, found):
    """The keys whose value, missing or of another kind, makes an answer unreadable."""
    refused = set()
    for path, value in _places(found):
        # an object in place of one that needs a uid has none
        for other in PLAIN_KINDS if isinstance(value, (dict, list)) else [*PLAIN_KINDS, *OBJECTS]:
            try:
                parse(operation, changed(found, path, other))
            except DecodeError:
                refused.add(path[-1])
    return refused


def with_news(found):
    """An answer with a key that nobody knows in every object."""
    if isinstance(found, list):
        return [with_news(value) for value in found]
    if isinstance(found, dict):
        return {
            **{key: with_news(value) for key, value in found.items()},
            "brandNew": {"deep": [1, None]},
        }
    return found


def changed(found, path, value):
    """An answer with another value at a path, or without the key."""
    copy = json.loads(json.dumps(found))
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    if value is MISSING:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return copy


def _places(found, path=()):
    for key, value in (
        found.items()
        if isinstance(found, dict)
        else enumerate(found)
        if isinstance(found, list)
        else ()
    ):
        yield (*path, key), value
        yield from _places(value, (*path, key))
