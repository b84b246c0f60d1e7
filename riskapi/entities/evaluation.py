"""How well the resolver does on a file of cases: queries with known answers in, counts and rates out.

A case expects one company, several (then `ambiguous` is right, if all are among the candidates), or none. An answer
other than a match is never a false match, so caution costs recall and nothing else.
"""

from __future__ import annotations

import csv
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Protocol

from riskapi.entities.resolver import Ambiguous, Match, Resolution
from riskapi.errors import Problem, RequestError

COLUMNS = ("query", "country_hint", "expected", "kind", "note", "part")
#: Columns that a file may leave out.
OPTIONAL = frozenset({"country_hint", "note", "part"})
NONE = "none"

RIGHT, WRONG, MISSED = "right", "wrong", "missed"
SINGLE, SEVERAL, NOBODY = "positive", "ambiguous", "negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row of the file; `expected` is empty where the query means no company of the tables."""

    line: int
    query: str
    country_hint: str | None
    expected: frozenset[str]
    kind: str
    part: str

    @property
    def sort(self) -> str:
        """Which of the three sorts of answer is right."""
        return NOBODY if not self.expected else SINGLE if len(self.expected) == 1 else SEVERAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A case with its answer: right, wrong (a match that is not so) or missed; `seconds` is the time of the answer."""

    case: Case
    answer: Resolution
    verdict: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Rates over some cases, 0 to 1; None where nothing could be counted."""

    cases: int
    recall: float | None
    precision: float | None
    false_match_rate: float | None
    ambiguous_recall: float | None


class Resolver(Protocol):
    """Whatever answers names."""

    def resolve(self, query: str, country_hint: str | None = None) -> Resolution:
        """The answer."""


def read_cases(path: Path, known: AbstractSet[str]) -> list[Case]:
    """The cases of a CSV file; raises `RequestError` with every row that is wrong."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in OPTIONAL and name not in (reader.fieldnames or ())]
        if missing:
            raise RequestError(
                Problem(code="missing-column", file=str(path), line=1, detail=f"the file has no column {missing[0]}",
                        hint=f"the columns are {', '.join(COLUMNS)}")
            )  # fmt: skip
        rows = [(reader.line_num, row) for row in reader]
    problems = [problem for line, row in rows for problem in _problems(path, line, row, known)]
    if problems:
        raise RequestError(problems)
    return [_case(line, row) for line, row in rows]


def _problems(path: Path, line: int, row: Mapping[str, str], known: AbstractSet[str]) -> list[Problem]:
    expected = (row["expected"] or "").split("|")
    if expected == [NONE]:
        return []
    return [
        Problem(code="unknown-company", file=str(path), line=line, field="expected", detail=f"no company `{name}`",
                hint="write a company_id, several joined with |, or none")
        for name in expected if name not in known
    ]  # fmt: skip


def _case(line: int, row: Mapping[str, str]) -> Case:
    return Case(
        line=line,
        query=row["query"],
        country_hint=row.get("country_hint") or None,
        expected=frozenset(row["expected"].split("|")) - {NONE},
        kind=row["kind"],
        part=row.get("part") or "all",
    )


def judge(resolver: Resolver, cases: Iterable[Case], *, with_hints: bool = True) -> list[Judged]:
    """Ask every case once."""
    judged = []
    for case in cases:
        start = time.perf_counter()
        answer = resolver.resolve(case.query, case.country_hint if with_hints else None)
        seconds = time.perf_counter() - start
        judged.append(Judged(case=case, answer=answer, verdict=verdict(case, answer), seconds=seconds))
    return judged


def verdict(case: Case, answer: Resolution) -> str:
    """Whether the answer is right, a wrong match, or a miss."""
    if isinstance(answer, Match):
        return RIGHT if case.expected == {answer.company_id} else WRONG
    if case.sort == NOBODY:
        return RIGHT
    if case.sort == SEVERAL and isinstance(answer, Ambiguous):
        named = {candidate.company_id for candidate in answer.candidates}
        return RIGHT if case.expected <= named else MISSED
    return MISSED


def figures(judged: Sequence[Judged]) -> Figures:
    """Recall@1 and precision of matches, the share of negatives that were matched, of ambiguous names that were told."""
    counts = Counter((item.case.sort, item.verdict) for item in judged)
    total = Counter(item.case.sort for item in judged)
    matched = [item for item in judged if isinstance(item.answer, Match)]
    right = sum(item.verdict == RIGHT for item in matched)
    return Figures(
        cases=len(judged),
        recall=_rate(counts[SINGLE, RIGHT], total[SINGLE]),
        precision=_rate(right, len(matched)),
        false_match_rate=_rate(counts[NOBODY, WRONG], total[NOBODY]),
        ambiguous_recall=_rate(counts[SEVERAL, RIGHT], total[SEVERAL]),
    )


def by_kind(judged: Iterable[Judged]) -> dict[tuple[str, str], Counter[str]]:
    """(sort, kind) -> how many were right, wrong and missed."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for item in judged:
        found[item.case.sort, item.case.kind][item.verdict] += 1
    return dict(sorted(found.items(), key=lambda entry: ((SINGLE, SEVERAL, NOBODY).index(entry[0][0]), entry[0][1])))


def by_part(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    """The judged cases of every part of the file."""
    found: dict[str, list[Judged]] = defaultdict(list)
    for item in judged:
        found[item.case.part].append(item)
    return dict(sorted(found.items()))


def latency_ms(judged: Sequence[Judged]) -> tuple[float, float]:
    """Median and 95th percentile of the time of an answer, in milliseconds."""
    times = [item.seconds * 1000 for item in judged]
    if len(times) < 2:  # noqa: PLR2004 - quantiles need two values
        return (times[0], times[0]) if times else (0.0, 0.0)
    cuts = quantiles(times, n=20, method="inclusive")
    return cuts[9], cuts[18]


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None
