"""The schema accepts tables that the loader accepts, and shows mistakes of form while one types."""

from __future__ import annotations

import pytest

from tests.rules.table_files import CSV_ROWS, IN_CSV, TABLE, changed
from tests.workbench.test_schema import findings

GOOD = TABLE.replace("deal.stake", "deal.foreign_stake").replace("deal.licensed", "deal.heavy_vehicles")


def test_a_table_fits_inside_the_file_and_beside_it() -> None:
    assert CSV_ROWS
    assert findings(GOOD) == []
    assert (
        findings(IN_CSV.replace("deal.stake", "deal.foreign_stake").replace("deal.licensed", "deal.heavy_vehicles"))
        == []
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("key: first,", ""),
        ("key: first", "key: First Row"),
        ("deal.type: licence", "deal.tipe: licence"),
        ("from: 2024-01-01", "from: 01/01/2024"),
        ("rows:\n", "rowz:\n"),
        ("    table:\n", "    table:\n      hit: most\n"),
        ("    table:\n", "    table:\n      file: x.csv\n"),
        ("fires: [first]", "expect: fired"),
        ("fires: [second]", "fire: [second]"),
        ("kind: aggravating", "kind: agravating"),
        ("kind: aggravating", "kinds: aggravating"),
    ],
)
def test_a_mistake_is_shown_in_the_editor(old: str, new: str) -> None:
    assert findings(changed((old, new), text=GOOD)) != []


def test_an_ordinary_rule_still_needs_its_condition() -> None:
    start, end = GOOD.index("    table:"), GOOD.index("    unless:")
    assert findings(GOOD[:start] + GOOD[end:]) != []
