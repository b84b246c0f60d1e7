from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from riskapi.backtest import baselines
from riskapi.backtest.cases import load_cases
from riskapi.backtest.output import cases_csv, report_data
from riskapi.backtest.report import Dimension, Report, _Study, backtest
from riskapi.backtest.run import run_cases
from riskapi.errors import RequestError
from tests.backtest.synthetic import COUNT, invented_file, record, records, write
from tests.shipped import shipped_workspace

SHARED = Path(__file__).resolve().parents[3] / "shared" / "facts" / "cases_dev.jsonl"
STABLE = {
    "auc", "auc_china", "auc_us", "somers_d", "brier", "n", "baselines", "intervals", "excluded", "bands",
    "reliability", "by", "misses", "undetermined_share", "versions",
}  # fmt: skip
LEFT_OUT = [record(90, outcome="pending"), record(91, outcome="pending"), record(92, outcome="report_denied")]


@pytest.fixture(scope="module", autouse=True)
def penalties() -> Iterator[tuple[float, ...]]:
    """The strengths that the regression tries; one is enough where the figures themselves do not matter."""
    with pytest.MonkeyPatch.context() as patch:
        before = baselines.PENALTIES
        patch.setattr(baselines, "PENALTIES", (0.1,))
        yield before


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("cases") / "c.jsonl"
    return backtest(shipped_workspace(), load_cases(write(path, *records(), *LEFT_OUT)), Dimension.SECTOR)


@pytest.fixture(scope="module")
def data(report: Report) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(json.dumps(report_data(report), allow_nan=False))
    return parsed


def test_the_keys_that_machines_read_are_there_and_the_figures_are_numbers(data: dict[str, Any]) -> None:
    assert data.keys() >= STABLE
    for name in ("auc", "somers_d", "brier"):
        assert isinstance(data[name], float)
        assert data["intervals"][name]["low"] <= data[name] <= data["intervals"][name]["high"]
    assert data["baselines"].keys() == {"owner_country", "case_columns"}
    assert all(item.keys() >= {"auc", "auc_china", "auc_us", "intervals"} for item in data["baselines"].values())


def test_left_out_outcomes_are_counted_and_in_no_figure(data: dict[str, Any]) -> None:
    assert data["n"] == COUNT
    assert data["excluded"] == {"pending": 2, "report_denied": 1}
    assert sum(data["classes"].values()) == COUNT


def test_bands_reliability_and_parts_hold_every_case_once(data: dict[str, Any]) -> None:
    adverse = data["classes"]["adverse"]
    for rows in (data["bands"], data["reliability"], data["by"]["rows"]):
        assert sum(row["n"] for row in rows) == COUNT
        assert sum(row["adverse"] for row in rows) == adverse
    assert data["by"]["dimension"] == "sector"


def test_misses_are_on_the_wrong_side_and_the_worst_come_first(data: dict[str, Any]) -> None:
    missed, alarms = data["misses"]["missed"], data["misses"]["false_alarms"]
    assert {item["outcome"] for item in missed} == {"prohibited", "withdrawn_after_objection"}
    assert {item["outcome"] for item in alarms} == {"cleared", "completed_without_known_review"}
    assert [item["points"] for item in missed] == sorted(item["points"] for item in missed)
    assert [item["points"] for item in alarms] == sorted((item["points"] for item in alarms), reverse=True)
    for item in (*missed, *alarms):
        assert sum(step["points"] for step in item["waterfall"]) == pytest.approx(item["points"])


def test_the_same_cases_give_the_same_report(data: dict[str, Any], tmp_path: Path) -> None:
    again = backtest(
        shipped_workspace(), load_cases(write(tmp_path / "c.jsonl", *records(), *LEFT_OUT)), Dimension.SECTOR
    )
    assert report_data(again) == data


def test_the_order_of_the_cases_does_not_matter_to_the_score(report: Report, tmp_path: Path) -> None:
    turned = backtest(shipped_workspace(), load_cases(write(tmp_path / "t.jsonl", *reversed(records()))))
    assert turned.ranking.auc.value == pytest.approx(report.ranking.auc.value)
    assert turned.misses == report.misses


def test_the_chinese_and_the_american_part_are_those_of_the_records(report: Report) -> None:
    made = records()
    chinese = [item for item in made if item["foreign_party"]["ultimate_owner_country"] in ("CN", "HK")]
    american = [item for item in made if item["host_country"] == "US"]
    assert (report.ranking.auc_china.n, report.ranking.auc_us.n) == (len(chinese), len(american))


def test_the_shares_of_open_cases_are_those_of_the_cases(report: Report) -> None:
    opened = sum(item.scored.result.low < item.scored.result.high for item in report.cases)
    assert report.undetermined_share == pytest.approx(opened / COUNT)
    assert report.band_open_share <= report.undetermined_share


def test_the_table_of_cases_repeats_the_figures(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(cases_csv(report))))
    assert [row["case_id"] for row in rows] == [item["case_id"] for item in records()]
    for row, item in zip(rows, report.cases, strict=True):
        assert float(row["points"]) == item.scored.points
        assert row["class"] == ("cleared", "conditions", "adverse")[item.scored.case.outcome_class or 0]


def test_few_cases_give_counts_and_no_figures(tmp_path: Path) -> None:
    file = load_cases(write(tmp_path / "c.jsonl", *records()[:3]))
    data = report_data(backtest(shipped_workspace(), file))
    assert (data["n"], data["auc"], data["brier"], data["reliability"], data["baselines"]) == (3, None, None, [], {})
    json.dumps(data, allow_nan=False)


def test_a_file_of_pending_deals_alone_is_refused(tmp_path: Path) -> None:
    file = load_cases(write(tmp_path / "c.jsonl", *LEFT_OUT))
    with pytest.raises(RequestError, match="no case of the file"):
        backtest(shipped_workspace(), file)


def test_cases_are_parted_by_each_dimension(tmp_path: Path) -> None:
    file = invented_file(tmp_path)
    study = _Study(shipped_workspace(), file, run_cases(shipped_workspace(), file.cases))
    for dimension in Dimension:
        part = study.part(dimension)
        assert (part.dimension, len(part.rows) > 1) == (dimension, True)
        assert sum(row.observed.n for row in part.rows) == COUNT


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_file(), reason="needs ../shared")
def test_the_development_cases_are_all_read_and_the_baselines_are_what_is_on_record(
    penalties: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baselines, "PENALTIES", penalties)
    file = load_cases(SHARED)
    report = backtest(shipped_workspace(), file)
    assert file.problems == ()
    assert report.n + sum(report.excluded.values()) == len(file.cases)
    country, columns = (report.baselines[name].ranking.auc.value for name in ("owner_country", "case_columns"))
    # On record for these cases: the owner's country alone 0.63; a cross-validated regression on the columns 0.71.
    assert country == pytest.approx(0.63, abs=0.02)
    assert columns == pytest.approx(0.73, abs=0.04)
