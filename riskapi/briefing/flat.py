"""A briefing as plain files: JSON for programs, CSV for tables. Enters: an answer. Leaves: bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from riskapi.assessment.answer import Answer, RuleAnswer, to_json
from riskapi.briefing.cells import plain
from riskapi.entities.columns import shielded

HEAD: Final = (
    "question", "as_of", "score", "low", "high", "band", "rule", "title", "status", "points", "weight", "pillar",
    "jurisdiction", "foreign_party", "gate", "citation", "in_force_from", "in_force_to", "confidence", "because",
    "unknown_facts", "covered_by", "sources", "rule_set", "dataset", "engine",
)  # fmt: skip


def answer_json(answer: Answer) -> bytes:
    """The answer object and nothing else; its SHA-256 is the one that workbook and brief name."""
    return to_json(answer)


def rules_csv(answer: Answer) -> bytes:
    """One row for each rule, with the result in every row. UTF-8 with a mark, so that spreadsheets read names rightly."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(HEAD)
    result = (answer.question, answer.as_of, answer.score, answer.low, answer.high, answer.band.name)
    versions = (answer.versions.rule_set, answer.versions.dataset, answer.versions.engine)
    for rule in answer.rules:
        writer.writerow([_safe(value) for value in (*result, *_rule(rule, answer), *versions)])
    return target.getvalue().encode("utf-8-sig")


def _rule(rule: RuleAnswer, answer: Answer) -> Iterator[object]:
    span = next((one for one in rule.in_force if answer.as_of in one), None)
    yield from (rule.id, rule.title, rule.status, rule.points, rule.weight, rule.pillar, rule.jurisdiction)
    yield from (rule.foreign_party, rule.gate, rule.citation, span.start if span else None, span.to if span else None)
    yield from (rule.confidence, rule.because, " | ".join(rule.unknown_facts), rule.covered_by)
    yield " | ".join(source.url for source in rule.sources)


def _safe(value: object) -> object:
    """Text that a spreadsheet would work out stands behind an apostrophe."""
    return shielded(plain(value)) if isinstance(value, str) else value
