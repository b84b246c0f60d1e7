"""Every mistake in a rule file is told with its file, line, column and field; all of them at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from riskapi.errors import RuleError
from riskapi.rules import Kind, Status, content_version, load_file, load_rules
from riskapi.rules.examples import outcome, run_examples
from tests.rules.rule_files import VALID, load, problems, small_vocabulary, spoiled, write

Change = tuple[str, str]

#: What is changed in the valid file -> code, line, column, field, and a word of the message or its hint.
MISTAKES: list[tuple[str, Change, tuple[str, int, int, str | None, str]]] = [
    ("missing field of the file", ("authority: Nobody\n", ""), ("missing-field", 1, 1, "authority", "missing")),
    ("missing field of a rule", ("    title: Large stakes\n", ""),
     ("missing-field", 11, 5, "rules.0.title", "missing")),
    ("missing condition", ("    when: large\n", ""), ("missing-field", 11, 5, "rules.0.when", "missing")),
    ("missing rules", ("rules:", "notes2:"), ("missing-field", 1, 1, "rules", "missing")),
    ("unknown field", ("why: because", "pilar: x, why: because"),
     ("unknown-field", 20, 49, "rules.0.effect.pilar", "`pillar`")),
    ("unknown field of the file", ("confidence: high", "confidence: high\nnote: x"),
     ("unknown-field", 10, 7, "note", "`notes`")),
    ("bad rule id", ("id: us.test.law.stake", "id: US.Test"), ("bad-value", 11, 9, "rules.0.id", "US.Test")),
    ("rule id of another file", ("id: us.test.law.stake", "id: us.other.stake"),
     ("rule-id", 11, 9, "rules.0.id", "us.test.law.")),
    ("wrong file name", ("instrument: us.test.law", "instrument: us.test"),
     ("file-name", 1, 13, "instrument", "us.test.yaml")),
    ("wrong jurisdiction", ("jurisdiction: US", "jurisdiction: CN"), ("jurisdiction", 1, 13, "instrument", "`cn.`")),
    ("bad jurisdiction", ("jurisdiction: US", "jurisdiction: USA"), ("bad-value", 3, 15, "jurisdiction", "USA")),
    ("bad address", ("https://example.org/law", "ftp://x"), ("bad-value", 7, 11, "sources.0.url", "ftp://x")),
    ("to before from", ("{from: 2020-01-01}", "{from: 2020-01-01, to: 2019-01-01}"),
     ("bad-value", 15, 16, "rules.0.in_force.0", "`to` lies before `from`")),
    ("overlapping spans", ("{from: 2020-01-01}", "{from: 2020-01-01, to: 2021-01-01}, {from: 2021-01-01}"),
     ("bad-value", 15, 15, "rules.0.in_force", "overlap")),
    ("a span after an open one", ("{from: 2020-01-01}", "{from: 2020-01-01}, {from: 2021-01-01}"),
     ("bad-value", 15, 15, "rules.0.in_force", "overlap")),
    ("no span", ("[{from: 2020-01-01}]", "[]"), ("bad-value", 15, 15, "rules.0.in_force", "at least one")),
    ("no such day", ("from: 2020-01-01", "from: 2020-02-30"),
     ("bad-value", 15, 23, "rules.0.in_force.0.from", "2020-02-30")),
    ("a date without dashes", ("from: 2020-01-01", "from: 20200101"),
     ("bad-value", 15, 23, "rules.0.in_force.0.from", "dates are written as")),
    ("a date as seconds", ("from: 2020-01-01", "from: 1577836800"),
     ("bad-value", 15, 23, "rules.0.in_force.0.from", "dates are written as")),
    ("points against the kind", ("points: 10", "points: -10"), ("bad-value", 11, 5, "rules.0", "above 0")),
    ("points of a mitigating rule", ("kind: aggravating", "kind: mitigating"),
     ("bad-value", 11, 5, "rules.0", "below 0")),
    ("points of an information", ("kind: aggravating", "kind: information"),
     ("bad-value", 11, 5, "rules.0", "must be 0")),
    ("no points", ("points: 10", "points: 0"), ("bad-value", 11, 5, "rules.0", "above 0")),
    ("points that are no number", ("points: 10", "points: nan"),
     ("bad-value", 20, 38, "rules.0.effect.points", "not a number")),
    ("too many points", ("points: 10", "points: 101"), ("bad-value", 20, 38, "rules.0.effect.points", "100")),
    ("unknown kind", ("kind: aggravating", "kind: agravating"),
     ("bad-value", 14, 11, "rules.0.kind", "did you mean `aggravating`")),
    ("unknown pillar", ("pillar: threat", "pillar: treat"),
     ("bad-value", 20, 22, "rules.0.effect.pillar", "did you mean `threat`")),
    ("unknown gate", ("pillar: threat", "gate: ban, pillar: threat"),
     ("bad-value", 20, 20, "rules.0.effect.gate", "prohibition, licence_required")),
    ("unknown direction", ("if_unknown: caution", "if_unknown: maybe"),
     ("bad-value", 21, 17, "rules.0.if_unknown", "one of caution, ignore")),
    ("slot without a fact", ("{deal.stake}.", "{deal.stak}."),
     ("bad-template", 22, 15, "rules.0.because", "`deal.stake`")),
    ("slot with a format", ("{deal.stake}.", "{deal.stake:.2f}."),
     ("bad-template", 22, 15, "rules.0.because", "no format")),
    ("slot left open", ("{deal.stake}.", "{deal.stake."), ("bad-template", 22, 15, "rules.0.because", "twice")),
    ("empty slot", ("{deal.stake}.", "{}."), ("bad-template", 22, 15, "rules.0.because", "no fact")),
    ("part used nowhere", ("when: large", "when: deal.stake > 0.5"),
     ("unused-part", 17, 14, "rules.0.where.large", "used nowhere")),
    ("mistake in a part", ("deal.stake >= 0.25", "deal.stake >= 25"),
     ("never-true", 17, 14, "rules.0.where.large", "between 0 and 1")),
    ("mistake in a condition", ("when: large", "when: large and deal.typ = 'licence'"),
     ("unknown-fact", 18, 21, "rules.0.when", "`deal.type`")),
    ("mistake in a quoted condition", ("when: large", 'when: "large and deal.typ = \'licence\'"'),
     ("unknown-fact", 18, 22, "rules.0.when", "`deal.type`")),
    ("mistake in an exception", ("lifted: deal.licensed", "lifted: deal.licenced"),
     ("unknown-fact", 19, 22, "rules.0.unless.lifted", "`deal.licensed`")),
    ("part that names itself", ("deal.stake >= 0.25", "large"),
     ("unknown-fact", 17, 14, "rules.0.where.large", "no fact")),
    ("bad part name", ("large: deal", "Large: deal"), ("bad-value", 17, 14, "rules.0.where.Large", "Large")),
    ("no example that does not fire", ("given: {deal.stake: 0.24}, expect: not_fired", "given: {deal.stake: 1}, expect: fired"),
     ("missing-example", 24, 7, "rules.0.examples", "`not_fired`")),
    ("no undetermined example", ("- {name: not known, given: {}, expect: undetermined}", ""),
     ("missing-example", 24, 7, "rules.0.examples", "`undetermined`")),
    ("undetermined against its word", ("if_unknown: caution", "if_unknown: caution\n    no_undetermined: all facts are closed"),
     ("contradiction", 22, 22, "rules.0.no_undetermined", "undetermined")),
    ("unknown fact of an example", ("given: {deal.stake: 0.24}", "given: {deal.stak: 0.24}"),
     ("unknown-fact", 25, 41, "rules.0.examples.1.given.deal.stak", "`deal.stake`")),
    ("value out of range", ("given: {deal.stake: 0.24}", "given: {deal.stake: 24}"),
     ("out-of-range", 25, 42, "rules.0.examples.1.given.deal.stake", "0.25 or 25%")),
    ("unknown code", ("given: {deal.stake: 0.24}", "given: {deal.type: x}"),
     ("unknown-code", 25, 41, "rules.0.examples.1.given.deal.type", "licence")),
    ("value of a wrong form", ("given: {deal.stake: 0.24}", "given: {deal.stake: {a: 1}}"),
     ("bad-value", 25, 42, "rules.0.examples.1.given.deal.stake", "where text is wanted")),
    ("unknown expectation", ("expect: not_fired", "expect: no"),
     ("bad-value", 25, 57, "rules.0.examples.1.expect", "fired, not_fired, undetermined")),
    ("knownness with points", ("when: large", "when: large and deal.licensed is not null"),
     ("knownness-with-points", 18, 11, "rules.0.when", "0 points")),
    ("duplicate key", ("    kind: aggravating", "    kind: aggravating\n    kind: mitigating"),
     ("duplicate-key", 15, 5, "rules.0.kind", "twice")),
    ("not YAML", ("title: A law", "title: A: law"), ("yaml-syntax", 2, 9, None, "quotation marks")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [item[1:] for item in MISTAKES], ids=[item[0] for item in MISTAKES])
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, change: Change, expected: tuple[str, int, int, str | None, str]
) -> None:
    problem = problems(tmp_path, spoiled(change))[0]
    code, line, column, field, word = expected
    assert (problem.code, problem.file, problem.line, problem.column, problem.field) == (
        code, "us.test.law.yaml", line, column, field,
    )  # fmt: skip
    assert word in f"{problem.detail} {problem.hint}"


@pytest.mark.parametrize("text", ["", "# nothing\n", "just text\n", "- a list\n"])
def test_a_file_that_is_no_mapping_is_told_what_it_should_be(tmp_path: Path, text: str) -> None:
    assert [problem.code for problem in problems(tmp_path, text)] == ["not-an-instrument"]


def test_the_valid_file_loads(tmp_path: Path) -> None:
    (rule,) = load(tmp_path)
    assert (rule.id, rule.kind, rule.points, rule.jurisdiction) == ("us.test.law.stake", Kind.AGGRAVATING, 10, "US")
    assert rule.facts == {"deal.stake", "deal.licensed"}
    assert run_examples([rule]) == []


def test_a_mistake_is_not_repeated_by_what_follows_from_it(tmp_path: Path) -> None:
    for change in (("points: 10", "points: ten"), ("deal.stake >= 0.25", "deal.stake >= 25")):
        assert len(problems(tmp_path, spoiled(change))) == 1


def test_all_mistakes_of_a_rule_are_found_at_once(tmp_path: Path) -> None:
    text = spoiled(
        ("deal.stake >= 0.25", "deal.stake >= 25"),
        ("lifted: deal.licensed", "lifted: deal.licenced"),
        ("{deal.stake}.", "{deal.stak}."),
        ("given: {deal.stake: 0.24}", "given: {deal.stake: 24}"),
    )
    assert [problem.code for problem in problems(tmp_path, text)] == [
        "never-true", "unknown-fact", "bad-template", "out-of-range",
    ]  # fmt: skip


def test_an_information_rule_may_ask_for_knownness(tmp_path: Path) -> None:
    text = spoiled(
        ("kind: aggravating", "kind: information"),
        ("points: 10", "points: 0"),
        ("when: large", "when: large and deal.type is null"),
    )
    assert load(tmp_path, text)


def folder_problems(folder: Path) -> list[tuple[str, str | None]]:
    with pytest.raises(RuleError) as caught:
        load_rules(folder, small_vocabulary())
    return [(problem.code, problem.file) for problem in caught.value.problems]


def test_the_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, spoiled(("points: 10", "points: -10")), "us/us.test.law.yaml")
    write(tmp_path, "a: 1\na: 2\n", "cn/cn.bad.yaml")
    write(tmp_path, b"caf\xe9", "cn/cn.coffee.yaml")
    write(tmp_path, "x", "us/us.test.yml")
    assert sorted(folder_problems(tmp_path)) == [
        ("bad-value", "us/us.test.law.yaml"),
        ("duplicate-key", "cn/cn.bad.yaml"),
        ("not-utf-8", "cn/cn.coffee.yaml"),
        ("unused-file", "us/us.test.yml"),
    ]


def test_an_id_in_two_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, VALID, "us/us.test.law.yaml")
    write(tmp_path, VALID, "us/more/us.test.law.yaml")
    (problem,) = folder_problems(tmp_path)
    assert problem == ("duplicate-rule", "us/us.test.law.yaml")


def test_an_id_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    rule = VALID[VALID.index("  - id: us.test.law.stake") :]
    write(tmp_path, VALID + rule)
    assert folder_problems(tmp_path) == [("duplicate-rule", "us.test.law.yaml")]


@pytest.mark.parametrize("name", ["notes.txt", "us/rule.yml", "rules.yaml.bak", "us/table.csv"])
def test_a_file_that_nobody_reads_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    write(tmp_path, "x", name)
    assert folder_problems(tmp_path) == [("unused-file", name)]


def test_documents_and_the_scorecard_may_lie_in_the_folder(tmp_path: Path) -> None:
    write(tmp_path)
    for name in ("README.md", "schema.json", "rules.lock", "scorecard.yaml"):
        write(tmp_path, "x: 1", name)
    assert [rule.id for rule in load_rules(tmp_path, small_vocabulary()).rules] == ["us.test.law.stake"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert folder_problems(tmp_path)[0][0] == "no-rules"


def test_the_version_is_stable_and_follows_names_and_contents(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        write(folder)
        write(folder, "base: 1", "scorecard.yaml")
    assert content_version(first) == content_version(second) == content_version(first)
    versions = {content_version(first)}
    for name, text in (
        ("us.test.law.yaml", VALID + "# x\n"),
        ("us/us.test.law.yaml", VALID),
        ("scorecard.yaml", "base: 2"),
    ):
        write(second, text, name)
        versions.add(content_version(second))
    assert len(versions) == 4


def test_the_version_does_not_depend_on_line_ends_or_documents(tmp_path: Path) -> None:
    write(tmp_path)
    before = content_version(tmp_path)
    write(tmp_path, VALID.replace("\n", "\r\n"))
    write(tmp_path, "x", "README.md")
    assert content_version(tmp_path) == before


def test_a_rule_is_in_force_on_its_first_and_last_day_and_not_in_a_gap(tmp_path: Path) -> None:
    spans = "{from: 2020-01-01, to: 2020-12-31}, {from: 2021-02-01}"
    (rule,) = load(tmp_path, spoiled(("{from: 2020-01-01}", spans)))
    days = {
        date(2019, 12, 31): False, date(2020, 1, 1): True, date(2020, 12, 31): True, date(2021, 1, 1): False,
        date(2021, 1, 31): False, date(2021, 2, 1): True, date(9999, 12, 31): True,
    }  # fmt: skip
    assert {day: rule.is_in_force(day) for day in days} == days


def test_an_exception_lifts_the_rule_and_an_unknown_one_leaves_it_open(tmp_path: Path) -> None:
    (rule,) = load(tmp_path)
    assert rule.evaluate({"deal.stake": 0.3, "deal.licensed": True}) is Status.NOT_FIRED
    assert rule.evaluate({"deal.stake": 0.3, "deal.licensed": False}) is Status.FIRED
    assert rule.evaluate({"deal.stake": 0.3}) is Status.UNDETERMINED


def test_an_example_takes_closed_world_defaults_and_its_own_date(tmp_path: Path) -> None:
    given = "{name: early, as_of: 2019-12-31, given: {deal.stake: 1}, expect: not_fired}"
    (rule,) = load(tmp_path, spoiled(("- {name: less,", f"- {given}\n      - {{name: less,")))
    early = next(example for example in rule.examples if example.name == "early")
    assert (early.facts["deal.licensed"], early.facts["deal.type"]) == (False, None)
    assert early.facts["deal.signed_on"] == early.as_of == date(2019, 12, 31)
    assert outcome(rule, early) is Status.NOT_FIRED


def test_an_example_that_fails_says_what_decided(tmp_path: Path) -> None:
    (rule,) = load(tmp_path)
    wrong = replace(rule.examples[1], expect=Status.FIRED)
    (problem,) = run_examples([replace(rule, examples=(wrong,))])
    assert (problem.code, problem.file, problem.line) == ("example-failed", "us.test.law.yaml", 25)
    assert problem.hint == "decided by: deal.stake >= 0.25 is false"


def test_a_text_is_compiled_once_for_one_vocabulary(tmp_path: Path) -> None:
    (first,), (again,) = load(tmp_path), load(tmp_path / "copy")
    assert again is first
    (changed,) = load(tmp_path, spoiled(("points: 10", "points: 11")))
    assert (first.points, changed.points) == (10, 11)


def test_other_codes_are_held_against_the_same_text(tmp_path: Path) -> None:
    text = spoiled(("large: deal.stake >= 0.25", "large: deal.type = 'licence'"))
    load(tmp_path, text)
    narrower = small_vocabulary()
    narrower = replace(narrower, domains={**narrower.domains, "deal_type": {"joint_venture": "Joint venture"}})
    with pytest.raises(RuleError, match="licence"):
        load_file(tmp_path / "us.test.law.yaml", narrower, "us.test.law.yaml")
