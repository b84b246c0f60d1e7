"""How tests call the service: the routes that there are, and the request of an operation's example."""

from __future__ import annotations

from typing import Any

from httpx import Response
from litestar.testing import TestClient

from riskapi.api.app import OPERATIONS
from riskapi.api.frame.operation import Example, Operation

#: (method, address) of the pages, which are no operations.
PAGES = (("GET", "/schema/openapi.json"), ("GET", "/docs"), ("GET", "/problems/not-found"), ("GET", "/metrics"))

#: Operations whose answer depends on the request alone; tests/api/operations/test_assessments.py has the others.
STATELESS = [operation for operation in OPERATIONS if operation.sample is None]
EXAMPLES = [(operation, example) for operation in STATELESS for example in operation.examples]
EXAMPLE_NAMES = [f"{operation.id}-{example.name}" for operation, example in EXAMPLES]


def operation(ident: str) -> Operation:
    return next(operation for operation in OPERATIONS if operation.id == ident)


def address(asked: Operation, example: Example) -> tuple[str, dict[str, str]]:
    """Path and query of an example."""
    query = dict(example.values)
    path = asked.path
    for parameter in asked.parameters:
        if parameter.in_path:
            path = path.replace(f"{{{parameter.name}}}", query.pop(parameter.name))
    return path, query


def call(client: TestClient[Any], asked: Operation, example: Example, **more: Any) -> Response:
    """Execute an example."""
    path, query = address(asked, example)
    return client.request(asked.method, path, params=query or None, json=example.body, **more)


def every_route() -> list[tuple[str, str, dict[str, str], object]]:
    """(method, path, query, body) of one good request to each route."""
    good = [(one.method, *address(one, one.examples[0]), one.examples[0].body) for one in STATELESS]
    return good + [(method, path, {}, None) for method, path in PAGES]


ROUTES = every_route()
ROUTE_NAMES = [f"{method} {path}" for method, path, _, _ in ROUTES]
