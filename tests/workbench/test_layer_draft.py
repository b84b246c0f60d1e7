from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskapi.errors import RequestError
from riskapi.rules import Rule
from riskapi.rules.book import ChangeKind
from riskapi.rules.fingerprint import fingerprint
from riskapi.rules.layer_files import read_rules
from riskapi.workbench.layer_draft import Change, draft_text, entry_text, write_change
from tests.rules.layer_files import LAW, STAKE, book, layer, settings
from tests.rules.rule_files import VALID, write
from tests.rules.shipped import RULES_FOLDER, shipped_book, shipped_vocabulary

TODAY = date(2026, 11, 22)


def of_rule(rule: Rule, file: Path, kind: ChangeKind = ChangeKind.OVERRIDES, **more: object) -> Change:
    return Change(kind=kind, rule=rule, file=file, today=TODAY, reason="we see it so", **more)  # type: ignore[arg-type]


def filled(text: str) -> str:
    """What an author fills in."""
    return text.replace("  how: ", "  how: read", 1).replace("confidence: ", "confidence: high", 1)


def drafted(folder: Path, kind: ChangeKind = ChangeKind.OVERRIDES, **more: object) -> Change:
    here = settings(folder)
    (rule,) = book(folder).rules
    return of_rule(rule, here.rules / LAW, kind, **more)


def copied(rule: Rule) -> str | None:
    """The draft of an override, or None for a row of a table, which has no text of its own."""
    try:
        return filled(draft_text(of_rule(rule, RULES_FOLDER / rule.file)))
    except RequestError:
        return None


def test_the_copy_of_a_shipped_rule_means_the_same(tmp_path: Path) -> None:
    book_, texts = shipped_book(), {rule.id: copied(rule) for rule in shipped_book().rules[::3]}
    assert sum(text is not None for text in texts.values()) > len(texts) // 2
    for ident, text in texts.items():
        rule = book_.by_id[ident]
        if text is None:
            continue
        path = tmp_path / f"{rule.instrument.id}.yaml"
        path.write_text(text, encoding="utf-8")
        (wanted,) = read_rules(path, book_.instruments, shipped_vocabulary(), examples=True).wanted
        assert wanted.rule is not None
        assert (wanted.target, fingerprint(wanted.rule), wanted.rule.title) == (ident, fingerprint(rule), rule.title)
        assert len(wanted.rule.examples) == len(rule.examples)


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_a_draft_is_a_change_that_the_layer_can_make(tmp_path: Path, kind: ChangeKind) -> None:
    change = drafted(tmp_path, kind, points=12.5 if kind is ChangeKind.POINTS else None)
    house = layer(tmp_path / "house", {"us/us.other.law.yaml": VALID.replace("us.test", "us.other")})
    path = write_change(change, house / "rules")
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    (made,) = book(tmp_path, house).changes
    assert (made.kind, made.original.id, made.reason) == (kind, STAKE, "we see it so")
    if kind is ChangeKind.POINTS:
        assert book(tmp_path, house).by_id[STAKE].points == 12.5


def test_remarks_and_fields_after_a_rule_are_not_copied_with_it(tmp_path: Path) -> None:
    write(tmp_path / "base", VALID + "\n# about the next\nnotes: at the end\n", LAW)
    text = entry_text(drafted(tmp_path))
    assert "at the end" not in text
    assert "about the next" not in text
    assert text.endswith("expect: undetermined}\n")


def test_a_reason_is_quoted_whatever_it_holds(tmp_path: Path) -> None:
    change = drafted(tmp_path, ChangeKind.DISABLES)
    odd = Change(kind=change.kind, rule=change.rule, file=change.file, today=TODAY, reason='no: "never" # \\ at all')
    house = layer(tmp_path / "house", {"us/us.other.law.yaml": VALID.replace("us.test", "us.other")})
    write_change(odd, house / "rules")
    assert book(tmp_path, house).changes[0].reason == 'no: "never" # \\ at all'


def test_a_file_of_the_layer_is_not_overwritten(tmp_path: Path) -> None:
    house = layer(tmp_path / "house", {LAW: "extends: us.test.law\n"})
    with pytest.raises(RequestError, match="cannot-append"):
        write_change(drafted(tmp_path), house / "rules")
    assert (house / "rules" / LAW).read_text(encoding="utf-8") == "extends: us.test.law\n"
