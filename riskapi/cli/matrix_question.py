"""The options of `riskapi matrix`: text in, the body of a matrix request out, with the option or line behind each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from riskapi.cli.deal_options import Question
from riskapi.cli.score import read_options
from riskapi.errors import Problem, RequestError, RuleError

if TYPE_CHECKING:
    from riskapi.matrix.request import MatrixRequest
    from riskapi.rules.source import Data
    from riskapi.spreadsheet.grid import Row
    from riskapi.workspace import Workspace

#: Headings under which a list of names may stand.
HEADINGS: Final = ("name", "company", "company_id", "firm", "query")
COUNTRY: Final = "country"
_EXAMPLE: Final = "for example --foreign 'control_country=CN,sector=automotive' or --foreign @firms.csv"


@dataclass(slots=True)
class MatrixBody:
    """A request body under construction; `places` tells which option, or file and line, each pointer came from."""

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, workspace: Workspace, day: date) -> MatrixRequest:
        """The checked request; raises one `RequestError` with all problems, told in terms of options and lines."""
        from riskapi.matrix.request import read_matrix

        try:
            request = read_matrix(self.data, workspace, day)
        except RequestError as error:
            raise RequestError([*self.problems, *(self._placed(problem) for problem in error.problems)]) from None
        if self.problems:
            raise RequestError(self.problems)
        return request

    def _placed(self, problem: Problem) -> Problem:
        pointer = problem.pointer or ""
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        place, line = self.places.get(pointer, (problem.pointer or "", None))
        where = {"file": place, "line": line} if line is not None else {"field": place or None}
        return replace(problem, pointer=None, **where)


def read_body(
    sides: Mapping[str, Sequence[str]], deal: Question, files: Sequence[Path], dates: Sequence[str], *, at_host: bool
) -> MatrixBody:
    """Gather the options; what cannot be gathered is noted as a problem."""
    body = MatrixBody()
    for side, texts in sides.items():
        body.data[side] = _side(side, texts, body)
    _read_templates(deal, files, body, at_host=at_host)
    if dates:
        body.data["dates"] = list(dates)
        body.places["/dates"] = ("--as-of", None)
    return body


# Sides


def _side(side: str, texts: Sequence[str], body: MatrixBody) -> dict[str, Any]:
    option = f"--{side}"
    body.places[f"/{side}"] = (option, None)
    if not texts:
        body.problems.append(Problem(code="missing", field=option, detail="companies are wanted", hint=_EXAMPLE))
        return {"all": True}
    if [text.strip().casefold() for text in texts] == ["all"]:
        return {"all": True}
    selectors = [text for text in texts if "=" in text or ">" in text or "<" in text]
    if selectors and len(texts) == 1 and not texts[0].startswith("@"):
        return {"select": selectors[0]}
    names: list[Any] = []
    for text in texts:
        if text.startswith("@"):
            found = _listed(Path(text[1:]), option, body)
        else:
            found = [(part.strip(), option, None) for part in text.split(";") if part.strip()]
        for name, place, line in found:
            body.places[f"/{side}/names/{len(names)}"] = (place, line)
            names.append(name)
    return {"names": names}


def _listed(path: Path, option: str, body: MatrixBody) -> list[tuple[Any, str, int | None]]:
    """The names of a file, each with its line: a text file holds one a line, a table a column of them."""
    try:
        content = path.read_bytes()
    except OSError as error:
        detail = f"`{path}` cannot be read: {error.strerror}"
        body.problems.append(
            Problem(code="no-file", field=option, detail=detail, hint="name a .txt, .csv or .xlsx file")
        )
        return []
    if path.suffix.casefold() == ".txt":
        lines = content.decode("utf-8-sig", errors="replace").splitlines()
        return [(line.strip(), str(path), number) for number, line in enumerate(lines, 1) if line.strip()]
    return _in_table(path, content, body)


def _in_table(path: Path, content: bytes, body: MatrixBody) -> list[tuple[Any, str, int | None]]:
    from riskapi.spreadsheet.read import read_grid

    try:
        grid = read_grid(content, path.name, _head_of)
    except RequestError as error:
        body.problems += [replace(problem, file=str(path)) for problem in error.problems]
        return []
    head = _head_of(grid.rows)
    heads = [_text(cell).casefold() for cell in grid.rows[head]] if head is not None else []
    column = next((heads.index(word) for word in HEADINGS if word in heads), 0)
    country = heads.index(COUNTRY) if COUNTRY in heads else None
    found: list[tuple[Any, str, int | None]] = []
    for number, row in enumerate(grid.rows[0 if head is None else head + 1 :], 1 if head is None else head + 2):
        name = _text(row[column]) if column < len(row) else ""
        where = _text(row[country]) if country is not None and country < len(row) else ""
        if name:
            found.append(({"name": name, "country": where} if where else name, str(path), number))
    return found


def _head_of(rows: Sequence[Row]) -> int | None:
    """The row with the heading of the names; none where the table has no headings."""
    for number, row in enumerate(rows):
        if any(_text(cell).casefold() in HEADINGS for cell in row):
            return number
    return None


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


# Kinds of deal


def _read_templates(deal: Question, files: Sequence[Path], body: MatrixBody, *, at_host: bool) -> None:
    templates: list[Any] = []
    if deal.shorthands or deal.facts or at_host or not files:
        asked = read_options(replace(deal, names=("-", "--"), parties=()))
        body.problems += asked.problems
        for pointer, option in asked.options.items():
            body.places[f"/templates/0{pointer}"] = (option, None)
        body.places["/templates/0"] = ("--type, --set", None)
        body.places["/templates/0/at_host"] = ("--at-host", None)
        templates.append({"deal": asked.data["deal"], "at_host": at_host})
    for path in files:
        templates += _in_file(path, len(templates), body)
    body.data["templates"] = templates


def _in_file(path: Path, count: int, body: MatrixBody) -> list[Data]:
    """The templates of a YAML file: one, or a list; each with `deal`, and `name` and `at_host` where wanted."""
    from riskapi.rules.source import Source, read_source

    try:
        source: Source = read_source(path, str(path))
    except RuleError as error:
        body.problems += error.problems
        return []
    except OSError as error:
        detail = f"`{path}` cannot be read: {error.strerror}"
        body.problems.append(Problem(code="no-file", field="--template", detail=detail))
        return []
    listed = source.data if isinstance(source.data, list) else [source.data]
    for place, (line, _) in source.places.items():
        inner = place[1:] if isinstance(source.data, list) else place
        number = count + (int(place[0]) if isinstance(source.data, list) and place else 0)
        body.places["/".join([f"/templates/{number}", *map(str, inner)])] = (str(path), line)
    return [_with_flag(item) for item in listed]


def _with_flag(item: Data) -> Any:  # noqa: ANN401  # data of a request
    """The template with `at_host` as true or false: a YAML file is read as text."""
    if isinstance(item, dict) and item.get("at_host") in ("true", "false", "yes", "no"):
        return {**item, "at_host": item["at_host"] in ("true", "yes")}
    return item
