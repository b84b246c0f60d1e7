from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.entities.evaluation import Case, by_kind, figures, judge, latency_ms, read_cases, verdict
from riskapi.entities.resolver import (
    Ambiguous,
    Candidate,
    KnownName,
    Match,
    NamedCompany,
    NameIndex,
    NoMatch,
    Resolution,
)
from riskapi.errors import RequestError

INDEX = NameIndex(
    [NamedCompany(company_id="a", name="Alumno", seat_country="CN"), NamedCompany(company_id="b", name="Bravado")],
    [KnownName(company_id="a", name="Alumno Motor", kind="legal")],
)


def candidate(company_id: str) -> Candidate:
    return Candidate(company_id=company_id, name=company_id, seat_country=None, matched_name="", kind="name", score=1.0)


def case(*expected: str) -> Case:
    return Case(line=2, query="q", country_hint=None, expected=frozenset(expected), kind="k", part="all")


MATCH = Match(query="q", company_id="a", name="A", matched_name="A", kind="name", score=100.0, reason="")
NOTHING = NoMatch(query="q", reason="")
BOTH = Ambiguous(query="q", reason="", candidates=(candidate("a"), candidate("b")))


@pytest.mark.parametrize(
    ("expected", "answer", "said"),
    [
        (("a",), MATCH, "right"),
        (("b",), MATCH, "wrong"),
        ((), MATCH, "wrong"),
        (("a", "b"), MATCH, "wrong"),
        (("a",), NOTHING, "missed"),
        (("a",), BOTH, "missed"),
        ((), NOTHING, "right"),
        ((), BOTH, "right"),
        (("a", "b"), BOTH, "right"),
        (("a", "c"), BOTH, "missed"),
    ],
)
def test_the_verdict_on_an_answer(expected: tuple[str, ...], answer: Resolution, said: str) -> None:
    assert verdict(case(*expected), answer) == said


def test_rates_count_matches_against_what_was_expected(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(
        "query,expected,kind\nAlumno,a,x\nBravado,a,x\nNobody,a,x\nAlumno Motor,none,y\nZulu,none,y\n", "utf-8"
    )
    judged = judge(INDEX, read_cases(file, INDEX.companies.keys()))
    found = figures(judged)
    assert found.recall == pytest.approx(1 / 3)
    assert found.precision == pytest.approx(1 / 3)
    assert found.false_match_rate == pytest.approx(1 / 2)
    assert found.ambiguous_recall is None
    assert by_kind(judged)["positive", "x"] == {"right": 1, "wrong": 1, "missed": 1}
    assert latency_ms(judged)[0] > 0


def test_a_file_that_names_unknown_companies_is_refused_with_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("query,expected,kind\nAlumno,a,x\nZulu,zulu|a,x\nYork,york,x\n", "utf-8")
    with pytest.raises(RequestError) as caught:
        read_cases(file, INDEX.companies.keys())
    assert [(problem.line, problem.code) for problem in caught.value.problems] == [
        (3, "unknown-company"),
        (4, "unknown-company"),
    ]


def test_a_file_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("query,kind\nAlumno,x\n", "utf-8")
    with pytest.raises(RequestError, match="expected"):
        read_cases(file, INDEX.companies.keys())
