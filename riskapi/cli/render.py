"""The answer as a page for the terminal: which parts it has, and in which order.

Enters: a cleaned answer and the citations of the instruments by rule. Leaves: a rich renderable. No console, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType

from riskapi.assessment.answer import Answer
from riskapi.cli.render_gates import gates
from riskapi.cli.render_parties import closing, jurisdictions, parties, warnings
from riskapi.cli.render_record import comparables, record
from riskapi.cli.render_rules import dormant, fired_rules, not_fired_rules, undetermined_rules
from riskapi.cli.render_score import headline, waterfall
from riskapi.cli.render_unknowns import assumptions, questions, what_would_change
from riskapi.cli.style import Look


def answer_text(
    answer: Answer, instruments: Mapping[str, str], *, everything: bool = False, ascii_only: bool = False
) -> RenderableType:
    """The whole page; the concise one cuts long lists, with a count and the option that shows all."""
    look = Look(everything=everything, ascii_only=ascii_only, instruments=instruments)
    parts = [
        headline(answer, look),
        gates(answer, look),
        waterfall(answer, look),
        fired_rules(answer, look),
        questions(answer, look),
        undetermined_rules(answer, look),
        assumptions(answer),
        what_would_change(answer, look),
        dormant(answer, look),
        record(answer, look),
        comparables(answer, look),
        parties(answer, look),
        jurisdictions(answer),
        not_fired_rules(answer, look),
        warnings(answer, look),
        closing(answer),
    ]
    return Group(*[part for part in parts if part is not None])
