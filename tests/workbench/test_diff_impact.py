"""The impact of a change is what scoring each pairing alone, in both versions, would say."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from riskapi.engine.evaluate import evaluate
from riskapi.facts.assembly import Pairing
from riskapi.rules import RuleBook, load_rules
from riskapi.scoring.score import Judged, Score, score
from riskapi.scoring.scorecard import Scorecard
from riskapi.workbench.diff import compare_books
from riskapi.workbench.diff_impact import Impact, Moved, Versions, impact_of
from riskapi.workbench.diff_text import as_data, markdown
from riskapi.workbench.portfolio import Portfolio, Proposal
from tests.shipped import AS_OF, shipped_workspace

Change = Callable[[str], str]


@cache
def proposals() -> tuple[Proposal, ...]:
    """Every deal, and 150 pairings of the matrix."""
    portfolio = Portfolio(shipped_workspace(), AS_OF)
    return (*portfolio.deals(), *random.Random(4).sample(list(portfolio.matrix()), 150))  # noqa: S311  # test data


def versions(folder: Path, change: Change, pattern: str = "*.yaml", **card: object) -> Versions:
    """The shipped rules, and the same with files that match changed."""
    workspace = shipped_workspace()
    shutil.copytree(workspace.settings.rules, folder, dirs_exist_ok=True)
    for path in folder.rglob(pattern):
        if path.suffix == ".yaml" and path.name != "scorecard.yaml":
            path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    book = load_rules(folder, workspace.vocabulary, examples=False)
    cards = (workspace.card, workspace.card.model_copy(update=card))
    return Versions((workspace.book, book), cards, compare_books(workspace.book, book, cards))


@cache
def pairings() -> tuple[tuple[Proposal, Pairing], ...]:
    assembler = shipped_workspace().assembler
    return tuple(
        (item, assembler.pairing(item.parties, item.told, item.as_of, item.links, item.lead)) for item in proposals()
    )


def alone(book: RuleBook, card: Scorecard) -> list[Score]:
    """The score of each proposal, one after the other."""
    found = ((item, evaluate(book, pairing.viewpoints, item.as_of)[0]) for item, pairing in pairings())
    return [score((Judged(outcome.rule, outcome.status) for outcome in outcomes), card) for _, outcomes in found]


@cache
def as_shipped() -> list[Score]:
    """What `alone` says before any change, for all changes."""
    return alone(shipped_workspace().book, shipped_workspace().card)


def heavier(text: str) -> str:
    return re.sub(r"points: ([1-9]\d*)", lambda found: f"points: {int(found[1]) + 3}", text)


_IN_FORCE = re.compile(r"in_force: \[\{from: [^,}]*(, published: [^,}]*)?\}\]")

CHANGES: dict[str, tuple[Change, str, dict[str, object]]] = {
    "points": (heavier, "us.*.yaml", {}),
    "thresholds": (lambda text: text.replace(">= 0.25", ">= 0.5").replace("> 0.25", "> 0.5"), "us.*.yaml", {}),
    "dates": (lambda text: _IN_FORCE.sub("in_force: [{from: 2090-01-01}]", text), "us.*.yaml", {}),
    "gates": (lambda text: text.replace("gate: mandatory_filing", "gate: prohibition"), "us.*.yaml", {}),
    "caution": (lambda text: text.replace("if_unknown: caution", "if_unknown: ignore"), "us.*.yaml", {}),
    "scorecard": (lambda text: text, "none", {"base": -20.0}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_the_impact_is_what_scoring_each_pairing_alone_says(tmp_path: Path, name: str) -> None:
    change, pattern, card = CHANGES[name]
    both = versions(tmp_path, change, pattern, **card)
    impact = impact_of(both, proposals(), shipped_workspace().assembler)
    found = {id(item.proposal): item.movement for item in impact.moved}
    for item, before, after in zip(proposals(), as_shipped(), alone(both.books[1], both.cards[1]), strict=True):
        shown = [(side.score, side.low, side.high) for side in (before, after)]
        movement = found.get(id(item))
        if movement is None:
            assert shown[0] == pytest.approx(shown[1], abs=1e-6), item.label
        else:
            told = [(side.score, side.low, side.high) for side in (movement.before, movement.after)]
            assert told[0] == pytest.approx(shown[0])
            assert told[1] == pytest.approx(shown[1])
    assert found


def test_a_moved_threshold_names_the_rule_behind_each_movement(tmp_path: Path) -> None:
    both = versions(
        tmp_path, lambda text: text.replace(">= 0.25", ">= 0.49"), "us.cfius.mandatory-filing.yaml"
    )  # fmt: skip
    changed = {change.rule_id for change in both.diff.material}
    assert changed
    impact = impact_of(
        both, list(Portfolio(shipped_workspace(), AS_OF, side=40).matrix()), shipped_workspace().assembler
    )
    for item in impact.moved:
        assert changed & {reason.rule_id for reason in item.movement.reasons}


def test_prose_moves_nothing_and_is_not_scored(tmp_path: Path) -> None:
    both = versions(tmp_path, lambda text: re.sub("title: ([A-Z])", r"title: X\1", text), "us.*.yaml")
    assert both.diff.rules
    impact = impact_of(both, proposals(), _NoAssembler())  # type: ignore[arg-type]  # must not be asked
    assert impact.moved == ()
    assert impact.total.total() == len(proposals())


class _NoAssembler:
    pass


@pytest.fixture(scope="module")
def impact(tmp_path_factory: pytest.TempPathFactory) -> tuple[Versions, Impact]:
    both = versions(tmp_path_factory.mktemp("rules"), heavier, "us.icts.foreign-adversaries.yaml")
    return both, impact_of(both, proposals(), shipped_workspace().assembler)


def test_movements_are_counted_by_origin_band_and_rule(impact: tuple[Versions, Impact]) -> None:
    found = impact[1]
    assert found.by_origin.total() == len(found.moved) > 0
    assert all(one != two for one, two in found.bands)
    assert "us.icts.foreign-adversaries.control" in found.by_rule
    sizes = [abs(item.movement.delta) for item, _ in found.largest(10)]
    assert sizes == pytest.approx(sorted(sizes, reverse=True))


def test_the_report_names_rule_pairing_and_both_scores(impact: tuple[Versions, Impact]) -> None:
    text = markdown(impact[0].diff, impact[1], "origin/main")
    assert "origin/main" in text
    assert "`us.icts.foreign-adversaries.control`" in text
    assert "points: `+12` becomes `+15`" in text
    assert f"{len(impact[1].moved):,} of {len(proposals()):,} pairings move" in text


def test_a_name_cannot_mark_up_the_report(impact: tuple[Versions, Impact]) -> None:
    item = replace(impact[1].moved[0].proposal, label="<img src=x> | @everyone **now** [x](http://y)", origin="file")
    shown = Impact(impact[1].total, (Moved(item, impact[1].moved[0].movement),))
    text = markdown(impact[0].diff, shown, "HEAD")
    assert "<img" not in text
    assert "@everyone" not in text
    assert "**now**" not in text
    assert "[x]" not in text


def test_json_lists_as_many_pairings_as_wanted_and_counts_all(impact: tuple[Versions, Impact]) -> None:
    data = as_data(impact[0].diff, impact[1], "HEAD", 3)["impact"]
    assert len(data["movements"]) == 3
    assert sum(data["moved"].values()) == len(impact[1].moved)
    assert data["movements"][0]["before"]["score"] != data["movements"][0]["after"]["score"]
