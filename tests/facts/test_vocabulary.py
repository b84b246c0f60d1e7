"""The registry of facts: complete, consistent, and the one source of types."""

from __future__ import annotations

import pytest

from riskapi.facts.values import defaults
from riskapi.facts.vocabulary import FactType, Origin, Vocabulary, World, all_facts, load_vocabulary
from tests.shipped import AS_OF, shipped_vocabulary


def test_names_are_unique() -> None:
    names = [fact.name for fact in all_facts()]
    assert len(names) == len(set(names))


def test_every_fact_says_what_it_means_and_where_it_comes_from() -> None:
    for fact in all_facts():
        assert fact.meaning.endswith("."), fact.name
        assert fact.source, fact.name


def test_mirrors_are_mutual_and_of_one_type() -> None:
    facts = {fact.name: fact for fact in all_facts()}
    for fact in facts.values():
        if fact.mirror is not None:
            assert facts[fact.mirror].mirror == fact.name
            assert facts[fact.mirror].type is fact.type


def test_deal_facts_of_one_side_are_named_after_it() -> None:
    for fact in all_facts():
        if fact.origin is Origin.DEAL and (".foreign_" in fact.name or ".host_" in fact.name):
            assert fact.one_sided, f"{fact.name} speaks of one side and must be marked so"


def test_open_facts_that_callers_can_tell_have_a_question() -> None:
    asked = [fact for fact in all_facts() if fact.origin is Origin.DEAL and fact.told and fact.world is World.OPEN]
    assert [fact.name for fact in asked if not fact.question] == []


def test_silence_is_unknown_unless_the_world_is_closed() -> None:
    values = defaults(shipped_vocabulary(), AS_OF)
    assert values["foreign.designations"] == ()
    assert values["deal.technologies"] is None
    assert values["deal.has_specific_authorization"] is False
    assert values["deal.signed_on"] == AS_OF
    assert set(values) == {fact.name for fact in all_facts()}


def test_closed_world_defaults_have_the_type_of_their_fact() -> None:
    kinds: dict[FactType, tuple[type, ...]] = {
        FactType.BOOL: (bool,),
        FactType.INT: (int,),
        FactType.FLOAT: (float,),
        FactType.LIST: (tuple,),
        FactType.DATE: (type(None),),
    }
    for fact in all_facts():
        if fact.world is World.CLOSED:
            assert isinstance(fact.default, kinds[fact.type]), fact.name


def test_a_missing_code_list_is_refused() -> None:
    with pytest.raises(ValueError, match="designation_list"):
        load_vocabulary({"country": {"US": "United States"}})


def test_the_same_leaf_on_the_wrong_side_is_suggested() -> None:
    vocabulary: Vocabulary = shipped_vocabulary()
    assert "foreign.designations" in str(vocabulary.suggest("company.designations"))
    assert "`deal.foreign_stake`" in str(vocabulary.suggest("deal.foriegn_stake"))
    assert vocabulary.suggest("entirely.elsewhere_xyz") is None
