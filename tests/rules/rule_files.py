"""Rule files for tests: a complete small one, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.errors import Problem, RuleError
from riskapi.facts.vocabulary import Fact, FactType, Origin, Vocabulary, World
from riskapi.rules import Rule, load_file

VALID = """\
instrument: us.test.law
title: A law for tests
jurisdiction: US
authority: Nobody
citation: 1 CFR 1
sources:
  - {url: https://example.org/law, retrieved: 2026-11-22}
checked: {on: 2026-11-22, how: read}
confidence: high
rules:
  - id: us.test.law.stake
    title: Large stakes
    citation: 1 CFR 1.1
    kind: aggravating
    in_force: [{from: 2020-01-01}]
    where:
      large: deal.stake >= 0.25
    when: large
    unless: {lifted: deal.licensed}
    effect: {pillar: threat, points: 10, why: because}
    if_unknown: caution
    because: "{foreign.name} holds {deal.stake}."
    examples:
      - {name: a quarter, given: {deal.stake: 0.25}, expect: fired}
      - {name: less, given: {deal.stake: 0.24}, expect: not_fired}
      - {name: not known, given: {}, expect: undetermined}
"""


def _fact(name: str, kind: FactType, **more: object) -> Fact:
    return Fact(name=name, type=kind, meaning="for tests", origin=Origin.DEAL, source="tests", **more)  # type: ignore[arg-type]


def small_vocabulary() -> Vocabulary:
    """The facts that `VALID` speaks of, and one of each other type."""
    facts = (
        _fact("foreign.name", FactType.STR, in_conditions=False),
        _fact("deal.stake", FactType.FLOAT, unit="share", minimum=0, maximum=1),
        _fact("deal.licensed", FactType.BOOL, world=World.CLOSED, default=False),
        _fact("deal.type", FactType.STR, domain="deal_type"),
        _fact("deal.year", FactType.INT, minimum=1990, maximum=2100),
        _fact("deal.signed_on", FactType.DATE, world=World.CLOSED),
        _fact("deal.countries", FactType.LIST, domain="country"),
        _fact("deal.value", FactType.FLOAT, unit="USD"),
        _fact("deal.codes", FactType.LIST),
    )
    domains = {
        "deal_type": {"joint_venture": "Joint venture", "licence": "Licence"},
        "country": {"NO": "Norway", "US": "United States"},
    }
    return Vocabulary({fact.name: fact for fact in facts}, domains)


def spoiled(*changes: tuple[str, str]) -> str:
    """`VALID` with texts replaced; each must be there, so that no test spoils nothing."""
    text = VALID
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def write(folder: Path, text: str | bytes = VALID, name: str = "us.test.law.yaml") -> Path:
    """The file, in a folder of rules."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def load(folder: Path, text: str | bytes = VALID) -> list[Rule]:
    """The rules of a file with that text."""
    return load_file(write(folder, text), small_vocabulary(), "us.test.law.yaml")


def problems(folder: Path, text: str | bytes) -> tuple[Problem, ...]:
    """What is wrong with a file with that text."""
    with pytest.raises(RuleError) as caught:
        load(folder, text)
    return caught.value.problems
