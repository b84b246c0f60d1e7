"""How comparable deals are shown."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from rich.console import Console, RenderableType

from riskapi.assessment.answer import Answer
from riskapi.cli.render_record import comparables
from riskapi.cli.style import Look
from riskapi.scoring.comparables import Comparable
from tests.cli.program import flat
from tests.shipped import shipped_workspace


@lru_cache(maxsize=1)
def answer() -> Answer:
    return shipped_workspace().score(
        "Xiaomi", "Ford", as_of="2026-11-22", type="joint_venture", sector="automotive", activity_country="US"
    )


def shown(*items: Comparable, everything: bool = False) -> str:
    page: RenderableType | None = comparables(replace(answer(), comparables=items), Look(everything=everything))
    assert page is not None
    console = Console(width=200)
    with console.capture() as captured:
        console.print(page)
    return flat(captured.get())


def first() -> Comparable:
    return next(item for item in answer().comparables if item.outcome_known)


def test_a_comparable_shows_what_is_alike_what_it_scored_then_and_which_rules_fire_for_both() -> None:
    item = first()
    assert item.rules is not None
    assert item.scored is not None
    text = shown(item)
    assert item.deal.title in text
    assert "same: foreign country" in text
    assert f"rules that fire for both: {item.rules.both[0].title}" in text
    assert f"by the rules of {item.scored.on.isoformat()}" in text


def test_an_outcome_that_is_not_known_is_said_to_be_so() -> None:
    item = first()
    open_ = replace(item, outcome_known=False, deal=replace(item.deal, outcome=None, outcome_on=None, summary=None))
    assert "outcome not known by 2026-11-22" in shown(open_)


def test_with_all_the_rules_that_fire_for_one_of_the_two_are_named() -> None:
    item = next(item for item in answer().comparables if item.rules and item.rules.only_asked)
    assert item.rules is not None
    title = item.rules.only_asked[-1].title
    assert f"only here: {len(item.rules.only_asked)}" in shown(item)
    assert title in shown(item, everything=True)


def test_without_comparables_there_is_no_section() -> None:
    assert comparables(replace(answer(), comparables=()), Look()) is None
