"""The checks that rules are made of: one for each kind of documented limit.

A check gets a value of a request's JSON (None if it is missing) and the object that holds it. It
returns what would be right, to be read behind the path ("items[0].quantity: must be ..."), or None
if the value is within the limit. Unless a check says that it requires the value, a missing one is
within the limit, and so is one of a kind that another rule refuses. Which fields are checked is
listed in the backends.

`passes` gives a check the conditions under which a value is certainly within the limit (see
`conditions`).
"""

import math
import re
from collections.abc import Mapping
from typing import Any
from unicodedata import category

from gelato_async.core.rules.conditions import NEVER, SURELY, Check, passes

LOCAL_SCRIPT = ("CN", "JP", "KR", "RU")
WITH_STATES = ("AU", "CA", "US")

_OTHER_SCRIPT = f"{{country}} not in {LOCAL_SCRIPT}"
_NOT_IN_BRAZIL = "{country} != 'BR'"

_CODE = re.compile(r"[A-Z]{2}")
_CAPITAL = re.compile(r"[A-Z]")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})")
# up to U+024F, but for the signs between them: the multiplication and the division sign
_LATIN = re.compile(r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]")
# what the names in conditions stand for, beside Python's own
CONDITION_NAMES: Mapping[str, Any] = {"latin": _LATIN.findall}
# Unicode's categories of control and format characters, line and paragraph separators
_INVISIBLE = ("Cc", "Cf", "Zl", "Zp")


def elements_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a list; nothing if the value is not a list."""
    if not isinstance(value, (list, tuple)):
        return []
    return [element for element in value if isinstance(element, Mapping)]


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


@passes(missing=NEVER, text="v.strip()", number=SURELY)
def required(value: Any, _: Mapping[str, Any]) -> str | None:
    """Require a value; a text must not be blank."""
    if _missing(value):
        return "is required"
    return None


@passes(missing=NEVER, text=SURELY)
def present(value: Any, _: Mapping[str, Any]) -> str | None:
    """Require a value that may be empty: a post code, where a country has none."""
    if value is None:
        return "is required (it may be empty)"
    return None


@passes(missing=NEVER, many="v")
def not_empty(value: Any, _: Mapping[str, Any]) -> str | None:
    """Require a list or an object with at least one element."""
    if not value:
        return "must have at least one element"
    return None


@passes(text=SURELY)
def text(value: Any, _: Mapping[str, Any]) -> str | None:
    """Allow a string."""
    if value is None or isinstance(value, str):
        return None
    return "must be a string"


def longest(limit: int) -> Check:
    """Allow at most so many characters."""

    @passes(text=f"len(v) <= {limit}")
    def check(value: Any, _: Mapping[str, Any]) -> str | None:
        if isinstance(value, str) and len(value) > limit:
            return f"must be at most {limit} characters long; it has {len(value)}"
        return None

    return check


@passes(text="v == v.strip()")
def no_blanks_around(value: Any, _: Mapping[str, Any]) -> str | None:
    """Refuse white space of any kind at either end of a text that is not all blank."""
    if not isinstance(value, str) or _missing(value) or value == value.strip():
        return None
    return "must not begin or end with a blank or a line break"


@passes(text="v.isprintable()")
def no_control_characters(value: Any, _: Mapping[str, Any]) -> str | None:
    """Refuse characters that cannot be seen inside a text (a tab, a zero-width space ...)."""
    if not isinstance(value, str) or value.isprintable():
        return None
    # more than these is not printable: a no-break space, for one, which may stand in a name
    for position, letter in enumerate(value.strip(), 1):
        if category(letter) in _INVISIBLE:
            return f"must not hold control characters; character {position} is U+{ord(letter):04X}"
    return None


def at_most(limit: int) -> Check:
    """Allow at most so many elements."""

    @passes(many=f"len(v) <= {limit}")
    def check(value: Any, _: Mapping[str, Any]) -> str | None:
        if isinstance(value, (list, tuple)) and len(value) > limit:
            return f"must have at most {limit} elements; it has {len(value)}"
        return None

    return check


def unique(field: str) -> Check:
    """Refuse a list of which two elements have the same value in a field."""
    name = _CAPITAL.sub(r"_\g<0>", field).lower()

    @passes(many=f"len({{{{e.{name} for e in v}}}}) == len(v)")
    def check(elements: Any, _: Mapping[str, Any]) -> str | None:
        values = [element.get(field) for element in elements_of(elements)]
        # counted in the list and put into the set as text: a wrong value may be a list or an object
        twice = {str(value) for value in values if value is not None and values.count(value) > 1}
        if not twice:
            return None
        return f"must each have their own {field}; used twice: {', '.join(sorted(twice))}"

    return check


def between(least: int, most: int | None = None) -> Check:
    """Allow a whole number in a range."""
    right = f"must be a whole number of {least} or more"
    condition = f"v >= {least}"
    greatest = math.inf
    if most is not None:
        right = f"{right}, at most {most}"
        condition = f"{least} <= v <= {most}"
        greatest = most

    @passes(number=condition)
    def check(value: Any, _: Mapping[str, Any]) -> str | None:
        if value is None:
            return None
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if is_whole and least <= value <= greatest:
            return None
        return right

    return check


def one_of(*allowed: str) -> Check:
    """Allow the documented values alone."""

    @passes(text=f"v in {allowed}")
    def check(value: Any, _: Mapping[str, Any]) -> str | None:
        if value is None or value in allowed:
            return None
        return f"must be {' or '.join(allowed)}; it is {value!r}"

    return check


@passes(text="len(v) == 2 and v.isascii() and v.isalpha() and v.isupper() and v != 'UK'")
def country_code(value: Any, _: Mapping[str, Any]) -> str | None:
    """Allow an ISO 3166-1 alpha-2 code in upper case; the United Kingdom's is GB."""
    if value is None:
        return None
    if value == "UK":
        return "must be GB for the United Kingdom, not UK"
    if isinstance(value, str) and _CODE.fullmatch(value):
        return None
    return "must be a two-letter ISO 3166-1 code in upper case, like SE"


@passes(missing=f"{{country}} not in {WITH_STATES}", text="v.strip()")
def state_where_needed(value: Any, holder: Mapping[str, Any]) -> str | None:
    """Require a state in Australia, Canada and the United States; false counts as missing."""
    country = holder.get("country")
    if country in WITH_STATES and (_missing(value) or value is False):
        return f"is required in {country}"
    return None


@passes(text="0 < v.rfind('@') < len(v) - 1 and v == v.strip()")
def email(value: Any, _: Mapping[str, Any]) -> str | None:
    """Allow what has something on both sides of an @ (the documents' own pattern is garbled)."""
    if _missing(value):
        return None
    before, at, after = str(value).rpartition("@")
    if before.strip() and at and after.strip():
        return None
    return "must have something on both sides of an @"


@passes(text=f"({_OTHER_SCRIPT} or len(latin(v)) <= 10)")
def few_latin_letters(value: Any, holder: Mapping[str, Any]) -> str | None:
    """Refuse a line with more than 10 Latin letters in CN, JP, KR and RU."""
    country = holder.get("country")
    if country not in LOCAL_SCRIPT or not isinstance(value, str):
        return None
    if len(_LATIN.findall(value)) <= 10:
        return None
    return f"must be in the local language of {country}, with at most 10 Latin letters"


@passes(text=f"({_OTHER_SCRIPT} or not latin(v))")
def no_latin_letters(value: Any, holder: Mapping[str, Any]) -> str | None:
    """Refuse a city with Latin letters in CN, JP, KR and RU."""
    country = holder.get("country")
    if country not in LOCAL_SCRIPT or not isinstance(value, str) or not _LATIN.search(value):
        return None
    return f"must be in the local language of {country}"


@passes(missing=_NOT_IN_BRAZIL, text="v.strip()")
def brazilian(value: Any, holder: Mapping[str, Any]) -> str | None:
    """Require the value of every recipient in Brazil."""
    if holder.get("country") == "BR" and _missing(value):
        return "is required in BR"
    return None


@passes(missing=f"({_NOT_IN_BRAZIL} or {{isBusiness}} is not True)", text="v.strip()")
def brazilian_company(value: Any, holder: Mapping[str, Any]) -> str | None:
    """Require the value of a company in Brazil."""
    company = holder.get("country") == "BR" and holder.get("isBusiness") is True
    if company and _missing(value):
        return "is required for a company in BR"
    return None


@passes(text=f"({_NOT_IN_BRAZIL} or {{isBusiness}} is True or not v.strip())")
def for_brazilian_company(value: Any, holder: Mapping[str, Any]) -> str | None:
    """Refuse the value for a private person in Brazil."""
    person = holder.get("country") == "BR" and holder.get("isBusiness") is not True
    if person and not _missing(value):
        return "needs isBusiness to be true"
    return None


@passes()
def moment(value: Any, _: Mapping[str, Any]) -> str | None:
    """Allow an ISO 8601 moment with its offset."""
    if value is None or (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return None
    return "must be a moment with an offset, like 2014-04-25T16:15:47-04:00 (an aware datetime)"


@passes(number=SURELY)
def finite(value: Any, _: Mapping[str, Any]) -> str | None:
    """Allow an amount of money that JSON can represent."""
    if value is None or (isinstance(value, (int, float)) and abs(value) < math.inf):
        return None
    return "must be an amount of money, like 19.99"
