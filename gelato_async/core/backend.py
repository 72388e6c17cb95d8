"""Backend: one API as data (routes, spelling, what it cannot carry, rules, credentials), and the three things done with it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_args
from urllib.parse import urlencode

import attrs
from attrs import field, frozen

from gelato_async.core import json_values, responses, wire
from gelato_async.core.credentials import Credentials
from gelato_async.core.errors import DecodeError, Problem, UnsupportedError, ValidationError
from gelato_async.core.json_text import NotJsonError, parse
from gelato_async.core.messages import Request, Response
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.orders import CreateOperation, SearchOrders
from gelato_async.core.redaction import Redactor
from gelato_async.core.routes import Route
from gelato_async.core.rules import RuleTable
from gelato_async.models.addresses import ReturnAddress, ShippingAddress
from gelato_async.models.order import Order, SubmittedOrder
from gelato_async.models.search import OrderQuery
from gelato_async.models.store_product import StoreProduct
from gelato_async.models.tracebacks import hides_arguments

T = TypeVar("T")

Fields = Mapping[type[Any], Sequence[str]]
Routes = Mapping[type[Operation[Any]], Route]
Rules = Mapping[type[Operation[Any]], RuleTable]

PAGE = 100
"""The most rows that a page may have, of whatever, and what is asked for where nothing else is."""

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
# an order is looked for by these, so they must be what the model says
_OWN_FIELDS = ("orderReferenceId", "orderType")
# the answers whose `id` is an order's
_ORDERS = (Order, SubmittedOrder)
_PRIVATE: Fields = {
    ShippingAddress: [
        f.name
        for f in attrs.fields(ShippingAddress)
        if f.name not in {"country", "is_business", "extra"}
    ],
    ReturnAddress: [
        f.name for f in attrs.fields(ReturnAddress) if f.name not in {"country", "extra"}
    ],
    OrderQuery: ["search"],
}


@frozen(kw_only=True)
class Backend:
    """One API. Frozen, and shared by everything that talks to it.

    `create_operation` is the operation that makes an order here. `origins` maps a service's name to scheme,
    host and port. `path_values` fills names of path templates that are no fields of operations.
    `unsupported` lists, by model, the fields that this API cannot carry.
    """

    name: str
    origins: Mapping[str, str]
    credentials: Credentials
    create_operation: type[CreateOperation[Any]] = field(repr=False)
    routes: Routes = field(repr=False)
    dialect: wire.Dialect = field(repr=False)
    unsupported: Fields = field(repr=False)
    rules: Rules = field(repr=False)
    path_values: Mapping[str, str] = field(factory=dict)

    def route(self, operation: Operation[Any]) -> Route:
        """How an operation travels.

        Raises:
            UnsupportedError: this API has no such call.
        """
        route = self.routes.get(type(operation))
        if route is None:
            raise UnsupportedError(
                [Problem("", f"{self.name} has no such call")], operation=operation.name
            )
        return route

    @hides_arguments
    def check(self, operation: Operation[Any], *, validate: bool = True) -> None:
        """Find what is wrong with a request before it is sent, all at once.

        Raises:
            UnsupportedError: it uses what this API cannot carry.
            ValidationError: it breaks documented rules (not with `validate=False`).
        """
        self._check(operation, self._body(operation), validate=validate)

    @hides_arguments
    def problems_and_body(self, operation: Operation[Any]) -> tuple[Sequence[Problem], bytes]:
        """All that is wrong with a request at once, or nothing and the body that would be sent."""
        body = self._body(operation)
        problems = [*self._unsupported(operation), *self._broken_rules(operation, body)]
        try:
            return problems, b"" if problems else self._encode(body, operation.name)
        except ValidationError as error:
            return error.problems, b""

    @hides_arguments
    def build(self, operation: Operation[Any]) -> Request:
        """The request, unchecked.

        Raises:
            ValidationError: a value has no place in a path, or JSON cannot say it.
        """
        return self._build(operation, self._body(operation))

    @hides_arguments
    def prepare(self, operation: Operation[Any], *, validate: bool = True) -> Request:
        """Check, and build: the request, ready to be sent. Raises what both raise."""
        body = self._body(operation)
        self._check(operation, body, validate=validate)
        return self._build(operation, body)

    @hides_arguments
    def parse(self, operation: Operation[T], response: Response, now: datetime | None = None) -> T:
        """The answer; `now` measures a `Retry-After` date where the answer has no `Date`.

        Raises:
            ResponseError: Gelato answered no.
            DecodeError: a 2xx that is not as documented.
        """
        if not 200 <= response.status < 300:
            raise responses.error_for(response, operation.name, self.redactor(operation), now)
        route = self.route(operation)
        answer: type[T] = route.answer
        unread: list[Problem] = []
        try:
            found = parse(response.body)
        except NotJsonError as error:
            found, unread = None, [Problem("", str(error))]
        try:
            return wire.load(
                answer, {route.bare: found} if route.bare and isinstance(found, list) else found
            )
        except wire.MalformedError as error:
            problems = unread or error.problems
        raise self._decode_error(operation, response, found, problems)

    def find_operation(self, references: Sequence[str], offset: int = 0) -> SearchOrders:
        """The search that finds orders by the caller's references, a page at a time."""
        return SearchOrders(
            OrderQuery(order_reference_ids=references, limit=PAGE, offset=offset or None)
        )

    def redactor(self, operation: Operation[Any]) -> Redactor:
        """Takes the key, and every address value of the operation, out of a text."""
        return Redactor([*self.credentials.private, *_private_values(operation)])

    def _check(self, operation: Operation[Any], body: Mapping[str, Any], *, validate: bool) -> None:
        if lost := self._unsupported(operation):
            raise UnsupportedError(lost, operation=operation.name)
        if validate and (problems := self._broken_rules(operation, body)):
            raise ValidationError(problems, operation=operation.name)

    def _unsupported(self, operation: Operation[Any]) -> list[Problem]:
        remedy = "leave it out, or pass it by `extra` if you know better"
        paths = self._lost(operation) if _has_any(operation, self.unsupported) else ()
        lost = [Problem(path, f"{self.name} cannot carry this: {remedy}") for path in paths]
        return lost + [
            Problem(path, "has a field of its own: say it there") for path in _misplaced(operation)
        ]

    def _broken_rules(self, operation: Operation[Any], body: Mapping[str, Any]) -> list[Problem]:
        table = self.rules.get(type(operation))
        return [] if table is None else table.problems(body)

    def _lost(self, operation: Operation[Any]) -> Iterator[str]:
        for path, model in _models(operation, ""):
            for name in self.unsupported.get(type(model), ()):
                if getattr(model, name) is not None:
                    yield f"{path}.{self.dialect.name(type(model), name)}".lstrip(".")

    def _body(self, operation: Operation[Any]) -> dict[str, Any]:
        route = self.route(operation)
        try:
            return self._dumped(route, operation)
        except (AttributeError, TypeError, ValueError) as error:
            problem = Problem("", f"a field holds something of a wrong type: {error}")
            raise ValidationError([problem], operation=operation.name) from None

    def _dumped(self, route: Route, operation: Operation[Any]) -> dict[str, Any]:
        if isinstance(route.body, str):
            return dict(self.dialect.dump(getattr(operation, route.body)))
        content = {name: getattr(operation, name) for name in route.body or route.query}
        named = {
            wire.camel(name): self.dialect.dump(value)
            for name, value in content.items()
            if value is not None
        }
        return {**route.fixed, **named}

    def _build(self, operation: Operation[Any], content: Mapping[str, Any]) -> Request:
        route = self.route(operation)
        values = {
            name: str(getattr(operation, name))
            for name in route.names
            if name not in self.path_values
        }
        headers = {"accept": "application/json", "x-api-key": self.credentials.header}
        body = b"" if route.body is None else self._encode(content, operation.name)
        if body:
            headers["content-type"] = "application/json"
        url = self.origins[route.service] + route.expand(
            {**self.path_values, **values}, operation.name
        )
        if route.query and content:
            url += "?" + urlencode({name: _in_query(value) for name, value in content.items()})
        return Request(method=route.method, url=url, headers=headers, body=body)

    def _encode(self, body: Any, operation: str) -> bytes:
        try:
            return _to_json(body).encode()
        except TypeError as error:
            problem = Problem("extra", f"must hold only what JSON can say: {error}")
        except ValueError:
            problem = Problem("", "a number or text in it is none that JSON can say")
        raise ValidationError([problem], operation=operation)

    def _decode_error(
        self, operation: Operation[Any], response: Response, found: Any, problems: Sequence[Problem]
    ) -> DecodeError:
        redactor = self.redactor(operation)
        answer = self.route(operation).answer
        found_id = json_values.as_identifier(found.get("id")) if isinstance(found, dict) else None
        if found_id and Redactor(self.credentials.private).text(found_id) != found_id:
            found_id = None  # an echo of the key, and no id
        return DecodeError(
            f"{response.status}, but the answer is not as documented: "
            + "; ".join(map(str, problems)),
            problems=problems,
            body=responses.shown(response.body, redactor.json(found), redactor),
            order_id=found_id or None if answer in _ORDERS else None,
            product_id=found_id or None if answer is StoreProduct else None,
            operation=operation.name,
        )


def _in_query(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _has_any(value: Any, fields: Fields) -> bool:
    # nearly always it has none, and paths need not be spelled out to find that
    if isinstance(value, (tuple, list)):
        return any(_has_any(element, fields) for element in value)
    cls = value.__class__
    for name in fields.get(cls, ()):
        if getattr(value, name) is not None:
            return True
    for name, _ in _parts(cls) or ():
        found = getattr(value, name)
        if found is not None and _has_any(found, fields):
            return True
    return False


def _models(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (tuple, list)):
        for position, element in enumerate(value):
            yield from _models(element, f"{path}[{position}]")
    elif (parts := _parts(value.__class__)) is not None:
        yield path, value
        for name, step in parts:
            found = getattr(value, name)
            if found is not None:
                yield from _models(found, f"{path}.{step}" if path and step else path or step)


@cache
def _parts(cls: type[object]) -> Sequence[tuple[str, str]] | None:
    """The fields of a model that may hold other models, and what they are called in a path.

    None for no model.
    """
    if not attrs.has(cls):
        return None
    # an operation's own argument is the body itself, and has no name in it
    return [
        (f.name, "" if issubclass(cls, Operation) else wire.camel(f.name))
        for f in attrs.fields(attrs.resolve_types(cls))
        if f.name != "extra" and not _is_plain(f.type)
    ]


def _is_plain(type_: Any) -> bool:
    if get_args(type_):
        return all(map(_is_plain, get_args(type_)))
    return not attrs.has(type_)


def _misplaced(operation: Operation[Any]) -> Iterator[str]:
    if isinstance(operation, CreateOperation):
        yield from (f"extra.{key}" for key in _OWN_FIELDS if key in operation.order.extra)


def _private_values(operation: Operation[Any]) -> Iterator[str]:
    for _, model in _models(operation, ""):
        values = [getattr(model, name) for name in _PRIVATE.get(type(model), ())]
        if isinstance(model, (ShippingAddress, ReturnAddress)):
            values.append(model.extra)
        yield from _texts(values)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, (Mapping, list, tuple)):
        for element in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(element)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield str(value)
