"""The shipped table against totals that official texts and the press have published."""

from __future__ import annotations

from datetime import date

import pytest

from riskapi.tariffs import Duty, Status, duty, duty_history
from tests.tariffs.test_shipped_rows import shipped_book

TODAY = date(2026, 11, 22)


def total(
    origin: str, importer: str, on: date = TODAY, maker: str | None = None, product: str = "ev_car"
) -> float | None:
    return duty(shipped_book(), product, origin, importer, on, maker).total_pct


def history(
    origin: str, importer: str, maker: str | None = None, product: str = "ev_car"
) -> list[tuple[str, float | None]]:
    periods = duty_history(shipped_book(), product, origin, importer, date(2024, 1, 1), TODAY, maker)
    return [(period.start.isoformat(), period.duty.total_pct) for period in periods]


def parts(answer: Duty) -> dict[str, float | None]:
    return {charge.measure.measure_id: charge.counted_pct for charge in answer.counted}


def test_a_chinese_electric_car_into_the_united_states() -> None:
    answer = duty(shipped_book(), "ev_car", "CN", "US", TODAY)
    assert answer.total_pct == 127.5
    assert parts(answer) == {"us.mfn.ev_car": 2.5, "us.301.ev": 100, "us.232.auto": 25}
    assert answer.confidence == "high"
    others = {charge.measure.measure_id: charge.status for charge in answer.measures if not charge.counts}
    assert others == {
        "us.301fl": Status.NOT_CUMULATIVE,
        "us.122.surcharge": Status.ENDED,
        "us.ieepa.fentanyl": Status.ENDED,
        "us.ieepa.reciprocal": Status.ENDED,
    }


def test_its_history_since_2024() -> None:
    assert history("CN", "US") == [
        ("2024-01-01", 27.5),
        ("2024-09-27", 102.5),
        ("2025-02-04", 112.5),
        ("2025-03-04", 122.5),
        ("2025-04-03", 147.5),
        ("2025-11-10", 137.5),
        ("2026-02-24", 127.5),
    ]


def test_surcharges_that_spare_goods_under_section_232_never_count_for_cars() -> None:
    for day, measure_id in ((date(2025, 4, 20), "us.ieepa.reciprocal"), (date(2026, 3, 1), "us.122.surcharge")):
        charges = duty(shipped_book(), "ev_car", "CN", "US", day).measures
        (status,) = [charge.status for charge in charges if charge.measure.measure_id == measure_id]
        assert status is Status.NOT_CUMULATIVE


@pytest.mark.parametrize(
    ("maker", "provisional", "definitive"),
    [
        ("byd", 27.4, 27.0),
        ("geely-holding", 29.9, 28.8),
        ("saic-motor", 47.6, 45.3),
        ("tesla", 30.8, 17.8),
        ("xpeng", 30.8, 30.7),
        ("leapmotor", 30.8, 30.7),
        ("xiaomi", 47.6, 45.3),
        (None, 47.6, 45.3),
    ],
)
def test_a_chinese_electric_car_into_the_union_by_maker(
    maker: str | None, provisional: float, definitive: float
) -> None:
    assert history("CN", "DE", maker) == [
        ("2024-01-01", 10.0),
        ("2024-07-05", provisional),
        ("2024-10-30", definitive),
    ]


def test_provisional_duties_of_the_union_are_told_to_have_been_released() -> None:
    answer = duty(shipped_book(), "ev_car", "CN", "EU", date(2024, 8, 1), "byd")
    assert "not collected" in answer.caveats[0]


def test_the_undertaking_of_volkswagen_anhui_is_a_case_of_its_own() -> None:
    answer = duty(shipped_book(), "ev_car", "CN", "EU", TODAY, "vw-anhui")
    assert {case.given["price_undertaking"]: case.total_pct for case in answer.alternatives} == {True: 10, False: 30.7}
    assert total("CN", "EU", date(2026, 2, 10), "vw-anhui") == 30.7


def test_chinese_hybrid_and_combustion_cars_pay_the_ordinary_duty_of_the_union() -> None:
    assert total("CN", "EU", product="hybrid_car") == 10
    assert total("CN", "EU", product="ice_car") == 10


def test_a_chinese_electric_car_into_canada_before_and_within_the_quota() -> None:
    assert history("CN", "CA") == [("2024-01-01", 6.1), ("2024-10-01", 106.1), ("2026-03-01", 6.1)]


def test_outside_the_canadian_quota_the_total_is_not_known() -> None:
    answer = duty(shipped_book(), "ev_car", "CN", "CA", TODAY, given={"in_quota": False})
    assert answer.total_pct is None
    assert "permit" in answer.reasons[0]
    before = duty(shipped_book(), "ev_car", "CN", "CA", date(2026, 2, 28), given={"in_quota": False})
    assert before.total_pct == 106.1


def test_an_american_car_into_canada_pays_on_its_foreign_content() -> None:
    answer = duty(shipped_book(), "ev_car", "US", "CA", date(2026, 6, 1))
    assert {case.given["usmca_originating"]: case.total_pct for case in answer.alternatives} == {
        True: 21.25,
        False: 31.1,
    }
    assert total("US", "CA") is None


def test_mexico_after_its_reform() -> None:
    assert history("CN", "MX") == [("2024-01-01", 0), ("2024-10-01", 15), ("2026-01-01", 50)]
    assert total("CN", "MX", product="ice_car") == 50
    assert total("US", "MX") == 0


def test_the_steps_of_brazil() -> None:
    steps = [("2024-01-01", 10), ("2024-07-01", 18), ("2025-07-01", 25), ("2026-07-01", 35)]
    assert history("CN", "BR") == steps
    assert history("US", "BR") == steps
    assert history("DE", "BR")[-1] == ("2026-05-01", 25)
    assert total("CN", "BR", product="hybrid_car") == 35


@pytest.mark.parametrize(("origin", "deal"), [("JP", "2025-09-16"), ("DE", "2025-08-01"), ("KR", "2025-11-01")])
@pytest.mark.parametrize("product", ["ev_car", "hybrid_car", "ice_car"])
def test_cars_of_partners_with_a_deal_pay_15_percent_in_all(origin: str, deal: str, product: str) -> None:
    before = 25.0 if origin == "KR" else 27.5
    ordinary = 0.0 if origin == "KR" else 2.5
    assert history(origin, "US", product=product) == [("2024-01-01", ordinary), ("2025-04-03", before), (deal, 15.0)]


def test_british_cars_within_and_outside_the_quota() -> None:
    assert history("GB", "US") == [("2024-01-01", 2.5), ("2025-04-03", 27.5), ("2025-06-30", 10.0)]
    assert duty(shipped_book(), "ev_car", "GB", "US", TODAY, given={"in_quota": False}).total_pct == 27.5


def test_a_mexican_car_into_the_united_states_hangs_on_its_origin_and_content() -> None:
    answer = duty(shipped_book(), "ev_car", "MX", "US", TODAY)
    assert {case.given["usmca_originating"]: case.total_pct for case in answer.alternatives} == {
        True: None,
        False: 27.5,
    }


def test_american_cars_into_china_until_the_record_ends() -> None:
    assert history("US", "CN") == [
        ("2024-01-01", 15),
        ("2025-04-10", 99),
        ("2025-04-12", 140),
        ("2025-05-14", 25),
        ("2026-11-10", None),
    ]


def test_american_cars_into_the_union_are_free_since_july_2026() -> None:
    assert history("US", "FR") == [("2024-01-01", 10), ("2026-07-01", 0)]


def test_turkey_charges_chinese_cars_50_and_then_40_percent() -> None:
    assert total("CN", "TR", date(2024, 1, 1)) == 50
    assert total("CN", "TR", date(2025, 11, 20)) == 50
    assert total("CN", "TR") == 40
    assert total("DE", "TR") == 0


def test_india_charges_by_value() -> None:
    cases = duty(shipped_book(), "ev_car", "CN", "IN", TODAY).alternatives
    assert {case.given["value_over_usd_40000"]: case.total_pct for case in cases} == {True: 110, False: 70}
    approved = duty(shipped_book(), "ev_car", "CN", "IN", TODAY, given={"approved_investor": True})
    assert approved.total_pct == 15


def test_the_united_kingdom_charges_the_ordinary_duty_on_chinese_cars() -> None:
    assert history("CN", "GB", "byd") == [("2024-01-01", 10)]


def test_batteries_of_china_into_the_united_states() -> None:
    assert total("CN", "US", product="ev_battery") == 53.4
    assert total("CN", "US", product="non_ev_battery") == 40.9
    assert total("CN", "US", date(2026, 1, 15), product="non_ev_battery") == 48.4


@pytest.mark.parametrize(
    ("product", "origin", "importer"),
    [
        ("ev_car", "CN", "AU"),
        ("ev_car", "TH", "US"),
        ("ev_car", "RU", "EU"),
        ("solar_cells", "CN", "US"),
        ("medical", "CN", "US"),
    ],
)
def test_goods_that_are_not_recorded_have_no_total(product: str, origin: str, importer: str) -> None:
    answer = duty(shipped_book(), product, origin, importer, TODAY)
    assert answer.total_pct is None
    assert answer.reasons
