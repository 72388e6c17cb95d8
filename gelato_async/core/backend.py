"""Backend: one API as data, and what is done with it.

`Backend.prepare` checks an operation and makes a request of it, `Backend.parse` makes an answer or
a typed error of the response. The data (routes, spelling, fields that an API cannot carry, rules)
is in backends/. Nothing here sends: the client does.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from attrs import field, frozen

from gelato_async.core import json_values, responses, wire
from gelato_async.core.credentials import Credentials
from gelato_async.core.errors import DecodeError, Problem, UnsupportedError, ValidationError
from gelato_async.core.json_text import Loads, NotJsonError, parse
from gelato_async.core.messages import Request, Response
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.nested_models import (
    carries_address,
    has_any,
    models_in,
    private_values,
)
from gelato_async.core.operations.orders import CreateOperation, SearchOrders
from gelato_async.core.plans import Plan, as_json, plan_of
from gelato_async.core.redaction import Redactor
from gelato_async.core.routes import Route
from gelato_async.core.rules import RuleTable
from gelato_async.core.wire.writers import Dialect
from gelato_async.models.order import Order, SubmittedOrder
from gelato_async.models.search import OrderQuery
from gelato_async.models.tracebacks import hides_arguments

T = TypeVar("T")

Routes = Mapping[type[Operation[Any]], Route]
Rules = Mapping[type[Operation[Any]], RuleTable]

PAGE = 100
"""The most rows that a page of any list has; also the default."""

# a lost order is looked for by these fields of the model, so `extra` must not override them
_OWN_FIELDS = ("orderReferenceId", "orderType")
# the answers whose `id` is an order's
_ORDERS = (Order, SubmittedOrder)


@frozen(kw_only=True)
class Backend:
    """One API, for one key. Frozen, and shared by everything that talks to it.

    `create_operation` is the operation that makes an order here. `origins` maps the name of a
    service to its scheme, host and port. `path_values` fills the names in path templates that are
    not fields of operations, like GelatoConnect's prefix. `loads` parses answers, by default with
    orjson if it is installed.
    """

    name: str
    origins: Mapping[str, str]
    credentials: Credentials
    create_operation: type[CreateOperation[Any]] = field(repr=False)
    routes: Routes = field(repr=False)
    dialect: Dialect = field(repr=False)
    rules: Rules = field(repr=False)
    path_values: Mapping[str, str] = field(factory=dict)
    loads: Loads | None = field(default=None, repr=False)
    _plans: dict[type[Operation[Any]], Plan] = field(init=False, factory=dict, repr=False, eq=False)

    def route(self, operation: Operation[Any]) -> Route:
        """Return how an operation travels.

        Raises:
            UnsupportedError: this API has no such call.
        """
        return self._plan(operation).route

    @hides_arguments
    def check(self, operation: Operation[Any], *, validate: bool = True) -> None:
        """Find what is wrong with a request before it is sent, all at once.

        Raises:
            UnsupportedError: it uses what this API cannot carry.
            ValidationError: it breaks documented rules (not with `validate=False`).
        """
        plan = self._plan(operation)
        if plan.encode(operation, validate=validate) is None:
            self._check(plan, operation, plan.content(operation), validate=validate)

    @hides_arguments
    def problems_and_body(self, operation: Operation[Any]) -> tuple[Sequence[Problem], bytes]:
        """Find everything that is wrong with a request; if nothing is, also give its body."""
        plan = self._plan(operation)
        body = plan.encode(operation, validate=True)
        if body is not None:
            return [], body
        content = plan.content(operation)
        problems = [*self._unsupported(operation), *_broken_rules(plan, content)]
        if problems:
            return problems, b""
        try:
            return [], as_json(content, operation)
        except ValidationError as error:
            return error.problems, b""

    @hides_arguments
    def build(self, operation: Operation[Any]) -> Request:
        """Make the request of an operation, unchecked.

        Raises:
            ValidationError: a value cannot stand in a path, or JSON cannot represent it.
        """
        plan = self._plan(operation)
        body = plan.encode(operation, validate=False)
        if body is not None:
            return plan.request(operation, body)
        return plan.build(operation, plan.content(operation))

    @hides_arguments
    def prepare(self, operation: Operation[Any], *, validate: bool = True) -> Request:
        """Check an operation and make its request. Raises what `check` and `build` raise."""
        plan = self._plan(operation)
        body = plan.encode(operation, validate=validate)
        if body is not None:
            return plan.request(operation, body)
        content = plan.content(operation)
        self._check(plan, operation, content, validate=validate)
        return plan.build(operation, content)

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
        model = wire.read_text(answer, response.body, bare=route.bare, loads=self.loads)
        if model is not None:
            return model
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

    def _check(
        self, plan: Plan, operation: Operation[Any], content: Mapping[str, Any], *, validate: bool
    ) -> None:
        if lost := self._unsupported(operation):
            raise UnsupportedError(lost, operation=operation.name)
        if validate and (problems := _broken_rules(plan, content)):
            raise ValidationError(problems, operation=operation.name)

    def _unsupported(self, operation: Operation[Any]) -> list[Problem]:
        problems: list[Problem] = []
        if has_any(operation, self.dialect.unsupported):
            problems.extend(self._lost(operation))
        if isinstance(operation, CreateOperation):
            problems.extend(_misplaced(operation))
        return problems

    def _lost(self, operation: Operation[Any]) -> Iterator[Problem]:
        remedy = "leave it out, or pass it by `extra` if you know better"
        for path, model in models_in(operation):
            cls = type(model)
            for name in self.dialect.unsupported.get(cls, ()):
                if getattr(model, name) is not None:
                    full_path = f"{path}.{self.dialect.name(cls, name)}".lstrip(".")
                    yield Problem(full_path, f"{self.name} cannot carry this: {remedy}")

    def _plan(self, operation: Operation[Any]) -> Plan:
        kind = type(operation)
        plan = self._plans.get(kind)
        if plan is None:
            plan = self._plans[kind] = self._new_plan(operation, kind)
        return plan

    def _new_plan(self, operation: Operation[Any], kind: type[Operation[Any]]) -> Plan:
        route = self.routes.get(kind)
        if route is None:
            problem = Problem("", f"{self.name} has no such call")
            raise UnsupportedError([problem], operation=operation.name)
        return plan_of(
            kind,
            route,
            self.dialect,
            self.rules.get(kind),
            origin=self.origins[route.service],
            path_values=self.path_values,
            key=self.credentials.header,
        )

    def _decode_error(
        self, operation: Operation[Any], response: Response, found: Any, problems: Sequence[Problem]
    ) -> DecodeError:
        redactor = self.redactor(operation, by_key=True)
        route = self._plan(operation).route
        found_id = self._id_in(found)
        order_id = product_id = None
        if route.answer in _ORDERS:
            order_id = found_id
        elif route.names_product:
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


def _broken_rules(plan: Plan, content: Mapping[str, Any]) -> list[Problem]:
    if plan.rules is None:
        return []
    return plan.rules.problems(content)


def _misplaced(operation: CreateOperation[Any]) -> Iterator[Problem]:
    for key in _OWN_FIELDS:
        if key in operation.order.extra:
            yield Problem(f"extra.{key}", "is a field of the order itself: set it there")
