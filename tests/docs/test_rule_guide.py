"""The guide for authors of rules is true to the program: its example loads, and no field, word or function is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from riskapi.facts.vocabulary import Vocabulary
from riskapi.language import parse
from riskapi.language.screen import FUNCTIONS
from riskapi.rules import GateKind, Kind, Rule, Status, load_file
from riskapi.rules import model as form
from riskapi.rules.examples import run_examples
from tests.docs.pages import coded, page, rows, section

GUIDE = "rules/README.md"

MODELS = (
    form.InstrumentModel,
    form.SourceModel,
    form.CheckedModel,
    form.RuleModel,
    form.SpanModel,
    form.EffectModel,
    form.ClockModel,
    form.ExampleModel,
)


@pytest.fixture
def shown(tmp_path: Path, vocabulary: Vocabulary) -> list[Rule]:
    """The rules of the example on the page."""
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", page(GUIDE), re.MULTILINE | re.DOTALL)
    file = tmp_path / "us.icts.connected-vehicles.yaml"
    file.write_text(text, encoding="utf-8")
    return load_file(file, vocabulary)


def test_the_example_loads_and_its_examples_come_out_as_expected(shown: list[Rule]) -> None:
    assert run_examples(shown) == []
    assert {example.expect for rule in shown for example in rule.examples} == set(Status)


def test_every_field_is_shown() -> None:
    text = page(GUIDE)
    names = {info.alias or name for model in MODELS for name, info in model.model_fields.items()}
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b(:|`)", text)] == []


@pytest.mark.parametrize("words", [GateKind, Kind, form.Pillar, form.Confidence, Status])
def test_every_word_of_a_closed_list_is_shown(words: type[GateKind]) -> None:
    assert [word.value for word in words if not re.search(rf"\b{word.value}\b", page(GUIDE))] == []


def test_every_function_is_shown() -> None:
    table = section(page(GUIDE), "Conditions")
    assert [name for name in FUNCTIONS if not re.search(rf"\b{name}\b", table)] == []


def test_whole_conditions_in_the_table_are_in_the_language(vocabulary: Vocabulary) -> None:
    cells = [code for _, shown in rows(section(page(GUIDE), "Conditions")) for code in coded(shown)]
    whole = [code for code in cells if re.search(r"\b(?:deal|foreign)\.", code)]
    assert len(whole) >= 5
    for code in whole:
        parse(code if re.search(r"[=<>]|\bin\b|list_has", code) else f"{code} > 0", vocabulary)
