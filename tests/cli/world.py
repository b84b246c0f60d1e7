"""A world of two companies and one rule, as files."""

from __future__ import annotations

from pathlib import Path

from tests.warehouse.folder import CODES, company, write_datasets

RULE = """
instrument: us.test
title: Test instrument
jurisdiction: US
authority: Test authority
citation: Act of Tests, part 7
sources: [{url: "https://example.org/law", retrieved: 2026-11-22}]
checked: {on: 2026-11-22, how: made up for tests}
confidence: high
rules:
  - id: us.test.foreign-share
    title: A quarter or more goes abroad
    citation: Act of Tests, section 7.1
    kind: aggravating
    in_force: [{from: 2020-01-01}]
    where:
      large_share: deal.foreign_stake >= 0.25
    when: large_share
    effect: {pillar: threat, points: 10, why: test, gate: prohibition}
    if_unknown: ignore
    because: "{foreign.name} takes a share"
    examples:
      - {name: half, given: {deal.foreign_stake: 0.5}, expect: fired}
      - {name: a tenth, given: {deal.foreign_stake: 0.1}, expect: not_fired}
      - {name: share not known, given: {}, expect: undetermined}
"""
FURTHER_CODES = [
    {"domain": "technology", "code": "lidar", "label": "Lidar"},
    {"domain": "deal_type", "code": "licence", "label": "Licence"},
]


def write_tables(folder: Path, *, alpha: str = "Alpha") -> Path:
    """The tables: Alpha of China and Beta of the United States."""
    return write_datasets(
        folder,
        codes=[*CODES, *FURTHER_CODES],
        companies=[
            company("alpha", seat_country="CN", incorporation_country="CN", sectors="automotive") | {"name": alpha},
            company("beta", seat_country="US", incorporation_country="US", sectors="automotive"),
        ],
    )


def write_rules(folder: Path, text: str = RULE) -> Path:
    """The rule file."""
    path = folder / "us" / "us.test.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
