from __future__ import annotations

import re
from pathlib import Path

import pytest

from riskapi.rules.fingerprint import ASPECTS, FORM, changed_aspects, fingerprint
from tests.rules.rule_files import VALID, load, spoiled


def of(folder: Path, text: str = VALID) -> str:
    (rule,) = load(folder, text)
    return fingerprint(rule)


def test_a_fingerprint_is_of_the_form_that_files_may_hold(tmp_path: Path) -> None:
    assert re.fullmatch(FORM, of(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "aspect"),
    [
        ("deal.stake >= 0.25", "deal.stake > 0.25", "condition"),
        ("unless: {lifted: deal.licensed}", "unless: {lifted: not deal.licensed}", "condition"),
        ("from: 2020-01-01", "from: 2020-01-02", "dates"),
        ("points: 10", "points: 11", "effect"),
        ("if_unknown: caution", "if_unknown: ignore", "effect"),
        ("why: because}", "why: because, gate: prohibition}", "effect"),
    ],
)
def test_what_changes_the_meaning_changes_its_part_alone(tmp_path: Path, old: str, new: str, aspect: str) -> None:
    (rule,) = load(tmp_path, spoiled((old, new)))
    assert changed_aspects(rule, of(tmp_path / "before")) == (aspect,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Large stakes", "title: Big stakes"),
        ("citation: 1 CFR 1.1", "citation: 1 CFR 1.2"),
        ("large: deal.stake >= 0.25\n    when: large", "big: 0.25 <= deal.stake\n    when: big"),
        ("why: because}", "why: for reasons}"),
        ("given: {deal.stake: 0.24}", "given: {deal.stake: 0.2}"),
    ],
)
def test_words_and_spelling_change_nothing(tmp_path: Path, old: str, new: str) -> None:
    assert of(tmp_path, spoiled((old, new))) == of(tmp_path / "before")


def test_the_parts_are_in_the_order_of_their_names(tmp_path: Path) -> None:
    (rule,) = load(tmp_path)
    other = "000000-000000-000000"
    assert changed_aspects(rule, other) == ASPECTS
