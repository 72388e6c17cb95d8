"""Backend: one API as data, and what is done with it.

`Backend.prepare` checks an operation and makes a request of it, `Backend.parse` makes an answer or
a typed error of the response. The data (routes, spelling, fields that an API cannot carry, rules)
is in backends/. Nothing here sends: the client does.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import attrs
from attrs import field, frozen

from gelato_async.core import json_values, responses, wire
from gelato_async.core.credentials import Credentials
from gelato_async.core.errors import DecodeError, Problem, UnsupportedError, ValidationError
from gelato_async.core.json_text import NotJsonError, parse
from gelato_async.core.messages import Request, Response
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.nested_models import (
    Fields,
    carries_address,
    has_any,
    models_in,
    private_values,
)
from gelato_async.core.operations.orders import CreateOperation, SearchOrders
from gelato_async.core.redaction import Redactor
from gelato_async.core.routes import Route
from gelato_async.core.rules import RuleTable
from gelato_async.core.wire.names import camel
from gelato_async.core.wire.writers import Dialect
from gelato_async.models.order import Order, SubmittedOrder
from gelato_async.models.search import OrderQuery
from gelato_async.models.store_product import StoreProduct
from gelato_async.models.tracebacks import hides_arguments

T = TypeVar("T")

Routes = Mapping[type[Operation[Any]], Route]
Rules = Mapping[type[Operation[Any]], RuleTable]

PAGE = 100
"""The most rows that a page of any list has; also the default."""

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
# a lost order is looked for by these fields of the model, so `extra` must not override them
_OWN_FIELDS = ("orderReferenceId", "orderType")
# the answers whose `id` is an order's
_ORDERS = (Order, SubmittedOrder)


@frozen(kw_only=True)
class Backend:
    """One API, for one key. Frozen, and shared by everything that talks to it.

    `create_operation` is the operation that makes an order here. `origins` maps the name of a
    service to its scheme, host and port. `path_values` fills the names in path templates that are
    not fields of operations, like GelatoConnect's prefix. `unsupported` lists, by model, the fields
    that this API cannot carry.
    """

    name: str
    origins: Mapping[str, str]
    credentials: Credentials
    create_operation: type[CreateOperation[Any]] = field(repr=False)
    routes: Routes = field(repr=False)
    dialect: Dialect = field(repr=False)
    unsupported: Fields = field(repr=False)
    rules: Rules = field(repr=False)
    path_values: Mapping[str, str] = field(factory=dict)

    def route(self, operation: Operation[Any]) -> Route:
        """Return how an operation travels.

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
        """Find everything that is wrong with a request; if nothing is, also give its body."""
        body = self._body(operation)
        problems = [*self._unsupported(operation), *self._broken_rules(operation, body)]
        if problems:
            return problems, b""
        try:
            return [], self._encode(body, operation.name)
        except ValidationError as error:
            return error.problems, b""

    @hides_arguments
    def build(self, operation: Operation[Any]) -> Request:
        """Make the request of an operation, unchecked.

        Raises:
            ValidationError: a value cannot stand in a path, or JSON cannot represent it.
        """
        return self._build(operation, self._body(operation))

    @hides_arguments
    def prepare(self, operation: Operation[Any], *, validate: bool = True) -> Request:
        """Check an operation and make its request. Raises what `check` and `build` raise."""
        body = self._body(operation)
        self._check(operation, body, validate=validate)
        return self._build(operation, body)

    @hides_arguments
    def parse(self, operation: Operation[T], response: Response, now: datetime | None = None) -> T:
        """Read the answer to an operation.

        `now` measures a date in `Retry-After` if the response has no `Date`.

        Raises:
            ResponseError: Gelato answered no.
            DecodeError: a 2xx that is not as documented.
        """
        if not 200 <= response.status < 300:
            # what a refusal says of an address is worth reading, and its values are known
            redactor = self.redactor(operation, by_key=not carries_address(operation))
            raise responses.error_for(response, operation.name, redactor, now)
        route = self.route(operation)
        answer: type[T] = route.answer
        unread: list[Problem] = []
        try:
            found = parse(response.body)
        except NotJsonError as error:
            # no problem yet: of some calls the answer's body is of no interest
            found = None
            unread.append(Problem("", str(error)))
        content = found
        if route.bare and isinstance(found, list):
            content = {route.bare: found}
        try:
            return wire.load(answer, content)
        except wire.MalformedError as error:
            problems = unread or error.problems
        raise self._decode_error(operation, response, found, problems)

    def find_operation(self, references: Sequence[str], offset: int = 0) -> SearchOrders:
        """Return the operation that searches for orders by reference, for one page."""
        return SearchOrders(
            OrderQuery(order_reference_ids=references, limit=PAGE, offset=offset or None)
        )

    def redactor(self, operation: Operation[Any], *, by_key: bool = False) -> Redactor:
        """Return what masks the key, and every address value of the operation, in a text."""
        private = [*self.credentials.private, *private_values(operation)]
        return Redactor(private, by_key=by_key)

    def _check(self, operation: Operation[Any], body: Mapping[str, Any], *, validate: bool) -> None:
        if lost := self._unsupported(operation):
            raise UnsupportedError(lost, operation=operation.name)
        if validate and (problems := self._broken_rules(operation, body)):
            raise ValidationError(problems, operation=operation.name)

    def _unsupported(self, operation: Operation[Any]) -> list[Problem]:
        problems: list[Problem] = []
        if has_any(operation, self.unsupported):
            problems.extend(self._lost(operation))
        if isinstance(operation, CreateOperation):
            problems.extend(_misplaced(operation))
        return problems

    def _broken_rules(self, operation: Operation[Any], body: Mapping[str, Any]) -> list[Problem]:
        table = self.rules.get(type(operation))
        if table is None:
            return []
        return table.problems(body)

    def _lost(self, operation: Operation[Any]) -> Iterator[Problem]:
        remedy = "leave it out, or pass it by `extra` if you know better"
        for path, model in models_in(operation):
            cls = type(model)
            for name in self.unsupported.get(cls, ()):
                if getattr(model, name) is not None:
                    full_path = f"{path}.{self.dialect.name(cls, name)}".lstrip(".")
                    yield Problem(full_path, f"{self.name} cannot carry this: {remedy}")

    def _body(self, operation: Operation[Any]) -> dict[str, Any]:
        route = self.route(operation)
        try:
            return self._dumped(route, operation)
        except (AttributeError, TypeError, ValueError) as error:
            problems = list(_misfits(operation))
            if not problems:
                problems.append(Problem("", f"a field holds a value of the wrong type: {error}"))
            raise ValidationError(problems, operation=operation.name) from None

    def _dumped(self, route: Route, operation: Operation[Any]) -> dict[str, Any]:
        if isinstance(route.body, str):
            return dict(self.dialect.dump(getattr(operation, route.body)))
        content = dict(route.fixed)
        for name in route.body or route.query:
            value = getattr(operation, name)
            if value is not None:
                content[camel(name)] = self.dialect.dump(value)
        return content

    def _build(self, operation: Operation[Any], content: Mapping[str, Any]) -> Request:
        route = self.route(operation)
        values = dict(self.path_values)
        for name in route.names - values.keys():
            values[name] = str(getattr(operation, name))
        headers = {"accept": "application/json", "x-api-key": self.credentials.header}
        body = b""
        if route.body is not None:
            body = self._encode(content, operation.name)
            headers["content-type"] = "application/json"
        url = self.origins[route.service] + route.expand(values, operation.name)
        if route.query and content:
            url += "?" + urlencode(content)
        return Request(method=route.method, url=url, headers=headers, body=body)

    def _encode(self, body: Any, operation: str) -> bytes:
        try:
            return _to_json(body).encode()
        except TypeError as error:
            problem = Problem("extra", f"must hold only what JSON can represent: {error}")
        except ValueError:
            problem = Problem(
                "",
                "it contains NaN, infinity or an unpaired surrogate, which JSON cannot represent",
            )
        raise ValidationError([problem], operation=operation)

    def _decode_error(
        self, operation: Operation[Any], response: Response, found: Any, problems: Sequence[Problem]
    ) -> DecodeError:
        redactor = self.redactor(operation, by_key=True)
        answer = self.route(operation).answer
        found_id = self._id_in(found)
        order_id = product_id = None
        if answer in _ORDERS:
            order_id = found_id
        elif answer is StoreProduct:
            product_id = found_id
        named = "; ".join(map(str, problems))
        return DecodeError(
            f"{response.status}, but the answer is not as documented: {named}",
            problems=problems,
            body=responses.shown(response.body, redactor.json(found), redactor),
            order_id=order_id,
            product_id=product_id,
            operation=operation.name,
        )

    def _id_in(self, found: Any) -> str | None:
        if not isinstance(found, dict):
            return None
        found_id = json_values.as_identifier(found.get("id"))
        # a server may echo the key anywhere, and ids are not masked
        if not found_id or Redactor(self.credentials.private).text(found_id) != found_id:
            return None
        return found_id


def _misfits(operation: Operation[Any]) -> Iterator[Problem]:
    for path, value in models_in(operation):
        cls = type(value)
        if not attrs.has(cls):
            message = f"is of the wrong type: use the class for it, not a {cls.__name__}"
            yield Problem(path, message)


def _misplaced(operation: CreateOperation[Any]) -> Iterator[Problem]:
    for key in _OWN_FIELDS:
        if key in operation.order.extra:
            yield Problem(f"extra.{key}", "is a field of the order itself: set it there")
