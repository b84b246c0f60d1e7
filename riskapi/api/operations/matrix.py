"""POST /v1/matrix: every company of one side with every company of the other. Enters: a matrix request. Leaves: a job.

Always a job, however small: callers need one way to the result.
"""

from __future__ import annotations

from typing import Any, Final

from riskapi.api.frame.operation import Example
from riskapi.api.operations.job_samples import sample_created
from riskapi.api.operations.jobs import MAX_ELEMENTS, creating
from riskapi.jobs.matrix import MATRIX
from riskapi.matrix.request import MOST_DATES, MOST_TEMPLATES, MOST_TOP

MAX_FIELDS: Final = 25_000
_DEAL: Final = {"type": "joint_venture", "sector": "automotive", "activity_country": "US", "market_countries": ["US"]}
CARMAKERS: Final = {
    "foreign": {"select": "control_country=CN,sector=automotive"},
    "hosts": {"names": ["Ford", "General Motors", "Tesla"]},
    "templates": [{"name": "joint venture in the United States", "deal": _DEAL}],
    "dates": ["2026-11-22"],
}
#: Pairings of the example, for the job that the document shows.
_PAIRINGS: Final = 240


def matrix_schema(score_request: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of the body; `score_request` is that of a single question, whose facts of the deal are the same."""
    name = {"type": "string", "minLength": 1, "maxLength": 300}
    company = {"type": "object", "additionalProperties": False, "required": ["name"],
               "properties": {"name": name, "country": {"type": ["string", "null"]}}}  # fmt: skip
    side = {
        "oneOf": [
            {"type": "object", "additionalProperties": False, "required": ["select"],
             "properties": {"select": {"type": "string", "description": "such as control_country=CN,sector=automotive"}}},
            {"type": "object", "additionalProperties": False, "required": ["names"],
             "properties": {"names": {"type": "array", "minItems": 1, "items": {"anyOf": [name, company]}}}},
            {"type": "object", "additionalProperties": False, "required": ["all"], "properties": {"all": {"const": True}}},
        ],
        "description": "companies by a selector, by name or id, or all",
    }  # fmt: skip
    template = {
        "type": "object",
        "additionalProperties": False,
        "required": ["deal"],
        "properties": {
            "name": {"type": ["string", "null"], "description": "what rows are called by"},
            "deal": score_request["properties"]["deal"],
            "at_host": {"type": ["boolean", "null"], "description": "whether the venture is in the host's own country"},
        },
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["foreign", "hosts", "templates"],
        "properties": {
            "foreign": side,
            "hosts": side,
            "templates": {"type": "array", "minItems": 1, "maxItems": MOST_TEMPLATES, "items": template},
            "dates": {"type": ["array", "null"], "minItems": 1, "maxItems": MOST_DATES,
                      "items": {"type": "string", "format": "date"}, "description": "as-of dates; today where left out"},
            "top": {"type": ["integer", "null"], "minimum": 1, "maximum": MOST_TOP,
                    "description": "only so many rows, the highest scores first"},
        },
    }  # fmt: skip


OPERATIONS = (
    creating(
        "createMatrix",
        "/v1/matrix",
        MATRIX,
        "MatrixRequest",
        (
            Example(name="carmakers", summary="Chinese carmakers and three American ones", body=CARMAKERS,
                    values={"label": "carmakers"}),
        ),
        summary="Score many companies with many others",
        description="Every company of one side with every company of the other, for each kind of deal and each day. The answer "
        "comes at once and names the job; its rows are in the result, ordered by day, kind of deal, foreign company and host.",
        sample=sample_created(MATRIX, _PAIRINGS),
        max_fields=MAX_FIELDS,
        max_elements=MAX_ELEMENTS,
    ),
)  # fmt: skip
