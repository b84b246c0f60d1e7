from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.errors import Problem, RuleError
from riskapi.rules import GateKind
from riskapi.scoring.card_layers import load_card
from riskapi.scoring.scorecard import load_scorecard
from riskapi.settings import Settings, shipped_folder


def layer(folder: Path, text: str | None) -> Path:
    (folder / "rules").mkdir(parents=True)
    if text is not None:
        (folder / "rules" / "scorecard.yaml").write_text(text, encoding="utf-8")
    return folder


def over(*layers: Path) -> Settings:
    return Settings(rules=shipped_folder("rules"), datasets=Path(), cache=Path(), layers=layers)


def problems(*layers: Path) -> tuple[Problem, ...]:
    with pytest.raises(RuleError) as caught:
        load_card(over(*layers))
    return caught.value.problems


def test_a_layer_without_a_scorecard_leaves_it_as_it_is(tmp_path: Path) -> None:
    assert load_card(over(layer(tmp_path / "one", None))) == load_scorecard(shipped_folder("rules"))


def test_a_layer_changes_single_numbers_and_leaves_the_rest(tmp_path: Path) -> None:
    text = "reason: our view\nbase: -30\nfloors: {prohibition: 75}\ngroups: {us.threat.designation: {hit: sum, why: ours}}\n"
    card, shipped = load_card(over(layer(tmp_path / "one", text))), load_scorecard(shipped_folder("rules"))
    assert (card.base, card.floors[GateKind.PROHIBITION]) == (-30, 75)
    assert card.hit_policy("us.threat.designation") == "sum"
    assert card.floors[GateKind.MANDATORY_FILING] == shipped.floors[GateKind.MANDATORY_FILING]
    assert (card.bands, card.pillars) == (shipped.bands, shipped.pillars)


def test_two_layers_may_change_different_entries(tmp_path: Path) -> None:
    one = layer(tmp_path / "one", "reason: x\nfloors: {prohibition: 75}\n")
    two = layer(tmp_path / "two", "reason: x\nfloors: {tariff: 1}\n")
    card = load_card(over(one, two))
    assert (card.floors[GateKind.PROHIBITION], card.floors[GateKind.TARIFF]) == (75, 1)


def test_two_layers_never_change_the_same_entry(tmp_path: Path) -> None:
    one, two = (layer(tmp_path / name, "reason: x\nfloors: {prohibition: 75}\n") for name in ("one", "two"))
    (problem,) = problems(one, two)
    assert (problem.code, problem.file, problem.line) == ("layer-conflict", f"{two}/rules/scorecard.yaml", 2)
    assert f"{one}/rules/scorecard.yaml:2" in problem.detail


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("floors: {prohibition: 75}\n", "`reason` is missing"),
        ("reason: x\nflors: {prohibition: 75}\n", "did you mean `floors`?"),
        ("reason: x\nfloors: {prohibition: 175}\n", "less than 100"),
        ("reason: x\nbands: [{name: low, label: Low, at_least: 5, meaning: m}]\n", "bands"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    found = problems(layer(tmp_path / "one", text))
    assert told in "\n".join(map(str, found))
    assert all((problem.file or "").endswith("one/rules/scorecard.yaml") and problem.line for problem in found)
