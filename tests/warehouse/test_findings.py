from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.errors import DataError, Problem
from riskapi.warehouse.load import check_dataset, load_dataset
from tests.warehouse.folder import Rows, company, holding, write_datasets


def findings(folder: Path, **tables: Rows) -> list[Problem]:
    """What `check_dataset` tells, after making sure that it keeps no database from being built."""
    data = write_datasets(folder, **tables)
    load_dataset(data)
    try:
        check_dataset(data)
    except DataError as error:
        return list(error.problems)
    return []


def told(folder: Path, **tables: Rows) -> list[tuple[str, str, int | None, int | None]]:
    """Code, file, line and column of each finding."""
    return [(p.code, Path(p.file or "").name, p.line, p.column) for p in findings(folder, **tables)]


def test_sound_tables_have_no_findings(tmp_path: Path) -> None:
    assert told(tmp_path, companies=[company("a"), company("b")], ownership=[holding("a", "b", "60")]) == []


# --- order


def test_the_first_row_out_of_order_is_named_with_its_place_and_the_others_are_counted(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, companies=[company("b"), company("c"), company("a"), company("b-2"), company("a-2")])
    assert (found.code, found.line, found.column) == ("rows-unsorted", 4, 1)
    assert found.detail == "the row belongs before line 2; 1 more rows are out of order"
    assert found.hint == "sort companies.csv by company_id"


def test_empty_cells_come_first_and_dates_in_their_order(tmp_path: Path) -> None:
    spans = [{"to": "2019-12-31"}, {"from": "2020-01-01", "to": "2020-12-31"}, {"from": "2021-01-01"}]
    rows = [holding("a", "b", "10", **span) for span in spans]
    companies = [company("a"), company("b")]
    assert told(tmp_path / "one", companies=companies, ownership=rows) == []
    rows = [rows[1], rows[0], rows[2]]
    assert told(tmp_path / "two", companies=companies, ownership=rows) == [("rows-unsorted", "ownership.csv", 3, 1)]


# --- ownership


def test_a_circle_of_majorities_is_told_once_with_its_lines(tmp_path: Path) -> None:
    rows = [holding("a", "b", "60"), holding("b", "c", "60"), holding("c", "a", "60"), holding("c", "d", "60")]
    (found,) = findings(tmp_path, companies=[company(name) for name in "abcd"], ownership=rows)
    assert (found.code, Path(found.file or "").name, found.line) == ("majority-circle", "ownership.csv", 4)
    assert "`a` is held by `c` is held by `b` is held by `a` (lines 4, 3, 2)" in found.detail


@pytest.mark.parametrize(
    "rows",
    [
        [holding("a", "b", "60"), holding("b", "a", "50")],
        [holding("a", "b", "60", to="2020-12-31"), holding("b", "a", "60", **{"from": "2021-01-01"})],
        [holding("a", "b", "60"), holding("b", "a", "", "control_agreement")],
    ],
    ids=["half is no majority", "one after the other", "an agreement is no holding"],
)
def test_what_is_no_circle_of_majorities(tmp_path: Path, rows: Rows) -> None:
    assert told(tmp_path, companies=[company("a"), company("b")], ownership=rows) == []


def test_a_circle_that_starts_later_is_told_with_its_day(tmp_path: Path) -> None:
    rows = [holding("a", "b", "60"), holding("b", "a", "60", "voting", **{"from": "2021-01-01"})]
    (found,) = findings(tmp_path, companies=[company("a"), company("b")], ownership=rows)
    assert "in a circle on 2021-01-01" in found.detail


def test_votes_may_not_exceed_the_whole(tmp_path: Path) -> None:
    companies = [company("a"), company("b"), company("c")]
    rows = [holding("a", "c", "60", "voting"), holding("b", "c", "41", "voting")]
    assert told(tmp_path / "one", companies=companies, ownership=rows) == [
        ("votes-exceed-100", "ownership.csv", 3, 3)
    ]  # fmt: skip
    rows = [holding("a", "c", "60"), holding("b", "c", "41", "voting")]
    assert told(tmp_path / "two", companies=companies, ownership=rows) == []


# --- names


def name(company_id: str, text: str, kind: str, **cells: str) -> dict[str, str]:
    return {"company_id": company_id, "name": text, "kind": kind, **cells}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([name("a", "Acme", "short"), name("b", "ACME.", "short")], [("name-shared", "names.csv", 3, 2)]),
        ([name("a", "B", "legal")], [("name-shared", "companies.csv", 3, 2)]),
        ([name("a", "东风", "native"), name("b", "东风", "native")], [("name-shared", "names.csv", 3, 2)]),
        ([name("a", "Acme", "short"), name("b", "Acme", "brand")], []),
        ([name("a", "PSA", "acronym"), name("b", "PSA", "acronym")], []),
        ([name("a", "Acme", "former"), name("b", "Acme", "legal")], []),
        ([name("a", "Acme", "legal"), name("a", "Acme", "short")], []),
    ],
    ids=["case and points", "name of the company", "native", "brand", "acronyms", "former", "one company"],
)
def test_two_companies_do_not_share_a_name_that_tells_them_apart(
    tmp_path: Path, names: Rows, expected: list[tuple[str, str, int, int]]
) -> None:
    assert told(tmp_path, companies=[company("a"), company("b")], names=names) == expected


def test_known_namesakes_may_share_a_name(tmp_path: Path) -> None:
    names = [name("a", "Acme", "short"), name("b", "Acme", "short")]
    companies = [company("a"), company("b", note="namesake of a: another firm, in Austria")]
    assert told(tmp_path / "one", companies=companies, names=names) == []
    companies = [company("a"), company("b", note="namesake of c")]
    assert told(tmp_path / "two", companies=companies, names=names) == [("name-shared", "names.csv", 3, 2)]


# --- standards and days


def test_languages_scripts_and_countries_of_identifiers_are_those_of_the_standards(tmp_path: Path) -> None:
    names = [
        name("a", "One", "alias", language="en", script="Latn"),
        name("a", "Three", "alias", language="yue", script="Hant"),
        name("a", "Two", "alias", language="qx", script="Xyzz"),
        name("a", "Zwei", "alias", language="zh-Hant"),
    ]
    assert told(tmp_path, companies=[company("a")], names=names) == [
        ("code-unknown", "names.csv", 4, 4), ("code-unknown", "names.csv", 4, 5),
    ]  # fmt: skip


def test_an_isin_starts_with_a_country(tmp_path: Path) -> None:
    rows = [company("a", isin="US0378331005"), company("b", isin="QQ0378331003"), company("c", isin="XS0378331002")]
    found = [place for place in told(tmp_path, companies=rows) if place[0] == "code-unknown"]
    assert found == [("code-unknown", "companies.csv", 3, 7)]


def test_a_deal_does_not_end_before_it_is_announced(tmp_path: Path) -> None:
    deals = [
        {"deal_id": "a-b", "title": "A", "announced_on": "2020-01-02", "outcome_on": "2020-01-01"},
        {"deal_id": "a-c", "title": "A", "announced_on": "2020-01-02", "outcome_on": "2020-01-02"},
    ]
    (found,) = findings(tmp_path, deals=deals)
    assert (found.code, found.line, found.field) == ("outcome-before-announcement", 2, "outcome_on")


def test_errors_and_findings_come_together(tmp_path: Path) -> None:
    rows = [company("b"), company("a")]
    data = write_datasets(tmp_path, codes=[], companies=rows, ownership=[holding("a", "zz", "60")])
    with pytest.raises(DataError) as caught:
        check_dataset(data)
    assert [problem.code for problem in caught.value.problems] == ["rows-unsorted", "reference-unknown"]
