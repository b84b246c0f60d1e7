from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from riskapi.assessment.answer import Answer, WaterfallStep
from riskapi.assessment.words import amount, points
from riskapi.cli.render import answer_text
from riskapi.cli.render_gates import citation
from riskapi.cli.render_record import record
from riskapi.cli.render_score import Bar, Scale, waterfall
from riskapi.cli.style import Look, counted, dated, source
from riskapi.cli.terminal import show
from tests.cli.program import flat
from tests.shipped import shipped_workspace

PLAIN = Look(ascii_only=True)


@lru_cache(maxsize=1)
def demonstration() -> Answer:
    deal: dict[str, Any] = {"type": "joint_venture", "sector": "automotive", "activity_country": "US"}
    return shipped_workspace().score("Xiaomi", "Ford", as_of="2026-11-22", **deal)


def printed(renderable: RenderableType, width: int = 100) -> str:
    file = io.StringIO()
    show(Console(file=file, width=width), renderable)
    return file.getvalue()


def page(answer: Answer, instruments: Mapping[str, str] | None = None, **look: bool) -> str:
    return flat(printed(answer_text(answer, instruments or {}, **look), 200))


# Numbers and words


@given(st.floats(min_value=0, max_value=100))
def test_the_ends_of_the_scale_are_never_claimed(score: float) -> None:
    assert amount(score) not in ("0.0", "100.0")


@pytest.mark.parametrize(
    ("score", "shown"),
    [(0.0, "<0.1"), (0.06, "0.1"), (50.0, "50.0"), (99.94, "99.9"), (99.96, ">99.9"), (100.0, ">99.9")],
)
def test_scores_are_shown_with_one_decimal(score: float, shown: str) -> None:
    assert amount(score) == shown


def test_points_carry_their_sign() -> None:
    assert [points(value) for value in (12.0, -3.5, 0.0)] == ["+12", "-3.5", "0"]
    assert [counted(value) for value in (1.0, -1.0, 2.0)] == ["+1 point", "-1 point", "+2 points"]


def test_a_date_is_shown_no_finer_than_it_is_known() -> None:
    day = date(2024, 6, 1)
    assert [dated(day, kind) for kind in ("day", "month", "year")] == ["2024-06-01", "2024-06", "2024"]
    assert dated(None, "month") == "date not known"


def test_sources_are_sites_or_whole_addresses() -> None:
    urls = "https://www.example.org/a | https://example.org/b | https://other.example/c"
    assert source(urls, full=False) == "example.org, other.example"
    assert source(urls, full=True) == urls.replace(" | ", ", ")
    assert source(None, full=True) == "no source on record"


@pytest.mark.parametrize(
    ("cited", "instrument", "shown"),
    [
        ("15 CFR 791.304", "15 CFR Part 791 Subpart D; 90 FR 5360", "15 CFR 791.304 (15 CFR Part 791 Subpart D)"),
        ("15 CFR 791.2, 791.4", "15 CFR 791.4 (before 2024 elsewhere)", "15 CFR 791.2, 791.4"),
        ("50 USC 4565(f)(4)", "50 USC 4565(f) and (l)", "50 USC 4565(f)(4) (50 USC 4565(f) and (l))"),
        ("Section 1", "", "Section 1"),
    ],
)
def test_the_instrument_is_cited_where_it_says_more(cited: str, instrument: str, shown: str) -> None:
    assert citation("r", cited, Look(instruments={"r": instrument})) == shown


# Bars


def test_the_scale_shows_low_score_and_high_in_their_places() -> None:
    bar = Scale(20.0, 50.0, 80.0, "red", PLAIN).bar(101).plain
    assert len(bar) == 101
    assert bar.index("O") == 50
    assert bar.index("=") == 20
    assert bar.rindex("=") == 80


def test_the_figures_of_the_scale_stand_under_their_places() -> None:
    ticks = Scale.ticks(101).plain
    assert ticks.index("25") == 24
    assert ticks.index("50") == 49
    assert ticks.endswith("100")


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100), st.integers(20, 120))
def test_the_scale_holds_for_every_result(one: float, two: float, three: float, width: int) -> None:
    low, score, high = sorted((one, two, three))
    bar = Scale(low, score, high, "red", PLAIN).bar(width).plain
    assert len(bar) == width
    assert bar.count("O") == 1


def test_the_bars_of_the_waterfall_join_at_the_running_sum() -> None:
    axis = (-40.0, 40.0)
    down = printed(Bar(0.0, -40.0, axis, PLAIN), 81).rstrip("\n")
    up = printed(Bar(-40.0, 0.0, axis, PLAIN), 81).rstrip("\n")
    assert down == "-" * 40
    assert up == "#" * 40
    assert printed(Bar(0.0, 20.0, axis, PLAIN), 81).rstrip("\n") == " " * 40 + "#" * 20


def test_the_waterfall_names_a_floor_as_its_last_step() -> None:
    answer = demonstration()
    floor = WaterfallStep(
        kind="floor", pillar=None, rule=None, label="Floor of the gate prohibition", points=9.0, running=9.0
    )
    text = flat(printed(waterfall(replace(answer, waterfall=(*answer.waterfall, floor)), Look())))
    assert "Floor of the gate prohibition +9 9" in text
    assert "the floor of the strongest gate is the last step" in text
    assert "the floor of the strongest gate" not in flat(printed(waterfall(answer, Look())))


def test_every_step_of_the_waterfall_is_on_the_page_with_its_running_sum() -> None:
    answer = demonstration()
    text = flat(printed(waterfall(answer, Look()), 220))
    for step in answer.waterfall:
        assert f"{step.label} {points(step.points)} {step.running:.10g}" in text
    for item in answer.pillars:
        if item.points:
            assert f"{item.label} {points(item.points)}" in text


# Sections


def test_a_pairing_without_a_record_says_so() -> None:
    text = flat(printed(record(replace(demonstration(), deal_status=None), Look())))
    assert "No deal between these two parties is on record in the datasets." in text


def test_an_empty_answer_is_still_a_page() -> None:
    bare = replace(
        demonstration(),
        gates=(), rules=(), dormant=(), unknowns=(), assumptions=(), deal=(), deal_status=None, jurisdictions=(), comparables=(),
    )  # fmt: skip
    for everything in (False, True):
        text = page(bare, everything=everything)
        assert "No gate applies" in text
        assert "None on what is known." in text
        assert "Nothing that is not known could move the result." in text
        assert bare.notice in text


def test_warnings_stand_on_the_page() -> None:
    text = page(replace(demonstration(), warnings=("the moon is full",)))
    assert "Keep in mind" in text
    assert "the moon is full" in text


def test_a_caution_is_marked_in_the_waterfall() -> None:
    answer = demonstration()
    open_rules = [rule.title for rule in answer.rules if rule.counted_while_unknown and rule.points]
    assert open_rules
    text = page(answer)
    assert all(f"(?) {title[:25]}" in text for title in open_rules)
    assert "(?) counted although it is not known whether the rule applies" in text


def test_what_is_not_in_force_is_told_with_its_dates() -> None:
    answer = demonstration()
    text = page(answer, everything=True)
    for item in answer.dormant:
        assert item.title in text
    assert "in force from 2027-01-11" in text
    assert "ended on 20" in text


def test_versions_and_notice_close_the_page() -> None:
    answer = demonstration()
    end = f"rules {answer.versions.rule_set}, data {answer.versions.dataset}, as of 2026-11-22 {answer.notice}"
    assert page(answer).rstrip().endswith(end)


def test_the_concise_page_names_source_and_date_of_its_evidence() -> None:
    assert "China is in the group: US foreign adversaries (15 CFR 791.4) since 2021-01-19" in page(demonstration())
    assert "2026-11-22, high confidence]" in page(demonstration())


def test_a_question_names_the_rules_that_wait_for_it_and_what_answers_would_give() -> None:
    answer = demonstration()
    first = answer.unknowns[0]
    titles = {rule.id: rule.title for rule in answer.rules}
    text = page(answer)
    assert f"1. {first.question} narrows the range by up to {first.moves:.10g} points" in text
    named = "; ".join(titles[rule] for rule in first.rules[:3])
    assert f"Decides on {len(first.rules)} rules: {named}" in text


def test_an_assumption_is_told_with_the_result_without_it() -> None:
    for item in demonstration().assumptions:
        other = item.otherwise
        told = (
            f"if {other.text}, the score would be {amount(other.score)} ({amount(other.low)} to {amount(other.high)})"
        )
        assert told in page(demonstration())


def test_with_all_the_law_that_was_read_and_the_reason_of_the_points_are_told() -> None:
    rule = next(rule for rule in demonstration().rules if rule.status == "fired" and rule.points)
    text = page(demonstration(), everything=True)
    assert f"Why {counted(rule.weight)}: {rule.why_points}" in text
    assert f"Law: {rule.sources[0].url} (read {rule.sources[0].retrieved}" in text
    assert rule.sources[0].url not in page(demonstration())


def test_an_outcome_known_to_the_month_is_told_without_a_day() -> None:
    first = demonstration().comparables[0]
    deal = replace(first.deal, outcome="cleared", outcome_on=date(2024, 6, 1), outcome_precision="month")
    text = page(replace(demonstration(), comparables=(replace(first, deal=deal),)))
    assert "cleared (2024-06)" in text
    assert "2024-06-01" not in text.partition("Comparable deals")[2].partition("Parties and deal")[0]


def test_the_row_about_what_the_condition_names_comes_first() -> None:
    text = page(demonstration()).partition("Rules that apply")[2].partition("Control from a foreign adversary +")[2]
    rows = text.partition("Decided by:")[2].split("• ")
    assert rows[1].startswith("China is in the group: US foreign adversaries (15 CFR 791.4)")


def test_gates_that_wait_for_fewer_answers_come_first() -> None:
    answer = demonstration()
    waits = {rule.id: len(rule.unknown_facts) for rule in answer.rules}
    gates = [gate for gate in answer.gates if gate.status != "fired" and gate.gate == "review_jurisdiction"]
    text = page(answer, everything=True).partition("May apply")[2].partition("How the score adds up")[0]
    order = sorted(gates, key=lambda gate: text.index(f"({gate.jurisdiction}) {gate.title}"))
    assert len(order) > 1
    assert [waits[gate.rule] for gate in order] == sorted(waits[gate.rule] for gate in order)
