"""Checks a request against documented limits. The limits themselves are tables of `Rule` in the backends.

Rules look at the JSON that would be sent, so that paths read as the documents do and `extra` counts
too.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from unicodedata import category

from attrs import define, field, frozen

from gelato_async.core.errors import Problem

Check = Callable[[Any, Mapping[str, Any]], str | None]

_CODE = re.compile(r"[A-Z]{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]")
# Unicode's categories of control and format characters, line and paragraph separators
_INVISIBLE = ("Cc", "Cf", "Zl", "Zp")
REFERENCE = 100
"""The most characters of a reference.

No document has a length for it: this is the one of a metadata key, "a reference value to identify
the metadata entry" (*Create order*, `MetadataObject`).
"""
LOCAL_SCRIPT = ("CN", "JP", "KR", "RU")
WITH_STATES = ("AU", "CA", "US")


@frozen
class Rule:
    """A documented limit: the path it is about (`items[].quantity`), and the check.

    A check gets the value (None where there is none) and the object that holds it; it answers what
    would be right, or None.
    """

    path: str
    check: Check


class RuleTable:
    """Rules in the shape of the body that they are about, so that one walk over it checks them all."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: tuple[Rule, ...] = tuple(rules)
        self._root = _Node()
        for rule in self.rules:
            self._root.add(rule.path.split("."), rule.check)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def problems(self, body: Mapping[str, Any]) -> list[Problem]:
        """Every broken rule, each with its path."""
        problems: list[Problem] = []
        self._root.check(body, "", problems)
        return problems


def problems_of(rules: Iterable[Rule], body: Mapping[str, Any]) -> list[Problem]:
    """Every broken rule of a few."""
    return RuleTable(rules).problems(body)


@define(eq=False)
class _Node:
    checks: list[tuple[str, Check]] = field(factory=list)
    objects: dict[str, "_Node"] = field(factory=dict)
    lists: dict[str, "_Node"] = field(factory=dict)
    elements: list[Check] = field(factory=list)

    def add(self, steps: Sequence[str], check: Check) -> None:
        """Hang a check where its path leads."""
        name, many, _ = steps[0].partition("[]")
        inside = (
            (self.lists if many else self.objects).setdefault(name, _Node())
            if many or len(steps) > 1
            else self
        )
        if len(steps) > 1:
            inside.add(steps[1:], check)
        elif many:
            inside.elements.append(check)
        else:
            self.checks.append((name, check))

    def check(self, holder: Mapping[str, Any], path: str, problems: list[Problem]) -> None:
        """Add what is wrong with an object, and with all that it holds."""
        # a list that goes along costs half of what generators within generators do
        for name, check in self.checks:
            message = check(holder.get(name), holder)
            if message is not None:
                problems.append(Problem(path + name, message))
        for name, node in self.objects.items():
            value = holder.get(name)
            if isinstance(value, dict):
                node.check(value, f"{path}{name}.", problems)
        for name, node in self.lists.items():
            values = holder.get(name)
            for position, value in enumerate(values if isinstance(values, (list, tuple)) else ()):
                node.check_element(value, holder, f"{path}{name}[{position}]", problems)

    def check_element(
        self, value: Any, holder: Mapping[str, Any], path: str, problems: list[Problem]
    ) -> None:
        """Add what is wrong with an element of a list."""
        for check in self.elements:
            message = check(value, holder)
            if message is not None:
                problems.append(Problem(path, message))
        if isinstance(value, dict):
            self.check(value, f"{path}.", problems)


def elements_of(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; none where it is no list."""
    return (
        [element for element in value if isinstance(element, Mapping)]
        if isinstance(value, (list, tuple))
        else []
    )


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def required(value: Any, _: Mapping[str, Any]) -> str | None:
    """It must be there, and say something."""
    return "is required" if _missing(value) else None


def present(value: Any, _: Mapping[str, Any]) -> str | None:
    """It must be there, but may be empty (a post code where a country has none)."""
    return "is required (it may be empty)" if value is None else None


def not_empty(value: Any, _: Mapping[str, Any]) -> str | None:
    """A list must have an element."""
    return None if value else "must have at least one element"


def longest(limit: int) -> Check:
    """At most so many characters."""

    def check(value: Any, _: Mapping[str, Any]) -> str | None:
        too_long = isinstance(value, str) and len(value) > limit
        return f"must be at most {limit} characters long; it has {len(value)}" if too_long else None

    return check


def findable(path: str) -> list[Rule]:
    """What a reference must be for a search to find it again: text that no server keeps otherwise.

    A server that cuts blanks off, drops what cannot be seen or cuts the end keeps another reference
    than the one that a lost order is looked for by: it would count as absent, and be ordered again.
    """
    return [
        Rule(path, required),
        Rule(path, text),
        Rule(path, no_blanks_around),
        Rule(path, no_control_characters),
        Rule(path, longest(REFERENCE)),
    ]


def text(value: Any, _: Mapping[str, Any]) -> str | None:
    """A string, if it is there at all."""
    return None if value is None or isinstance(value, str) else "must be a string"


def no_blanks_around(value: Any, _: Mapping[str, Any]) -> str | None:
    """No white space of any kind at its ends; one that is nothing else is missing."""
    if not isinstance(value, str) or _missing(value) or value == value.strip():
        return None
    return "must not begin or end with a blank or a line break"


def no_control_characters(value: Any, _: Mapping[str, Any]) -> str | None:
    """No character inside that steers and cannot be seen (a tab, a zero-width space ...)."""
    if not isinstance(value, str) or value.isprintable():
        return None
    for position, letter in enumerate(value.strip(), 1):
        if category(letter) in _INVISIBLE:
            return f"must not hold control characters; character {position} is U+{ord(letter):04X}"
    return None


def at_most(limit: int) -> Check:
    """At most so many elements."""

    def check(value: Any, _: Mapping[str, Any]) -> str | None:
        too_many = isinstance(value, (list, tuple)) and len(value) > limit
        return f"must have at most {limit} elements; it has {len(value)}" if too_many else None

    return check


def between(least: int, most: int | None = None) -> Check:
    """A whole number in a range, if it is there at all."""

    def check(value: Any, _: Mapping[str, Any]) -> str | None:
        right = f"must be a whole number of {least} or more" + (
            f", at most {most}" if most is not None else ""
        )
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            return right
        return right if value < least or (most is not None and value > most) else None

    return check


def one_of(*allowed: str) -> Check:
    """One of the documented values, if it is there at all."""

    def check(value: Any, _: Mapping[str, Any]) -> str | None:
        return (
            None
            if value is None or value in allowed
            else f"must be {' or '.join(allowed)}; it is {value!r}"
        )

    return check


def country_code(value: Any, _: Mapping[str, Any]) -> str | None:
    """An ISO 3166-1 alpha-2 code in upper case, and the United Kingdom's is GB."""
    if value is None:
        return None
    if value == "UK":
        return "must be GB for the United Kingdom, not UK"
    good = isinstance(value, str) and _CODE.fullmatch(value)
    return None if good else "must be a two-letter ISO 3166-1 code in upper case, like SE"


def state_where_needed(value: Any, holder: Mapping[str, Any]) -> str | None:
    """Australia, Canada and the United States need a state; false says that there is none."""
    country = holder.get("country")
    if country not in WITH_STATES or not (_missing(value) or value is False):
        return None
    return f"is required in {country}"


def email(value: Any, _: Mapping[str, Any]) -> str | None:
    """Something stands on both sides of an @ (the documents' own pattern is garbled)."""
    if _missing(value):
        return None
    before, at, after = str(value).rpartition("@")
    return (
        None
        if before.strip() and at and after.strip()
        else "must have something on both sides of an @"
    )


def few_latin_letters(value: Any, holder: Mapping[str, Any]) -> str | None:
    """In CN, JP, KR and RU a line is in local script, with 10 Latin letters at most."""
    country = holder.get("country")
    if (
        country not in LOCAL_SCRIPT
        or not isinstance(value, str)
        or len(_LATIN.findall(value)) <= 10
    ):
        return None
    return f"must be in the local language of {country}, with at most 10 Latin letters"


def no_latin_letters(value: Any, holder: Mapping[str, Any]) -> str | None:
    """In CN, JP, KR and RU a city is in local script alone."""
    country = holder.get("country")
    if country not in LOCAL_SCRIPT or not isinstance(value, str) or not _LATIN.search(value):
        return None
    return f"must be in the local language of {country}"


def brazilian(value: Any, holder: Mapping[str, Any]) -> str | None:
    """Every recipient in Brazil needs it."""
    return "is required in BR" if holder.get("country") == "BR" and _missing(value) else None


def brazilian_company(value: Any, holder: Mapping[str, Any]) -> str | None:
    """A company in Brazil needs it."""
    company = holder.get("country") == "BR" and holder.get("isBusiness") is True
    return "is required for a company in BR" if company and _missing(value) else None


def for_brazilian_company(value: Any, holder: Mapping[str, Any]) -> str | None:
    """In Brazil it may be given for a company alone."""
    person = holder.get("country") == "BR" and holder.get("isBusiness") is not True
    return "needs isBusiness to be true" if person and not _missing(value) else None


def unique(field: str) -> Check:
    """No two elements of the list may have the same value there."""

    def check(elements: Any, _: Mapping[str, Any]) -> str | None:
        values = [element.get(field) for element in elements_of(elements)]
        twice = sorted(
            {str(value) for value in values if value is not None and values.count(value) > 1}
        )
        return (
            f"must each have their own {field}; used twice: {', '.join(twice)}" if twice else None
        )

    return check


def moment(value: Any, _: Mapping[str, Any]) -> str | None:
    """An ISO 8601 moment with its offset."""
    good = value is None or (isinstance(value, str) and _MOMENT.fullmatch(value))
    return (
        None
        if good
        else "must be a moment with an offset, like 2014-04-25T16:15:47-04:00 (an aware datetime)"
    )


def finite(value: Any, _: Mapping[str, Any]) -> str | None:
    """A real amount, which JSON can say."""
    good = value is None or (isinstance(value, (int, float)) and abs(value) < float("inf"))
    return None if good else "must be an amount of money, like 19.99"
