from __future__ import annotations

import json

import jsonschema
import pytest

from riskapi.workspace import Workspace
from tests.cli.program import DEMO, run


@pytest.mark.parametrize("which", ["request", "answer"])
def test_the_schema_is_a_schema(which: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(run("schema", which).stdout))


def test_the_answer_of_the_demonstration_fits_its_schema(shipped: Workspace) -> None:
    jsonschema.validate(json.loads(run(*DEMO, "--json").stdout), json.loads(run("schema", "answer").stdout))


def test_the_schema_of_a_request_knows_facts_and_refuses_others() -> None:
    schema = json.loads(run("schema", "request").stdout)
    jsonschema.validate({"parties": ["Xiaomi", "Ford"], "deal": {"type": "joint_venture"}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"parties": ["Xiaomi", "Ford"], "deal": {"typo": "joint_venture"}}, schema)
