"""The documented rules of both APIs as tables of small checks, written from the documents alone.

A check takes a value and gives the fault in words, or None. A path leads to every value that breaks
a rule.

Both APIs want a country of two capitals, a state in the US, Canada and Australia, and an e-mail
address. Lengths, the local script of China, Japan, Korea and Russia and Brazil's tax ids are
Gelato's alone; a phone is GelatoConnect's.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gelato_async.sandbox.answers import Backend

Problem = tuple[str, str]
Check = Callable[[Any], str | None]
Fields = Mapping[str, Check]

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LOCAL_SCRIPT = ("CN", "JP", "KR", "RU")
_WITH_STATES = ("US", "CA", "AU")


def text(value: Any) -> str | None:
    """Require a text that is not empty."""
    if value is None:
        return "is required"
    if not isinstance(value, str):
        return "must be a string"
    return None if value.strip() else "must not be empty"


def reference(value: Any) -> str | None:
    """Require a text or a number: references may be sent as either."""
    return None if _is_number(value) else text(value)


def upto(length: int, check: Check = text) -> Check:
    """Require what `check` does, of at most `length` characters."""

    def checked(value: Any) -> str | None:
        too_long = isinstance(value, str) and len(value) > length
        return f"must have at most {length} characters" if too_long else check(value)

    return checked


def optional(check: Check) -> Check:
    """Require what `check` does only where a value is given."""
    return lambda value: None if value is None or value == "" else check(value)


def unless_false(check: Check) -> Check:
    """Require what `check` does, with false for an empty text.

    A shop system in production sends false for every address without a state or a post code.
    """
    return lambda value: check("" if value is False else value)


def one_of(*allowed: str) -> Check:
    """Require one of the words."""
    return lambda value: None if value in allowed else f"must be one of {', '.join(allowed)}"


def country(value: Any) -> str | None:
    """Require two capital letters; the United Kingdom is GB."""
    if value == "UK":
        return "must be GB for the United Kingdom"
    return text(value) or (
        None if re.fullmatch("[A-Z]{2}", value) else "must be two capital letters (ISO 3166-1)"
    )


def email(value: Any) -> str | None:
    """Require something on both sides of an @."""
    return text(value) or (
        None if re.fullmatch(r".+@.+", value, re.DOTALL) else "is not a valid format"
    )


def any_text(value: Any) -> str | None:
    """Require a text, which may be empty: some countries have no post codes."""
    return (
        None if isinstance(value, str) else "is required" if value is None else "must be a string"
    )


def number(value: Any) -> str | None:
    """Require a number."""
    return "is required" if value is None else None if _is_number(value) else "must be a number"


def counting(value: Any) -> str | None:
    """Require a whole number of at least 1."""
    if value is None:
        return "is required"
    return (
        None
        if isinstance(value, int) and _is_number(value) and value >= 1
        else "must be at least 1"
    )


def boolean(value: Any) -> str | None:
    """Require true or false."""
    return None if isinstance(value, bool) else "must be true or false"


def fields(path: str, value: Any, checks: Fields) -> Iterator[Problem]:
    """Check an object field by field."""
    if not isinstance(value, dict):
        yield path, "is required" if value is None else "must be an object"
        return
    for name, check in checks.items():
        if fault := check(value.get(name)):
            yield f"{path}.{name}" if path else name, fault


def rows(path: str, value: Any, *, required: bool = False) -> Iterator[tuple[str, Any]]:
    """Walk through a list of objects with their paths.

    Anything else yields itself and fails as an object.
    """
    if isinstance(value, list) and (value or not required):
        yield from ((f"{path}[{number}]", row) for number, row in enumerate(value))
    elif value is not None or required:
        yield path, None if isinstance(value, list) else value


_ADDRESS: Mapping[Backend, Fields] = {
    "gelato": {
        "firstName": upto(25),
        "lastName": upto(25),
        "companyName": optional(upto(60)),
        "addressLine1": upto(35),
        "addressLine2": optional(upto(35)),
        "city": upto(30),
        "postCode": unless_false(upto(15, any_text)),
        "state": unless_false(optional(upto(35))),
        "country": country,
        "email": email,
        "phone": optional(upto(25)),
        "isBusiness": optional(boolean),
    },
    "connect": {
        "firstName": text,
        "lastName": text,
        "addressLine1": text,
        "city": text,
        "postCode": unless_false(any_text),
        "country": country,
        "email": email,
        "phone": text,
        "isBusiness": optional(boolean),
    },
}
RETURN_ADDRESS: Fields = {
    "companyName": optional(upto(60)),
    "addressLine1": optional(upto(35)),
    "addressLine2": optional(upto(35)),
    "city": optional(upto(30)),
    "postCode": unless_false(optional(upto(15))),
    "state": unless_false(optional(upto(35))),
    "country": optional(country),
    "email": optional(email),
    "phone": optional(upto(25)),
}


def address(
    path: str, value: Any, backend: Backend, *, needs_state: bool = True
) -> Iterator[Problem]:
    """Check a recipient's address; that of a quote needs no state."""
    yield from fields(path, value, _ADDRESS[backend])
    if not isinstance(value, dict):
        return
    if needs_state and value.get("country") in _WITH_STATES and not value.get("state"):
        yield f"{path}.state", "is required in the US, Canada and Australia"
    if backend == "gelato" and value.get("country") in _LOCAL_SCRIPT:
        yield from _local_script(path, value)
    if backend == "gelato" and value.get("country") == "BR":
        yield from _brazil(path, value)


def _local_script(path: str, value: Mapping[str, Any]) -> Iterator[Problem]:
    for name, allowed in (("addressLine1", 10), ("addressLine2", 10), ("city", 0)):
        if len(_LATIN.findall(str(value.get(name) or ""))) > allowed:
            yield (
                f"{path}.{name}",
                f"must be in the local script, with at most {allowed} Latin letters",
            )


def _brazil(path: str, value: Mapping[str, Any]) -> Iterator[Problem]:
    company = ("stateTaxId", "registrationStateCode") if value.get("isBusiness") else ()
    for name in ("federalTaxId", *company):
        if not value.get(name):
            yield f"{path}.{name}", "is required in Brazil"


def _is_number(value: Any) -> bool:
    # Neither NaN nor infinity nor anything that prices could not be computed with.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
