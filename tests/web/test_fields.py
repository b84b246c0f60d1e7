"""Fields of forms."""

from __future__ import annotations

from riskapi.web.fields import fields_of
from riskapi.web.question import Question
from tests.shipped import shipped_vocabulary


def test_every_fact_that_can_be_told_has_a_field_of_its_kind() -> None:
    vocabulary = shipped_vocabulary()
    made = fields_of([fact.name for fact in vocabulary.tellable], Question(), vocabulary)
    kinds = {field.name: field.kind for field in made}
    assert kinds["type"] == "select"
    assert kinds["technologies"] == "checks"
    assert kinds["market_countries"] == "text"
    assert kinds["foreign_stake"] == "share"
    assert kinds["signed_on"] == "date"
    assert kinds["model_year"] == "number"
    assert all(field.label and field.empty for field in made)


def test_not_told_is_said_to_mean_what_it_means() -> None:
    vocabulary = shipped_vocabulary()
    control, heavy = fields_of(["deal.foreign_control", "deal.heavy_vehicles"], Question(), vocabulary)
    assert control.empty == "not known"
    assert heavy.empty == "not told: taken as no"
