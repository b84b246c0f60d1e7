"""What a check of rules can find: one finding, where it is, and the table of codes with their explanations.

Enters: rules, places in their files, what was seen there. Leaves: findings with file and line. A finding is about a rule
that loads; what keeps a file from loading is a `Problem`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from riskapi.rules import Instrument, Rule
from riskapi.rules.source import Path_
from riskapi.workbench.places import Places


class Severity(StrEnum):
    """How much a finding matters: errors fail the check, warnings with `--strict`, notes never."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a code means, with text that causes it and text that does not."""

    code: str
    severity: Severity
    meaning: str
    mend: str
    bad: str
    good: str


_EXPLANATIONS = (
    Explanation(
        code="override-stale",
        severity=Severity.WARNING,
        meaning="A private layer changes a rule below it, and that rule has changed in meaning since: the layer's `of` "
        "is the fingerprint of an earlier state. The layer still has the last word.",
        mend="Read the rule below again, correct the layer, then write the new fingerprint into `of`.",
        bad="of: 000000-000000-000000",
        good="the line `of:` that `riskapi rules show ID` prints, once the rule has been read",
    ),
    Explanation(
        code="override-needless",
        severity=Severity.WARNING,
        meaning="A private layer replaces a rule below it by one with the same condition, dates and effect, or gives it "
        "the points that it has anyway.",
        mend="Delete it from the layer: what is not changed comes from below, with every correction made there.",
        bad="points: [{rule: us.law.rule, points: 10, ...}] where the rule has 10",
        good="no entry for the rule",
    ),
    Explanation(
        code="never-fires",
        severity=Severity.ERROR,
        meaning="No deal can make the rule fire: whatever is tried for its facts, the condition is never true.",
        mend="Read the bounds again, and whether `and` should be `or`.",
        bad="deal.foreign_stake >= 0.5 and deal.foreign_stake < 0.25",
        good="deal.foreign_stake >= 0.25 and deal.foreign_stake < 0.5",
    ),
    Explanation(
        code="always-fires",
        severity=Severity.WARNING,
        meaning="The condition is never false: once its facts are known the rule fires for every deal in its country.",
        mend="Say what the law asks for; if it asks for nothing, the rule tells nobody anything.",
        bad="deal.foreign_stake >= 0.25 or deal.foreign_stake < 0.5",
        good="deal.foreign_stake >= 0.25",
    ),
    Explanation(
        code="idle-condition",
        severity=Severity.WARNING,
        meaning="A part of the condition never changes the outcome: the rest already says it, or contradicts it.",
        mend="Take it out, or correct the threshold, code or connective that makes it idle.",
        bad="deal.foreign_stake >= 0.25 and deal.foreign_stake >= 0.1",
        good="deal.foreign_stake >= 0.25",
    ),
    Explanation(
        code="contradicted-condition",
        severity=Severity.WARNING,
        meaning="A part of the condition can never be true where it would count: the rest contradicts it. It does nothing "
        "but keep the rule undetermined while a fact is not known.",
        mend="Correct the bound or code that excludes the other, or take the part out.",
        bad="deal.foreign_control or (deal.foreign_stake >= 0.5 and deal.foreign_stake < 0.25)",
        good="deal.foreign_control or (deal.foreign_stake >= 0.25 and deal.foreign_stake < 0.5)",
    ),
    Explanation(
        code="implied-condition",
        severity=Severity.WARNING,
        meaning="A part of the condition is never false where it would count: the rest already says it. It does nothing but "
        "keep the rule undetermined while a fact is not known.",
        mend="Take the part out, or correct the bound or code that makes it follow from the rest.",
        bad="deal.near_military_site and (deal.foreign_stake >= 0.25 or deal.foreign_stake < 0.5)",
        good="deal.near_military_site and deal.foreign_stake >= 0.25",
    ),
    Explanation(
        code="duplicate-condition",
        severity=Severity.WARNING,
        meaning="The same comparison stands twice beside `and` or `or`, or two named parts say the same.",
        mend="Keep one; where another fact or code was meant, write that.",
        bad="deal.foreign_control and deal.near_military_site and deal.foreign_control",
        good="deal.foreign_control and deal.near_military_site",
    ),
    Explanation(
        code="subsumed-rule",
        severity=Severity.WARNING,
        meaning="Whenever the rule fires, another rule of the same instrument with the same gate and pillar fires too, "
        "and the rule adds nothing to it or counts the same thing twice.",
        mend="Join the two, correct the narrower one, or put both into one `group` with more points for the narrower.",
        bad="a rule with `deal.foreign_stake >= 0.5` beside one with `deal.foreign_stake >= 0.25`, no group",
        good="both in one group, the narrower with more points",
    ),
    Explanation(
        code="lone-group",
        severity=Severity.WARNING,
        meaning="A group has one rule only, and its name is nearly that of another group: a slip of the pen would split "
        "the group.",
        mend="Write the name of the other group if it was meant; else leave it.",
        bad="group: us.icts.reviews",
        good="group: us.icts.review",
    ),
    Explanation(
        code="fact-unused",
        severity=Severity.NOTE,
        meaning="No rule uses the fact, neither in a condition nor in a sentence. Told with `--all` only.",
        mend="Write the rule that needs it, or ask whether the fact should stay in the vocabulary.",
        bad="a fact that callers are asked for in vain",
        good="a fact that at least one rule uses",
    ),
    Explanation(
        code="citation-form",
        severity=Severity.WARNING,
        meaning="The citation is not written as its jurisdiction writes it, or names a title, volume or year that "
        "cannot be. Looked at for US (CFR, USC, FR, Pub. L., EO) and EU (regulations, directives, decisions).",
        mend="Copy the citation from the publication.",
        bad="citation: 15 C.F.R. 791.304",
        good="citation: 15 CFR 791.304",
    ),
    Explanation(
        code="implausible-date",
        severity=Severity.WARNING,
        meaning="A date of `in_force` lies before 1900, or more than ten years after the day the file was checked.",
        mend="Look for a digit that is wrong; a rule without an end has no `to`.",
        bad="in_force: [{from: 2205-03-17}]",
        good="in_force: [{from: 2025-03-17}]",
    ),
    Explanation(
        code="published-late",
        severity=Severity.WARNING,
        meaning="A span of `in_force` begins before the day on which it was published, and no note says why. Up to 30 days this "
        "is a note, told with `--all` only: many orders bind on signature and are printed later.",
        mend="Exchange the two days if they were mixed up; if the law reaches back, say so in the `note` of the span.",
        bad="in_force: [{from: 2025-01-16, published: 2025-03-17}]",
        good="in_force: [{from: 2025-01-16, published: 2025-03-17, note: binds from the announcement on}]",
    ),
    Explanation(
        code="succession-dates",
        severity=Severity.WARNING,
        meaning="One rule seems to take the place of another of the same instrument (same gate, pillar and facts, the first one "
        "ends), but for some days both are in force, or for up to three days neither.",
        mend="Let the new rule begin on the day after the last day of the old one.",
        bad="the old rule with `to: 2026-12-31`, the new one with `from: 2026-12-31`",
        good="the old rule with `to: 2026-12-31`, the new one with `from: 2027-01-01`",
    ),
    Explanation(
        code="source-twice",
        severity=Severity.WARNING,
        meaning="The same source stands twice in `sources`, with the same note or without one.",
        mend="Keep one; where two passages of a text were read, say in the `note` of each which.",
        bad="two entries with one `url` and no note",
        good="two entries with one `url`, noted as section 2 and annex I",
    ),
    Explanation(
        code="layout",
        severity=Severity.NOTE,
        meaning="The fields of the file are not in the usual order or layout. Told with `--all` only.",
        mend="Run `riskapi rules fmt`, or `riskapi rules check --fix`.",
        bad="`effect:` above `when:`",
        good="fields in the order of `rules/README.md`",
    ),
    Explanation(
        code="check-stale",
        severity=Severity.WARNING,
        meaning="The file was last held against its sources longer ago than `--stale-days` allows.",
        mend="Read the sources again, correct the rules, then write the new day into `checked`.",
        bad="checked: {on: 2020-01-01, how: read the regulation}",
        good="checked: {on: 2026-11-22, how: read the regulation}",
    ),
    Explanation(
        code="source-after-check",
        severity=Severity.WARNING,
        meaning="A source was retrieved after the day on which the rules were held against the sources.",
        mend="Hold the rules against that source too, then write the later day into `checked`.",
        bad="retrieved: 2026-11-22 with checked: {on: 2026-11-01}",
        good="retrieved: 2026-11-01 with checked: {on: 2026-11-22}",
    ),
    Explanation(
        code="low-confidence-gate",
        severity=Severity.WARNING,
        meaning="The rule states a legal consequence with low confidence, and no note says what is doubtful.",
        mend="Write into `notes` what could not be verified, or verify it.",
        bad="confidence: low with gate: prohibition",
        good="confidence: low with gate: prohibition and notes: the text of the annex was not seen",
    ),
    Explanation(
        code="one-sided-date",
        severity=Severity.WARNING,
        meaning="The examples show only one side of a date on which the outcome turns. For the start of a rule that "
        "was in force when it was checked this is a note, told with `--all` only.",
        mend="Add an example for the last day before and one for the day itself.",
        bad="deal.signed_on >= date '2027-01-01' with examples of 2027 only",
        good="one example with 2026-12-31 and one with 2027-01-01",
    ),
)
#: Every code with its explanation.
EXPLANATIONS: Mapping[str, Explanation] = {item.code: item for item in _EXPLANATIONS}


@dataclass(frozen=True, slots=True)
class Replacement:
    """A piece of a file (line and column of its first character, and of that behind its last) and what takes its place."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that an author should look at; `file` is as the rules name it, None where it is about no file.

    `fix` says what would mend it; it is safe where there is one right correction, else a proposal.
    """

    code: str
    severity: Severity
    detail: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    rule: str | None = None
    field: str | None = None
    hint: str | None = None
    fix: str | None = None
    fix_is_safe: bool = False
    replacements: tuple[Replacement, ...] = ()

    @property
    def advice(self) -> str:
        """What to do: its own hint, or that of its code."""
        return self.hint or (EXPLANATIONS[self.code].mend if self.code in EXPLANATIONS else "")


class Spots:
    """Makes findings with their lines; a file is read again only when something is found in it."""

    def __init__(self, folder: Path) -> None:
        self._places = Places(folder)

    def in_rule(self, code: str, rule: Rule, path: Path_, detail: str) -> Finding:
        """A finding at a field of a rule, such as `("where", "large")`."""
        return replace(_finding(code, rule.file, self._places.line(rule, path), path, detail), rule=rule.id)

    def in_file(self, code: str, instrument: Instrument, path: Path_, detail: str) -> Finding:
        """A finding at a field of the instrument itself."""
        return _finding(code, instrument.file, self._places.line_of_head(instrument, path), path, detail)


def _finding(code: str, file: str, line: int, path: Path_, detail: str) -> Finding:
    return Finding(
        code=code,
        severity=EXPLANATIONS[code].severity,
        detail=detail,
        file=file,
        line=line,
        field=".".join(map(str, path)) or None,
    )
