"""A column of names answered row by row: CSV text in, CSV text with the answers out.

Nothing is lost: every row of the input is a row of the output, in its order and with its other columns; a row that
cannot be asked says why in `reason`. Cells that a spreadsheet would run as a formula are written as text.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from riskapi.entities.evaluation import Resolver
from riskapi.entities.names import LONGEST_NAME
from riskapi.entities.resolution import Match, Resolution, status_of
from riskapi.errors import Problem, RequestError, did_you_mean

QUERY, HINT = "query", "country_hint"
ANSWERS = ("status", "company_id", "name", "score", "reason", "candidates")
#: The first signs by which spreadsheets know a formula; some skip blanks before them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NO_MATCH = "no_match"
#: What a company named by a row's candidates is joined with.
SEPARATOR = "|"


@dataclass(slots=True)
class Tally:
    """How many rows got which status, and the rows that could not be asked."""

    statuses: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


def resolve_table(
    text: str, resolver: Resolver, countries: AbstractSet[str], *, file: str, tally: Tally
) -> Iterator[list[str]]:
    """The output's rows, header first. Raises `RequestError` where the file has no column `query` or is not CSV."""
    rows = _rows(text, file)
    header = next(rows, None)
    columns = _columns(header[1] if header else [], file)
    kept = [name for name in columns if name not in (QUERY, HINT)]
    has_hint = HINT in columns
    yield [shielded(cell) for cell in (QUERY, *ANSWERS, *([HINT] if has_hint else []), *(_free(name) for name in kept))]
    for line, cells in rows:
        row = dict(zip(columns, [*cells, *([""] * len(columns))], strict=False))
        answers = _answers(row, cells, columns, resolver, countries, _Place(file, line), tally)
        tally.statuses[answers[0]] += 1
        rest = [row[HINT]] if has_hint else []
        spare = cells[len(columns) :]
        yield [shielded(cell) for cell in (row[QUERY], *answers, *rest, *(row[name] for name in kept), *spare)]


@dataclass(frozen=True, slots=True)
class _Place:
    file: str
    line: int


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """(line on which the row starts, its cells); blank lines are left out."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise RequestError(
            Problem(code="csv-malformed", file=file, line=start, detail=f"the line is not CSV: {error}",
                    hint='close every quote, and write a quote inside a cell as ""')
        ) from None  # fmt: skip


def _columns(cells: Sequence[str], file: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    if QUERY not in names:
        hint = did_you_mean(QUERY, names) or f"name the column of names `{QUERY}`, and one of countries `{HINT}`"
        raise RequestError(
            Problem(code="missing-column", file=file, line=1, detail=f"the file has no column `{QUERY}`", hint=hint)
        )
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise RequestError(
            Problem(code="repeated-column", file=file, line=1, detail=f"the column `{twice[0][:60]}` stands twice",
                    hint="give every column a name of its own")
        )  # fmt: skip
    return names


def _free(name: str) -> str:
    """A column of the input that has the name of one of the answers' gets another."""
    return f"{name}_in" if name in ANSWERS else name


def _answers(  # noqa: PLR0913 - a row, its file, and who answers
    row: Mapping[str, str], cells: Sequence[str], columns: Sequence[str], resolver: Resolver,
    countries: AbstractSet[str], place: _Place, tally: Tally,
) -> list[str]:  # fmt: skip
    problems = list(_problems(row, cells, columns, countries, place))
    if problems:
        tally.problems += problems
        return [NO_MATCH, "", "", "", "; ".join(problem.detail for problem in problems), ""]
    hint = row.get(HINT, "").strip().upper()
    return _as_cells(resolver.resolve(row[QUERY], hint or None))


def _problems(
    row: Mapping[str, str], cells: Sequence[str], columns: Sequence[str], countries: AbstractSet[str], place: _Place
) -> Iterable[Problem]:
    def problem(code: str, name: str, detail: str, hint: str) -> Problem:
        column = columns.index(name) + 1 if name in columns else None
        return Problem(code=code, file=place.file, line=place.line, column=column, field=name, detail=detail, hint=hint)

    if len(cells) != len(columns):
        detail = f"the row has {len(cells)} cells, the header {len(columns)}"
        yield problem("field-count", QUERY, detail, "put cells that hold a comma in quotes")
    if not row[QUERY].strip():
        yield problem("empty", QUERY, "the query is empty", "write a name, or take the row out")
    if len(row[QUERY]) > LONGEST_NAME:
        yield problem("too-long", QUERY, f"the query is longer than {LONGEST_NAME} characters", "write the name only")
    hint = row.get(HINT, "").strip()
    if hint and hint.upper() not in countries:
        near = did_you_mean(hint.upper(), countries) or "write an ISO 3166 code such as CN"
        yield problem("unknown-code", HINT, f"`{hint[:60]}` is not a country code", near)


def _as_cells(found: Resolution) -> list[str]:
    others = SEPARATOR.join(dict.fromkeys(candidate.company_id for candidate in (*found.candidates, *found.related)))
    if isinstance(found, Match):
        return [status_of(found), found.company_id, found.name, f"{found.score:g}", found.reason, others]
    best = max((candidate.score for candidate in found.candidates), default=None)
    return [status_of(found), "", "", "" if best is None else f"{best:g}", found.reason, others]


def shielded(cell: str) -> str:
    """The cell as text that no spreadsheet takes for a formula: an apostrophe before what would start one."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell.strip().lstrip("+-").replace(".", "", 1).isdecimal()
