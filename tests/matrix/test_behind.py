"""Why an answer moves: rules, facts and rows of small worlds, held against what was changed between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

import pytest

from riskapi.matrix.behind import company_changes, explained, has_same_facts
from riskapi.matrix.moved import Way
from riskapi.matrix.moved_words import fact_words, facts_of, heaviest, reason_words, row_words, rows_of
from riskapi.settings import Settings
from riskapi.workspace import Workspace
from tests.matrix.worlds import DAY, LIST_URL, LISTED, STATE, asked, listing, opened, settings_in, tables


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_in(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def worlds(settings: Settings) -> Iterator[dict[str, Workspace]]:
    """Worlds that differ in one row each."""
    folder = settings.cache.parent
    with ExitStack() as stack:
        made = {
            "plain": tables(folder / "plain"),
            "listed": tables(folder / "listed", designations=[listing()]),
            "renamed": tables(folder / "renamed", name="Alpha Works"),
            "unknown": tables(folder / "unknown", state_ownership=""),
            "owned": tables(folder / "owned", state_ownership="full"),
            "sold": tables(folder / "sold", seat_country="US"),
        }
        yield {name: stack.enter_context(opened(settings, path)) for name, path in made.items()}


def test_a_designation_that_was_added_is_named_with_its_row_as_the_reason(worlds: dict[str, Workspace]) -> None:
    found = explained(asked(worlds["plain"]), asked(worlds["listed"]))
    (reason,) = found.reasons
    assert (reason.rule_id, reason.before, reason.after, reason.delta) == (LISTED, "not_fired", "fired", 30)
    assert found.way is Way.RISES
    (change,) = reason.facts
    assert (change.fact, change.company) == ("foreign.designations", "Alpha (alpha)")
    assert fact_words(change) == "designations of Alpha (alpha): gained us_1260h"
    ((word, row),) = rows_of([change])
    assert (word, row.source_url, row.citation) == ("new", LIST_URL, "91 FR 1")
    assert row_words(word, row).endswith(f"since 2026-01-05 (91 FR 1; {LIST_URL})")


def test_a_designation_that_is_gone_is_told_as_lost_with_the_row_that_was_there(worlds: dict[str, Workspace]) -> None:
    found = explained(asked(worlds["listed"]), asked(worlds["plain"]))
    assert found.way is Way.FALLS
    assert [fact_words(change) for change in facts_of(found)] == ["designations of Alpha (alpha): lost us_1260h"]
    assert [word for word, _ in rows_of(facts_of(found))] == ["gone"]


def test_a_name_change_moves_nothing(worlds: dict[str, Workspace]) -> None:
    found = explained(asked(worlds["plain"]), asked(worlds["renamed"]))
    assert not found.is_real
    assert found.reasons == ()
    assert [change.fact for change in company_changes(worlds["plain"], worlds["renamed"], "alpha", DAY)] == ["name"]


@pytest.mark.parametrize("now", ["plain", "owned"])
def test_what_becomes_known_narrows_the_answer_and_neither_raises_nor_lowers_it(
    worlds: dict[str, Workspace], now: str
) -> None:
    found = explained(asked(worlds["unknown"]), asked(worlds[now]))
    assert found.is_real
    assert found.way is Way.NARROWS
    assert found.after.high - found.after.low < found.before.high - found.before.low
    (reason,) = found.reasons
    assert (reason.rule_id, reason.before) == (STATE, "undetermined")
    assert reason.facts[0].before is None
    assert explained(asked(worlds[now]), asked(worlds["unknown"])).way is Way.WIDENS


def test_a_state_that_buys_the_company_raises_the_answer(worlds: dict[str, Workspace]) -> None:
    found = explained(asked(worlds["plain"]), asked(worlds["owned"]))
    assert found.way is Way.RISES
    assert reason_words(heaviest(found)[0]) == f"{STATE}: not fired → fired (+20)"


def test_a_company_that_is_foreign_no_more_has_its_control_as_the_reason(worlds: dict[str, Workspace]) -> None:
    found = explained(asked(worlds["listed"]), asked(worlds["sold"]))
    by_rule = {reason.rule_id: reason for reason in found.reasons}
    assert by_rule[LISTED].after is None
    changes = {(change.fact, change.before, change.after) for change in by_rule[LISTED].facts}
    assert ("foreign.control_country", "CN", "US") in changes


def test_the_day_of_a_listing_moves_the_answer_between_two_days_of_one_world(worlds: dict[str, Workspace]) -> None:
    before, after = (asked(worlds["listed"], day=date(2026, 1, day)) for day in (4, 5))
    assert [fact.fact for fact in facts_of(explained(before, after))] == ["foreign.designations"]
    assert not has_same_facts(before, after)
    assert has_same_facts(after, asked(worlds["listed"], day=date(2026, 1, 5)))


def test_another_rule_text_is_a_reason_without_a_fact(settings: Settings, worlds: dict[str, Workspace]) -> None:
    heavier = settings_in(settings.cache.parent, points=95)
    with opened(heavier, worlds["listed"].settings.datasets) as other:
        found = explained(asked(worlds["listed"]), asked(other))
    (reason,) = found.reasons
    assert (reason.points_before, reason.points_after, reason.facts) == (30, 95, ())
    assert found.way is Way.RISES
