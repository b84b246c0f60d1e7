"""What `--fix` writes, and what it leaves alone: mistakes put into a good file come out as the good file again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.errors import RuleError
from riskapi.rules import load_file
from riskapi.rules.source import parse_source
from riskapi.workbench.fix import LAYOUT, Mended, difference, mended, with_fixes
from riskapi.workbench.lint import Checking, lint
from riskapi.workbench.lint_finding import Finding, Severity
from tests.rules.rule_files import small_vocabulary, spoiled, write

NAME = "us.test.law.yaml"
VOCABULARY = small_vocabulary()
GOOD = (
    (
        "    where:\n      large: deal.stake >= 0.25\n    when: large\n    unless: {lifted: deal.licensed}",
        (
            "    where:\n      large: deal.stake >= 0.25  # § 7 – «größer»\n"
            "      abroad: deal.type = 'joint_venture' and deal.signed_on >= date '2021-03-15'\n"
            "    when: large and abroad\n    unless: {lifted: deal.licensed}"
        ),
    ),
    ("deal.stake: 0.25}", "deal.stake: 0.25, deal.type: joint_venture}"),
)
TEXT = spoiled(*GOOD)


def found_in(text: str) -> Sequence[Finding]:
    """Everything that is wrong with the text."""
    with TemporaryDirectory() as folder:
        path = write(Path(folder), text, NAME)
        try:
            rules = load_file(path, VOCABULARY, NAME)
        except RuleError as error:
            return [
                Finding(
                    code=item.code, severity=Severity.ERROR, detail=item.detail, file=NAME, line=item.line,
                    column=item.column, field=item.field,
                )
                for item in error.problems
            ]  # fmt: skip
        return lint(rules, Checking(vocabulary=VOCABULARY, folder=Path(folder), whole_book=False))


def fixed(text: str, *, unsafe: bool = False) -> Mended:
    return mended(text, NAME, found_in, VOCABULARY, unsafe=unsafe)


def with_mistake(before: str, after: str) -> str:
    assert before in TEXT
    return TEXT.replace(before, after, 1)


MISTAKES = [
    ("deal.stake >= 0.25", "deal.steak >= 0.25"),
    ("deal.stake >= 0.25", "deal.Stake >= 0.25"),
    ("deal.stake >= 0.25", "deal.stake >= 25"),
    ("deal.stake >= 0.25", "deal.stake >= 25%"),
    ("deal.stake >= 0.25", "deal.stake >= 25 %"),
    ("'joint_venture'", "'joint_ventur'"),
    ("'joint_venture'", "'joint-venture'"),
    ("= 'joint_venture'", "= joint_venture"),
    ("'joint_venture'", '"joint_venture"'),
    ("deal.type: joint_venture", "deal.type: joint_ventures"),
    ("{deal.stake: 0.24}", "{deal.stake: 24}"),
    ("{deal.stake: 0.24}", "{deal.stak: 0.24}"),
    ("{deal.stake}.", "{deal.steak}."),
    ("{foreign.name}", "{foreign.nmae}"),
    ("kind: aggravating", "kind: Aggravating"),
    ("kind: aggravating", "kind: agravating"),
    ("pillar: threat", "pillar: thraet"),
    ("expect: not_fired", "expect: not fired"),
    ("jurisdiction: US", "jurisdiction: us"),
    ("if_unknown: caution", "if_unkown: caution"),
    ("retrieved: 2026-11-22", "retreived: 2026-11-22"),
    ("from: 2020-01-01", "from: 20200101"),
    ("from: 2020-01-01", "from: 1.1.2020"),
    ("from: 2020-01-01", "from: 2020/1/1"),
    ("{on: 2026-11-22", "{on: 22.11.2026"),
    ("{on: 2026-11-22", "{on: 22 November 2026"),
    ("date '2021-03-15'", "date '15.03.2021'"),
    ("when: large and abroad", "when: lagre and abroad"),
]


@pytest.mark.parametrize(("before", "after"), MISTAKES, ids=[after for _, after in MISTAKES])
def test_a_mistake_with_one_right_correction_is_corrected_and_nothing_else(before: str, after: str) -> None:
    result = fixed(with_mistake(before, after))
    assert result.text == TEXT
    assert len(result.done) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("deal.stake >= 0.25", "deal.stake >= 2.5"),  # 2.5 % or 0.25?
        ("from: 2020-01-01", "from: 3.4.2020"),  # day and month may be exchanged
        ("from: 2020-01-01", "from: 2020-02-30"),
        ("points: 10", "points: -10"),  # the sign or the kind?
        ("deal.stake >= 0.25", "deal.ownership >= 0.25"),
        ("'joint_venture'", "'venture'"),
        ("when: large and abroad", "when: large"),  # was `abroad` forgotten, or is it not needed?
    ],
)
def test_where_several_corrections_are_possible_nothing_is_done(before: str, after: str) -> None:
    text = with_mistake(before, after)
    assert fixed(text) == Mended(text, ())


def test_mistakes_that_hide_each_other_are_corrected_one_after_the_other() -> None:
    text = with_mistake("kind: aggravating", "knid: Agravating").replace("deal.stake >= 0.25", "deal.steak >= 25")
    result = fixed(text)
    assert result.text == TEXT
    assert [item.fix.code for item in result.done] == ["unknown-field", "bad-value", "unknown-fact", "never-true"]


def test_a_title_with_a_colon_gets_quotation_marks() -> None:
    result = fixed(with_mistake("title: Large stakes", "title: Stakes: large ones"))
    assert result.text == TEXT.replace("title: Large stakes", 'title: "Stakes: large ones"')


def test_a_citation_is_written_in_the_usual_way_and_keeps_its_remark() -> None:
    result = fixed(with_mistake("citation: 1 CFR 1.1\n", "citation: 1 C.F.R. 1.1  # read twice\n"))
    assert result.text == TEXT.replace("citation: 1 CFR 1.1\n", "citation: 1 CFR 1.1  # read twice\n")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("PL 116-92, for PLAINTIFFS", "Pub. L. 116-92, for PLAINTIFFS"),
        ("1 C. F. R. 1 and 2 C. F. R. 2", "1 CFR 1 and 2 CFR 2"),
        ("Pub. L.116-92", "Pub. L.116-92"),  # a space is missing, which no word can mend
    ],
)
def test_only_whole_words_of_a_citation_are_exchanged(wrong: str, right: str) -> None:
    result = fixed(with_mistake("citation: 1 CFR 1.1\n", f"citation: {wrong}\n"))
    assert result.text == TEXT.replace("citation: 1 CFR 1.1\n", f"citation: {right}\n")


def test_the_second_of_two_equal_sources_is_taken_out() -> None:
    source = "  - {url: https://example.org/law, retrieved: 2026-11-22}\n"
    assert fixed(with_mistake(source, source * 2)).text == TEXT


def test_sources_with_notes_of_their_own_stay() -> None:
    source = "  - {url: https://example.org/law, retrieved: 2026-11-22, note: section 1}\n"
    text = with_mistake(
        "  - {url: https://example.org/law, retrieved: 2026-11-22}\n", source + source.replace("1}", "2}")
    )
    assert fixed(text).text == text


def test_fields_are_put_in_their_order() -> None:
    kind, citation = "    kind: aggravating\n", "    citation: 1 CFR 1.1\n"
    result = fixed(with_mistake(citation + kind, kind + citation))
    assert (result.text, [item.fix.code for item in result.done]) == (TEXT, [LAYOUT])


def test_a_part_that_nothing_uses_is_taken_out_only_as_a_proposal() -> None:
    text = with_mistake("when: large and abroad", "when: large")
    (found,) = with_fixes(found_in(text), lambda _: text, VOCABULARY)
    assert (found.code, found.fix_is_safe) == ("unused-part", False)
    result = fixed(text, unsafe=True)
    assert "abroad" not in result.text
    assert found_in(result.text) == ()


def test_a_proposal_shows_the_piece_that_changes() -> None:
    text = with_mistake("'joint_venture'", "'joint_ventur'")
    (found,) = with_fixes(found_in(text), lambda _: text, VOCABULARY)
    (piece,) = found.replacements
    line = text.splitlines()[piece.start[0] - 1]
    assert (line[piece.start[1] - 1 : piece.end[1] - 1], piece.text) == ("joint_ventur", "joint_venture")


def test_the_difference_can_be_applied_as_a_patch() -> None:
    text = with_mistake("deal.stake >= 0.25", "deal.steak >= 0.25")
    lines = difference(text, fixed(text).text, NAME).splitlines()
    assert lines[:2] == [f"--- a/{NAME}", f"+++ b/{NAME}"]
    assert [line for line in lines[2:] if line[0] in "+-"] == [
        "-      large: deal.steak >= 0.25  # § 7 – «größer»",
        "+      large: deal.stake >= 0.25  # § 7 – «größer»",
    ]


SECOND = TEXT[TEXT.index("  - id:") :].replace("us.test.law.stake", "us.test.law.second")


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(MISTAKES), min_size=1, max_size=4, unique=True), st.booleans())
def test_correcting_twice_is_correcting_once_and_other_rules_say_the_same(
    mistakes: list[tuple[str, str]], unsafe: bool
) -> None:
    text = TEXT
    for right, wrong in mistakes:
        text = text.replace(right, wrong, 1)
    once = fixed(text + SECOND, unsafe=unsafe)
    assert fixed(once.text, unsafe=unsafe) == Mended(once.text, ())
    assert second_rule(once.text) == second_rule(TEXT + SECOND)


def second_rule(text: str) -> object:
    data: Any = parse_source(text, NAME).data
    return data["rules"][1]


def test_a_good_file_is_left_alone_to_the_last_character() -> None:
    assert fixed(TEXT, unsafe=True) == Mended(TEXT, ())
