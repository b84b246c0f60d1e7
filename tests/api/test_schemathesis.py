"""Requests that schemathesis makes up from the OpenAPI document: the service keeps to what the document says.

In-process, a bounded number of examples an operation; RISKAPI_HYPOTHESIS=deep tries many more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from litestar.testing import TestClient
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from riskapi.api.app import OPERATIONS, create_app
from riskapi.api.frame.operation import Operation
from riskapi.api.serving.options import Options
from riskapi.store.database import open_store
from riskapi.workspace import Workspace
from tests.shipped import AS_OF

pytestmark = [pytest.mark.schemathesis, pytest.mark.slow]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def unlimited(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Any]]:
    with open_store(str(tmp_path_factory.mktemp("store") / "store.sqlite")) as store:
        app = create_app(workspace=workspace, clock=lambda: AS_OF, options=Options(rate=0, job_threads=0), store=store)
        with TestClient(app) as client:
            yield client


@pytest.fixture(scope="module")
def document(unlimited: TestClient[Any]) -> Any:
    # A precondition may fail before the body is read: 412 refuses a broken body as well as the statuses that are usual.
    refusals = ["400", "401", "403", "404", "405", "406", "409", "412", "415", "422", "428", "429", "5xx"]
    config = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": refusals}}})
    return schemathesis.openapi.from_dict(unlimited.get("/schema/openapi.json").json(), config=config)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=[mode.value for mode in GenerationMode])
@pytest.mark.parametrize("asked", OPERATIONS, ids=[operation.id for operation in OPERATIONS])
def test_the_service_keeps_to_its_document(
    unlimited: TestClient[Any], document: Any, asked: Operation, mode: GenerationMode
) -> None:
    """Requests that fit the document, and requests that break it."""

    @settings(parent=settings(), max_examples=max(8, settings().max_examples // 12), deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(document[asked.path][asked.method].as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        case.validate_response(send(unlimited, case), checks=CHECKS)

    try:
        check()
    except Unsatisfiable:
        assert (asked.parameters, asked.takes_body) == ((), False)  # nothing can be wrong with it


def send(client: TestClient[Any], case: Any) -> Any:
    """The request that schemathesis made up, through the client that all tests use."""
    asked = case.as_transport_kwargs(base_url="http://testserver.local")
    asked.pop("cookies", None)
    if "data" in asked:
        asked["content"] = asked.pop("data")
    return client.request(**asked)
