"""The page on gaps names rules, facts and duties that exist, every instrument, and every record of the research once."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from typing import NamedTuple

import pytest
import yaml

from riskapi.facts.vocabulary import Vocabulary
from tests.docs.pages import ROOT, coded, page, rows, section
from tests.shipped import shipped_workspace

PAGE = "docs/rulebook-gaps.md"
STATES = ("encoded", "partly", "not")
REASONS = "Superseded|Not decidable|Unverified|Not law|On purpose|Open"
FILES = ("us_national_security", "trade", "other_jurisdictions")
RECORDS = ROOT.parent / "shared/facts/regimes"
FACT = re.compile(r"(?:deal|foreign|host|pair|jurisdiction)\.[a-z_]+")
MEASURE = re.compile(r"tariffs\.csv:(.+)")
PATH = re.compile(r"datasets/[\w.]+")


class Entry(NamedTuple):
    """One row of a table of records."""

    record: str
    law: str
    state: str
    rules: list[str]
    text: str


def entries() -> list[Entry]:
    """Every row of the tables that have five columns and start with a record."""
    found = (cells for cells in rows(page(PAGE)) if len(cells) == 5 and coded(cells[0]))
    return [Entry(coded(cells[0])[0], cells[1], cells[2], coded(cells[3]), cells[4]) for cells in found]


@cache
def rule_ids() -> frozenset[str]:
    return frozenset(shipped_workspace().book.by_id)


@cache
def instrument_ids() -> frozenset[str]:
    return frozenset(shipped_workspace().book.instruments)


def other_names() -> set[str]:
    """What stands between backticks anywhere but in the columns of records and is neither fact, duty nor path."""
    names = {name for entry in entries() for name in [*entry.rules, *coded(entry.text)]}
    for heading in ("Instruments without a record", "Doubts to check first"):
        names |= set(coded(section(page(PAGE), heading)))
    return {name for name in names if not (FACT.fullmatch(name) or MEASURE.fullmatch(name) or PATH.fullmatch(name))}


def test_every_rule_and_instrument_on_the_page_is_in_the_rule_book() -> None:
    assert sorted(other_names() - rule_ids() - instrument_ids()) == []


def test_every_instrument_is_named_beside_a_record_or_listed_as_having_none() -> None:
    named = {name for entry in entries() for name in entry.rules}
    beside = {name for name in instrument_ids() if any(f"{rule}.".startswith(f"{name}.") for rule in named)}
    without = {coded(cells[0])[0] for cells in rows(section(page(PAGE), "Instruments without a record"))}
    assert sorted(instrument_ids() - beside - without) == []
    assert sorted(beside & without) == []


def test_every_fact_on_the_page_can_be_told_or_asked(vocabulary: Vocabulary) -> None:
    named = {name for name in coded(page(PAGE)) if FACT.fullmatch(name)}
    assert named
    assert [name for name in sorted(named) if name not in vocabulary] == []


def test_every_duty_on_the_page_is_in_the_tariff_table() -> None:
    with (ROOT / "datasets/tariffs.csv").open(encoding="utf-8", newline="") as file:
        measures = {row["measure_id"] for row in csv.DictReader(file)}
    named = {match[1] for name in coded(page(PAGE)) if (match := MEASURE.fullmatch(name))}
    assert named
    assert sorted(named - measures) == []


@pytest.mark.parametrize("entry", entries(), ids=[entry.record for entry in entries()])
def test_a_record_has_a_law_and_rules_or_a_reason(entry: Entry) -> None:
    assert re.search(r"\. \S", entry.law), "title and citation"
    assert entry.state in STATES
    assert bool(entry.rules) == (entry.state != "not")
    assert entry.state == "encoded" or entry.text
    assert entry.state != "not" or re.match(rf"\*\*(?:{REASONS})", entry.text)


def test_the_counts_are_those_of_the_tables() -> None:
    counted = {cells[0]: [int(cell) for cell in cells[1:]] for cells in rows(section(page(PAGE), "Counts"))}
    for place in [name for name in counted if name != "All"]:
        states = Counter(cells[2] for cells in rows(section(page(PAGE), place)))
        assert counted[place] == [states.total(), *(states[state] for state in STATES)], place
    total = Counter(entry.state for entry in entries())
    assert counted["All"] == [len(entries()), *(total[state] for state in STATES)]


def test_no_record_stands_twice() -> None:
    assert [name for name, times in Counter(entry.record for entry in entries()).items() if times > 1] == []


def test_every_record_of_the_research_is_on_the_page_with_its_title_and_citation() -> None:
    if not RECORDS.is_dir():
        pytest.skip("needs ../shared/facts/regimes")
    texts = [(RECORDS / f"{name}.yaml").read_text(encoding="utf-8") for name in FILES]
    records = [one for text in texts for one in yaml.safe_load(text)]
    laws = {entry.record: entry.law for entry in entries()}
    assert sorted(one["id"] for one in records) == sorted(entry.record for entry in entries())
    for one in records:
        assert laws[one["id"]] == " ".join(f"{one['title']}. {one['citation']}".split())
