"""`riskapi resolve`: which companies names mean.

Enters: names, a file of names, or a file of cases with known answers. Leaves: a table, JSON or a file; exit code 2 where a
name does not settle.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riskapi.cli.resolve_files import evaluate_file, resolve_file
from riskapi.errors import Problem, RequestError, did_you_mean

if TYPE_CHECKING:
    from rich.console import RenderableType

    from riskapi.entities.resolver import Candidate, Resolution

UNSETTLED = 2


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("resolve")(resolve)


def resolve(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="Names, tickers or ids.")] = None,
    country: Annotated[
        str | None, typer.Option("--country", metavar="CC", help="ISO code of the seat; tells namesakes apart.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="CSV", help="Answer a whole file: columns query[,country_hint].")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="CSV", help="Where the answered file goes.")] = None,
    evaluate: Annotated[
        Path | None, typer.Option("--evaluate", metavar="CSV", help="Measure on cases with known answers.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which company each name means, or which ones it may mean."""
    _one_way(names, file, out, evaluate)
    if file is not None and out is not None:
        return resolve_file(file, out)
    if evaluate is not None:
        return evaluate_file(evaluate, as_json=as_json)
    return _resolve_names(names or [], country, as_json=as_json)


def _one_way(names: list[str] | None, file: Path | None, out: Path | None, evaluate: Path | None) -> None:
    """Names, a file, or an evaluation: exactly one of them; a file needs both its ends."""
    ways = [bool(names), file is not None or out is not None, evaluate is not None]
    if ways.count(True) != 1 or (file is None) is not (out is None):
        raise RequestError(
            Problem(
                code="one-way",
                field="NAME... | --file IN --out OUT | --evaluate FILE",
                detail="exactly one of these is wanted",
                hint='for example: riskapi resolve "Xiaomi", or riskapi resolve --file in.csv --out out.csv',
            )
        )


def _resolve_names(names: list[str], country: str | None, *, as_json: bool) -> None:
    from riskapi.entities.resolver import Match, load_name_index
    from riskapi.settings import Settings
    from riskapi.warehouse.open import open_warehouse
    from riskapi.workspace import ensure_warehouse

    wanted = _country(country)
    with open_warehouse(ensure_warehouse(Settings.from_environment())) as connection:
        index = load_name_index(connection)
    found = [index.resolve(name, wanted) for name in names]
    if as_json:
        typer.echo(json.dumps([_as_data(item) for item in found], indent=2, ensure_ascii=True))
    else:
        _print(found)
    if not all(isinstance(item, Match) for item in found):
        raise typer.Exit(UNSETTLED)


def _country(code: str | None) -> str | None:
    from riskapi.warehouse.countries import country_names

    if code is None or code.upper() in country_names():
        return code and code.upper()
    hint = did_you_mean(code.upper(), country_names()) or "write an ISO 3166 code such as CN"
    raise RequestError(
        Problem(code="unknown-code", field="--country", detail=f"`{code[:60]}` is not a country code", hint=hint)
    )


def _as_data(found: Resolution) -> dict[str, Any]:
    kind = {"Match": "match", "Ambiguous": "ambiguous", "NoMatch": "no_match"}[type(found).__name__]
    return {"result": kind, **asdict(found)}


def _print(found: Iterable[Resolution]) -> None:
    from riskapi.cli.terminal import cleaned, for_results, show

    console = for_results()
    for item in found:
        for line in _lines(cleaned(item)):
            show(console, line)


def _lines(found: Resolution) -> list[RenderableType]:
    from rich.text import Text

    from riskapi.cli.style import indented
    from riskapi.entities.resolver import Match

    if isinstance(found, Match):
        others = f"; also: {', '.join(item.company_id for item in found.candidates)}" if found.candidates else ""
        return [
            Text.assemble(
                f"{found.query}: ", (found.name, "bold"), f"  id {found.company_id}  ({found.reason}){others}"
            )
        ]
    lines: list[RenderableType] = [Text.assemble(f"{found.query}: ", (found.reason, "bold"))]
    if found.related:
        related = ", ".join(f"{item.name} ({item.company_id})" for item in found.related)
        lines.append(indented(Text(f"related, but not meant: {related}")))
    if found.candidates:
        lines.append(indented(_candidates(found.candidates)))
    return lines


def _candidates(candidates: Iterable[Candidate]) -> RenderableType:
    from riskapi.cli.problems import candidate_table

    shown = tuple(
        {"company_id": item.company_id, "name": item.name, "country": item.seat_country, "score": item.score}
        for item in candidates
    )
    return candidate_table(Problem(code="candidates", detail="", candidates=shown))
