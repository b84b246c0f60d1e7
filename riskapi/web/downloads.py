"""Files to take away: an address in; the answer as JSON, its rules as CSV, the brief as HTML, the briefing as a workbook out."""

from __future__ import annotations

import re
from typing import Final

from riskapi.assessment.answer import Answer
from riskapi.assessment.whatif_request import read_whatif
from riskapi.briefing.flat import answer_json, rules_csv
from riskapi.briefing.gather import briefing_of, usual_grid
from riskapi.briefing.material import Briefing
from riskapi.briefing.page import brief_html
from riskapi.briefing.printing import Paper
from riskapi.briefing.workbook import briefing_workbook
from riskapi.errors import Problem, RequestError
from riskapi.web.question import Question, read_question
from riskapi.web.result import ask
from riskapi.web.visit import Sent, Visit

PAPER: Final = "paper"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer_file(visit: Visit) -> Sent:
    """The answer, byte for byte as `riskapi export` writes it."""
    answer = ask(visit, read_question(visit))
    return Sent(content=answer_json(answer), media_type="application/json", file_name=_name(answer, "json"))


def rules_file(visit: Visit) -> Sent:
    """One line for each rule that was asked."""
    answer = ask(visit, read_question(visit))
    return Sent(content=rules_csv(answer), media_type="text/csv; charset=utf-8", file_name=_name(answer, "csv"))


def brief_file(visit: Visit) -> Sent:
    """One page to print or to send."""
    paper, briefing = _paper(visit), _briefing(visit, read_question(visit, PAPER))
    name = _name(briefing.answer, "html")
    return Sent(content=brief_html(briefing, paper=paper), media_type="text/html; charset=utf-8", file_name=name)


def workbook_file(visit: Visit) -> Sent:
    """The briefing workbook."""
    paper, briefing = _paper(visit), _briefing(visit, read_question(visit, PAPER))
    return Sent(
        content=briefing_workbook(briefing, paper=paper), media_type=XLSX, file_name=_name(briefing.answer, "xlsx")
    )


def _briefing(visit: Visit, question: Question) -> Briefing:
    """What `riskapi export` puts into a briefing; takes a second or two, most of it for what would change the result."""
    workspace = visit.workspace
    answer = ask(visit, question)
    body = {**question.body(workspace.vocabulary), "grid": usual_grid(answer)}
    whatif = workspace.what_if(read_whatif(body, workspace.vocabulary, visit.today))
    return briefing_of(workspace, answer, whatif=whatif)


def _paper(visit: Visit) -> Paper:
    """What the file is set up to be printed on."""
    wanted = (visit.text(PAPER) or Paper.A4).lower()
    if wanted not in list(Paper):
        problem = Problem(code="bad-value", field=PAPER, detail=f"`{wanted[:20]}` is no paper that is known",
                          hint=f"write {' or '.join(Paper)}")  # fmt: skip
        raise RequestError(problem)
    return Paper(wanted)


def _name(answer: Answer, ending: str) -> str:
    """`xiaomi-ford-2026-11-22.xlsx`."""
    parties = "-".join(
        re.sub(r"\W+", "-", party.name.casefold()).strip("-")[:40] or "party" for party in answer.parties
    )
    return f"{parties}-{answer.as_of.isoformat()}.{ending}"
