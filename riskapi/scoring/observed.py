"""What became of past deals whose score fell into each band.

Enters: `backtest.json` of a rules folder, written by `riskapi backtest --record`. Leaves: `ObservedRates` by band name, or
nothing where no back-test was recorded. The deals were not drawn at random, so that a rate is no probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskapi.errors import Problem, RuleError

RECORD = "backtest.json"

Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ObservedRates(_Strict):
    """Deals of the record in one band: how many, how many ended adversely, their share with its 95 % Wilson interval.

    `rule_set` is the rule set that scored them: where it is not that of the answer, the bands may have moved since.
    """

    n: Annotated[int, Field(ge=0)]
    adverse: Annotated[int, Field(ge=0)]
    rate: Share | None
    low: Share | None
    high: Share | None
    rule_set: str


class BacktestRecord(_Strict):
    """The whole file."""

    rule_set: str
    dataset: str
    cases: str
    n: int
    bands: Mapping[str, Mapping[str, float | int | None]]


def load_observed(folder: Path) -> Mapping[str, ObservedRates]:
    """Rates by band; empty where the folder has no record. Raises `RuleError` where the file cannot be read."""
    path = folder / RECORD
    if not path.is_file():
        return {}
    try:
        record = BacktestRecord.model_validate_json(path.read_bytes())
        return {
            name: ObservedRates.model_validate({**row, "rule_set": record.rule_set})
            for name, row in record.bands.items()
        }
    except ValidationError as error:
        hint = "write it again: `riskapi backtest CASES.jsonl --record`"
        raise RuleError(
            [
                Problem(
                    code="backtest-record",
                    file=RECORD,
                    field=".".join(map(str, item["loc"])) or None,
                    detail=str(item["msg"]),
                    hint=hint,
                )
                for item in error.errors()
            ]
        ) from None
