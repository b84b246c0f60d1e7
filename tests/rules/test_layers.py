from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.rules import load_rules
from riskapi.rules.book import ChangeKind
from riskapi.rules.layers import book_version, file_in_layer, is_stale, load_book, own_rules
from tests.rules.layer_files import (
    ANOTHER,
    EXTENDS,
    HEAD,
    LAW,
    STAKE,
    book,
    layer,
    of_base,
    problems,
    replacement,
    settings,
)
from tests.rules.rule_files import VALID, small_vocabulary, write

OWN_LAW = VALID.replace("us.test.law", "us.house.policy")
NO_SUCH = "000000-000000-000000"


def points(of: str, value: object = 14) -> str:
    return f"extends: us.test.law\npoints: [{{rule: {STAKE}, of: {of}, points: {value}, reason: our view}}]\n"


def disables(of: str, rule: str = STAKE) -> str:
    return f"extends: us.test.law\ndisables: [{{rule: {rule}, of: {of}, reason: not for us}}]\n"


# What a layer may do


def test_without_layers_the_book_is_that_of_the_folder(tmp_path: Path) -> None:
    alone = settings(tmp_path)
    plain = load_rules(alone.rules, small_vocabulary())
    assert load_book(alone, small_vocabulary()).label == plain.label
    assert book_version(alone) == plain.version


def test_a_layer_adds_a_law_of_its_own(tmp_path: Path) -> None:
    found = book(tmp_path, layer(tmp_path / "house", {"us/us.house.policy.yaml": OWN_LAW}))
    assert {rule.id: rule.layer for rule in found.rules} == {STAKE: "own", "us.house.policy.stake": "house"}
    assert [rule.id for rule in own_rules(found)] == ["us.house.policy.stake"]
    assert "us.house.policy" in found.instruments


def test_a_layer_adds_a_rule_to_a_law_below_and_takes_over_its_head(tmp_path: Path) -> None:
    found = book(tmp_path, layer(tmp_path / "house", {LAW: f"{EXTENDS}rules:\n{ANOTHER}"}))
    added = found.by_id["us.test.law.another"]
    assert (added.layer, added.change) == ("house", None)
    assert (added.instrument.title, added.instrument.citation) == ("A law for tests", "1 CFR 1")
    assert added.instrument.sources[0].url == "https://example.org/law"
    assert found.instruments["us.test.law"].file == LAW


def test_an_override_stands_in_place_of_the_rule_below_and_keeps_its_id(tmp_path: Path) -> None:
    text = replacement(of_base(tmp_path), **{"points:_10": "points: 20"})
    rule = book(tmp_path, layer(tmp_path / "house", {LAW: text})).by_id[STAKE]
    assert (rule.points, rule.layer) == (20, "house")
    assert rule.change is not None
    assert (rule.change.kind, rule.change.reason) == (ChangeKind.OVERRIDES, "we see it otherwise")
    assert (rule.change.original.points, rule.change.original.layer) == (10, "own")
    assert (rule.change.line, rule.line) == (5, 5)


def test_other_points_leave_the_condition_with_its_authors(tmp_path: Path) -> None:
    found = book(tmp_path, layer(tmp_path / "house", {LAW: points(of_base(tmp_path))}))
    rule = found.by_id[STAKE]
    assert (rule.points, rule.why_points, rule.layer) == (14, "our view", "house")
    assert (rule.file, len(rule.examples)) == (LAW, 3)
    assert own_rules(found) == ()


def test_a_rule_that_is_switched_off_is_gone_and_told(tmp_path: Path) -> None:
    files = {LAW: disables(of_base(tmp_path)), "us/us.house.policy.yaml": OWN_LAW}
    found = book(tmp_path, layer(tmp_path / "house", files))
    assert [rule.id for rule in found.rules] == ["us.house.policy.stake"]
    assert list(found.instruments) == ["us.house.policy"]
    assert [(item.original.id, item.layer, item.reason) for item in found.switched_off] == [
        (STAKE, "house", "not for us")
    ]


def test_a_second_layer_may_change_what_the_first_one_added(tmp_path: Path) -> None:
    first = layer(tmp_path / "first", {LAW: f"{EXTENDS}rules:\n{ANOTHER}"})
    text = disables(of_base(tmp_path), "us.test.law.another")
    found = book(tmp_path, first, layer(tmp_path / "second", {LAW: text}))
    assert [rule.id for rule in found.rules] == [STAKE]


def test_a_law_of_the_first_layer_can_be_extended_by_the_second(tmp_path: Path) -> None:
    first = layer(tmp_path / "first", {"us/us.house.policy.yaml": OWN_LAW})
    more = f"{EXTENDS}rules:\n{ANOTHER}".replace("us.test.law", "us.house.policy")
    found = book(tmp_path, first, layer(tmp_path / "second", {"us/us.house.policy.yaml": more}))
    assert found.by_id["us.house.policy.another"].layer == "second"


# Fingerprints


def test_a_change_is_stale_once_the_rule_below_says_something_else(tmp_path: Path) -> None:
    house = layer(tmp_path / "house", {LAW: points(of_base(tmp_path))})
    (before,) = book(tmp_path, house).changes
    write(tmp_path / "base", VALID.replace("points: 10", "points: 11"), LAW)
    (after,) = book(tmp_path, house).changes
    assert (is_stale(before), is_stale(after)) == (False, True)


def test_new_words_below_make_no_change_stale(tmp_path: Path) -> None:
    house = layer(tmp_path / "house", {LAW: points(of_base(tmp_path))})
    text = VALID.replace("large", "big").replace("title: Large stakes", "title: Big stakes")
    write(tmp_path / "base", text.replace("citation: 1 CFR 1.1", "citation: 1 CFR 1.2"), LAW)
    (change,) = book(tmp_path, house).changes
    assert not is_stale(change)


# Conflicts


def test_the_same_id_in_two_layers_is_refused_with_both_places(tmp_path: Path) -> None:
    first = layer(tmp_path / "first", {LAW: f"{EXTENDS}rules:\n{ANOTHER}"})
    second = layer(tmp_path / "second", {LAW: f"{EXTENDS}rules:\n{ANOTHER}"})
    (problem,) = problems(tmp_path, first, second)
    assert (problem.code, problem.file, problem.line) == ("duplicate-rule", f"{second}/rules/{LAW}", 5)
    assert f"{first}/rules/{LAW}:5 (first)" in problem.detail


def test_a_rule_below_cannot_be_added_once_more(tmp_path: Path) -> None:
    text = f"{EXTENDS}rules:\n{VALID.split('rules:')[1]}"
    (problem,) = problems(tmp_path, layer(tmp_path / "house", {LAW: text}))
    assert (problem.code, f"{LAW}:11 (own)" in problem.detail) == ("duplicate-rule", True)
    assert "overrides" in (problem.hint or "")


def test_a_law_below_cannot_be_written_once_more(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, layer(tmp_path / "house", {LAW: VALID}))
    assert (problem.code, LAW in problem.detail) == ("duplicate-instrument", True)
    assert "extends: us.test.law" in (problem.hint or "")


@pytest.mark.parametrize("first", ["overrides", "points", "disables"])
@pytest.mark.parametrize("second", ["overrides", "points", "disables"])
def test_two_layers_never_change_the_same_rule(tmp_path: Path, first: str, second: str) -> None:
    of = of_base(tmp_path)
    texts = {"overrides": replacement(of), "points": points(of), "disables": disables(of)}
    one, two = (layer(tmp_path / name, {LAW: texts[kind]}) for name, kind in (("one", first), ("two", second)))
    (problem,) = problems(tmp_path, one, two)
    assert (problem.code, problem.file) == ("layer-conflict", f"{two}/rules/{LAW}")
    assert f"{one}/rules/{LAW}:" in problem.detail
    assert "(layer one)" in problem.detail


def test_one_layer_does_not_change_a_rule_twice(tmp_path: Path) -> None:
    of = of_base(tmp_path)
    text = points(of) + disables(of).split("\n", 1)[1]
    (problem,) = problems(tmp_path, layer(tmp_path / "house", {LAW: text}))
    assert problem.code == "layer-conflict"


def test_the_change_of_a_rule_that_is_not_there_names_near_ids(tmp_path: Path) -> None:
    text = disables(NO_SUCH, "us.test.law.stakes")
    (problem,) = problems(tmp_path, layer(tmp_path / "house", {LAW: text}))
    assert (problem.code, problem.line, STAKE in (problem.hint or "")) == ("override-unknown", 2, True)


def test_a_layer_changes_its_own_rules_where_they_stand(tmp_path: Path) -> None:
    text = f"{EXTENDS}rules:\n{ANOTHER}\n" + disables(NO_SUCH, "us.test.law.another").split("\n", 1)[1]
    (problem,) = problems(tmp_path, layer(tmp_path / "house", {LAW: text}))
    assert problem.code == "override-own"


def test_a_file_changes_only_the_law_that_it_extends(tmp_path: Path) -> None:
    first = layer(tmp_path / "first", {"us/us.house.policy.yaml": OWN_LAW})
    second = layer(tmp_path / "second", {LAW: disables(NO_SUCH, "us.house.policy.stake")})
    (problem,) = problems(tmp_path, first, second)
    assert (problem.code, problem.hint) == (
        "override-elsewhere",
        "write the change into rules/us/us.house.policy.yaml",
    )


@pytest.mark.parametrize("kind", ["overrides", "points", "disables"])
def test_every_change_needs_the_fingerprint_and_is_told_what_it_is(tmp_path: Path, kind: str) -> None:
    of = of_base(tmp_path)
    text = {"overrides": replacement(of), "points": points(of), "disables": disables(of)}[kind]
    without = text.replace(f"of: {of}\n    ", "").replace(f"of: {of}, ", "")
    (problem,) = problems(tmp_path, layer(tmp_path / "house", {LAW: without}))
    assert (problem.code, f"`of: {of}`" in (problem.hint or "")) == ("no-fingerprint", True)


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("extends: us.test.law\ndisables: [{rule: us.test.law.stake, of: x, reason: y}]\n", "bad-fingerprint", "of"),
        ("extends: us.test.law\n", "empty-extension", "extends"),
        ("extends: us.tests.law\ndisables: [{rule: us.test.law.stake, of: x, reason: y}]\n", "extends-unknown", "us.test.law"),
        ("extends: us.test.law\ndisables: [{rule: us.test.law.stake, of: x}]\n", "missing-field", "reason"),
        ("extends: us.test.law\ndisable: []\n", "unknown-field", "disables"),
        (points(NO_SUCH, -4), "bad-value", "above 0"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_extension_is_told(tmp_path: Path, text: str, code: str, field: str) -> None:
    found = problems(tmp_path, layer(tmp_path / "house", {LAW: text}))
    assert code in {problem.code for problem in found}
    assert any(field in str(problem) for problem in found)
    assert all(problem.file and problem.line for problem in found)


def test_an_override_has_no_id_of_its_own(tmp_path: Path) -> None:
    text = replacement(of_base(tmp_path)).replace("    title:", "    id: us.test.law.mine\n    title:")
    (problem,) = problems(tmp_path, layer(tmp_path / "house", {LAW: text}))
    assert (problem.code, problem.line) == ("override-with-id", 8)


def test_a_mistake_in_an_override_is_told_with_its_line(tmp_path: Path) -> None:
    text = replacement(of_base(tmp_path), **{"deal.stake_>=_0.25": "deal.stakes >= 0.25"})
    (problem,) = problems(tmp_path, layer(tmp_path / "house", {LAW: text}))
    assert (problem.code, problem.line, problem.file) == ("unknown-fact", 13, f"{tmp_path}/house/rules/{LAW}")


def test_the_file_of_an_extension_bears_the_name_of_the_law(tmp_path: Path) -> None:
    files = {"us/other.yaml": disables(of_base(tmp_path))}
    (problem,) = problems(tmp_path, layer(tmp_path / "house", files))
    assert problem.code == "file-name"


def test_problems_of_all_layers_are_told_together(tmp_path: Path) -> None:
    bad = disables(NO_SUCH, "us.test.law.gone")
    found = problems(tmp_path, layer(tmp_path / "one", {LAW: bad}), layer(tmp_path / "two", {LAW: bad}))
    assert [problem.file for problem in found] == [f"{tmp_path}/{name}/rules/{LAW}" for name in ("one", "two")]


# layer.yaml


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("{name: house, title: x, version: 1.0, extends: shipped, made_for: '>=1'}", "bad-value"),
        ("{name: shipped, title: x, version: 1.0.0, extends: shipped, made_for: '>=1'}", "bad-value"),
        ("{name: house, title: x, version: 1.0.0, extends: shipped}", "bad-value"),
        ("{name: house, title: x, version: 1.0.0, extends: shipped, made_for: new}", "bad-value"),
        ("{name: house, title: x, version: 1.0.0, extends: nothing}", "layer-order"),
        ("{name: house, title: x, version: 1.0.0, extends: shipped, made_for: '>=1', owner: me}", "unknown-field"),
    ],
)  # fmt: skip
def test_a_mistake_in_layer_yaml_is_told(tmp_path: Path, head: str, code: str) -> None:
    house = layer(tmp_path / "house", {"us/us.house.policy.yaml": OWN_LAW}, head)
    assert [problem.code for problem in problems(tmp_path, house)] == [code]


def test_a_folder_without_layer_yaml_is_no_layer(tmp_path: Path) -> None:
    house = layer(tmp_path / "house", {"us/us.house.policy.yaml": OWN_LAW})
    (problem,) = problems(tmp_path, house / "rules")
    assert (problem.code, str(house) in (problem.hint or "")) == ("no-layer-file", True)


def test_two_layers_of_one_name_are_refused(tmp_path: Path) -> None:
    one, two = (layer(tmp_path / name, {}, HEAD % "same") for name in ("one", "two"))
    (problem,) = problems(tmp_path, one, two)
    assert problem.code == "layer-name"
    assert f"{one}/layer.yaml" in problem.detail


@pytest.mark.parametrize(
    ("made_for", "fits"), [(">=1.2, <2", True), (">=1.3", False), ("<1.2", False), ("==1.2.0", True)]
)
def test_a_layer_is_refused_over_rules_that_it_was_not_made_for(tmp_path: Path, made_for: str, fits: bool) -> None:
    here = settings(tmp_path)
    (here.rules / "VERSION").write_text("1.2.0\n", encoding="utf-8")
    head = f"{{name: house, title: x, version: 1.0.0, extends: shipped, made_for: '{made_for}'}}"
    house = layer(tmp_path / "house", {"us/us.house.policy.yaml": OWN_LAW}, head)
    if fits:
        assert len(book(tmp_path, house).rules) == 2
    else:
        (problem,) = problems(tmp_path, house)
        assert (problem.code, "1.2.0" in problem.detail) == ("layer-version", True)


def test_a_rule_file_beside_layer_yaml_is_told(tmp_path: Path) -> None:
    house = layer(tmp_path / "house", {"us/us.house.policy.yaml": OWN_LAW})
    (house / "astray.yaml").write_text(OWN_LAW, encoding="utf-8")
    (problem,) = problems(tmp_path, house)
    assert (problem.code, problem.file) == ("unused-file", f"{house}/astray.yaml")


# Versions and places


def test_the_label_names_every_layer_and_its_version(tmp_path: Path) -> None:
    found = book(tmp_path, layer(tmp_path / "one", {}), layer(tmp_path / "two", {}))
    assert found.label.startswith("0.0.0+one.1.2.3.two.1.2.3.")


def test_the_content_hash_moves_with_every_layer(tmp_path: Path) -> None:
    house = layer(tmp_path / "house", {"us/us.house.policy.yaml": OWN_LAW})
    here = settings(tmp_path, house)
    seen = {book_version(here), book_version(settings(tmp_path))}
    write(house / "rules", OWN_LAW + "# a remark\n", "us/us.house.policy.yaml")
    seen.add(book_version(here))
    write(tmp_path / "base", VALID + "# a remark\n", LAW)
    seen.add(book_version(here))
    (house / "layer.yaml").write_text(HEAD % "other", encoding="utf-8")
    seen.add(book_version(here))
    assert len(seen) == 5


def test_outside_a_file_is_named_from_the_folder_of_its_layer(tmp_path: Path) -> None:
    found = book(tmp_path, layer(tmp_path / "house", {"us/us.house.policy.yaml": OWN_LAW}))
    assert {file_in_layer(rule, found) for rule in found.rules} == {LAW, "rules/us/us.house.policy.yaml"}


def test_a_folder_that_stands_alone_gives_its_name_and_version(tmp_path: Path) -> None:
    head = "{name: house, title: x, version: 3.1.0, extends: nothing}"
    house = layer(tmp_path / "house", {LAW: VALID}, head)
    found = load_book(settings(tmp_path).__class__(rules=house / "rules", datasets=tmp_path, cache=tmp_path),
                      small_vocabulary())  # fmt: skip
    assert (str(found.number), {rule.layer for rule in found.rules}) == ("3.1.0", {"house"})
