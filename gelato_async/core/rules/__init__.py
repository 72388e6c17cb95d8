"""Rules: documented limits on a request, checked before it is sent.

Rules look at the JSON that would be sent, so paths read as in the vendor's documents and `extra` is
checked too. Here are `Rule` and the walk over a body; `checks` has one function for each kind of
limit. Which rules a request must keep is not said here: the backends list them. Start with
`RuleTable.problems`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from gelato_async.core.errors import Problem
from gelato_async.core.rules import checks
from gelato_async.core.rules.conditions import Check

REFERENCE = 100
"""The most characters of a reference.

No document states a length for it: this is the one of a metadata key, "a reference value to
identify the metadata entry" (*Create order*, `MetadataObject`).
"""


@frozen
class Rule:
    """A documented limit: the path that it is about (`items[].quantity`), and the check."""

    path: str
    check: Check


def findable(path: str) -> list[Rule]:
    """Return the rules for a reference that a search can find again.

    A server that trims a reference, drops invisible characters or cuts its end keeps another one
    than a lost order is looked for by: the order would count as absent, and be made again.
    """
    return [
        Rule(path, checks.required),
        Rule(path, checks.text),
        Rule(path, checks.no_blanks_around),
        Rule(path, checks.no_control_characters),
        Rule(path, checks.longest(REFERENCE)),
    ]


class RuleTable:
    """Rules in the shape of the body that they are about: one walk over it checks them all."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: tuple[Rule, ...] = tuple(rules)
        self.root: Node = Node()
        for rule in self.rules:
            self.root.add(rule.path.split("."), rule.check)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def problems(self, body: Mapping[str, Any]) -> list[Problem]:
        """Return every broken rule, each with its path."""
        problems: list[Problem] = []
        self.root.check(body, "", problems)
        return problems


def problems_of(rules: Iterable[Rule], body: Mapping[str, Any]) -> list[Problem]:
    """Return every broken rule of a few."""
    return RuleTable(rules).problems(body)


@define(eq=False)
class Node:
    """The rules for an object: checks of its fields, and the rules for what is inside of it.

    `elements` are checks of the elements of a list.
    """

    checks: list[tuple[str, Check]] = field(factory=list)
    objects: dict[str, "Node"] = field(factory=dict)
    lists: dict[str, "Node"] = field(factory=dict)
    elements: list[Check] = field(factory=list)

    def add(self, steps: Sequence[str], check: Check) -> None:
        """Add a check at the end of its path."""
        name, many, _ = steps[0].partition("[]")
        rest = steps[1:]
        if not many and not rest:
            self.checks.append((name, check))
            return
        branches = self.objects
        if many:
            branches = self.lists
        inside = branches.setdefault(name, Node())
        if rest:
            inside.add(rest, check)
        else:
            inside.elements.append(check)

    def check(self, holder: Mapping[str, Any], path: str, problems: list[Problem]) -> None:
        """Append the problems of an object and of everything in it."""
        # passing one list along takes half the time of generators within generators
        for name, check in self.checks:
            message = check.find(holder.get(name), holder)
            if message is not None:
                problems.append(Problem(path + name, message))
        for name, node in self.objects.items():
            value = holder.get(name)
            if isinstance(value, dict):
                node.check(value, f"{path}{name}.", problems)
        for name, node in self.lists.items():
            values = holder.get(name)
            if not isinstance(values, (list, tuple)):
                continue
            for position, value in enumerate(values):
                node.check_element(value, holder, f"{path}{name}[{position}]", problems)

    def check_element(
        self, value: Any, holder: Mapping[str, Any], path: str, problems: list[Problem]
    ) -> None:
        """Append the problems of an element of a list and of everything in it."""
        for check in self.elements:
            message = check.find(value, holder)
            if message is not None:
                problems.append(Problem(path, message))
        if isinstance(value, dict):
            self.check(value, f"{path}.", problems)
