"""`docs/observability.md` holds to the classes of the events."""

import inspect
import re

import attrs
from support.doc_code import ROOT

import gelato_async
from gelato_async import CallEvent
from gelato_async.core import events

PAGE = "docs/observability.md"
SHARED = {"call_id", "send", "operation"}


def classes():
    return {
        name: value
        for name, value in vars(events).items()
        if inspect.isclass(value) and issubclass(value, CallEvent) and value is not CallEvent
        if not name.startswith("_")
    }


def rows():
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    found = re.findall(r"^\| `(\w+)` \| (.*?) ?\| (.*) \|$", text, re.MULTILINE)
    return {name: (re.findall(r"`(\w+)`", fields), meaning) for name, fields, meaning in found}


def test_the_table_names_every_event_with_its_fields_and_meaning():
    def row(cls):
        own = [field.name for field in attrs.fields(cls) if field.name not in SHARED]
        return own, " ".join(cls.__doc__.split())

    assert rows() == {name: row(cls) for name, cls in classes().items()}


def test_every_event_is_public_and_frozen():
    for name, cls in classes().items():
        assert getattr(gelato_async, name) is cls
        assert {field.name for field in attrs.fields(cls)} >= SHARED
        assert cls.__setattr__ is not object.__setattr__
