"""Gates: the legal consequences that apply or may apply. Enters: an answer. Leaves: rich renderables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from riskapi.assessment.answer import Answer, GateAnswer
from riskapi.assessment.words import gate_words, joined
from riskapi.cli.style import Look, indented, left_out, section

#: Gates of one kind that the concise page shows where it is not known whether they apply.
SHOWN_OPEN = {"prohibition": 2, "licence_required": 2}
SHOWN_OTHERS = 1
SHOWN_FACTS = 4
#: Where the first citation of several, or the name before a remark in brackets, ends.
_FURTHER = re.compile(r"; | \((?=[A-Za-z]{3})")
_WORD = re.compile(r"\w+")


def gates(answer: Answer, look: Look) -> RenderableType:
    """What applies, then what may apply, by kind."""
    applies = [gate for gate in answer.gates if gate.status == "fired"]
    may = [gate for gate in answer.gates if gate.status != "fired"]
    if not answer.gates:
        return section("Legal gates", Text("No gate applies, and none may apply on what is known."))
    parts: list[RenderableType] = [Text(f"Applies ({len(applies)})", style="bold")]
    parts += [indented(gate_text(gate, look, "bold red" if gate.gate == "prohibition" else "bold")) for gate in applies]
    if not applies:
        parts.append(indented(Text("none")))
    if may:
        parts.append(Text(f"\nMay apply, depending on what is not known ({len(may)})", style="bold"))
        parts += [indented(part) for part in _open_gates(answer, may, look)]
    return section("Legal gates", *parts)


def gate_text(gate: GateAnswer, look: Look, style: str = "bold") -> RenderableType:
    """One gate: kind and place, title, citation with its instrument, authority, statutory periods."""
    head = Text.assemble((gate_words(gate.gate), style), (f" ({gate.jurisdiction})  ", ""), gate.title)
    below = [Text.assemble((citation(gate.rule, gate.citation, look), ""), ("; ", "dim"), (gate.authority, "dim"))]
    if gate.clock:
        steps = ", ".join(
            f"{item.step} {item.days} days" + (f" ({item.note})" if item.note else "") for item in gate.clock
        )
        below.append(Text(f"Periods: {steps}", style="dim"))
    return Group(head, indented(*below))


def citation(rule: str, cited: str, look: Look) -> str:
    """The rule's own citation, with the instrument's where that says more (without --all, the first part of it)."""
    whole = look.instruments.get(rule, "")
    if not look.everything:
        whole = _FURTHER.split(whole)[0].strip()
    says_more = set(_WORD.findall(whole.casefold())) - set(_WORD.findall(cited.casefold()))
    return f"{cited} ({whole})" if says_more else cited


def _open_gates(answer: Answer, may: Sequence[GateAnswer], look: Look) -> Iterable[RenderableType]:
    by_id = {rule.id: rule for rule in answer.rules}
    for kind, members in groupby(may, key=lambda gate: gate.gate):
        # The fewer answers a gate waits for, the nearer it is; then the heavier one.
        ranked = sorted(
            members, key=lambda gate: (len(by_id[gate.rule].unknown_facts), -abs(by_id[gate.rule].weight), gate.rule)
        )
        shown, rest = look.cut(ranked, SHOWN_OPEN.get(kind, SHOWN_OTHERS))
        for gate in shown:
            yield gate_text(gate, look)
            yield indented(Text(f"Waits for: {joined(by_id[gate.rule].unknown_facts, SHOWN_FACTS)}", style="dim"))
        more = left_out(rest, "gate", f" of this kind ({gate_words(kind).lower()})")
        if more:
            yield indented(more)
