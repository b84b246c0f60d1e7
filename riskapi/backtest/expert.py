"""The record of calibration: which points experts gave before a fit moved them, and which rules may not change places.

Enters and leaves: `rules/calibration.json`. It decides nothing in a score (the points in force stand in the rule files);
the next fit starts from the expert points in it, so that no fit is ever drawn towards an earlier one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskapi.errors import Problem, RuleError, did_you_mean
from riskapi.rules import RuleBook

RECORD = "calibration.json"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Accepted(_Strict):
    """A rule whose points were moved: what experts had given, and what was put in force on the evidence of a fit."""

    expert: float
    points: float


class Evidence(_Strict):
    """What the points were last moved on."""

    cases: Annotated[str, Field(description="Version of the case file.")]
    n: int
    adverse: int
    penalty: float


class CalibrationRecord(_Strict):
    """The whole file.

    `orders` are chains of rule ids, each weighing no more than the next; `fixed` says of rules why no fit may move them.
    """

    orders: tuple[Annotated[tuple[str, ...], Field(min_length=2)], ...] = ()
    fixed: Mapping[str, str] = {}
    accepted: Mapping[str, Accepted] = {}
    evidence: Evidence | None = None

    def expert_points(self) -> dict[str, float]:
        """Expert points of the rules that were moved, by id."""
        return {rule_id: item.expert for rule_id, item in self.accepted.items()}

    def order_pairs(self) -> list[tuple[str, str]]:
        """The order constraints, two rules each."""
        return [pair for chain in self.orders for pair in pairwise(chain)]


def load_record(folder: Path, book: RuleBook) -> CalibrationRecord:
    """Read the record of a rules folder (empty where there is none) and check it against the book.

    Raises `RuleError` for rules that are not there and for points that have been edited since they were accepted: what
    experts think of such a rule is then not known.
    """
    path = folder / RECORD
    if not path.is_file():
        return CalibrationRecord()
    try:
        record = CalibrationRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise RuleError(
            [
                Problem(
                    code="calibration-record",
                    file=RECORD,
                    field=".".join(map(str, item["loc"])) or None,
                    detail=str(item["msg"]),
                    hint="the file is written by `riskapi calibrate --write`; only `orders` and `fixed` are for hands",
                )
                for item in error.errors()
            ]
        ) from None
    problems = list(_problems(record, book))
    if problems:
        raise RuleError(problems)
    return record


def _problems(record: CalibrationRecord, book: RuleBook) -> list[Problem]:
    named = [*record.accepted, *record.fixed, *(rule_id for chain in record.orders for rule_id in chain)]
    found = [
        Problem(
            code="calibration-record",
            file=RECORD,
            field=rule_id,
            detail=f"there is no rule `{rule_id}`",
            hint=did_you_mean(rule_id, book.by_id) or "remove it from the record",
        )
        for rule_id in dict.fromkeys(named)
        if rule_id not in book.by_id
    ]
    for rule_id, item in record.accepted.items():
        rule = book.by_id.get(rule_id)
        if rule is not None and rule.points != item.points:
            found.append(
                Problem(
                    code="calibration-record",
                    file=RECORD,
                    field=rule_id,
                    detail=f"the rule has {rule.points:g} points, the record accepted {item.points:g}",
                    hint="if an expert gave it new points, remove the rule from `accepted`",
                )
            )
    return found


def record_text(record: CalibrationRecord) -> str:
    """The file as it is written: sorted, one rule a line, so that a change is a small diff."""
    data = record.model_dump(mode="json", exclude_none=True)
    rows = [f"    {json.dumps(rule)}: {json.dumps(data['accepted'][rule])}" for rule in sorted(data["accepted"])]
    chains = [f"    {json.dumps(chain)}" for chain in data["orders"]]
    fixed = [f"    {json.dumps(rule)}: {json.dumps(reason)}" for rule, reason in sorted(data["fixed"].items())]
    parts = [
        f'  "orders": [\n{_lines(chains)}  ]',
        f'  "fixed": {{\n{_lines(fixed)}  }}',
        f'  "accepted": {{\n{_lines(rows)}  }}',
    ]
    if "evidence" in data:
        parts.append(f'  "evidence": {json.dumps(data["evidence"])}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(rows: list[str]) -> str:
    return ",\n".join(rows) + "\n" if rows else ""
