"""Firms of one list against those of another, on one kind of deal: lists of names in, a table of scores or a file of it out.

At most `MOST` by `MOST`, so that the page answers at once; larger tables are made by the service's batch operations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import polars as pl

from riskapi.briefing.portfolio import portfolio_csv, portfolio_workbook
from riskapi.briefing.portfolio_about import PortfolioAbout, about_portfolio
from riskapi.entities.alignment import MISSPELLING
from riskapi.entities.resolver import Ambiguous, Match
from riskapi.errors import Problem, RequestError, RiskapiError
from riskapi.matrix.request import read_matrix
from riskapi.matrix.run import plan, run
from riskapi.web.downloads import XLSX
from riskapi.web.fields import FIRST, fields_of
from riskapi.web.home import more_fields
from riskapi.web.question import Question
from riskapi.web.scales import segments
from riskapi.web.trial import Trial, try_question
from riskapi.web.visit import Sent, Shown, Visit

MOST: Final = 12
#: Names of a list in a file.
MOST_IN_FILE: Final = 60
CHOICES: Final = 4
FIRMS: Final = "firms"
HOSTS: Final = "hosts"
_EXAMPLE: Final = {
    FIRMS: "Xiaomi\nBYD\nGeely\nCATL\nHyundai\nToyota",
    HOSTS: "Ford\nGeneral Motors\nStellantis\nTesla",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A firm of a list: its id, or what is wrong with its name."""

    typed: str
    name: str
    company_id: str | None
    problem: str | None
    #: Companies that the name may mean, each with the address of the matrix with it in place of the name.
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One pairing: its result with the address of its page, or why there is none."""

    trial: Trial | None
    query: str
    problem: str | None


def show_matrix(visit: Visit) -> Shown:
    """The form, and the table where both lists are told."""
    question, typed = _told(visit, MOST)
    is_told = bool(typed[FIRMS] and typed[HOSTS])
    context: dict[str, Any] = {
        "question": question,
        "texts": {name: "\n".join(names) for name, names in typed.items()} if is_told else _EXAMPLE,
        "fields": fields_of(FIRST, question, visit.workspace.vocabulary),
        "more": more_fields(visit, question),
        "segments": segments(visit.workspace.card),
        "most": MOST,
        "is_told": is_told,
    }
    if is_told:
        day = date.fromisoformat(question.as_of) if _is_day(question.as_of) else visit.today
        firms, hosts = ([_firm(visit, side, name, day) for name in typed[side]] for side in (FIRMS, HOSTS))
        rows = [(firm, [_cell(visit, question, firm, host) for host in hosts]) for firm in firms]
        context |= {"hosts": hosts, "rows": rows, "query": urlencode(visit.pairs)}
    return Shown(template="matrix.html", context=context)


def portfolio_file(visit: Visit) -> Sent:
    """The matrix as a workbook, with ranking, drivers and gates."""
    frame, about = _portfolio(visit)
    return Sent(content=portfolio_workbook(frame, about), media_type=XLSX, file_name=f"matrix-{about.day}.xlsx")


def rows_file(visit: Visit) -> Sent:
    """The rows of the matrix."""
    frame, about = _portfolio(visit)
    return Sent(content=portfolio_csv(frame), media_type="text/csv; charset=utf-8", file_name=f"matrix-{about.day}.csv")


def _portfolio(visit: Visit) -> tuple[pl.DataFrame, PortfolioAbout]:
    """The rows with what was asked; every name must settle. The firms of the first list are the foreign parties."""
    question, typed = _told(visit, MOST_IN_FILE)
    workspace = visit.workspace
    data = {
        "foreign": {"names": typed[FIRMS]},
        "hosts": {"names": typed[HOSTS]},
        "templates": [{"deal": question.body(workspace.vocabulary)["deal"]}],
        "dates": [question.as_of or visit.today.isoformat()],
    }
    request = read_matrix(data, workspace, visit.today, most=MOST_IN_FILE**2)
    asked = plan(workspace, request)
    return pl.concat(run(workspace, asked)), about_portfolio(workspace, request, warnings=asked.warnings)


def _told(visit: Visit, most: int) -> tuple[Question, dict[str, list[str]]]:
    """The deal, and the names of both lists; raises `RequestError` with every problem."""
    question = Question.read(visit.without(FIRMS, HOSTS))
    _check_described(question)
    typed = {name: _names(visit.text(name) or "") for name in (FIRMS, HOSTS)}
    _check(typed, most)
    return question, typed


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(" ".join(name.split()) for name in re.split(r"[\r\n;]+", text) if name.strip()))


def _check(typed: dict[str, list[str]], most: int) -> None:
    problems = [
        Problem(code="matrix-too-large", field=name, detail=f"{len(names)} names, at most {most} fit here",
                hint="leave some out; for more, use the batch operations of the service: /docs")
        for name, names in typed.items() if len(names) > most
    ]  # fmt: skip
    if problems:
        raise RequestError(problems)


def _check_described(question: Question) -> None:
    if any(question.described):
        problem = Problem(code="unknown-field", field="a", detail="a matrix takes firms that are on record",
                          hint="describe a firm in a question of two parties: /")  # fmt: skip
        raise RequestError(problem)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _firm(visit: Visit, side: str, name: str, day: date) -> Firm:
    found = visit.workspace.resolve(name, as_of=day)
    if isinstance(found, Match):
        what = f"taken for this, from “{name}”: see that it is meant" if MISSPELLING in found.reason else None
        return Firm(typed=name, name=found.name, company_id=found.company_id, problem=what)
    choices = tuple((item.name, _with(visit, side, name, item.company_id)) for item in found.candidates[:CHOICES])
    what = "may mean" if isinstance(found, Ambiguous) else "is not known; nearest:" if choices else "is not known"
    return Firm(typed=name, name=name, company_id=None, problem=what, choices=choices)


def _with(visit: Visit, side: str, name: str, company_id: str) -> str:
    """The address of the matrix with the company in place of the name."""
    names = [company_id if item == name else item for item in _names(visit.text(side) or "")]
    return urlencode([*visit.without(side), (side, "\n".join(names))])


def _cell(visit: Visit, question: Question, firm: Firm, host: Firm) -> Cell:
    if firm.company_id is None or host.company_id is None:
        return Cell(trial=None, query="", problem="name not settled")
    pair = Question(
        first=firm.company_id,
        second=host.company_id,
        as_of=question.as_of,
        foreign=question.foreign,
        deal=question.deal,
    )
    try:
        trial = try_question(visit.workspace, pair.body(visit.workspace.vocabulary), visit.today)
    except RiskapiError as error:
        if error.problems[0].code == "same-company":
            return Cell(trial=None, query="", problem="the same company")
        if error.problems[0].code == "foreign-party-open":
            return Cell(trial=None, query=pair.query(), problem="open who is foreign")
        raise
    return Cell(trial=trial, query=pair.query(), problem=None)
