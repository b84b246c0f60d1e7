from __future__ import annotations

import pytest

from riskapi.assessment.answer import BandAnswer, TrialAnswer, UnknownAnswer
from riskapi.briefing.material import drivers, observed, question_words, ways
from riskapi.scoring.observed import ObservedRates
from tests.briefing.briefings import demo


def band(rates: ObservedRates | None) -> BandAnswer:
    return BandAnswer(name="high", label="High", meaning="Much.", observed=rates)


RATES = ObservedRates(n=10, adverse=4, rate=0.4, low=0.17, high=0.69, rule_set="1.0.0+abc")


def test_past_deals_of_a_band_are_counted_with_their_interval() -> None:
    told = observed(band(RATES), "1.0.0+abc")
    assert (
        told
        == "Of 10 past deals on record in this band 4 were stopped or given up: 40 % (17 to 69 %); no random sample."
    )


def test_a_back_test_of_other_rules_is_told_to_be_one() -> None:
    assert observed(band(RATES), "2.0.0+def").endswith("Scored by other rules: 1.0.0+abc.")


@pytest.mark.parametrize("rates", [None, ObservedRates(n=0, adverse=0, rate=None, low=None, high=None, rule_set="x")])
def test_a_band_without_past_deals_says_so(rates: ObservedRates | None) -> None:
    assert observed(band(rates), "x").startswith("Not measured")


def trial(low: float, score: float, high: float) -> TrialAnswer:
    return TrialAnswer(value=True, text="yes", low=low, score=score, high=high)


def unknown(lowest: TrialAnswer, highest: TrialAnswer, party: str | None = None) -> UnknownAnswer:
    return UnknownAnswer(
        fact="deal.x", party=party, meaning="m", question="Who?", moves=9.0, rules=(), lowest=lowest, highest=highest
    )


def test_a_question_says_what_its_answer_leads_to_the_lower_first() -> None:
    item = unknown(trial(10, 60, 99.99), trial(10, 40, 80), party="Ford")
    assert question_words(item) == "Ford: Who? Score then: from 40.0 (10.0 to 80.0) to 60.0 (10.0 to >99.9)."
    assert question_words(unknown(trial(1, 2, 3), trial(1, 2, 3))) == "Who? Score then: 2.0 (1.0 to 3.0)."


def test_drivers_are_three_at_most_and_the_heaviest() -> None:
    up, down = drivers(demo())
    counted = [step.points for step in demo().answer.waterfall if step.rule]
    assert [item.points for item in up] == sorted((points for points in counted if points > 0), reverse=True)[:3]
    assert [item.points for item in down] == sorted(points for points in counted if points < 0)[:3]


def test_a_way_is_told_once_with_all_that_it_reaches() -> None:
    whatif = demo().whatif
    assert whatif is not None
    found = ways(whatif)
    keys = [tuple((change.fact, str(change.value)) for change in item.way.changes) for item in found]
    assert len(keys) == len(set(keys))
    reached = {label for item in found for label in item.bands}
    assert reached == {target.label for target in whatif.targets if target.kind == "band" and target.ways}
