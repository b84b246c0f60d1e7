from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from riskapi.errors import RequestError
from riskapi.matrix.request import MatrixRequest, read_matrix
from tests.matrix.questions import CARS, planned, question
from tests.shipped import AS_OF, shipped_workspace


def read(data: Any, most: int | None = None) -> MatrixRequest:
    return read_matrix(data, shipped_workspace(), AS_OF, most=most)


def problems(data: Any, most: int | None = None) -> list[tuple[str, str | None]]:
    with pytest.raises(RequestError) as caught:
        read(data, most)
    return [(problem.code, problem.pointer) for problem in caught.value.problems]


def test_names_settle_on_companies_in_the_order_of_the_question_each_once() -> None:
    found = read(question(["Xiaomi", "BYD", "xiaomi corporation"], [{"name": "Ford", "country": "US"}]))  # type: ignore[list-item]
    assert [item.company_id for item in found.foreign] == ["xiaomi", "byd"]
    assert [item.name for item in found.foreign] == ["Xiaomi", "BYD"]
    assert found.dates == (AS_OF,)
    assert found.pairings == 2


def test_a_side_is_selected_by_what_is_known_on_the_newest_day() -> None:
    data = {**question(["Xiaomi"], ["Ford"]), "foreign": {"select": "country=CN, sector=automotive"}}
    found = read({**data, "dates": ["2026-11-22", "2015-01-01"]})
    known = shipped_workspace().profiles
    profiles = [known.get(item.company_id, AS_OF).values for item in found.foreign]
    assert len(profiles) > 10
    assert all(item["control_country"] == "CN" and "automotive" in item["sectors"] for item in profiles)  # type: ignore[operator]
    assert [item.name.casefold() for item in found.foreign] == sorted(item.name.casefold() for item in found.foreign)


def test_all_is_every_company_and_nobody_is_paired_with_itself() -> None:
    found = read({"foreign": {"all": True}, "hosts": {"names": ["Ford", "BYD"]}, "templates": [CARS]})
    everybody = len(shipped_workspace().profiles.register().companies)
    assert len(found.foreign) == everybody
    assert found.pairings == 2 * (everybody - 1)


def test_pairings_count_templates_and_days() -> None:
    other = {"name": "licence", "deal": {"type": "licence"}}
    found = read(question(["Xiaomi", "Ford"], ["Ford"], CARS, other, dates=["2025-01-01", "2026-01-01"]))
    assert found.pairings == 4
    assert [item.name for item in found.templates] == ["Joint venture, Automotive, United States", "licence"]
    assert found.dates == (date(2025, 1, 1), date(2026, 1, 1))


def test_a_kind_of_deal_without_a_name_is_called_by_what_is_told_of_it() -> None:
    told = {"deal": {"type": "supply"}, "at_host": True}
    found = read(question(["Xiaomi"], ["Ford"], told, {"deal": {}}, {**CARS, "name": "joint_venture US"}))
    names = [item.name for item in found.templates]
    assert names == ["Supply contract, in the country of the host", "template 2", "joint_venture US"]


def test_names_that_were_taken_as_misspellings_are_told_side_by_side() -> None:
    found = read(question(["Xiomi", "BYD", "Genral Motors"], ["Ford", "Stelantis"]))
    assert [item.company_id for item in found.foreign] == ["xiaomi", "byd", "general-motors"]
    assert list(found.warnings) == [
        "foreign: taken as misspellings, see that each company is meant: `Xiomi` for Xiaomi, `Genral Motors` for General Motors",
        "hosts: taken as misspellings, see that each company is meant: `Stelantis` for Stellantis",
    ]
    assert not read(question(["Xiaomi", "BYD"], ["Ford"])).warnings


def test_the_warnings_of_a_matrix_name_what_was_misspelt_before_what_was_not_told() -> None:
    first, *others = planned(question(["Xiomi"], ["Ford"])).warnings
    assert "`Xiomi` for Xiaomi" in first
    assert others == ["template `Joint venture, Automotive, United States`: deal.market_countries is not told"]


def test_every_problem_is_told_with_its_place() -> None:
    data = {
        "foreign": {"select": "contry=CN,sector=cars,state_share>x"},
        "hosts": {"names": ["Ford", "No Such Company At All", 3, {"name": "BYD", "land": "CN"}]},
        "templates": [{"deal": {"typ": "licence", "foreign_stake": "250%"}}, {"deal": {}, "place": "US"}],
        "dates": ["2026-02-30", "2026-01-01", "2026-01-01"],
        "top": 0,
        "most": 5,
    }
    assert sorted(problems(data), key=str) == sorted(
        [
            ("unknown-field", "/most"),
            ("bad-date", "/dates/0"),
            ("duplicate", "/dates/2"),
            ("unknown-fact", "/foreign/select"),
            ("unknown-code", "/foreign/select"),
            ("wrong-type", "/foreign/select"),
            ("name-unknown", "/hosts/names/1"),
            ("wrong-type", "/hosts/names/2"),
            ("unknown-field", "/hosts/names/3/land"),
            ("unknown-fact", "/templates/0/deal/typ"),
            ("out-of-range", "/templates/0/deal/foreign_stake"),
            ("unknown-field", "/templates/1/place"),
            ("out-of-range", "/top"),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"foreign": {"names": ["Ford"], "all": True}}, "one-choice", "/foreign"),
        ({"foreign": {}}, "one-choice", "/foreign"),
        ({"foreign": ["Ford"]}, "wrong-type", "/foreign"),
        ({"foreign": {"names": []}}, "wrong-type", "/foreign/names"),
        ({"foreign": {"names": ["Ford"]}, "hosts": {"names": ["ford"]}}, "no-pairings", "/hosts"),
        ({"hosts": {"select": "control_country=AQ"}}, "nothing-selected", "/hosts/select"),
        ({"templates": []}, "wrong-type", "/templates"),
        ({"templates": [CARS, CARS]}, "duplicate", "/templates/1/name"),
        ({"templates": [{**CARS, "at_host": True}]}, "contradiction", "/templates/0/at_host"),
        ({"dates": []}, "wrong-type", "/dates"),
        ({"dates": "2026-01-01"}, "wrong-type", "/dates"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, Any], code: str, pointer: str) -> None:
    assert problems({**question(["Xiaomi"], ["Ford"]), **change}) == [(code, pointer)]


def test_a_matrix_that_is_too_large_is_refused_with_its_size() -> None:
    data = question(["Xiaomi", "BYD"], ["Ford", "General Motors"])
    assert read(data, most=4).pairings == 4
    assert problems(data, most=3) == [("too-many", "")]
