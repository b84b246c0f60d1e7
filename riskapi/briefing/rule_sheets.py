"""What the rules say: the sheets Rules, Gates and Clocks. Enters: a briefing. Leaves: sheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from riskapi.assessment.answer import Answer, Decisive, DormantAnswer, GateAnswer, RuleAnswer
from riskapi.assessment.words import STATES, code_words, fact_words, gate_words
from riskapi.briefing.marks import STATUS_MARKS, lines, listed
from riskapi.briefing.material import Briefing
from riskapi.briefing.sheets import CellValue, Column, Form, Mark, Sheet, Table, Tone
from riskapi.briefing.sources import Sources, cell

RULES: Final = "Rules"
GATES: Final = "Gates"
CLOCKS: Final = "Clocks"

# Rules

_RULE_COLUMNS: Final = (
    Column("Status", Form.LONG, 9),
    Column("Points", Form.CHANGE, 8),
    Column("Weight", Form.CHANGE, 8),
    Column("Rule", Form.LONG, 28),
    Column("By", Form.TEXT, 5),
    Column("Gate", Form.LONG, 12),
    Column("Why", Form.LONG, 42),
    Column("Evidence", Form.LONG, 40),
    Column("Citation", Form.LONG, 28),
    Column("Law read at", Form.LONG, 16),
    Column("From", Form.DATE, 11),
    Column("To", Form.DATE, 11),
    Column("Confidence", Form.TEXT, 11),
    Column("Part", Form.LONG, 13),
    Column("Id", Form.LONG, 26),
)
_EVIDENCE: Final = 4
#: Places where a law was read that a cell has room for.
_READ_AT: Final = 3


def rules(briefing: Briefing, sources: Sources) -> Sheet:
    """Every rule in force that was looked at, then those that would speak if they were in force."""
    answer = briefing.answer
    rows = [_rule(rule, sources, answer.as_of) for rule in answer.rules]
    rows += [_dormant(rule) for rule in answer.dormant]
    remarks = (
        _counted(answer),
        "Points count in this score; weight is what a rule counts when it applies and none of its group counts in its place.",
    )
    return Sheet(RULES, (Table("rules", _RULE_COLUMNS, rows),), remarks)


def _counted(answer: Answer) -> str:
    fired, open_, not_fired = (sum(rule.status == status for rule in answer.rules) for status in STATUS_MARKS)
    return (
        f"As of {answer.as_of}: {fired} rules apply, {open_} may apply (a fact is not known), {not_fired} do not apply; "
        f"{len(answer.dormant)} that would speak are not in force."
    )


def _rule(rule: RuleAnswer, sources: Sources, as_of: date) -> tuple[CellValue, ...]:
    span = next((one for one in rule.in_force if as_of in one), None)
    return (
        STATUS_MARKS[rule.status],
        rule.points,
        rule.weight,
        rule.title,
        rule.jurisdiction,
        gate_words(rule.gate) if rule.gate else None,
        lines(_why(rule)),
        lines(_evidence(rule, sources)),
        _citation(rule),
        cell(sources.law(rule.sources, rule.instrument, RULES, _READ_AT)),
        span.start if span else None,
        span.to if span else None,
        rule.confidence,
        code_words(rule.pillar),
        rule.id,
    )


def _citation(rule: RuleAnswer) -> str:
    """The rule's own citation; with that of its instrument where the rule speaks."""
    speaks = rule.status != "not_fired" and rule.citation != rule.instrument_citation
    return f"{rule.citation} ({rule.instrument_citation})" if speaks else rule.citation


def _evidence(rule: RuleAnswer, sources: Sources) -> Iterator[str]:
    ranked = sorted(rule.evidence, key=lambda row: row.table == "companies")  # names and seats say least
    yield from sources.statements(ranked[:_EVIDENCE], RULES)
    if len(rule.evidence) > _EVIDENCE:
        yield f"and {len(rule.evidence) - _EVIDENCE} rows more"


def _why(rule: RuleAnswer) -> Iterator[str]:
    if rule.because:
        yield rule.because
    if rule.status == "undetermined":
        yield f"Depends on: {listed(map(fact_words, rule.unknown_facts))}."
    if rule.status == "not_fired":
        yield f"Decided by: {_conditions(rule.decided_by)}."
    if rule.covered_by:
        yield f"Counted instead: {rule.covered_by}."
    if rule.counted_while_unknown:
        yield "Counted although it is not known whether it applies."
    if rule.layer != "shipped":
        yield f"From the private layer {rule.layer}."


def _conditions(found: Iterable[Decisive]) -> str:
    """The comparisons that decided, by the name of their part where it has one."""
    words = (item.part or item.condition for item in found)
    return "; ".join(f"not {one}" for one in dict.fromkeys(words)) or "the date"


def _dormant(rule: DormantAnswer) -> tuple[CellValue, ...]:
    would = "would apply" if rule.status == "fired" else "might apply"
    return (
        Mark(STATES.get(rule.state, rule.state).capitalize(), Tone.QUIET),
        0.0,
        rule.weight,
        rule.title,
        rule.jurisdiction,
        gate_words(rule.gate) if rule.gate else None,
        f"It {would} if it were in force. {rule.because}".strip(),
        None,
        rule.citation,
        None,
        rule.in_force_from,
        rule.ended_on,
        None,
        None,
        rule.id,
    )


# Gates

_GATE_COLUMNS: Final = (
    Column("Status", Form.LONG, 12),
    Column("Consequence", Form.LONG, 17),
    Column("By", Form.TEXT, 6),
    Column("Gate", Form.LONG, 44),
    Column("Waits for", Form.LONG, 34),
    Column("Periods", Form.LONG, 36),
    Column("Authority", Form.LONG, 34),
    Column("Citation", Form.LONG, 40),
    Column("Law read at", Form.LONG, 16),
    Column("Rule", Form.LONG, 30),
)


def gates(briefing: Briefing, sources: Sources) -> Sheet:
    """What applies, then what may apply."""
    found = briefing.answer.gates
    applies = sum(gate.status == "fired" for gate in found)
    told = f"{applies} legal consequences apply, {len(found) - applies} may apply."
    remarks = (f"{told} They stand beside the score: no score takes one away.",)
    return Sheet(GATES, (Table("gates", _GATE_COLUMNS, [_gate(briefing, gate, sources) for gate in found]),), remarks)


def _gate(briefing: Briefing, gate: GateAnswer, sources: Sources) -> tuple[CellValue, ...]:
    rule = briefing.rules.get(gate.rule)
    return (
        STATUS_MARKS[gate.status],
        gate_words(gate.gate),
        gate.jurisdiction,
        gate.title,
        listed(map(fact_words, rule.unknown_facts)) if rule else None,
        lines(f"{item.step}: {item.days} days" + (f" ({item.note})" if item.note else "") for item in gate.clock),
        gate.authority,
        gate.citation,
        cell(sources.law(rule.sources, rule.instrument, GATES, _READ_AT)) if rule else None,
        gate.rule,
    )


_CLOCK_COLUMNS: Final = (
    Column("Status", Form.LONG, 12),
    Column("By", Form.TEXT, 6),
    Column("Gate", Form.LONG, 50),
    Column("No.", Form.COUNT, 6),
    Column("Period", Form.LONG, 40),
    Column("Days", Form.COUNT, 8),
    Column("Note", Form.LONG, 44),
    Column("Citation", Form.LONG, 44),
)


def clocks(briefing: Briefing) -> Sheet:
    """Statutory periods one by one, with days as numbers."""
    rows = [
        (
            STATUS_MARKS[gate.status],
            gate.jurisdiction,
            gate.title,
            number,
            item.step,
            item.days,
            item.note,
            gate.citation,
        )
        for gate in briefing.answer.gates
        for number, item in enumerate(gate.clock, 1)
    ]
    remarks = (
        "Periods of the law, in the order in which it names them; some are alternatives, so that they do not simply add up.",
        "A gate that is not here has no period on record, which does not mean that it has none.",
    )
    return Sheet(CLOCKS, (Table("clocks", _CLOCK_COLUMNS, rows),), remarks)
