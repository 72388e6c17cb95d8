"""What all generated functions share: how a source becomes a function, and how it fills a model."""

from collections.abc import Callable
from typing import Any

Function = Callable[[Any], Any]
Names = dict[str, Any]


def compiled(source: str, name: str, names: Names, file: str) -> Function:
    """Return the function `name` of a source; `names` are what its other names stand for."""
    exec(compile(source, file, "exec"), names)  # noqa: S102  made of names of our own models alone
    function: Function = names[name]
    return function


def blank_of(cls: type[Any]) -> type[Any]:
    """Return a class of the same slots whose fields can be set.

    A frozen class guards its fields by a `__setattr__` that refuses, and filling them around it
    costs more than all the rest. An object of this class is filled, and then becomes a model.
    """
    body = {"__slots__": cls.__dict__["__slots__"], "__setattr__": object.__setattr__}
    # without it, the class would ask for the arguments of a model that has a base
    body["__init__"] = object.__init__
    return type(cls.__name__, cls.__bases__, body)
