"""The documented rules of both APIs as tables of small checks, written from the documents alone.

A check takes a value and returns its fault in words, or None. A problem is the path of a value that
breaks a rule, and the fault.

Both APIs require a country of two capitals, a state in the US, Canada and Australia, and an e-mail
address. Lengths, the local script of China, Japan, Korea and Russia and Brazil's tax ids are
Gelato's rules; a phone is GelatoConnect's.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gelato_async.sandbox.answers import Backend
from gelato_async.sandbox.catalog.countries import WITHOUT_POST_CODES

Problem = tuple[str, str]
Check = Callable[[Any], str | None]
Fields = Mapping[str, Check]

# Stands for any value where a list of objects is required.
NOT_A_LIST = object()

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
# The countries whose addresses Gelato requires in their own script.
_LOCAL_SCRIPT = ("CN", "JP", "KR", "RU")
# No order has more copies of an item.
_MANY = 1_000_000
_WITH_STATES = ("US", "CA", "AU")


def text(value: Any) -> str | None:
    """Require a string that is not blank."""
    if value is None:
        return "is required"
    if not isinstance(value, str):
        return "must be a string"
    if not value.strip():
        return "must not be empty"
    return None


def any_text(value: Any) -> str | None:
    """Require a string, which may be empty."""
    if value is None:
        return "is required"
    if not isinstance(value, str):
        return "must be a string"
    return None


def reference(value: Any) -> str | None:
    """Require a string or a number: references may be sent as either."""
    if _is_number(value):
        return None
    return text(value)


def upto(length: int, check: Check = text) -> Check:
    """Return a check that requires what `check` does, of at most `length` characters."""

    def check_length(value: Any) -> str | None:
        if isinstance(value, str) and len(value) > length:
            return f"must have at most {length} characters"
        return check(value)

    return check_length


def is_absent(value: Any) -> bool:
    """Return whether a value stands for a part that an address does not have."""
    return value is None or value is False or (isinstance(value, str) and not value.strip())


def optional(check: Check) -> Check:
    """Return a check that requires what `check` does, except of null, "" and a missing value."""

    def check_given(value: Any) -> str | None:
        if value is None or value == "":
            return None
        return check(value)

    return check_given


def unless_absent(check: Check) -> Check:
    """Return a check that requires what `check` does, except of an absent part of an address.

    A shop system in production sends false for every part that an address does not have.
    """

    def check_part(value: Any) -> str | None:
        if is_absent(value):
            return None
        return check(value)

    return check_part


def _optional_part(length: int) -> Check:
    return unless_absent(upto(length))


def one_of(*allowed: str) -> Check:
    """Return a check that requires one of the words."""

    def check_word(value: Any) -> str | None:
        if value in allowed:
            return None
        return f"must be one of {', '.join(allowed)}"

    return check_word


def country(value: Any) -> str | None:
    """Require two capital letters; the United Kingdom is GB."""
    if value == "UK":
        return "must be GB for the United Kingdom"
    if fault := text(value):
        return fault
    if not re.fullmatch("[A-Z]{2}", value):
        return "must be two capital letters (ISO 3166-1)"
    return None


def email(value: Any) -> str | None:
    """Require at least one character on both sides of an @."""
    if fault := text(value):
        return fault
    if not re.fullmatch(r".+@.+", value, re.DOTALL):
        return "is not a valid format"
    return None


def number(value: Any) -> str | None:
    """Require a number."""
    if value is None:
        return "is required"
    if not _is_number(value):
        return "must be a number"
    return None


def whole(value: Any) -> int | None:
    """Return a whole number, or None for anything else; 2.0 is the same number as 2."""
    if _is_number(value) and value == int(value):
        return int(value)
    return None


def counting(value: Any) -> str | None:
    """Require a whole number of at least 1, and of at most a million."""
    if value is None:
        return "is required"
    count = whole(value)
    if count is None or count < 1:
        return "must be a whole number of at least 1"
    return few(value)


def few(value: Any) -> str | None:
    """Require a number of at most a million."""
    if fault := number(value):
        return fault
    if value > _MANY:
        return f"must be at most {_MANY:,}"
    return None


def boolean(value: Any) -> str | None:
    """Require true or false."""
    if not isinstance(value, bool):
        return "must be true or false"
    return None


def is_list_of(kind: type, values: Any) -> bool:
    """Return whether the value is a list with elements of one kind alone."""
    # `type` and not `isinstance`, because True is an integer in Python, and not in JSON.
    return isinstance(values, list) and set(map(type, values)) <= {kind}


def fields(path: str, value: Any, checks: Fields) -> Iterator[Problem]:
    """Check an object field by field."""
    if value is NOT_A_LIST:
        yield path, "must be a list"
        return
    if not isinstance(value, dict):
        yield path, "must be an object" if value is not None else "is required"
        return
    prefix = path and f"{path}."
    for name, check in checks.items():
        if fault := check(value.get(name)):
            yield prefix + name, fault


def rows(path: str, value: Any, *, required: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield the elements of a list of objects with their paths.

    For a value that is not a list something is yielded that `fields` refuses; with `required` an
    empty list is yielded as None, so that it fails as missing.
    """
    if isinstance(value, list) and (value or not required):
        for number, row in enumerate(value):
            yield f"{path}[{number}]", row
    elif value is None or value == []:
        if required:
            yield path, None
    else:
        yield path, NOT_A_LIST


_ADDRESS: Mapping[Backend, Fields] = {
    "gelato": {
        "firstName": upto(25),
        "lastName": upto(25),
        "companyName": _optional_part(60),
        "addressLine1": upto(35),
        "addressLine2": _optional_part(35),
        "city": upto(30),
        "postCode": _optional_part(15),
        "state": _optional_part(35),
        "country": country,
        "email": email,
        "phone": _optional_part(25),
        "isBusiness": optional(boolean),
    },
    "connect": {
        "firstName": text,
        "lastName": text,
        "addressLine1": text,
        "city": text,
        "postCode": unless_absent(text),
        "country": country,
        "email": email,
        "phone": text,
        "isBusiness": optional(boolean),
    },
}
RETURN_ADDRESS: Fields = {
    "companyName": _optional_part(60),
    "addressLine1": _optional_part(35),
    "addressLine2": _optional_part(35),
    "city": _optional_part(30),
    "postCode": _optional_part(15),
    "state": _optional_part(35),
    "country": unless_absent(country),
    "email": unless_absent(email),
    "phone": _optional_part(25),
}


def address(
    path: str, value: Any, backend: Backend, *, is_quoted: bool = False
) -> Iterator[Problem]:
    """Check a recipient's address; the address of a quote needs no state and no post code."""
    yield from fields(path, value, _ADDRESS[backend])
    if not isinstance(value, dict):
        return
    if not is_quoted:
        yield from _of_country(path, value)
    if backend == "gelato" and value.get("country") in _LOCAL_SCRIPT:
        yield from _local_script(path, value)
    if backend == "gelato" and value.get("country") == "BR":
        yield from _brazil(path, value)


def _of_country(path: str, value: Mapping[str, Any]) -> Iterator[Problem]:
    if value.get("country") in _WITH_STATES and is_absent(value.get("state")):
        yield f"{path}.state", "is required in the US, Canada and Australia"
    if value.get("country") not in WITHOUT_POST_CODES and is_absent(value.get("postCode")):
        yield f"{path}.postCode", "is required in a country that has post codes"


def _local_script(path: str, value: Mapping[str, Any]) -> Iterator[Problem]:
    for name, allowed in (("addressLine1", 10), ("addressLine2", 10), ("city", 0)):
        latin = _LATIN.findall(str(value.get(name) or ""))
        if len(latin) > allowed:
            fault = f"must be in the local script, with at most {allowed} Latin letters"
            yield f"{path}.{name}", fault


def _brazil(path: str, value: Mapping[str, Any]) -> Iterator[Problem]:
    required = ["federalTaxId"]
    if value.get("isBusiness"):
        required += ["stateTaxId", "registrationStateCode"]
    for name in required:
        if not value.get(name):
            yield f"{path}.{name}", "is required in Brazil"


def _is_number(value: Any) -> bool:
    # Not NaN, not infinite, and small enough to compute prices with.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
