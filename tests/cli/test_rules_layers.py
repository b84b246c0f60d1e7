"""`riskapi --rules DIR`: commands over a small book and a private layer; the tables are the shipped ones."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from riskapi.rules import load_file
from riskapi.rules.fingerprint import fingerprint
from riskapi.settings import shipped_folder
from tests.cli.program import flat, run
from tests.cli.world import RULE, write_rules
from tests.shipped import AS_OF, shipped_vocabulary, shipped_workspace

ID = "us.test.foreign-share"
HEAD = "name: house\ntitle: For tests\nversion: 1.0.0\nextends: shipped\nmade_for: '>=0'\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A book of one rule, with a finding that is nobody's business but its own authors'."""
    folder = tmp_path / "base"
    write_rules(folder, RULE.replace("from: 2020-01-01", "from: 1820-01-01"))
    shutil.copy(shipped_folder("rules") / "scorecard.yaml", folder / "scorecard.yaml")
    return folder


@pytest.fixture
def house(tmp_path: Path, base: Path) -> Path:
    """A layer with a rule of its own and other points for the rule below."""
    (rule,) = load_file(base / "us" / "us.test.yaml", shipped_vocabulary())
    folder = tmp_path / "house"
    (folder / "rules" / "us").mkdir(parents=True)
    (folder / "layer.yaml").write_text(HEAD, encoding="utf-8")
    own = RULE.replace("us.test", "us.house").replace("from: 2020-01-01", "from: 2021-01-01")
    (folder / "rules" / "us" / "us.house.yaml").write_text(own.lstrip(), encoding="utf-8")
    text = f"extends: us.test\npoints:\n  - {{rule: {ID}, of: {fingerprint(rule)}, points: 14, reason: our view}}\n"
    (folder / "rules" / "us" / "us.test.yaml").write_text(text, encoding="utf-8")
    return folder


def laid(base: Path, house: Path, *arguments: str) -> Result:
    return run("--rules", str(base), "--rules", str(house), *arguments)


def test_the_list_tells_the_layer_of_each_rule(base: Path, house: Path) -> None:
    found = flat(laid(base, house, "rules", "list").stdout)
    assert "us.house.foreign-share [house]" in found
    assert f"{ID} [house, other points than]" in found
    assert "[" not in flat(run("--rules", str(base), "rules", "list", "--ids").stdout)


def test_a_rule_is_shown_with_what_the_layer_does_to_it(base: Path, house: Path) -> None:
    found = flat(laid(base, house, "rules", "show", ID).stdout)
    assert "Changes other points than us/us.test.yaml:11 (own, +10 points)" in found
    assert "Reason our view" in found
    assert "Fingerprint of: " in found


def test_check_of_a_layer_does_not_tell_findings_below_it(base: Path, house: Path) -> None:
    below = run("--rules", str(base), "rules", "check")
    assert "implausible-date" in below.stdout
    over = laid(base, house, "rules", "check", "--strict")
    assert (over.exit_code, over.stdout) == (0, "1 files, 1 rules: no problems\n")


def test_check_of_a_layer_tells_a_stale_change(base: Path, house: Path) -> None:
    write_rules(base, RULE.replace("0.25", "0.3"))
    found = laid(base, house, "rules", "check", "--strict")
    assert found.exit_code == 1
    assert "[override-stale]" in found.stdout
    assert "house/rules/us/us.test.yaml:3" in found.stdout
    assert "its condition and dates changed" in flat(found.stdout)


def test_conflicts_are_findings_for_a_machine_too(base: Path, house: Path) -> None:
    path = house / "rules" / "us" / "us.test.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(ID, "us.test.foreign-shares"), encoding="utf-8")
    found = laid(base, house, "rules", "check", "--format", "json")
    assert found.exit_code == 1
    assert "override-unknown" in found.stdout
    assert ID in found.stdout


@pytest.mark.parametrize("command", ["test", "coverage", "mutate"])
def test_a_layer_answers_for_its_own_rules_only(base: Path, house: Path, command: str) -> None:
    options = {"test": (), "coverage": ("--min-mcdc", "0", "--min-atoms", "0"), "mutate": ("--min-killed", "0")}
    found = laid(base, house, "rules", command, *options[command])
    assert (found.exit_code, "1 rules" in found.stdout) == (0, True)
    assert "us.test" not in found.stdout


def test_a_file_of_a_layer_can_be_named(base: Path, house: Path) -> None:
    found = laid(base, house, "rules", "test", str(house / "rules" / "us" / "us.house.yaml"))
    assert found.stdout == "1 rules, 3 examples: all as expected\n"


def test_a_file_that_extends_cannot_be_read_without_its_layer(house: Path) -> None:
    found = run("rules", "check", str(house / "rules" / "us" / "us.test.yaml"))
    assert (found.exit_code, "extends-alone" in found.stderr) == (1, True)


def test_the_difference_to_the_rules_below_is_told(base: Path, house: Path) -> None:
    found = laid(base, house, "rules", "diff", "shipped", "--no-impact", "--markdown").stdout
    assert "Rules: 1 added, 1 changed." in found
    assert "points: `+10` becomes `+14`" in found


def test_a_rule_that_is_switched_off_says_by_whom(base: Path, house: Path) -> None:
    path = house / "rules" / "us" / "us.test.yaml"
    text = path.read_text(encoding="utf-8").replace("points:\n", "disables:\n").replace(", points: 14", "")
    path.write_text(text, encoding="utf-8")
    assert f"switched off by house: {ID}: our view" in laid(base, house, "rules", "list").stdout
    found = laid(base, house, "rules", "show", ID)
    assert found.exit_code == 2
    assert "the layer house switches" in flat(found.stderr)


def test_a_new_rule_of_a_law_below_is_drafted_as_an_extension(base: Path, house: Path) -> None:
    (house / "rules" / "us" / "us.test.yaml").unlink()
    found = laid(base, house, "rules", "new", "us.test.another", "--jurisdiction", "US")
    path = house / "rules" / "us" / "us.test.yaml"
    assert (found.exit_code, str(path) in found.stdout) == (0, True)
    assert path.read_text(encoding="utf-8").startswith("extends: us.test\n")


def test_the_layout_of_a_layer_is_its_own_business(base: Path, house: Path) -> None:
    (base / "us" / "us.test.yaml").write_text(RULE + "\n\n\n", encoding="utf-8")
    assert laid(base, house, "rules", "fmt", "--check").exit_code == 0


def test_the_site_tells_layers(base: Path, house: Path, tmp_path: Path) -> None:
    laid(base, house, "rules", "docs", "--out", str(tmp_path / "site"), "--as-of", "2026-11-22")
    index = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "[house]" in index
    assert "Layers over the shipped rules" in index
    assert str(tmp_path) not in index
    law = (tmp_path / "site" / "instruments" / "us.test.html").read_text(encoding="utf-8")
    assert "points the rule below: our view" in law


def test_the_option_is_forgotten_after_the_command(base: Path) -> None:
    before = os.environ.get("RISKAPI_RULES")
    run("--rules", str(base), "rules", "list", "--ids")
    assert os.environ.get("RISKAPI_RULES") == before


def test_the_variable_and_the_option_say_the_same(base: Path, house: Path) -> None:
    both = os.pathsep.join((str(base), str(house)))
    one = run("rules", "list", RISKAPI_RULES=both).stdout
    assert one == laid(base, house, "rules", "list").stdout


@pytest.mark.slow
def test_an_answer_tells_the_layer_and_its_version(house: Path) -> None:
    (house / "rules" / "us" / "us.test.yaml").unlink()
    question = ("score", "Xiaomi", "Ford", "--type", "joint_venture", "--sector", "automotive", "--in", "US",
                "--set", "deal.foreign_stake=0.5", "--as-of", "2026-11-22", "--json")  # fmt: skip
    answer = json.loads(run("--rules", str(house), *question).stdout)
    told: dict[str, Any] = {"type": "joint_venture", "sector": "automotive", "activity_country": "US"}
    plain = shipped_workspace().score("Xiaomi", "Ford", as_of=AS_OF, foreign_stake=0.5, **told)
    layers = {rule["id"]: (rule["layer"], rule["layer_change"]) for rule in answer["rules"]}
    assert layers["us.house.foreign-share"] == ("house", None)
    assert {layer for name, (layer, _) in layers.items() if name != "us.house.foreign-share"} == {"shipped"}
    assert answer["points"] == pytest.approx(plain.points + 10)
    assert "+house.1.0.0." in answer["versions"]["rule_set"]
    assert "house" not in plain.versions.rule_set


def test_findings_about_the_head_of_a_law_below_are_not_told_again(base: Path, house: Path) -> None:
    """The source was read again below, after the layer was checked: that is no matter of the layer."""
    text = RULE.replace("retrieved: 2026-11-22", "retrieved: 2026-11-30").replace(
        "checked: {on: 2026-11-22", "checked: {on: 2026-11-30"
    )
    write_rules(base, text)
    rule = (
        RULE.split("rules:\n")[1]
        .replace(ID, "us.test.another")
        .replace("0.25", "0.3")
        .replace("2020-01-01", "2021-01-01")
    )
    head = "extends: us.test\nchecked: {on: 2026-11-01, how: read}\nconfidence: high\nrules:\n"
    (house / "rules" / "us" / "us.test.yaml").write_text(head + rule, encoding="utf-8")
    found = laid(base, house, "rules", "check", "--strict")
    assert (found.exit_code, found.stdout) == (0, "2 files, 2 rules: no problems\n")
    stale = laid(base, house, "rules", "check", "--stale-days", "0").stdout
    assert "house/rules/us/us.test.yaml:2: warning" in stale


def test_fixing_mends_the_layer_and_leaves_the_rules_below_alone(base: Path, house: Path) -> None:
    below, own = base / "us" / "us.test.yaml", house / "rules" / "us" / "us.house.yaml"
    before = below.read_text(encoding="utf-8")
    own.write_text(
        own.read_text(encoding="utf-8").replace("deal.foreign_stake >=", "deal.foreign_stke >="), encoding="utf-8"
    )
    assert laid(base, house, "rules", "check").exit_code == 1
    laid(base, house, "rules", "check", "--fix")
    assert "deal.foreign_stake >= 0.25" in own.read_text(encoding="utf-8")
    assert below.read_text(encoding="utf-8") == before
