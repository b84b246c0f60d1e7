from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.tariffs import Duty, DutyBook, Measure, Status, duty
from tests.tariffs.rows import DAY, book, measure


def asked(found: DutyBook, on: date = DAY, maker: str | tuple[str, ...] | None = None, **told: bool) -> Duty:
    return duty(found, "ev_car", "CN", "US", on, maker, given=told)


def status_of(answer: Duty) -> dict[str, Status]:
    return {charge.measure.measure_id: charge.status for charge in answer.measures}


def test_rates_that_come_on_top_are_added() -> None:
    answer = asked(book(measure(), measure("us.301.ev", 100, "adds"), measure("us.232.auto", 25, "adds")))
    assert answer.total_pct == 127.5
    assert [charge.counted_pct for charge in answer.counted] == [2.5, 25, 100]
    assert answer.reasons == ()


def test_without_any_row_the_total_is_not_known_and_says_why() -> None:
    answer = asked(book())
    assert answer.total_pct is None
    assert answer.reasons
    assert answer.confidence is None


def test_without_an_ordinary_duty_the_total_is_not_known() -> None:
    answer = asked(book(measure("us.301.ev", 100, "adds")))
    assert answer.total_pct is None
    assert answer.reasons == ("no ordinary duty is recorded for these goods on that day",)


def test_a_rate_that_is_not_known_leaves_the_total_open() -> None:
    answer = asked(book(measure(), measure("us.301.ev", None, "adds", note="to be set")))
    assert answer.total_pct is None
    assert answer.reasons == ("the rate of us.301.ev is not known: to be set",)


def test_outside_the_coverage_rows_are_shown_but_not_added_up() -> None:
    found = book(measure(origin="*"))
    answer = duty(found, "ev_car", "TH", "US", DAY)
    assert answer.total_pct is None
    assert [charge.counted_pct for charge in answer.counted] == [2.5]
    assert "not recorded" in answer.reasons[0]


def test_a_product_that_no_coverage_speaks_of_has_no_total() -> None:
    answer = duty(book(measure(product_group="medical")), "medical", "CN", "US", DAY)
    assert answer.total_pct is None
    assert answer.reasons == ("the table does not claim to hold every duty of US on medical",)


# Interaction


def test_a_preference_stands_in_place_of_the_ordinary_duty() -> None:
    answer = asked(book(measure("us.mfn.ev", 2.5), measure("us.pref", 0, "replaces", acts_on=("us.mfn",))))
    assert answer.total_pct == 0
    assert status_of(answer) == {"us.pref": Status.COUNTS, "us.mfn.ev": Status.REPLACED}
    assert next(charge.why for charge in answer.measures if not charge.counts) == "replaced by us.pref"


@pytest.mark.parametrize(("ordinary", "added"), [(2.5, 12.5), (0.0, 15.0), (15.0, 0.0), (25.0, 0.0)])
def test_an_all_in_rate_fills_up_and_never_takes_away(ordinary: float, added: float) -> None:
    answer = asked(book(measure(rate_pct=ordinary), measure("us.232.auto", 15, "all_in", acts_on=("us.mfn",))))
    assert answer.total_pct == ordinary + added
    assert answer.counted[-1].counted_pct == added


def test_an_all_in_rate_fills_up_what_is_left_after_a_preference() -> None:
    rows = [
        measure(),
        measure("us.pref.korus", 0, "replaces", acts_on=("us.mfn",)),
        measure("us.232.auto", 15, "all_in", acts_on=("us.mfn", "us.pref.korus")),
    ]
    assert asked(book(*rows)).total_pct == 15


def test_a_measure_that_is_not_cumulative_falls_away_only_beside_the_other() -> None:
    surcharge = measure("us.122", 10, "adds", not_with=("us.232",))
    assert asked(book(measure(), surcharge)).total_pct == 12.5
    answer = asked(book(measure(), surcharge, measure("us.232.auto", 25, "adds")))
    assert answer.total_pct == 27.5
    assert status_of(answer)["us.122"] is Status.NOT_CUMULATIVE


def test_a_measure_that_is_replaced_excludes_nothing() -> None:
    rows = [
        measure(),
        measure("us.232.auto", 25, "adds"),
        measure("us.232.deal", 10, "replaces", acts_on=("us.232.auto",)),
        measure("us.122", 7, "adds", not_with=("us.232.auto",)),
    ]
    assert asked(book(*rows)).total_pct == 19.5


def test_the_beginning_of_an_id_is_matched_by_whole_parts() -> None:
    answer = asked(book(measure(), measure("us.301fl", 12.5, "adds"), measure("us.x", 1, "adds", not_with=("us.301",))))
    assert answer.total_pct == 16


def test_a_rate_on_a_part_of_the_value_counts_with_that_part() -> None:
    part = measure("ca.surtax", 25, "adds", base="foreign content", base_pct=85)
    assert asked(book(measure(), part)).total_pct == 23.75


def test_a_rate_on_a_part_of_unknown_size_leaves_the_total_open() -> None:
    answer = asked(book(measure(), measure("us.232", 25, "adds", base="non-US content")))
    assert answer.total_pct is None
    assert answer.reasons == ("us.232 takes 25 % of the non-US content, whose share is not known: 0 to 25 %",)


# Makers, origins, territories


def test_the_rate_of_the_maker_goes_before_the_general_one() -> None:
    rows = [measure(), measure("us.cvd", 35.3, "adds"), measure("us.cvd", 17, "adds", company_id="byd")]
    found = book(*rows, names={"byd": "BYD"})
    assert asked(found, maker="byd").total_pct == 19.5
    charges = asked(found, maker="byd").measures
    assert [charge.why for charge in charges if charge.status is Status.COMPANY_RATE] == [
        "the rate of BYD stands in its place"
    ]


def test_a_maker_without_a_rate_of_its_own_pays_the_general_one_and_is_told() -> None:
    found = book(measure(), measure("us.cvd", 35.3, "adds"), measure("us.cvd", 17, "adds", company_id="byd"))
    for maker in (None, "xiaomi"):
        answer = asked(found, maker=maker)
        assert answer.total_pct == 37.8
        assert "rate of all others" in answer.caveats[0]


def test_the_nearest_of_those_who_control_the_maker_decides() -> None:
    rows = [measure("us.cvd", rate, "adds", company_id=name) for name, rate in (("geely", 18.8), ("li", 5.0))]
    found = book(measure(), measure("us.cvd", 35.3, "adds"), *rows, names={"geely": "Geely"})
    answer = asked(found, maker=("volvo", "geely", "li"))
    assert answer.total_pct == 21.3
    assert "Geely" in answer.caveats[0]


def test_the_rate_for_the_origin_goes_before_that_for_every_origin() -> None:
    found = book(measure(), measure("us.232", 25, "adds", origin="*"), measure("us.232", 15, "adds"))
    assert asked(found).total_pct == 17.5
    assert Status.ORIGIN_RATE in {charge.status for charge in asked(found).measures}


def test_a_special_rate_that_is_not_met_does_not_fall_back_to_the_general_one() -> None:
    special = measure("us.232", 25, "adds", unless=("usmca_originating",))
    found = book(measure(), measure("us.232", 25, "adds", origin="*"), special)
    assert asked(found, usmca_originating=True).total_pct == 2.5


UNION = {"DE": [(None, None)], "GB": [(None, date(2020, 12, 31))]}


def test_members_of_the_union_import_and_export_as_one_territory() -> None:
    found = book(measure(importer="EU", origin="CN", rate_pct=10), measure(importer="US", origin="EU"), union=UNION)
    assert duty(found, "ev_car", "CN", "DE", DAY).total_pct == 10
    assert duty(found, "ev_car", "DE", "US", DAY).total_pct == 2.5
    assert duty(found, "ev_car", "DE", "US", DAY).origin_territory == "EU"


def test_membership_is_that_of_the_day() -> None:
    found = book(measure(importer="US", origin="EU"), union=UNION)
    assert found.territory("GB", date(2020, 12, 31)) == "EU"
    assert found.territory("GB", date(2021, 1, 1)) == "GB"


def test_goods_that_cross_no_border_pay_nothing_and_say_so() -> None:
    answer = duty(book(union=UNION), "ev_car", "DE", "EU", DAY)
    assert answer.total_pct == 0
    assert "do not cross" in answer.reasons[0]


# Conditions


def test_a_condition_that_is_taken_for_granted_is_told() -> None:
    found = book(measure(), measure("us.quota", 7.5, "adds", requires=("in_quota",)))
    assert asked(found).total_pct == 10
    assert asked(found).assumptions == ("assumed that the import is within the quota",)
    assert asked(found, in_quota=False).total_pct == 2.5
    assert asked(found, in_quota=False).assumptions == ("as told, the import is outside the quota",)


def test_a_condition_that_is_not_known_gives_the_total_of_each_case() -> None:
    found = book(measure(), measure("us.301.ev", 100, "adds", requires=("plug_in",)))
    answer = asked(found)
    assert answer.total_pct is None
    assert [(case.given, case.total_pct) for case in answer.alternatives] == [
        ({"plug_in": True}, 102.5),
        ({"plug_in": False}, 2.5),
    ]
    assert status_of(answer)["us.301.ev"] is Status.OPEN
    assert answer.counted[0].counted_pct == 2.5
    assert asked(found, plug_in=True).total_pct == 102.5


def test_a_condition_that_changes_nothing_leaves_the_total_known() -> None:
    rows = [measure("a.phev", 35, requires=("plug_in",)), measure("a.hev", 35, unless=("plug_in",))]
    answer = asked(book(*rows))
    assert answer.total_pct == 35
    assert answer.confidence == "high"


def test_an_unknown_condition_is_refused() -> None:
    with pytest.raises(KeyError):
        asked(book(measure()), no_such_condition=True)


# Days

SUSPENDED = (
    measure("us.stop", 10, "adds", valid_from=date(2025, 1, 1), valid_to=date(2025, 3, 31)),
    measure("us.stop", 10, "adds", valid_from=date(2025, 7, 1), valid_to=date(2025, 12, 31)),
)


@pytest.mark.parametrize(
    ("day", "total"),
    [
        (date(2024, 12, 31), 2.5),
        (date(2025, 1, 1), 12.5),
        (date(2025, 3, 31), 12.5),
        (date(2025, 4, 1), 2.5),
        (date(2025, 6, 30), 2.5),
        (date(2025, 7, 1), 12.5),
        (date(2025, 12, 31), 12.5),
        (date(2026, 1, 1), 2.5),
    ],
)
def test_a_measure_counts_from_its_first_to_its_last_day(day: date, total: float) -> None:
    assert asked(book(measure(), *SUSPENDED), day).total_pct == total


def test_a_measure_in_a_gap_is_suspended_and_after_its_end_ended() -> None:
    found = book(measure(), *SUSPENDED)
    assert status_of(asked(found, date(2025, 5, 1)))["us.stop"] is Status.SUSPENDED
    assert status_of(asked(found, date(2026, 5, 1)))["us.stop"] is Status.ENDED


def test_a_measure_that_is_still_to_come_is_not_told() -> None:
    assert "us.stop" not in status_of(asked(book(measure(), *SUSPENDED), date(2024, 6, 1)))


def test_the_confidence_is_the_lowest_of_what_counts() -> None:
    ended = measure("us.old", 1, "adds", confidence="low", valid_to=date(2024, 1, 31))
    doubtful = measure("us.301.ev", 100, "adds", confidence="medium")
    assert asked(book(measure(), ended)).confidence == "high"
    assert asked(book(measure(), doubtful, ended)).confidence == "medium"


def test_the_rows_that_count_are_evidence() -> None:
    (row,) = asked(book(measure(citation="HTSUS", source_url="https://example.org"))).evidence()
    assert (row.table, row.citation, row.source_url) == ("tariffs", "HTSUS", "https://example.org")
    assert "2.5 percent" in row.statement


# What holds for every book

IDS = ("us.mfn", "us.301", "us.232.auto", "us.232.parts", "us.122", "us.pref")
START = date(2025, 1, 1)


@st.composite
def books(draw: st.DrawFn) -> list[Measure]:
    names = st.lists(st.sampled_from([*IDS, "us.232"]), max_size=2, unique=True).map(tuple)
    rows = [measure()]
    for number in range(draw(st.integers(0, 7))):
        first = START + timedelta(days=40 * number)
        span = draw(st.sampled_from([(None, None), (first, first + timedelta(days=20))]))
        rows.append(
            measure(
                draw(st.sampled_from(IDS[1:])),
                draw(st.sampled_from([0.0, 0.1, 7.5, 12.5, 25.0, 100.0])),
                draw(st.sampled_from(["adds", "replaces", "all_in"])),
                origin=draw(st.sampled_from(["CN", "*"])),
                acts_on=draw(names),
                not_with=draw(names),
                requires=draw(st.sampled_from([(), ("in_quota",), ("plug_in",), ("approved_investor",)])),
                company_id=draw(st.sampled_from([None, "byd"])),
                valid_from=span[0],
                valid_to=span[1],
                hs_prefixes=(str(10 + number),),
            )
        )
    return rows


days = st.integers(0, 330).map(lambda number: START + timedelta(days=number))


@given(books(), days)
def test_the_total_is_the_sum_of_what_counts(rows: list[Measure], day: date) -> None:
    answer = asked(book(*rows), day, "byd")
    still_open = any(charge.counts is None for charge in answer.measures)
    if answer.total_pct is not None and not still_open:
        assert answer.total_pct == pytest.approx(sum(charge.counted_pct or 0 for charge in answer.counted))
    for charge in answer.measures:
        assert charge.counts or charge.counted_pct is None


@given(books(), days, st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows: list[Measure], day: date, random: Random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert asked(book(*rows), day, "byd") == asked(book(*shuffled), day, "byd")


@given(books(), days)
def test_nothing_counts_outside_its_days(rows: list[Measure], day: date) -> None:
    assert all(charge.measure.holds_on(day) for charge in asked(book(*rows), day, "byd").counted)


@given(books(), days)
def test_of_each_measure_at_most_one_row_counts(rows: list[Measure], day: date) -> None:
    counted = [charge.measure.measure_id for charge in asked(book(*rows), day, "byd").counted]
    assert len(counted) == len(set(counted))


@given(books(), days)
def test_a_total_without_a_reason_or_a_reason_without_a_total(rows: list[Measure], day: date) -> None:
    answer = asked(book(*rows), day)
    assert (answer.total_pct is None) == bool(answer.reasons)
