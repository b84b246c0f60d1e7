from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.rules import load_rules
from riskapi.scoring.scorecard import Scorecard, load_scorecard
from riskapi.settings import Settings
from riskapi.workbench.diff import Aspect, BookDiff, Change, compare_books
from tests.cli.world import RULE, write_rules
from tests.shipped import shipped_vocabulary

RULE_ID = "us.test.foreign-share"


def card() -> Scorecard:
    return load_scorecard(Settings.from_environment({}).rules)


def diff_of(folder: Path, before: str, after: str) -> BookDiff:
    books = []
    for name, text in (("before", before), ("after", after)):
        write_rules(folder / name, text)
        books.append(load_rules(folder / name, shipped_vocabulary()))
    return compare_books(books[0], books[1], (card(), card()))


def changed(folder: Path, *edits: tuple[str, str]) -> BookDiff:
    after = RULE
    for old, new in edits:
        assert old in after, old
        after = after.replace(old, new)
    return diff_of(folder, RULE, after)


@pytest.mark.parametrize(
    ("old", "new", "aspect"),
    [
        ("deal.foreign_stake >= 0.25", "deal.foreign_stake >= 0.2", Aspect.LOGIC),
        ("when: large_share", "when: large_share\n    unless: deal.heavy_vehicles", Aspect.EXCEPTIONS),
        ("{from: 2020-01-01}", "{from: 2020-01-02}", Aspect.DATES),
        ("points: 10", "points: 11", Aspect.POINTS),
        ("if_unknown: ignore", "if_unknown: caution", Aspect.POINTS),
        ("gate: prohibition", "gate: licence_required", Aspect.GATE),
        ("title: A quarter", "title: One quarter", Aspect.PROSE),
        ("takes a share", "holds a share", Aspect.PROSE),
        ("{deal.foreign_stake: 0.1}", "{deal.foreign_stake: 0.15}", Aspect.EXAMPLES),
    ],
)
def test_each_kind_of_change_is_told_apart(tmp_path: Path, old: str, new: str, aspect: Aspect) -> None:
    (change,) = changed(tmp_path, (old, new)).rules
    assert change.rule_id == RULE_ID
    assert change.change is Change.CHANGED
    assert change.aspects == (aspect,)
    assert change.is_material is (aspect not in (Aspect.PROSE, Aspect.EXAMPLES))


def test_a_moved_threshold_is_told_with_both_comparisons(tmp_path: Path) -> None:
    (change,) = changed(tmp_path, ("stake >= 0.25", "stake >= 0.2")).rules
    (edit,) = change.edits
    assert (edit.before, edit.after) == ("deal.foreign_stake >= 0.25", "deal.foreign_stake >= 0.2")


def test_another_spelling_of_the_condition_is_prose(tmp_path: Path) -> None:
    diff = changed(tmp_path, ("large_share: deal.foreign_stake >= 0.25", "big: 0.25 <= deal.foreign_stake"),
                   ("when: large_share", "when: big"))  # fmt: skip
    (change,) = diff.rules
    assert change.aspects == (Aspect.PROSE,)
    assert diff.material == ()


def test_comments_and_line_breaks_change_nothing(tmp_path: Path) -> None:
    after = RULE.replace("rules:", "# a remark\nrules:").replace("[{from: 2020-01-01}]", "\n      - from: 2020-01-01")
    assert diff_of(tmp_path, RULE, after).is_empty


def test_a_new_id_is_one_rule_removed_and_one_added(tmp_path: Path) -> None:
    diff = changed(tmp_path, ("us.test.foreign-share", "us.test.other-share"))
    assert [(item.rule_id, item.change) for item in diff.rules] == [
        ("us.test.foreign-share", Change.REMOVED),
        ("us.test.other-share", Change.ADDED),
    ]


def test_particulars_of_an_instrument_are_told_once_and_move_nothing(tmp_path: Path) -> None:
    diff = changed(tmp_path, ("authority: Test authority", "authority: Another authority"))
    assert diff.rules == ()
    assert [edit.field for edit in diff.instruments["us.test"]] == ["authority"]


def test_a_change_of_the_scorecard_is_told(tmp_path: Path) -> None:
    write_rules(tmp_path)
    book = load_rules(tmp_path, shipped_vocabulary())
    other = card().model_copy(update={"base": card().base + 5})
    diff = compare_books(book, book, (card(), other))
    assert [edit.field for edit in diff.scorecard] == ["base"]
    assert not diff.is_empty
