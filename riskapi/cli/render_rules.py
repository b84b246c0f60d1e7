"""Rules on the page: fired, undetermined, not fired, dormant. Enters: an answer. Leaves: rich renderables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from riskapi.assessment.answer import Answer, Decisive, DormantAnswer, RuleAnswer
from riskapi.assessment.words import code_words, day, gate_words, plural
from riskapi.cli.render_gates import citation
from riskapi.cli.style import Look, counted, indented, left_out, section, source
from riskapi.facts.evidence import Evidence

SHOWN_EVIDENCE = 3
SHOWN_DORMANT = 4
_CODE = re.compile(r"'([^']+)'")
_TRUTH = {True: "true", False: "false", None: "not known"}


# Fired


def fired_rules(answer: Answer, look: Look) -> RenderableType:
    """Every rule that applies: title, citation, the sentence, what decided, the evidence."""
    fired = [rule for rule in answer.rules if rule.status == "fired"]
    if not fired:
        return section("Rules that apply", Text("None on what is known."))
    titles = {rule.id: rule.title for rule in answer.rules}
    ranked = sorted(fired, key=lambda rule: (-abs(rule.points), -abs(rule.weight), rule.id))
    covered = [rule for rule in ranked if rule.covered_by is not None]
    informing = [rule for rule in ranked if rule.covered_by is None and not rule.points]
    parts: list[RenderableType] = []
    for heading, members in (
        ("", [rule for rule in ranked if rule.points]),
        ("Adding no points, because a heavier rule about the same thing is counted", covered),
        ("For information, without points", informing),
    ):
        parts += [Text(heading, style="italic"), Text()] if heading and members else []
        for rule in members:
            parts += [_fired(rule, titles, look), Text()]
    return section("Rules that apply", *parts[:-1], note=f"{len(fired)} of {len(answer.rules)} examined")


def _fired(rule: RuleAnswer, titles: dict[str, str], look: Look) -> RenderableType:
    head = Text(rule.title, style="bold")
    if rule.points:
        head.append(f"  {counted(rule.points)}")
    if rule.gate:
        head.append(f"  {gate_words(rule.gate).lower()}", style="red" if rule.gate == "prohibition" else "")
    below: list[RenderableType] = [
        Text.assemble(
            f"{rule.jurisdiction}: {citation(rule.id, rule.citation, look)}",
            (f"; {rule.authority}{_layer(rule)}", "dim"),
        ),
        Text(rule.because),
    ]
    if rule.covered_by is not None:
        below.append(Text(f"Counted in its place: {titles.get(rule.covered_by, rule.covered_by)}", style="dim"))
    if not rule.points and not look.everything:
        # What adds no points is told in a sentence: the evidence stands with the rule that counts, and under --all.
        return Group(head, indented(*below))
    if decided := _decided(rule.decided_by, look):
        below.append(Text(f"Decided by: {decided}", style="dim"))
    below += _evidence(rule, look, SHOWN_EVIDENCE)
    if look.everything:
        below += _reasons_and_law(rule)
    return Group(head, indented(*below))


def _decided(decisive: Sequence[Decisive], look: Look) -> str:
    if look.everything:
        return "; ".join(dict.fromkeys(f"{item.condition} is {_TRUTH[item.value]}" for item in decisive))
    told = {
        value: ", ".join(dict.fromkeys(item.part or item.condition for item in decisive if item.value is value))
        for value in _TRUTH
    }
    words = {True: "", False: "not: ", None: "not known: "}
    return "; ".join(words[value] + text for value, text in told.items() if text)


def _layer(rule: RuleAnswer) -> str:
    """Which private layer the rule is from, or changes it; nothing for the shipped ones."""
    how = f", {rule.layer_change}" if rule.layer_change else ""
    return "" if rule.layer == "shipped" else f" [layer {rule.layer}{how}]"


def _evidence(rule: RuleAnswer, look: Look, most: int) -> list[RenderableType]:
    codes = {code for item in rule.decided_by for code in _CODE.findall(item.condition)}
    ranked = sorted(rule.evidence, key=lambda row: _remoteness(row, codes))
    if not look.everything:
        ranked = [row for row in ranked if _remoteness(row, codes) < _BESIDE] or ranked[:1]
    shown = ranked if look.everything else ranked[:most]
    parts: list[RenderableType] = [evidence_text(row, look) for row in shown]
    more = left_out(len(rule.evidence) - len(shown), "row", " of evidence")
    return [*parts, more] if more else parts


_BESIDE = 4
#: A row that only says what the company is called proves nothing about it.
_NAMING = "The company is known as"


def _remoteness(row: Evidence, codes: set[str]) -> int:
    """How far a row is from what decided: a row about a code that the condition names comes first."""
    if codes & set(row.key.split("/")):
        return 0
    if row.table == "request":
        return 5 if row.confidence == "assumed" else 3
    if row.table == "country_groups" or row.statement.startswith(_NAMING):
        return _BESIDE
    return 1


def evidence_text(row: Evidence, look: Look) -> Text:
    """One row of evidence: what it says, and where and when that was read."""
    text = Text.assemble((look.sign("• ", "* "), "dim"), row.statement)
    if row.citation:
        text.append(f", {row.citation}")
    if row.table != "request":
        text.append(
            f"  [{source(row.source_url, full=look.everything)}, {day(row.as_of)}, {row.confidence} confidence]",
            style="dim",
        )
    if row.note and look.everything:
        text.append(f"  {row.note}", style="dim")
    return text


def _reasons_and_law(rule: RuleAnswer) -> list[RenderableType]:
    spans = ", ".join(f"from {span.start}" + (f" to {span.to}" if span.to else "") for span in rule.in_force)
    lines = [f"Why {counted(rule.weight)}: {rule.why_points}"] if rule.weight else []
    lines.append(f"In force {spans}; {rule.confidence} confidence; rule {rule.id}")
    lines += [
        f"Law: {item.url} (read {item.retrieved}{'; ' + item.note if item.note else ''})" for item in rule.sources
    ]
    return [Text(line, style="dim") for line in lines]


# Undetermined, not fired


def undetermined_rules(answer: Answer, look: Look) -> RenderableType | None:
    """With --all, every rule that may apply and the facts that would decide it; else nothing: the questions tell it."""
    found = [rule for rule in answer.rules if rule.status == "undetermined"]
    if not look.everything or not found:
        return None
    return section(
        "Rules that may apply", *[_undetermined(rule, look) for rule in found], note=plural(len(found), "rule")
    )


def _undetermined(rule: RuleAnswer, look: Look) -> RenderableType:
    taken = "counted until known" if rule.counted_while_unknown else "not counted until known"
    head = Text.assemble((rule.title, "bold"), f"  {counted(rule.weight)} if it applies, ", (taken, "dim"))
    below: list[RenderableType] = [
        Text(f"{rule.jurisdiction}: {citation(rule.id, rule.citation, look)}; {rule.authority}{_layer(rule)}"),
        Text(f"If it applies: {rule.because}"),
        Text(f"Not known: {', '.join(rule.unknown_facts)}", style="dim"),
    ]
    return Group(head, indented(*below))


def not_fired_rules(answer: Answer, look: Look) -> RenderableType:
    """The count of rules that do not apply; with --all each with what would have to change."""
    found = [rule for rule in answer.rules if rule.status == "not_fired"]
    if not look.everything:
        were = "rule was examined and does" if len(found) == 1 else "rules were examined and do"
        line = Text(f"{len(found):,} further {were} not apply. ")
        return section("Rules that do not apply", line.append("With what would make each apply: --all", style="dim"))
    return section(
        "Rules that do not apply", *[_not_fired(rule, look) for rule in found], note=plural(len(found), "rule")
    )


def _not_fired(rule: RuleAnswer, look: Look) -> RenderableType:
    lines = [Text(f"{rule.jurisdiction}: {citation(rule.id, rule.citation, look)}  ({rule.id})", style="dim")]
    if decided := "; ".join(f"{item.condition} is {_TRUTH[item.value]}" for item in rule.decided_by):
        lines.append(Text(f"because {decided}"))
    if needed := "; ".join(item.condition for item in rule.needed):
        lines.append(Text(f"would apply with {needed}"))
    return Group(Text(rule.title, style="bold"), indented(*lines))


# Dormant


def dormant(answer: Answer, look: Look) -> RenderableType | None:
    """Rules that would or might apply if they were in force: what is to come first, then what ended last."""
    if not answer.dormant:
        return None
    ranked = sorted(answer.dormant, key=_nearness)
    shown, rest = look.cut(ranked, SHOWN_DORMANT)
    return section(
        "Not in force on this day, but would or might apply",
        *[_dormant(item) for item in shown],
        left_out(rest, "rule", " not in force"),
    )


def _nearness(item: DormantAnswer) -> tuple[bool, int, str]:
    far = item.in_force_from.toordinal() if item.in_force_from else 0
    return (item.in_force_from is None, far or -(item.ended_on.toordinal() if item.ended_on else 0), item.id)


def _dormant(item: DormantAnswer) -> RenderableType:
    when = f"in force from {item.in_force_from}" if item.in_force_from else f"ended on {day(item.ended_on)}"
    if item.state == "suspended":
        when = f"suspended since {day(item.ended_on)}, again in force from {day(item.in_force_from)}"
    sure = "would apply" if item.status == "fired" else "might apply"
    gate = f", {code_words(item.gate)}" if item.gate else ""
    head = Text.assemble((item.title, "bold"), f"  {when}")
    below = Text.assemble(f"{item.jurisdiction}: {item.citation}  ", (f"{sure}{gate}, {counted(item.weight)}", "dim"))
    return Group(head, indented(below))
