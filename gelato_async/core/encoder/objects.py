"""Objects: the lines of a generated function that check and write a model, and those inside it."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring as quote
from string import Formatter
from typing import Any

import attrs
from attrs import define, field

from gelato_async.core.encoder.fields import Field, Kind, field_of
from gelato_async.core.rules import Node
from gelato_async.core.rules.checks import CONDITION_NAMES
from gelato_async.core.rules.conditions import NEVER, SURELY
from gelato_async.core.wire.writers import Dialect

# the value, in a condition and in what is put into the text
_VALUE = re.compile(r"\bv\b")


def amount(value: Decimal) -> str:
    """Write an amount of money as the number that JSON has for it."""
    number = float(value)
    if not abs(number) < math.inf:
        raise ValueError("JSON cannot represent this amount")
    return repr(number)


def pairs(found: Mapping[str, str]) -> str:
    """Write what is inside an object of texts."""
    return ",".join([f"{quote(key)}:{quote(value)}" for key, value in found.items()])


def _common_names() -> dict[str, Any]:
    # no variable has one of these names: it is a key of the wire, or has an underscore
    return {
        "quote": quote,
        "join": ",".join,
        "boolean": {True: "true", False: "false"},
        "amount": amount,
        "pairs": pairs,
        **CONDITION_NAMES,
    }


@define(eq=False)
class Function:
    """A generated function: its lines, and what the names in them stand for.

    `text` is what was added to the text and is not in a line yet.
    """

    dialect: Dialect
    lines: list[str] = field(factory=list)
    names: dict[str, Any] = field(factory=_common_names)
    text: str = ""

    def add(self, depth: int, *lines: str) -> None:
        """Add lines that may stand before or after text."""
        self.lines += ["    " * depth + line for line in lines]

    def add_text(self, text: str) -> None:
        """Add to the text; what is in braces is computed, not before `end_text`."""
        self.text += text

    def end_text(self, depth: int) -> None:
        """Add the line that appends what was added."""
        if self.text:
            self.add(depth, f"text += f'{self.text}'")
            self.text = ""

    def refuse(self, depth: int, condition: str) -> None:
        """Leave a request to the plain way where a condition holds."""
        self.add(depth, f"if {condition}:", "    return None")

    def named(self, cls: type[Any]) -> str:
        """Return the name of a class in the function."""
        self.names[cls.__name__] = cls
        return cls.__name__

    def add_models(
        self, depth: int, classes: Sequence[type[Any]], name: str, rules: Node, before: str = ""
    ) -> None:
        """Add what writes a variable that is of one of these classes, behind some text."""
        if len(classes) == 1:
            self.refuse(depth, f"{name}.__class__ is not {self.named(classes[0])}")
            _Object(self, depth, classes[0], name, rules, before).add()
            return
        word = "if"
        for cls in classes:
            self.add(depth, f"{word} {name}.__class__ is {self.named(cls)}:")
            _Object(self, depth + 1, cls, name, rules, before).add()
            self.end_text(depth + 1)
            word = "elif"
        self.add(depth, "else:", "    return None")


class _Others(dict[str, str]):
    """What a condition gets for the other fields that it names: a variable, or None."""

    def __missing__(self, key: str) -> str:
        return "None"


class _Object:
    """The lines for a model that the variable `name` holds."""

    def __init__(
        self, function: Function, depth: int, cls: type[Any], name: str, rules: Node, before: str
    ) -> None:
        self.function, self.depth, self.name, self.rules = function, depth, name, rules
        dialect = function.dialect
        attributes = attrs.fields_dict(attrs.resolve_types(cls))
        self.has_extra = attributes.pop("extra", None) is not None
        self.fields: dict[str, Field] = {}
        for attribute in attributes.values():
            key = dialect.name(cls, attribute.name)
            self.fields[key] = field_of(attribute, key, rules)
            if attribute.name in dialect.unsupported.get(cls, ()):
                self.fields[key].kind = None
        # the variables of the fields that other fields' conditions name
        self.others = _Others()
        # the conditions that hold for the whole object
        self.established = {SURELY}
        # what stands before the next key, and the variable that has it while that may be the first
        self.before = f"{before}{{{{"
        self.comma = ""
        first = next(found for found in self.fields.values() if found.kind is not None)
        if first.is_optional:
            self.comma = f"{name}_comma"

    def add(self) -> None:
        """Add all lines."""
        function, depth = self.function, self.depth
        if self.has_extra:
            function.refuse(depth, f"{self.name}.extra")
        conditions = self.conditions()
        # a model of the other API
        if NEVER in conditions:
            function.add(depth, "return None")
            return
        self.require(depth, conditions)
        self.established.update(conditions)
        if self.comma:
            function.add(depth, f"{self.comma} = f'{self.before}'")
            self.before = f"{{{self.comma}}}"
        for found in self.fields.values():
            self.add_field(found)
        if self.comma:
            # an empty object is not usual
            function.refuse(depth, f"{self.comma} != ','")
        function.add_text("}}")

    def conditions(self) -> Sequence[str]:
        """Find the conditions that are not about a single value, and fetch what all conditions name."""
        conditions: list[str] = []
        for key, check in self.rules.checks:
            self.fetch_others(check.missing, check.text, check.number, check.many)
            if key not in self.fields:
                conditions.append(check.missing)
        for found in self.fields.values():
            conditions += [one for one in found.conditions if not _VALUE.search(one)]
        return conditions

    def fetch_others(self, *conditions: str) -> None:
        for condition in conditions:
            for _, key, _, _ in Formatter().parse(condition):
                if key in self.fields and key not in self.others:
                    self.others[key] = self.fetched(self.fields[key])

    def fetched(self, found: Field) -> str:
        """Return the variable of a field, and add the line that sets it."""
        variable = found.key
        if found.is_list or not found.models:
            variable = f"{self.name}_{found.key}"
        if found.key not in self.others:
            self.function.add(self.depth, f"{variable} = {self.name}.{found.name}")
        return variable

    def require(
        self, depth: int, conditions: Iterable[str], variable: str = "", unless: str = ""
    ) -> None:
        """Leave a request to the plain way unless all of the conditions hold."""
        needed = [one for one in conditions if one not in self.established]
        if needed:
            both = " and ".join(dict.fromkeys(needed)).format_map(self.others)
            self.function.refuse(depth, f"{unless}not ({_VALUE.sub(variable, both)})")

    def add_field(self, found: Field) -> None:
        """Add what writes a field."""
        function, depth = self.function, self.depth
        variable = self.fetched(found)
        if found.kind is None:
            function.refuse(depth, f"{variable} is not None")
            self.require(depth, found.if_missing)
            return
        if not found.is_optional:
            self.add_value(depth, found, found.kind, variable)
            self.before, self.comma = ",", ""
            return
        self.require(depth, found.if_missing, unless=f"{variable} is None and ")
        function.end_text(depth)
        function.add(depth, f"if {variable} is not None:")
        self.add_value(depth + 1, found, found.kind, variable)
        function.end_text(depth + 1)
        if self.comma:
            function.add(depth + 1, f"{self.comma} = ','")

    def add_value(self, depth: int, found: Field, kind: Kind, variable: str) -> None:
        """Add what writes the value of a field."""
        function = self.function
        if kind.cls is not None:
            function.refuse(depth, f"{variable}.__class__ is not {function.named(kind.cls)}")
        self.require(depth, found.conditions, variable)
        function.add_text(f'{self.before}"{found.key}":{_VALUE.sub(variable, kind.shown)}')
        if found.is_list and found.models:
            self.add_list(depth, found, variable)
        elif found.models:
            function.add_models(depth, found.models, variable, found.inside)

    def add_list(self, depth: int, found: Field, variable: str) -> None:
        """Add what writes the models in a list."""
        function = self.function
        element, comma = found.key.removesuffix("s"), f"{found.key}_comma"
        function.end_text(depth)
        function.add(depth, f"{comma} = ''", f"for {element} in {variable}:")
        function.add_models(depth + 1, found.models, element, found.inside, f"{{{comma}}}")
        function.end_text(depth + 1)
        function.add(depth + 1, f"{comma} = ','")
        function.add_text("]")
