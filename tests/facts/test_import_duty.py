"""The duty fact of a viewpoint: which origin counts, where goods made at home pay nothing, and what is not known."""

from __future__ import annotations

from datetime import date

import pytest

from riskapi.facts.assembly import Assembler, Links
from riskapi.facts.evidence import Evidence
from riskapi.facts.vocabulary import Value
from tests.facts.test_assembly import groups_of, party
from tests.shipped import AS_OF, shipped_vocabulary, shipped_workspace

RATES = {("CN", "US"): 127.5, ("MX", "US"): 2.5, ("CN", "EU"): 45.3}


def duty_of(product: str, origin: str, importer: str, on: date) -> tuple[float | None, tuple[Evidence, ...]]:
    row = Evidence(statement=f"{product} {origin} {importer} {on}", table="tariffs", key="x", confidence="high")
    return RATES.get((origin, importer)), (row,)


def seen(told: dict[str, Value], jurisdiction: str = "US") -> tuple[Value, tuple[Evidence, ...]]:
    assembler = Assembler(shipped_vocabulary(), groups_of, duty_of)
    told = {"deal.activity_country": "US", "deal.market_countries": ("US", "DE"), **told}
    pairing = assembler.pairing((party("A", "CN"), party("B", "US")), told, AS_OF, Links())
    view = next(item for item in pairing.viewpoints if item.jurisdiction == jurisdiction)
    return view.facts["jurisdiction.import_duty_pct"], view.evidence["jurisdiction.import_duty_pct"]


@pytest.mark.parametrize(
    ("origins", "total"),
    [
        (("CN",), 127.5),
        (("MX", "CN"), 127.5),
        (("US",), 0.0),
        (("US", "MX"), 2.5),
        (("CN", "ZA"), None),
        ((), None),
        (None, None),
    ],
)
def test_the_highest_duty_of_several_origins_counts_and_none_is_guessed(origins: Value, total: Value) -> None:
    assert seen({"deal.product": "ev_car", "deal.production_countries": origins, "deal.type": "supply"})[0] == total


def test_the_rows_behind_the_total_are_its_evidence() -> None:
    _, rows = seen({"deal.product": "ev_car", "deal.production_countries": ("CN",), "deal.type": "supply"})
    assert rows[0].statement == f"ev_car CN US {AS_OF}"


def test_goods_of_a_member_state_pay_nothing_inside_the_union() -> None:
    assert seen({"deal.product": "ev_car", "deal.production_countries": ("FR",), "deal.type": "supply"}, "EU")[0] == 0.0


def test_without_a_product_the_duty_is_not_known() -> None:
    assert seen({"deal.production_countries": ("CN",), "deal.type": "supply"}) == (None, ())


def test_the_shipped_tables_give_the_published_total() -> None:
    answer = shipped_workspace().score(
        "Xiaomi", "Ford", as_of="2026-11-22", type="distribution", sector="automotive", product="ev_car",
        activity_country="US", market_countries=["US"], production_countries=["CN"],
    )  # fmt: skip
    rule = next(item for item in answer.rules if item.id == "us.import-duty.total")
    assert rule.status == "fired"
    assert "127.5 %" in rule.because
    assert len([row for row in rule.evidence if row.table == "tariffs"]) == 3
