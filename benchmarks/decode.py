"""Reading answers and webhooks: the models of this library, beside pydantic's and plain `json.loads`.

    python benchmarks/decode.py [--quick]

What is read is text, and what comes out are models with all fields: amounts are Decimals, moments
are aware datetimes, statuses are enums that take unknown values too. The peer has pydantic models
of the same fields, and reads them by `model_validate_json`, as its documentation advises. Ours keep
the whole JSON as `raw` besides, which pydantic's do not. Each row stands here twice: with the extra
`orjson`, and with the standard library alone.

A row has 40 texts, each with ids, moments and amounts of its own, which take turns. Ours remember the
amounts that they have read lately, so one row has so many texts that none of its amounts is known. The totals of a
search page, which are strings, are some hundred different ones, as those of a shop are.
"""

import enum
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import cycle
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import attrs
import pydantic
from measure import Result, compare, main

from gelato_async.backends.gelato import gelato_backend
from gelato_async.core.json_text import standard_loads
from gelato_async.core.messages import Response
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.orders import GetOrder, SearchOrders
from gelato_async.core.operations.products import GetPrices, SearchProducts
from gelato_async.core.wire.names import wire_names
from gelato_async.models.enums import OpenEnum
from gelato_async.models.order import Order
from gelato_async.models.product import Price, ProductPage
from gelato_async.models.search import OrderPage, OrderQuery
from gelato_async.webhooks.parsing import EVENTS, parse_event_with

HERE = Path(__file__).parent
# the examples of Gelato's documents
SAMPLES = HERE.parent / "tests" / "samples" / "documents"
BACKEND = gelato_backend("key")
ROUNDS = 15
# of each answer
VARIANTS = 40
# so many have more amounts than are remembered between answers
MANY_VARIANTS = 400
# the last of the seconds of a moment, and of a UUID
DIGIT = re.compile(r"(?<=^\d{4}-\d\d-\d\dT\d\d:\d\d:\d)\d|(?<=-[0-9a-f]{11})[0-9a-f]$")

WITH = {None: "with `orjson`", standard_loads: "without `orjson`"}
NOTES = {
    None: "each text is read several times",
    standard_loads: "`json.loads` alone takes about 0.7 of the peer's time",
}


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the form that all benchmarks have
    # bytes a round
    size = 400_000 if quick else 2_500_000
    rounds = 7 if quick else ROUNDS
    rows = list(answers())
    results = []
    for loads in NOTES:
        results += [read_answers(loads, *row, size=size, rounds=rounds) for row in rows]
        results.append(read_events(loads, size=size // 2, rounds=rounds))
    return results


def answers() -> Iterator[tuple[str, str, Operation[Any], Callable[[bytes], object], list[bytes]]]:
    """The key, name, operation, peer and texts of a row."""
    order = json.loads((HERE / "order.json").read_text())
    orders = rows_of(sample("connect_search_answer")["orders"], 100)
    prices = rows_of(sample("product_prices_answer"), 1_000)
    products = rows_of(sample("search_products_answer")["products"], 100)
    yield "full-order", "a full order", GetOrder("order"), reader(Order), variants(order)
    yield (
        "new-amounts",
        "a full order, no amount in it read lately",
        GetOrder("order"),
        reader(Order),
        variants(order, MANY_VARIANTS),
    )
    yield (
        "page",
        "a search page of 100 rows",
        SearchOrders(OrderQuery()),
        reader(OrderPage),
        variants({"orders": orders}),
    )
    read_prices = pydantic.TypeAdapter(list[model_of(Price)]).validate_json
    yield "prices", "1,000 price rows", GetPrices("mug"), read_prices, variants(prices)
    yield (
        "products",
        "100 products",
        SearchProducts("mugs"),
        reader(ProductPage),
        variants({"products": products}),
    )


def read_answers(
    loads: Any,
    key: str,
    name: str,
    operation: Operation[Any],
    peer: Callable[[bytes], object],
    texts: Sequence[bytes],
    *,
    size: int,
    rounds: int,
) -> Result:
    backend = attrs.evolve(BACKEND, loads=loads)
    ours = cycle([Response(status=200, headers={}, body=text) for text in texts])
    others = cycle(texts)
    return compare(
        key_of(key, loads),
        f"`Backend.parse` of {name}, {WITH[loads]}",
        "pydantic v2 `model_validate_json`",
        lambda: backend.parse(operation, next(ours)),
        lambda: peer(next(others)),
        times=max(size // len(texts[0]), 2),
        rounds=rounds,
        reach=1.0,
        note=NOTES[loads],
    )


def read_events(loads: Any, *, size: int, rounds: int) -> Result:
    contents = [sample(name) for name in EVENTS]
    texts = [text for several in zip(*map(variants, contents), strict=True) for text in several]
    ours, others = cycle(texts), cycle(texts)
    return compare(
        key_of("events", loads),
        f"webhook `parse_event`, all documented events in turn, {WITH[loads]}",
        "`json.loads`",
        lambda: parse_event_with(next(ours), loads),
        lambda: json.loads(next(others)),
        times=size // len(texts[0]),
        rounds=rounds,
        reach=3.0,
    )


def key_of(key: str, loads: Any) -> str:
    return f"decode.{key}" if loads is None else f"decode.{key}.without-orjson"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def rows_of(examples: list[Any], count: int) -> list[Any]:
    return [examples[number % len(examples)] for number in range(count)]


def text_of(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def variants(content: Any, count: int = VARIANTS) -> list[bytes]:
    """Texts like that of an answer, with other digits in amounts, ids and moments."""
    chance = random.Random(17)  # noqa: S311  no secret
    return [text_of(varied(content, chance, {})) for _ in range(count)]


def varied(value: Any, chance: random.Random, known: dict[Any, Any]) -> Any:
    """A copy with other digits. An order repeats its ids and amounts, the rows of a page do not."""
    if isinstance(value, dict):
        return {key: varied(inner, chance, known) for key, inner in value.items()}
    if isinstance(value, list) and len(value) >= 100:
        return [varied(inner, chance, {}) for inner in value]
    if isinstance(value, list):
        return [varied(inner, chance, known) for inner in value]
    if value and isinstance(value, (float, str)):
        return known.setdefault(value, with_other_digits(value, chance))
    return value


def with_other_digits(value: float | str, chance: random.Random) -> float | str:
    if isinstance(value, float):
        return round(value * chance.uniform(0.5, 1.5), 2)
    if re.fullmatch(r"\d+\.\d\d", value):
        return f"{chance.randrange(10, 410)}.95"
    return DIGIT.sub(lambda _: str(chance.randrange(10)), value)


def reader(model: type[Any]) -> Callable[[bytes], object]:
    found: Callable[[bytes], object] = model_of(model).model_validate_json
    return found


@cache
def model_of(model: type[Any]) -> Any:
    """A pydantic model of the same fields, but for `raw`."""
    fields: dict[str, Any] = {}
    for field in attrs.fields(attrs.resolve_types(model)):
        if field.name == "raw":
            continue
        default = field.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            default = {}
        elif default is attrs.NOTHING:
            default = ...
        fields[field.name] = (
            type_of(field.type),
            pydantic.Field(default, alias=wire_names(field)[0]),
        )
    # an id may come as a number
    config = pydantic.ConfigDict(coerce_numbers_to_str=True, frozen=True)
    return pydantic.create_model(model.__name__, __config__=config, **fields)


def type_of(type_: Any) -> Any:
    """The type that a pydantic model has where ours has this one."""
    origin, arguments = get_origin(type_), get_args(type_)
    if origin in (Union, UnionType):
        return Union[tuple(type_of(part) for part in arguments)]  # noqa: UP007  of a computed tuple
    if origin is tuple:
        return tuple[type_of(arguments[0]), ...]
    if origin is Mapping:
        return dict[str, type_of(arguments[1])]
    if attrs.has(type_):
        return model_of(type_)
    if isinstance(type_, type) and issubclass(type_, OpenEnum):
        known = enum.StrEnum(type_.__name__, {member.name: member.value for member in type_})
        return Annotated[known | str, pydantic.Field(union_mode="left_to_right")]
    return type_


if __name__ == "__main__":
    main(run, __doc__)
