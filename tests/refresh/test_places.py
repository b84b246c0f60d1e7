from __future__ import annotations

import pytest

from riskapi.refresh.places import country_code
from riskapi.warehouse.countries import country_names


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CN", "CN"),
        ("cn", "CN"),
        ("China", "CN"),
        ("China (PRC)", "CN"),
        ("CHINA (MAINLAND)", "CN"),
        ("Hong Kong", "HK"),
        ("Russian Federation", "RU"),
        ("Russia", "RU"),
        ("Iran", "IR"),
        ("Korea, North", "KP"),
        ("South Korea", "KR"),
        ("Burma", "MM"),
        ("Türkiye", "TR"),
        ("United Arab Emirates", "AE"),
        ("United Kingdom", "GB"),
        ("Syria", "SY"),
        ("Venezuela", "VE"),
        ("Côte d’Ivoire", "CI"),
        ("Kosovo", "XK"),
        ("USA", "US"),
    ],
)
def test_a_country_is_known_however_it_is_written(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text", ["", "00", "EU", "Crimea (occupied)", "Region: Gaza", "undetermined", "XX", "Guinea Conakry Area"]
)
def test_what_is_no_country_for_certain_is_not_known(text: str) -> None:
    assert country_code(text) is None


def test_every_country_of_the_tables_is_found_by_its_own_name_and_code() -> None:
    wrong = {name: code for code, name in country_names().items() if {country_code(name), country_code(code)} != {code}}
    assert wrong == {}
