"""A first draft of a rule: an id and what is known of it in; the text of a new file, or of one more rule of a file, out.

What only the author can know is left empty, with a remark beside it; `riskapi rules check` names every field that is still
empty. Once all are filled in, the file passes the checks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from riskapi.errors import Problem, RequestError
from riskapi.rules.model import GateKind, Kind, Pillar

_ID = re.compile(r"[a-z]{2}(\.[a-z0-9]+([-_][a-z0-9]+)*){2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known of a rule that is still to be written; `rule_id` is the id of the instrument and one more part.

    `extends`: a layer below has the instrument, so that the file only adds to it.
    """

    rule_id: str
    jurisdiction: str
    kind: Kind = Kind.AGGRAVATING
    pillar: Pillar = Pillar.VULNERABILITY
    gate: GateKind | None = None
    today: date
    extends: bool = False

    @property
    def instrument(self) -> str:
        """The id of the instrument."""
        return self.rule_id.rpartition(".")[0]


def checked_draft(draft: Draft) -> Draft:
    """The draft; raises `RequestError` with everything that is wrong with its id."""
    problems = []
    if not _ID.fullmatch(draft.rule_id):
        problems.append(
            Problem(
                code="rule-id",
                field="ID",
                detail=f"`{draft.rule_id[:120]}` is no id of a rule",
                hint="lower case, parts separated by dots: jurisdiction, instrument, rule, as in us.dod.1260h-list.listed",
            )
        )
    if not re.fullmatch("[A-Z]{2}", draft.jurisdiction):
        problems.append(
            Problem(
                code="jurisdiction",
                field="--jurisdiction",
                detail=f"`{draft.jurisdiction[:20]}` is no jurisdiction",
                hint="two capital letters: an ISO 3166 code, or EU",
            )
        )
    elif not draft.rule_id.startswith(f"{draft.jurisdiction.lower()}."):
        problems.append(
            Problem(
                code="jurisdiction",
                field="ID",
                detail=f"the id must start with `{draft.jurisdiction.lower()}.`",
                hint="the first part of an id is the jurisdiction in lower case",
            )
        )
    if problems:
        raise RequestError(problems)
    return draft


def place_of(draft: Draft, rules: Path) -> Path:
    """The file that the rule belongs in: where the instrument is already, or else where it should be."""
    name = f"{draft.instrument}.yaml"
    known = sorted(rules.rglob(name))
    return known[0] if known else rules / draft.jurisdiction.lower() / name


def file_text(draft: Draft) -> str:
    """A whole new file."""
    if draft.extends:
        return f"""\
extends: {draft.instrument}
checked:
  on: {draft.today}
  how:                                 # what you read, and what you could not read
confidence:                            # high | medium | low
rules:
{rule_text(draft)}"""
    return f"""\
instrument: {draft.instrument}
title:                                 # name of the law, regulation, list or policy
jurisdiction: {draft.jurisdiction}
authority:                             # who applies it
citation:                              # where the law stands
sources:
  - url:                               # link to the text that you read
    retrieved: {draft.today}
checked:
  on: {draft.today}
  how:                                 # what you read, and what you could not read
confidence:                            # high | medium | low
rules:
{rule_text(draft)}"""


def rule_text(draft: Draft) -> str:
    """One rule, indented as in a file."""
    gate = f"\n      gate: {draft.gate.value}" if draft.gate else ""
    return f"""\
  - id: {draft.rule_id}
    title:                             # what the rule catches
    citation:                          # the exact place, down to the paragraph
    kind: {draft.kind.value}
    in_force:                          # several spans allowed; a suspension is a gap between two
      - from:                          # first day, written 2027-01-31
    where:                             # named parts; the explanation prints these names
      caught:                          # a comparison of facts, e.g. deal.foreign_stake >= 0.25
    when: caught and jurisdiction.activity_here
    # unless:                          # exceptions, each with a name; any of them lifts the rule
    #   authorised: deal.has_specific_authorization
    effect:
      pillar: {draft.pillar.value}
      points:                          # +10 doubles the odds of an adverse outcome; see the scale in README.md
      why:                             # why so many points, in one line{gate}
    if_unknown:                        # caution: counts while undetermined; ignore: does not
    because:                           # the reason in a sentence; {{foreign.name}} stands for the value of a fact
    examples:                          # a threshold needs one on each side of it
      - name:                          # a case that is caught
        given: {{jurisdiction.activity_here: true}}    # add the facts of the case
        expect: fired
      - name:                          # the same, just outside
        given: {{jurisdiction.activity_here: true}}
        expect: not_fired
      - name:                          # the fact that decides is not known
        given: {{jurisdiction.activity_here: true}}
        expect: undetermined
"""


def write_draft(draft: Draft, rules: Path) -> Path:
    """Put the draft into its file, behind the rules that are there; raises `RequestError` where the id is taken."""
    path = place_of(draft, rules)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file_text(draft), encoding="utf-8")
        return path
    text = path.read_text(encoding="utf-8")
    if re.search(rf"^\s*-?\s*id:\s*['\"]?{re.escape(draft.rule_id)}['\"]?\s*(#.*)?$", text, re.MULTILINE):
        raise RequestError(
            Problem(
                code="duplicate-rule",
                field="ID",
                file=str(path),
                detail=f"`{draft.rule_id}` is there already",
                hint="ids are permanent and unique: choose another last part",
            )
        )
    _refuse_tail(text, path)
    path.write_text(text.rstrip("\n") + "\n" + rule_text(draft), encoding="utf-8")
    return path


def _refuse_tail(text: str, path: Path) -> None:
    """A rule can be put at the end only where the rules come last and are indented by two."""
    keys = re.findall(r"^([a-z_]+):", text, re.MULTILINE)
    if keys and keys[-1] == "rules" and re.search(r"^  - id:", text, re.MULTILINE):
        return
    raise RequestError(
        Problem(
            code="cannot-append",
            file=str(path),
            detail="`rules:` is not the last field of the file, or its rules are not indented by two",
            hint="put `rules:` last and indent each `- id:` by two spaces, or print the draft with --print and paste it",
        )
    )
