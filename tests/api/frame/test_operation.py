from __future__ import annotations

import re
from datetime import date

import pytest

from riskapi.api.app import OPERATIONS
from riskapi.api.frame.operation import Asked, Operation
from riskapi.api.http.problems import TYPES

NAMES = [operation.id for operation in OPERATIONS]


def test_a_day_that_was_not_given_is_today() -> None:
    today, other = date(2026, 11, 22), date(2020, 1, 1)
    assert Asked(values={"as_of": None}, today=today).day() == today
    assert Asked(values={"as_of": other}, today=today).day() == other


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_an_operation_is_described_and_its_refusals_are_known(operation: Operation) -> None:
    assert operation.summary
    assert operation.description.endswith(".")
    assert operation.examples
    assert set(operation.refusals) <= set(TYPES)
    in_path = {parameter.name for parameter in operation.parameters if parameter.in_path}
    assert in_path == set(re.findall(r"{(\w+)}", operation.path))


def test_ids_and_addresses_are_unique() -> None:
    assert len({operation.id for operation in OPERATIONS}) == len(OPERATIONS)
    assert len({(operation.method, operation.path) for operation in OPERATIONS}) == len(OPERATIONS)
