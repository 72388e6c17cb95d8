"""Finds for each row of the checklist where the library has it."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, get_args

from api_coverage.checklist import Row, read_rows
from api_coverage.kinds import Checked, Found, Listed, Placed, checked
from api_coverage.library import Call, as_read, find_call
from api_coverage.limits import LIMITS
from api_coverage.models import Spot, classes, leaves, spots
from api_coverage.reasons import reason_for
from attrs import frozen

from gelato_async.models.enums import OpenEnum
from gelato_async.models.stock_regions import StockRegion
from gelato_async.webhooks.parsing import EVENTS

# sections about several calls: the statuses of orders are those of the order that *Get order*
# answers
_ABOUT = {"v4.orders": "v4.get"}
_LENGTH = re.compile(r"(?P<path>\S+) max length")
# rows that say "as there" instead of naming fields
_SAME = {
    ("v4.create", "<whole response>"): ("v4.get", ""),
    ("v4.patch", "<whole response>"): ("v4.get", ""),
    ("ecommerce.products", "products[].*"): ("ecommerce.product", "products[]"),
}


@frozen
class Line:
    """A row of the checklist and what became of it; None is a gap."""

    row: Row
    found: Found | Listed | None


@cache
def lines() -> tuple[Line, ...]:
    return tuple(Line(row, locate(row)) for row in read_rows())


def locate(row: Row) -> Found | Listed | None:
    return located(row) or _listed(row)


def located(row: Row) -> Found | None:
    """Where the tables and models have it."""
    find = _FINDERS.get((row.section, row.kind)) or _FINDERS[row.kind]
    return find(row)


def _listed(row: Row) -> Found | Listed | None:
    entry = reason_for(row.key)
    answer = (
        entry[1] if entry else LIMITS.get((row.section, row.name)) if row.kind == "limit" else None
    )
    if answer is None or isinstance(answer, Listed):
        return answer
    return answer.found() if isinstance(answer, Placed) else _checked(row, answer)


def _checked(row: Row, limits: Checked | tuple[Checked, ...]) -> Found | None:
    call = calls().get(row.section)
    return checked(limits if isinstance(limits, tuple) else (limits,), call.rules) if call else None


@cache
def calls() -> Mapping[str, Call]:
    """The call of each section, by the endpoint that it documents."""
    found = {row.section: find_call(row.name) for row in read_rows() if row.kind == "endpoint"}
    known = {section: call for section, call in found.items() if call is not None}
    return known | {about: known[section] for about, section in _ABOUT.items() if section in known}


def event_of(section: str) -> type[Any] | None:
    return EVENTS.get(section.removeprefix("webhook."))


def _endpoint(row: Row) -> Found | None:
    call = calls().get(row.section)
    return Found(", ".join(f"`{name}`" for name in call.methods)) if call and call.methods else None


def _event(row: Row) -> Found | None:
    event = event_of(row.section)
    return Found(f"`{event.__name__}`") if event and row.name in EVENTS else None


def _param(row: Row) -> Found | None:
    call = calls().get(row.section)
    if call is None:
        return None
    if row.name in call.route.fixed:
        return Found(f"always `{call.route.fixed[row.name]}`")
    return _found(call.sent(row.place, row.name))


def _field(row: Row) -> Found | None:
    if (row.section, row.name) in _SAME:
        return _same(row)
    if row.name == "<other keys>":
        return _other_keys(row)
    return _found(_answered(row.section, row.name))


def _answered(section: str, path: str) -> list[Spot]:
    if section in calls():
        return calls()[section].answered(path)
    event = event_of(section)
    return spots(event, path, as_read) if event else []


def _same(row: Row) -> Found | None:
    there, path = _SAME[row.section, row.name]
    wanted, call = calls().get(there), calls().get(row.section)
    if wanted is None or call is None:
        return None
    here = (
        [model for spot in call.answered(path) for model in classes(spot.type)]
        if path
        else [call.answer]
    )
    return Found(f"`{wanted.answer.__name__}`") if here == [wanted.answer] else None


def _other_keys(row: Row) -> Found | None:
    """What an event has of an answer's fields.

    Those that its own example shows are rows of their own.
    """
    event = event_of(row.section)
    if event is None:
        return None
    there = "ecommerce.template" if "template" in row.section else "ecommerce.product"
    names = [other.name for other in read_rows() if (other.section, other.kind) == (there, "field")]
    lacking = [f"`{name}`" for name in names if not spots(event, name, as_read)]
    return Found(
        f"`{event.__name__}`" + (f", which has no {', '.join(lacking)}" if lacking else "")
    )


def _enum(row: Row) -> Found | None:
    path, _, value = row.name.partition("=")
    call, event = calls().get(row.section), event_of(row.section)
    if call is None:
        return _members(leaves(event, path, as_read), value) if event else None
    if path == "area":
        return _found(call.answered(value))
    places = call.answered(path) + call.sent("body", path) or call.named(path)
    return _members(places, value) or _one_of(call, path, value)


def _members(places: list[Spot], value: str) -> Found | None:
    members = [_member(spot, value) for spot in places]
    return Found(" and ".join(dict.fromkeys(members))) if members and all(members) else None


def _member(spot: Spot, value: str) -> str:
    parts = (spot.type, *get_args(spot.type))
    if value in parts:
        return f"`{spot}`"
    enums = [part(value) for part in parts if isinstance(part, type) and issubclass(part, OpenEnum)]
    return next(
        (f"`{type(member).__name__}.{member.name}`" for member in enums if member.is_known), ""
    )


def _one_of(call: Call, path: str, value: str) -> Found | None:
    """The values of free text of which a rule allows no others."""
    rule = Checked(
        path=f"{path}[]", refused=f"not {value}", allowed=value, note="allows these alone"
    )
    return checked((rule,), call.rules)


def _country(row: Row) -> Found | None:
    region, code, _ = row.name.split(" ", 2)
    if region == "-":
        good = StockRegion.is_not_supported(code) and StockRegion.for_country(code) is None
        return Found("`StockRegion.is_not_supported`") if good else None
    return (
        Found(f"`StockRegion.{StockRegion(region).name}`")
        if StockRegion.for_country(code) == region
        else None
    )


def _limit(row: Row) -> Found | None:
    if (length := _LENGTH.fullmatch(row.name)) is None:
        return None
    most = int(row.fact)
    return _checked(row, Checked(path=length["path"], refused="x" * (most + 1), allowed="x" * most))


def _found(places: list[Spot]) -> Found | None:
    return Found(" and ".join(f"`{spot}`" for spot in places)) if places else None


_FINDERS: Mapping[Any, Callable[[Row], Found | None]] = {
    "endpoint": _endpoint,
    "event": _event,
    "param": _param,
    "field": _field,
    "enum": _enum,
    ("product.stock-regions", "enum"): _country,
    "limit": _limit,
}
