"""`riskapi matrix`: many pairings at once. Options in; heat maps on the terminal, or a file, out.

With --out the rows are kept beside the file while it is made, so that a run that was stopped goes on with --resume.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from riskapi.cli.deal_options import Country, Facts, Form, NoColor, Sector, Width, question_of
from riskapi.cli.matrix_engine import (
    EngineChoice,
    EngineName,
    EngineOption,
    Master,
    Shared,
    SparkSettings,
    engine_of,
    is_folder,
)
from riskapi.cli.matrix_options import (
    AsJson,
    AtHost,
    BaseData,
    BaseRules,
    Days,
    Explain,
    Foreign,
    Hosts,
    Moved,
    Out,
    Resume,
    Templates,
    Top,
)
from riskapi.cli.matrix_rows import check, progress, to_file, to_folder, to_json, to_terminal
from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskapi.matrix.changes import Compared
    from riskapi.matrix.plan import Plan
    from riskapi.workspace import Workspace

#: Below so many pairings there is no progress to show.
SHORT: Final = 20_000
_CROSS: Final = re.compile(r"\s*×\s*|\s+[xX*]\s+")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("matrix")(matrix)


def matrix(
    foreign: Foreign = None,
    hosts: Hosts = None,
    kind: Form = None,
    sector: Sector = None,
    country: Country = None,
    facts: Facts = None,
    at_host: AtHost = False,
    templates: Templates = None,
    as_of: Days = None,
    out: Out = None,
    top: Top = None,
    explain: Explain = None,
    moved: Moved = False,
    base_rules: BaseRules = None,
    base_data: BaseData = None,
    resume: Resume = False,
    engine: EngineOption = EngineName.COLUMNS,
    master: Master = None,
    shared: Shared = None,
    spark_conf: SparkSettings = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    width: Width = None,
) -> None:
    """Score every company of one side with every company of the other."""
    from riskapi.cli.matrix_moved import Bases, check_moved, comparison
    from riskapi.cli.matrix_question import read_body
    from riskapi.cli.score import today
    from riskapi.matrix.run import plan as planned
    from riskapi.workspace import Workspace

    deal = question_of(kind=kind, sector=sector, country=country, facts=facts)
    sides = {"foreign": foreign or [], "hosts": hosts or []}
    body = read_body(sides, deal, templates or [], as_of or [], at_host=at_host)
    bases = Bases(base_rules, base_data)
    choice = EngineChoice(engine, master, shared, tuple(spark_conf or ()))
    way = _Way(out, top, tuple(explain or ()), choice, resume=resume, as_json=as_json)
    show = _shown(no_color=no_color, width=width)
    with Workspace.open() as workspace:
        plan = planned(workspace, body.read(workspace, today()))
        if not (moved or bases):
            _show_rows(workspace, plan, way, show)
            return
        check_moved(bases, plan.dates, out, other_use=way.other_use)
        with comparison(workspace, body, plan.request, bases, today()) as compared:
            _moved(compared, way, show)


@dataclass(frozen=True, slots=True)
class _Way:
    """What is wanted of the rows."""

    out: Path | None
    top: int | None
    explain: tuple[str, ...]
    engine: EngineChoice
    resume: bool
    as_json: bool

    @property
    def other_use(self) -> str | None:
        """An option that does not go with what moved."""
        other = self.engine.name is not EngineName.COLUMNS
        uses = {"--top": self.top, "--explain": self.explain, "--resume": self.resume, "--engine": other}
        return next((name for name, given in uses.items() if given), None)


def _show_rows(workspace: Workspace, plan: Plan, way: _Way, show: Callable[[Any], None]) -> None:
    check(plan, way.out, way.top, resume=way.resume, engine=way.engine)
    if way.explain:
        _explain(workspace, plan, way.explain, show)
        return
    with engine_of(way.engine, workspace, plan, way.out) as engine:
        if way.out is not None and is_folder(way.out):
            to_folder(engine, plan, way.out, resume=way.resume)
        elif way.out is not None:
            to_file(workspace, engine, plan, way.out, way.top, resume=way.resume)
        elif way.as_json:
            to_json(engine, plan, way.top)
        else:
            to_terminal(engine, plan, way.top, show)


# Ways out


def _moved(compared: Compared, way: _Way, show: Callable[[Any], None]) -> None:
    from riskapi.cli.matrix_moved import IN_FILE, SHOWN, moved_json, write_moved
    from riskapi.cli.render_matrix import moved_text
    from riskapi.matrix.changes import moved_between, movements, with_reasons

    with progress(compared.pairings) as report:
        found = moved_between(compared, report)
    if way.out is not None:
        explained = write_moved(way.out, compared, found)
        why = "" if explained == len(found) else f", the first {explained:,} with reasons"
        typer.echo(f"{way.out}: {len(found):,} of {compared.pairings:,} pairings moved{why}", err=True)
    elif way.as_json:
        explained_rows = with_reasons(found, list(movements(compared, found.head(IN_FILE))))
        typer.echo(moved_json(explained_rows, compared), nl=False)
    else:
        show(moved_text(compared, found, list(movements(compared, found.head(SHOWN)))))


def _explain(workspace: Workspace, plan: Plan, wanted: Sequence[str], show: Callable[[Any], None]) -> None:
    """The answers of chosen cells, on every template and day."""
    from riskapi.cli.render import answer_text
    from riskapi.cli.terminal import cleaned
    from riskapi.matrix.single import request_of

    instruments = {rule.id: rule.instrument.citation for rule in workspace.book.rules}
    for foreign, host in _cells(workspace, plan, wanted):
        for day in plan.dates:
            for template in plan.templates:
                answer = workspace.answer(request_of(workspace, foreign, host, template, day))
                show(answer_text(cleaned(answer), cleaned(instruments)))


def _cells(workspace: Workspace, plan: Plan, wanted: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Ids of the pairings that are named; raises `RequestError` with every one that is not in the matrix."""
    sides = [{item.company_id: item for item in side} for side in (plan.foreign, plan.hosts)]
    found, problems = [], []
    for text in wanted:
        names = _CROSS.split(text.strip())
        ids = [getattr(workspace.resolve(name), "company_id", None) for name in names]
        if len(ids) == len(sides) and all(one in side for one, side in zip(ids, sides, strict=True)):
            found.append((str(ids[0]), str(ids[1])))
        else:
            detail = f"`{text[:80]}` is no pairing of this matrix"
            hint = "write a foreign company and a host of it, for example --explain 'BYD×Ford'"
            problems.append(Problem(code="no-such-cell", field="--explain", detail=detail, hint=hint))
    if problems:
        raise RequestError(problems)
    return iter(found)


# Terminal


def _shown(*, no_color: bool, width: int | None) -> Callable[[Any], None]:
    from riskapi.cli.terminal import for_results, show

    console = for_results(color=not no_color, width=width)
    return lambda page: show(console, page)
