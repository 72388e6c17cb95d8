"""The three ways in which a row of the checklist is answered."""

from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any

from attrs import field, frozen

from gelato_async.core.rules import Rule


@frozen
class Found:
    """It is in the library, there."""

    where: str


@frozen
class Listed:
    """It is not, for a reason."""

    reason: str


@frozen(kw_only=True)
class Checked:
    """A limit that is checked before anything is sent.

    Rules at `path` refuse one value and allow another.
    """

    path: str
    refused: Any
    allowed: Any
    holder: Mapping[str, Any] = field(factory=dict)
    note: str = ""

    def holds(self, rules: tuple[Rule, ...]) -> bool:
        checks = [rule.check for rule in rules if rule.path == self.path]
        refuses = any(check(self.refused, self.holder) for check in checks)
        allows = not any(check(self.allowed, self.holder) for check in checks)
        return refuses and allows


@frozen
class Placed:
    """A limit, or a fact, that is behaviour of something: `module:name`."""

    place: str
    note: str = ""

    def found(self) -> Found | None:
        try:
            resolve_name(f"gelato_async.{self.place}")
        except (ImportError, AttributeError):
            return None
        return Found(f"`{self.place.partition(':')[2]}`" + (f": {self.note}" if self.note else ""))


Answer = Checked | tuple[Checked, ...] | Placed | Listed


def checked(limits: tuple[Checked, ...], rules: tuple[Rule, ...]) -> Found | None:
    """Where several limits of one row are checked, if all of them are."""
    if not all(limit.holds(rules) for limit in limits):
        return None
    paths = " and ".join(f"`{path}`" for path in dict.fromkeys(limit.path for limit in limits))
    return Found(
        "; ".join(
            [
                f"checked before sending: rule at {paths}",
                *(limit.note for limit in limits if limit.note),
            ]
        )
    )
