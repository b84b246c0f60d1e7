"""How the score of one question moves over time, and why: an address and a first day in, a curve and its steps out.

Rules, facts and the record are those of each day. Days on which something may change are known (spans of rules, of company
profiles, statements); where the result still differs between the day after one and the day before the next, the day of the
change is found by halving. A day on which nothing changes is not shown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from riskapi.assessment.answer import Answer
from riskapi.assessment.request import read_as_of, read_request
from riskapi.errors import Problem, RequestError
from riskapi.facts.values import ValueProblemError
from riskapi.rules import Rule
from riskapi.web.question import Question, read_question
from riskapi.web.result import ask, settled_question
from riskapi.web.scales import days_scale, segments
from riskapi.web.trial import Trial, try_pairing
from riskapi.web.visit import Shown, Visit
from riskapi.workspace import Workspace

SINCE: Final = "since"
YEARS_BACK: Final = 6
#: How far ahead announced changes of rules are looked for.
YEARS_AHEAD: Final = 2
EARLIEST: Final = date(1990, 1, 1)
MOST_DAYS: Final = 900
#: Steps whose rules are listed; the score of all is drawn.
MOST_LISTED: Final = 60
_DAY: Final = timedelta(days=1)
TryOn = Callable[[date], Trial]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A day on which the result changes (the first step: the day from which on it is shown), and the rules that switch."""

    on: date
    trial: Trial
    applies: tuple[Rule, ...]
    no_longer: tuple[Rule, ...]
    opened: tuple[Rule, ...]
    settled: tuple[Rule, ...]
    is_ahead: bool
    change: float | None


def show_timeline(visit: Visit) -> Shown:
    """The page."""
    question = read_question(visit, SINCE)
    answer = ask(visit, question)
    pinned = settled_question(question, answer)
    first = _first_day(visit, answer.as_of)
    last = _years(answer.as_of, YEARS_AHEAD)
    steps = list(steps_between(visit.workspace, pinned, answer, first, last))
    context = {
        "question": question,
        "query": question.query(),
        "pinned": pinned,
        "answer": answer,
        "since": first,
        "until": last,
        "steps": steps,
        "listed": steps[:1] + steps[1:][-MOST_LISTED:],
        "curve": curve(steps, answer.as_of, last),
        "years": _year_marks(steps[0].on, last),
        "segments": segments(visit.workspace.card),
    }
    return Shown(template="timeline.html", context=context)


def _first_day(visit: Visit, as_of: date) -> date:
    raw = visit.text(SINCE)
    if raw is None:
        return _years(as_of, -YEARS_BACK)
    try:
        day = read_as_of(raw)
    except ValueProblemError as error:
        raise RequestError(Problem(code=error.code, field=SINCE, detail=error.detail, hint=error.hint)) from None
    if not EARLIEST <= day < as_of:
        detail = f"`since` must lie between {EARLIEST} and the as-of date {as_of}"
        raise RequestError(Problem(code="out-of-range", field=SINCE, detail=detail))
    return day


def _years(day: date, years: int) -> date:
    """The day some years before or after; the first of its month where the year has no such day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=1)


def steps_between(workspace: Workspace, question: Question, answer: Answer, first: date, last: date) -> Iterator[Step]:
    """Every day in the span on which the result changes, in order; the first step is the span's first day."""
    results = _results(workspace, question)
    days = sorted({first, *days_of_change(workspace, answer, first, last)})[:MOST_DAYS]
    before: Trial | None = None
    for day in _with_hidden(days, last, results):
        trial = results(day)
        if before is None or _differs(before, trial):
            yield _step(workspace, day, before, trial, answer.as_of)
            before = trial


def _results(workspace: Workspace, question: Question) -> TryOn:
    """The result on a day; each day is asked once."""
    known: dict[date, Trial] = {}
    body: dict[str, Any] = question.body(workspace.vocabulary)

    def result(day: date) -> Trial:
        if day not in known:
            request = read_request({**body, "as_of": day}, workspace.vocabulary, day)
            known[day] = try_pairing(workspace, workspace.pairing(request))
        return known[day]

    return result


def days_of_change(workspace: Workspace, answer: Answer, first: date, last: date) -> Iterator[date]:
    """Days in the span on which rules, profiles or the record of the parties change."""
    for day in _all_days(workspace, answer):
        if first < day <= last:
            yield day


def _all_days(workspace: Workspace, answer: Answer) -> Iterator[date]:
    for item in answer.jurisdictions:
        for rule in workspace.book.by_jurisdiction.get(item.jurisdiction, ()):
            for span in rule.in_force:
                yield span.start
                yield from [] if span.to is None else [span.to + _DAY]
    for party in answer.parties:
        if party.company_id is not None:
            yield from (profile.valid_from for profile in workspace.profiles.history(party.company_id))
    yield answer.as_of
    yield from _statements(workspace, answer)


def _statements(workspace: Workspace, answer: Answer) -> Iterator[date]:
    if answer.deal_status is None or answer.deal_status.deal_id is None:
        return
    deal = workspace.ledger.get(answer.deal_status.deal_id)
    yield from (claim.said_by for claim in deal.claims)


def _with_hidden(days: list[date], last: date, results: TryOn) -> Iterator[date]:
    """The days, and those between two of them on which the result changes for another reason."""
    ends = [*days[1:], last + _DAY]
    for day, following in zip(days, ends, strict=True):
        yield day
        at, eve = day, following - _DAY
        while at < eve and _differs(results(at), results(eve)):
            at = _first_change(at, eve, results)
            yield at


def _first_change(day: date, eve: date, results: TryOn) -> date:
    """The first day after `day`, up to `eve`, with another result than `day`, if there is but one change between."""
    start = results(day)
    span = range(1, (eve - day).days + 1)
    place = bisect_left(span, 1, key=lambda count: _differs(start, results(day + timedelta(days=count))))
    return day + timedelta(days=span[min(place, len(span) - 1)])


def _differs(one: Trial, other: Trial) -> bool:
    return (one.fired, one.open, one.figures()) != (other.fired, other.open, other.figures())


def _step(workspace: Workspace, day: date, before: Trial | None, trial: Trial, as_of: date) -> Step:
    def rules(ids: Iterable[str]) -> tuple[Rule, ...]:
        found = (workspace.book.by_id[one] for one in ids)
        return tuple(sorted(found, key=lambda rule: (-abs(rule.points), rule.id)))

    earlier = before or trial
    return Step(
        on=day,
        trial=trial,
        applies=rules(trial.fired - earlier.fired),
        no_longer=rules(earlier.fired - trial.fired),
        opened=rules(trial.open - earlier.open - earlier.fired),
        settled=rules(earlier.open - trial.open - trial.fired),
        is_ahead=day > as_of,
        change=None if before is None else trial.score - before.score,
    )


# The curve


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of days with one result; places in per cent of the drawing, from its upper left corner."""

    x: float
    width: float
    top: float
    height: float
    score: float
    rise_from: float | None
    is_ahead: bool


def curve(steps: list[Step], as_of: date, last: date) -> list[Piece]:
    """The pieces of the drawing: the range as a block, the score as a line."""
    stretches = [(step.on, step.trial) for step in steps]
    seen = [trial for day, trial in stretches if day <= as_of]
    if as_of not in {day for day, _ in stretches} and seen:
        stretches = sorted([*stretches, (as_of, seen[-1])], key=lambda item: item[0])
    places = days_scale([*(day for day, _ in stretches), last])
    pieces = []
    for index, (day, trial) in enumerate(stretches):
        pieces.append(
            Piece(
                x=places[index],
                width=places[index + 1] - places[index],
                top=100 - trial.high,
                height=max(0.5, trial.high - trial.low),
                score=100 - trial.score,
                rise_from=100 - stretches[index - 1][1].score if index else None,
                is_ahead=day >= as_of,
            )
        )
    return pieces


def _year_marks(first: date, last: date) -> list[tuple[int, float]]:
    """The first days of years with their place."""
    days = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    places = days_scale([first, *days, last])[1:-1]
    gap = max(1, len(days) // 12)
    return [(day.year, place) for day, place in zip(days, places, strict=True)][::gap]
