from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskapi.errors import DataError, Problem
from riskapi.warehouse.load import load_dataset, read_dataset
from riskapi.warehouse.tables import TABLES
from tests.warehouse.folder import CODES, Rows, company, holding, owner, write_datasets


def problems_of(folder: Path) -> list[Problem]:
    return read_dataset(folder)[2]


def only_problem(folder: Path) -> Problem:
    problems = problems_of(folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_sound_tables_become_typed_rows_with_their_lines(tmp_path: Path) -> None:
    rows = [company("ford", founded="1903", sectors="automotive", seat_country="US")]
    dataset = load_dataset(write_datasets(tmp_path, companies=rows))
    row = dataset.rows["companies"][0]
    assert row.line == 2
    assert (row["founded"], row["sectors"], row["as_of"]) == (1903, ("automotive",), date(2026, 11, 22))
    assert row["lei"] is None


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        ({"name": ""}, "value-missing", "name"),
        ({"name": " Ford"}, "value-spaces", "name"),
        ({"company_id": "Ford Motor"}, "value-malformed", "company_id"),
        ({"seat_country": "UK"}, "value-unknown", "seat_country"),
        ({"seat_country": "EU"}, "value-unknown", "seat_country"),
        ({"sectors": "automotive|cars"}, "value-unknown", "sectors"),
        ({"sectors": "automotive|automotive"}, "list-malformed", "sectors"),
        ({"sectors": "automotive|"}, "list-malformed", "sectors"),
        ({"founded": "1903.5"}, "number-malformed", "founded"),
        ({"founded": "19033"}, "number-out-of-range", "founded"),
        ({"as_of": "22.11.2026"}, "date-malformed", "as_of"),
        ({"as_of": "2026-02-30"}, "date-invalid", "as_of"),
        ({"as_of": ""}, "value-missing", "as_of"),
        ({"confidence": "sure"}, "value-unknown", "confidence"),
        ({"confidence": "high"}, "source-missing", "confidence"),
        ({"source_url": "a book", "confidence": "high"}, "value-malformed", "source_url"),
        ({"lei": "123"}, "value-malformed", "lei"),
        ({"lei": "5493006W3QUS5LMH6R85"}, "check-digits", "lei"),
        ({"isin": "KYG9830T1068"}, "check-digits", "isin"),
    ],
)
def test_a_broken_cell_is_named_with_line_and_column(
    tmp_path: Path, cells: dict[str, str], code: str, field: str
) -> None:
    folder = write_datasets(tmp_path, companies=[company("audi"), company("ford") | cells])
    problem = only_problem(folder)
    header = next(table for table in TABLES if table.name == "companies").header
    assert (problem.code, problem.line, problem.field) == (code, 3, field)
    assert problem.column == header.index(field) + 1
    assert problem.file is not None
    assert problem.file.endswith("companies.csv")


@pytest.mark.parametrize("country", ["XK", "HK", "TW", "GB"])
def test_codes_that_people_use_for_countries_are_known(tmp_path: Path, country: str) -> None:
    assert problems_of(write_datasets(tmp_path, companies=[company("ford", seat_country=country)])) == []


def test_a_tariff_may_name_the_union_and_every_origin(tmp_path: Path) -> None:
    row = {
        "measure_id": "m",
        "importer": "EU",
        "origin": "*",
        "product_group": "ev_car",
        "rate_pct": "10",
        "action": "adds",
    }
    assert problems_of(write_datasets(tmp_path, tariffs=[row])) == []


def test_a_near_code_is_suggested(tmp_path: Path) -> None:
    problem = only_problem(write_datasets(tmp_path, companies=[company("ford", sectors="automotiv")]))
    assert "`automotive`" in str(problem.hint)


def test_lines_count_line_breaks_inside_cells(tmp_path: Path) -> None:
    rows = [company("audi", note="two\nlines"), company("ford", seat_country="ZZ")]
    assert only_problem(write_datasets(tmp_path, companies=rows)).line == 4


def edit(folder: Path, file: str, old: bytes, new: bytes) -> Path:
    path = folder / file
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    return folder


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        (b"Ford", b"F\xf6rd", "not-utf8", 2),
        (b"company_id,", b"\xef\xbb\xbfcompany_id,", "byte-order-mark", 1),
        (b"\nford", b"\r\nford", "line-ends", 1),
        (b"ford,Ford,", b"ford,Ford,,", "field-count", 2),
        (b"ford,Ford", b'ford,"Ford', "csv-malformed", 2),
        (b",low,\n", b",low,\n\n", "field-count", 3),
    ],
)
def test_a_broken_file_is_named_with_the_line(tmp_path: Path, old: bytes, new: bytes, code: str, line: int) -> None:
    folder = edit(write_datasets(tmp_path, companies=[company("ford")]), "companies.csv", old, new)
    found = [(problem.code, problem.line) for problem in problems_of(folder)]
    assert (code, line) in found


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        (b"owner_id,", b"owner,", "column-unknown", "owner"),
        (b"owner_id,", b"", "column-missing", "owner_id"),
        (b"name,type", b"name,name", "column-repeated", "name"),
        (b"owner_id,name", b"name,owner_id", "column-order", None),
    ],
)
def test_a_broken_header_is_named(tmp_path: Path, old: bytes, new: bytes, code: str, field: str | None) -> None:
    folder = edit(write_datasets(tmp_path), "owners.csv", old, new)
    assert (code, field) in [(problem.code, problem.field) for problem in problems_of(folder)]


def test_missing_and_empty_files_are_named(tmp_path: Path) -> None:
    folder = write_datasets(tmp_path)
    (folder / "deals.csv").unlink()
    (folder / "claims.csv").write_text("")
    assert sorted(problem.code for problem in problems_of(folder)) == ["file-empty", "table-missing"]


def test_a_missing_folder_is_one_problem(tmp_path: Path) -> None:
    assert only_problem(tmp_path / "nowhere").code == "folder-missing"


def test_repeated_keys_tell_the_first_line(tmp_path: Path) -> None:
    problem = only_problem(write_datasets(tmp_path, companies=[company("ford"), company("audi"), company("ford")]))
    assert (problem.code, problem.line) == ("key-repeated", 4)
    assert "line 2" in problem.detail


@pytest.mark.parametrize(
    ("tables", "field"),
    [
        ({"names": [{"company_id": "frd", "name": "Ford", "kind": "short"}]}, "company_id"),
        ({"ownership": [holding("ford", "frd", "10")]}, "owned_id"),
        ({"ownership": [holding("frd", "ford", "10")]}, "owner_id"),
        ({"designations": [{"company_id": "frd", "list": "us_1260h"}]}, "company_id"),
        ({"deals": [{"deal_id": "d", "title": "D", "host_company_id": "frd"}]}, "host_company_id"),
    ],
)
def test_a_dangling_reference_is_named_with_the_nearest_id(tmp_path: Path, tables: dict[str, Rows], field: str) -> None:
    problem = only_problem(write_datasets(tmp_path, companies=[company("ford")], **tables))
    assert (problem.code, problem.field, problem.line) == ("reference-unknown", field, 2)
    assert "`ford`" in str(problem.hint)


def test_a_claim_must_speak_of_a_known_deal(tmp_path: Path) -> None:
    claim = {"claim_id": "d.1", "deal_id": "d", "claimant": "A paper", "role": "media", "stance": "reports"}
    assert only_problem(write_datasets(tmp_path, claims=[claim])).code == "reference-unknown"


def test_an_owner_id_may_not_be_a_company(tmp_path: Path) -> None:
    folder = write_datasets(tmp_path, companies=[company("ford")], owners=[owner("ford", "family")])
    assert only_problem(folder).code == "id-taken"


def ownership_problem(tmp_path: Path, *rows: dict[str, str]) -> Problem:
    companies = [company("audi"), company("ford"), company("kia")]
    return only_problem(write_datasets(tmp_path, companies=companies, ownership=list(rows)))


def test_a_company_cannot_own_itself(tmp_path: Path) -> None:
    assert ownership_problem(tmp_path, holding("ford", "ford", "10")).code == "owns-itself"


@pytest.mark.parametrize("share", ["100.1", "-1"])
def test_percentages_lie_between_0_and_100(tmp_path: Path, share: str) -> None:
    assert ownership_problem(tmp_path, holding("ford", "kia", share)).code == "number-out-of-range"


def test_a_span_that_ends_before_it_starts_is_an_error(tmp_path: Path) -> None:
    problem = ownership_problem(tmp_path, holding("ford", "kia", "5", **{"from": "2020-01-02", "to": "2020-01-01"}))
    assert (problem.code, problem.field) == ("span-backwards", "to")


def test_a_listing_must_last_a_day(tmp_path: Path) -> None:
    row = {"company_id": "ford", "list": "us_1260h", "listed_on": "2024-01-31", "delisted_on": "2024-01-31"}
    folder = write_datasets(tmp_path, companies=[company("ford")], designations=[row])
    assert only_problem(folder).code == "span-backwards"


def test_spans_of_one_holding_may_not_share_a_day(tmp_path: Path) -> None:
    first = holding("ford", "kia", "5", to="2020-12-31")
    assert (
        ownership_problem(tmp_path, first, holding("ford", "kia", "6", **{"from": "2020-12-31"})).code
        == "spans-overlap"
    )


def test_spans_of_one_holding_may_follow_each_other(tmp_path: Path) -> None:
    rows = [holding("ford", "kia", "95", to="2020-12-31"), holding("ford", "kia", "96", **{"from": "2021-01-01"})]
    companies = [company("ford"), company("kia")]
    assert problems_of(write_datasets(tmp_path, companies=companies, ownership=rows)) == []


def test_a_company_may_be_listed_again_on_the_day_it_was_taken_off(tmp_path: Path) -> None:
    rows = [
        {"company_id": "ford", "list": "us_1260h", "listed_on": "2024-01-31", "delisted_on": "2024-06-01"},
        {"company_id": "ford", "list": "us_1260h", "listed_on": "2024-06-01"},
    ]
    assert problems_of(write_datasets(tmp_path, companies=[company("ford")], designations=rows)) == []


def test_direct_equity_may_not_exceed_the_whole_on_any_day(tmp_path: Path) -> None:
    rows = [holding("audi", "kia", "60"), holding("ford", "kia", "40.6", **{"from": "2020-01-01"})]
    problem = ownership_problem(tmp_path, *rows)
    assert (problem.code, problem.line) == ("shares-exceed-100", 3)
    assert "2020-01-01" in problem.detail


@pytest.mark.parametrize(
    "rows",
    [
        [holding("audi", "kia", "60"), holding("ford", "kia", "40.5")],
        [holding("audi", "kia", "60"), holding("ford", "kia", "60", "voting")],
        [holding("audi", "kia", "60", to="2019-12-31"), holding("ford", "kia", "60", **{"from": "2020-01-01"})],
        [holding("audi", "kia", "60"), holding("ford", "kia", "")],
    ],
    ids=["rounding", "votes", "one after the other", "not known"],
)
def test_what_does_not_exceed_the_whole(tmp_path: Path, rows: Rows) -> None:
    companies = [company("audi"), company("ford"), company("kia")]
    assert problems_of(write_datasets(tmp_path, companies=companies, ownership=rows)) == []


def test_all_problems_come_at_once_in_the_order_of_the_files(tmp_path: Path) -> None:
    rows = [company("ford", seat_country="ZZ", founded="x"), company("audi", seat_country="YY")]
    last = max(CODES, key=lambda row: (row["domain"], row["code"]))
    with pytest.raises(DataError) as caught:
        load_dataset(write_datasets(tmp_path, companies=rows, codes=[*CODES, last]))
    places = [(problem.line, problem.field) for problem in caught.value.problems]
    assert places == [(len(CODES) + 2, "domain"), (2, "seat_country"), (2, "founded"), (3, "seat_country")]


def test_more_than_200_problems_are_counted(tmp_path: Path) -> None:
    rows = [company(f"c{number}", seat_country="ZZ") for number in range(250)]
    with pytest.raises(DataError) as caught:
        load_dataset(write_datasets(tmp_path, companies=rows))
    assert len(caught.value.problems) == 201
    assert "50 more" in caught.value.problems[-1].detail
