"""Encoder: one generated function for each kind of request, which checks and writes it in one pass.

The plain way is three walks: the models are dumped, the rules are checked on the dump, the dump
becomes text. A generated function does all of that field by field, straight from the models.
`source_of` shows one. `fields` says how a field is written and checked, `objects` puts the lines
together.

A function is for usual requests. It writes what the plain way writes, to the last byte, or returns
None or raises: where a rule may be broken, a field cannot be carried, a value is not of the
documented kind, or `extra` is used. Then the plain way decides, and it alone words problems.
`tests/core/test_encoder.py` holds the two together.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from gelato_async.core.encoder.objects import Function
from gelato_async.core.rules import Node, RuleTable
from gelato_async.core.wire.generated import compiled
from gelato_async.core.wire.writers import Dialect

Encode = Callable[[Any], str | None]


@cache
def encoder_of(cls: type[Any], dialect: Dialect, table: RuleTable | None) -> Encode:
    """Return the function that writes a model as JSON, if it surely keeps the rules of a table."""
    function = _generate(cls, dialect, table)
    file = f"<encoder of {cls.__module__}.{cls.__qualname__}>"
    return compiled(_source(function), "encode", function.names, file)


def source_of(cls: type[Any], dialect: Dialect, table: RuleTable | None) -> str:
    """Return the source of a model's function."""
    return _source(_generate(cls, dialect, table))


def _generate(cls: type[Any], dialect: Dialect, table: RuleTable | None) -> Function:
    rules = Node()
    if table is not None:
        rules = table.root
    function = Function(dialect)
    function.add(0, "def encode(body):", "    text = ''")
    function.add_models(1, [cls], "body", rules)
    function.end_text(1)
    function.add(1, "return text")
    return function


def _source(function: Function) -> str:
    return "\n".join([*function.lines, ""])
