"""Proposed points put into the rule files. Enters: proposals and a rules folder. Leaves: changed files and the record.

Only the number behind `points:` changes; the rest of a file stays byte for byte.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from riskapi.backtest.calibrate import Calibration, Proposal
from riskapi.backtest.expert import RECORD, Accepted, CalibrationRecord, Evidence, load_record, record_text
from riskapi.errors import Problem, RuleError
from riskapi.rules import RuleBook
from riskapi.rules.source import read_source


def accept(report: Calibration, folder: Path, book: RuleBook) -> tuple[str, ...]:
    """Write every proposal into the rule files and the record; returns the names of the files that changed.

    Raises `RuleError`, and then writes nothing, where the points of a rule do not stand in a file of the folder.
    """
    wanted = [row for row in report.proposals if row.proposed is not None]
    texts = _edited(wanted, folder, book)
    record = _record(report, wanted, load_record(folder, book))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    (folder / RECORD).write_text(record_text(record), encoding="utf-8", newline="")
    return tuple(sorted(texts))


def _edited(wanted: Sequence[Proposal], folder: Path, book: RuleBook) -> dict[str, str]:
    by_file: dict[str, list[Proposal]] = defaultdict(list)
    for row in wanted:
        by_file[book.by_id[row.rule_id].file].append(row)
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for name, rows in sorted(by_file.items()):
        try:
            texts[name] = _with_points(folder / name, name, rows)
        except RuleError as error:
            problems.extend(error.problems)
    if problems:
        raise RuleError(problems)
    return texts


def _with_points(path: Path, name: str, rows: Iterable[Proposal]) -> str:
    source = read_source(path, name)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for row in rows:
        index = _index(source.data, row.rule_id)
        stated = None if index is None else _stated(source.data, index)
        if index is None or stated is None:
            detail = f"the points of {row.rule_id} do not stand beside the rule"
            raise RuleError(Problem(code="points-elsewhere", file=name, detail=detail, hint="change them by hand"))
        line, column = source.place(("rules", index, "effect", "points"))
        text = lines[line - 1]
        lines[line - 1] = text[: column - 1] + f"{row.proposed:g}" + text[column - 1 + len(stated) :]
    return "".join(lines)


def _index(data: object, rule_id: str) -> int | None:
    rules = data.get("rules") if isinstance(data, dict) else None
    ids = [rule.get("id") if isinstance(rule, dict) else None for rule in rules] if isinstance(rules, list) else []
    return ids.index(rule_id) if rule_id in ids else None


def _stated(data: Any, index: int) -> str | None:  # noqa: ANN401  # what a YAML file holds
    effect = data["rules"][index].get("effect")
    points = effect.get("points") if isinstance(effect, dict) else None
    return points if isinstance(points, str) else None


def _record(report: Calibration, wanted: Iterable[Proposal], before: CalibrationRecord) -> CalibrationRecord:
    accepted = dict(before.accepted)
    for row in wanted:
        if row.proposed is not None:
            accepted[row.rule_id] = Accepted(expert=row.expert, points=row.proposed)
    evidence = Evidence(cases=report.versions.cases, n=report.n, adverse=report.adverse, penalty=report.penalty)
    return CalibrationRecord(orders=before.orders, fixed=before.fixed, accepted=accepted, evidence=evidence)
