"""Plan: how all requests of one kind of operation are made, for one key.

What does not depend on the values of an operation is found out once. A body is written in one of
two ways: `encode` does it in one pass for usual requests, `content` and `build` for all others.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import attrs
from attrs import evolve, field, frozen

from gelato_async.core.encoder import encoder_of
from gelato_async.core.errors import Problem, ValidationError
from gelato_async.core.messages import Request, new_request
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.nested_models import models_in
from gelato_async.core.routes import Route
from gelato_async.core.rules import RuleTable
from gelato_async.core.wire.names import camel
from gelato_async.core.wire.writers import Dialect

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@frozen(kw_only=True)
class Plan:
    """A route for one key, in an API's dialect, with the rules that its requests keep.

    `sent` is the field of the operation that is the whole body, or "", and `model` its class. `url`
    is None where the path depends on the operation.
    """

    route: Route
    dialect: Dialect
    rules: RuleTable | None
    origin: str
    path_values: Mapping[str, str]
    headers: dict[str, str] = field(repr=False)
    sent: str
    model: Any
    url: str | None

    def encode(self, operation: Operation[Any], *, validate: bool) -> bytes | None:
        """Write the body of a usual request that certainly keeps the rules; None if that is not sure."""
        if not self.sent:
            return None
        rules = self.rules
        if not validate:
            rules = None
        write = encoder_of(self.model, self.dialect, rules)
        try:
            text = write(getattr(operation, self.sent))
            if text is None:
                return None
            return text.encode()
        except Exception:  # noqa: BLE001  whatever it is, the plain way says what is wrong
            return None

    def content(self, operation: Operation[Any]) -> dict[str, Any]:
        """Return what is sent as plain JSON, in the body or as a query.

        Raises:
            ValidationError: a value is of the wrong type.
        """
        try:
            if self.sent:
                return dict(self.dialect.dump(getattr(operation, self.sent)))
            return self._named_fields(operation)
        except (AttributeError, TypeError, ValueError) as error:
            problems = list(_misfits(operation))
            if not problems:
                problems.append(Problem("", f"a field holds a value of the wrong type: {error}"))
            raise ValidationError(problems, operation=operation.name) from None

    def build(self, operation: Operation[Any], content: Mapping[str, Any]) -> Request:
        """Make the request that carries some content.

        Raises:
            ValidationError: a value cannot stand in a path, or JSON cannot represent it.
        """
        body = b""
        if self.route.body is not None:
            body = as_json(content, operation)
        request = self.request(operation, body)
        if self.route.query and content:
            return evolve(request, url=f"{request.url}?{urlencode(content)}")
        return request

    def request(self, operation: Operation[Any], body: bytes) -> Request:
        """Make the request that has this body.

        Raises:
            ValidationError: a value cannot stand in a path.
        """
        url = self.url
        if url is None:
            values = dict(self.path_values)
            for name in self.route.names - values.keys():
                values[name] = str(getattr(operation, name))
            url = self.origin + self.route.expand(values, operation.name)
        return new_request(self.route.method, url, self.headers.copy(), body)

    def _named_fields(self, operation: Operation[Any]) -> dict[str, Any]:
        content = dict(self.route.fixed)
        for name in self.route.body or self.route.query:
            value = getattr(operation, name)
            if value is not None:
                content[camel(name)] = self.dialect.dump(value)
        return content


def plan_of(
    kind: type[Operation[Any]],
    route: Route,
    dialect: Dialect,
    rules: RuleTable | None,
    *,
    origin: str,
    path_values: Mapping[str, str],
    key: str,
) -> Plan:
    """Make the plan of a kind of operation."""
    headers = {"accept": "application/json", "x-api-key": key}
    sent, model, url = "", None, None
    if route.body is not None:
        headers["content-type"] = "application/json"
    if isinstance(route.body, str):
        sent = route.body
        model = attrs.fields_dict(attrs.resolve_types(kind))[sent].type
    if route.names <= path_values.keys():
        url = origin + route.expand(path_values)
    return Plan(
        route=route,
        dialect=dialect,
        rules=rules,
        origin=origin,
        path_values=path_values,
        headers=headers,
        sent=sent,
        model=model,
        url=url,
    )


def as_json(content: Mapping[str, Any], operation: Operation[Any]) -> bytes:
    """Write plain JSON as text.

    Raises:
        ValidationError: JSON cannot represent it.
    """
    try:
        return _to_json(content).encode()
    except TypeError as error:
        problem = Problem("extra", f"must hold only what JSON can represent: {error}")
    except RecursionError:
        problem = Problem("extra", "must not be nested that deep")
    except ValueError:
        problem = Problem(
            "",
            "it contains NaN, infinity or an unpaired surrogate, which JSON cannot represent",
        )
    raise ValidationError([problem], operation=operation.name)


def _misfits(operation: Operation[Any]) -> Iterator[Problem]:
    for path, value in models_in(operation):
        cls = type(value)
        if not attrs.has(cls):
            message = f"is of the wrong type: use the class for it, not a {cls.__name__}"
            yield Problem(path, message)
