"""What the library has: its calls with their routes and rules, the methods that make them, and its events."""

import inspect
import re
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

import attrs
from api_coverage.models import Naming, Spot, leaves, spots
from attrs import frozen
from support.faces import faces_of

from gelato_async.backends import connect, gelato
from gelato_async.backends.connect import orders as connect_orders
from gelato_async.backends.gelato import backend as gelato_tables, orders as gelato_orders
from gelato_async.client.clients import GelatoClient, GelatoConnectClient
from gelato_async.core.operations.base import Operation
from gelato_async.core.routes import Route
from gelato_async.core.rules import Rule
from gelato_async.core.wire.names import camel, wire_names
from gelato_async.core.wire.writers import Dialect


@frozen
class Api:
    """One of the two APIs, as its tables tell it."""

    name: str
    client: Any
    origins: Mapping[str, str]
    routes: Mapping[type[Operation[Any]], Route]
    rules: Mapping[type[Operation[Any]], Any]
    dialect: Dialect
    unsupported: Mapping[type[Any], Any]

    def sent(self, model: type[Any], field: "attrs.Attribute[Any]") -> tuple[str, ...]:
        """What a field of a request is called here; nothing where this API cannot carry it."""
        unsupported = self.unsupported.get(model, ())
        unusable = any(
            other.default is attrs.NOTHING
            for other in attrs.fields(model)
            if other.name in unsupported
        )
        return (
            () if unusable or field.name in unsupported else (self.dialect.name(model, field.name),)
        )


APIS = (
    Api(
        "gelato",
        GelatoClient("key"),
        gelato.ORIGINS,
        gelato_tables.ROUTES,
        gelato_tables.RULES,
        Dialect(gelato_orders.RENAMES),
        gelato_orders.UNSUPPORTED,
    ),
    Api(
        "connect",
        GelatoConnectClient("acme", "key", "secret"),
        connect.ORIGINS,
        connect_orders.ROUTES,
        connect_orders.RULES,
        Dialect(connect_orders.RENAMES),
        connect_orders.UNSUPPORTED,
    ),
)


@frozen
class Call:
    """A documented call, found by its method and URL."""

    api: Api
    operation: type[Operation[Any]]

    @property
    def route(self) -> Route:
        return self.api.routes[self.operation]

    @property
    def endpoint(self) -> str:
        return f"{self.route.method} {self.api.origins[self.route.service]}{self.route.path}"

    @property
    def answer(self) -> Any:
        return self.route.answer

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(self.api.rules.get(self.operation, ()))

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(_methods(self.api, self.operation))

    def answered(self, path: str) -> list[Spot]:
        """Where a field of the answer is; a path that starts with `[]` is about a bare list."""
        bare = (
            f"{camel(self.route.bare)}{path}" if self.route.bare and path.startswith("[]") else path
        )
        return spots(self.answer, bare, as_read)

    def sent(self, place: str, path: str) -> list[Spot]:
        """Where a parameter of the path, query or body is."""
        if place == "body" and isinstance(self.route.body, str):
            argument = attrs.fields_dict(attrs.resolve_types(self.operation))[self.route.body]
            return spots(argument.type, path, self.api.sent)
        names = {
            "path": self.route.names,
            "query": self.route.query,
            "body": self.route.body or (),
        }[place]
        return spots(self.operation, path, self._arguments(names))

    def named(self, name: str) -> list[Spot]:
        """Attributes of that name anywhere in the answer, or else in the request."""
        return leaves(self.answer, name, as_read) or leaves(self.operation, name, self.api.sent)

    def _arguments(self, names: Any) -> Naming:
        def naming(model: type[Any], field: "attrs.Attribute[Any]") -> tuple[str, ...]:
            if model is not self.operation:
                return self.api.sent(model, field)
            return (camel(field.name),) if field.name in names else ()

        return naming


def as_read(_: type[Any], field: "attrs.Attribute[Any]") -> tuple[str, ...]:
    """The names under which a field of an answer is read."""
    return wire_names(field)


def find_call(endpoint: str) -> Call | None:
    """The call at a documented endpoint, whatever the names in its path are."""
    calls = {_anonymous(call.endpoint): call for call in all_calls()}
    return calls.get(_anonymous(endpoint))


def all_calls() -> list[Call]:
    return [Call(api, operation) for api in APIS for operation in api.routes]


def _anonymous(endpoint: str) -> str:
    return re.sub(r"\{[^}]*\}+", "{}", endpoint)


def _methods(api: Api, operation: type[Operation[Any]]) -> Iterator[str]:
    for resource, cls in faces_of(api.client).items():
        for name, method in inspect.getmembers(cls, inspect.isfunction):
            if not name.startswith("_") and operation in _mentioned(method, set()):
                yield f"{api.name}.{resource}.{name}"


def _mentioned(function: FunctionType, seen: set[Any]) -> set[Any]:
    """The operations that a method names in its code, or in the code of what else it names of the client's files."""
    for found in _globals(function):
        module = getattr(found, "__module__", None) or ""
        if module.startswith("gelato_async.") and found not in seen:
            seen.add(found)
            if module.startswith("gelato_async.client."):
                for inner in _functions(found):
                    _mentioned(inner, seen)
    return seen


def _globals(function: FunctionType) -> Iterator[Any]:
    function = inspect.unwrap(function)
    names = set(_names(function.__code__))
    for name in names & function.__globals__.keys():
        found = function.__globals__[name]
        members = names & vars(found).keys() if inspect.ismodule(found) else set()
        yield from [getattr(found, member) for member in members] or [found]


def _functions(found: Any) -> list[FunctionType]:
    members = vars(found).values() if inspect.isclass(found) else [found]
    return [member for member in members if inspect.isfunction(member)]


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
