from __future__ import annotations

from datetime import date

from riskapi.refresh.model import EntityKind, Listing, Rows, merged, names_of, one_for_each_list, plain
from tests.refresh.material import entities, entity


def test_of_two_listings_the_earliest_known_date_counts_with_its_citation() -> None:
    undated = Listing(list="us_sdn", citation="a")
    late = Listing(list="us_sdn", listed_on=date(2024, 1, 1), citation="b", programmes=("X",))
    early = Listing(list="us_sdn", listed_on=date(2020, 1, 1), citation="c", programmes=("Y", "X"))
    for order in ((undated, late, early), (early, late, undated), (late, early, undated)):
        (found,) = one_for_each_list(order)
        assert (found.listed_on, found.citation) == (date(2020, 1, 1), "c")
        assert set(found.programmes) == {"X", "Y"}


def test_the_day_of_first_sight_is_the_earliest() -> None:
    days = (date(2025, 1, 1), None, date(2024, 1, 1))
    (found,) = one_for_each_list(Listing(list="us_sdn", first_seen_on=day) for day in days)
    assert found.first_seen_on == date(2024, 1, 1)


def test_listings_stand_in_the_order_of_their_lists() -> None:
    assert [found.list for found in one_for_each_list([Listing(list="b"), Listing(list="a")])] == ["a", "b"]


def test_entries_of_one_id_become_one_with_all_names_and_countries() -> None:
    one = entity("us-csl-1", "Example Ltd", country="CN", kind=EntityKind.UNKNOWN, aliases=("A",))
    other = entity("us-csl-1", "Example Limited", country="HK", aliases=("A", "Example Ltd"), ids=("Tax: 1",))
    (found,) = merged([one, other])
    assert found.name == "Example Ltd"
    assert found.aliases == ("A", "Example Limited")
    assert (found.country, found.address_countries) == (None, ("CN", "HK"))
    assert found.kind is EntityKind.ENTITY
    assert found.ids == ("Tax: 1",)


def test_an_address_without_a_country_takes_nothing_away() -> None:
    (found,) = merged([entity("us-csl-1", country="CN"), entity("us-csl-1")])
    assert found.country == "CN"


def test_invisible_characters_go_and_joiners_that_scripts_need_stay() -> None:
    assert plain(" a\u200b\u202eb\x00\tc\u2028d ") == "ab c d"
    assert plain("می\u200cخواهم") == "می\u200cخواهم"
    assert plain(None) == ""


def test_other_names_are_distinct_and_short_enough_to_be_names() -> None:
    assert names_of("A", ["B", "A", " B ", "", None, "x" * 301, "C|D"]) == ("B", "C/D")


def test_rows_of_one_source_and_of_the_others_are_all_rows() -> None:
    rows = Rows(entities=(*entities(2).entities, entity("uk-1", source="uk-sanctions")))
    assert rows.of("uk-sanctions").count() == 1
    assert rows.of("uk-sanctions").count() + rows.without("uk-sanctions").count() == rows.count() == 3
