"""`riskapi resolve --file` and `--evaluate`: files of names answered or judged. Enters: paths. Leaves: a CSV file, or figures.

Exit codes of `resolve_file`: 0 where every row could be asked, 1 where some could not (they are answered with their
problem), 2 where the file cannot be read at all.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from riskapi.entities.evaluation import Figures, Judged
    from riskapi.entities.resolver import NameIndex

FINDINGS = 1
MAX_BYTES = 200_000_000
#: Problems that are printed; the output file has them all.
PROBLEMS_SHOWN = 20


def resolve_file(source: Path, target: Path) -> None:
    """Answer every name of a CSV file (`query[,country_hint]`, other columns are kept) in another one."""
    from riskapi.cli.problems import error_text
    from riskapi.cli.terminal import for_errors, show
    from riskapi.entities.columns import Tally, resolve_table
    from riskapi.warehouse.countries import country_names

    text = _read(source)
    tally = Tally()
    rows = resolve_table(text, _index(), frozenset(country_names()), file=str(source), tally=tally)
    _write(target, rows)
    told = ", ".join(f"{count} {status}" for status, count in sorted(tally.statuses.items())) or "no rows"
    typer.echo(f"{target}: {told}", err=True)
    if tally.problems:
        show(for_errors(), error_text(RequestError(tally.problems[:PROBLEMS_SHOWN])))
        typer.echo(f"{len(tally.problems)} problems; the rows say so in `reason`", err=True)
        raise typer.Exit(FINDINGS)


def evaluate_file(source: Path, *, as_json: bool = False) -> None:
    """Print how well the resolver does on a file of cases with known answers."""
    from riskapi.entities.evaluation import judge, read_cases

    index = _index()
    cases = read_cases(source, index.companies.keys())
    judge(index, cases[:1])  # the first answer builds what later ones use
    judged = judge(index, cases)
    without = judge(index, cases, with_hints=False)
    report = _report(judged, without)
    typer.echo(json.dumps(report, indent=2) if as_json else _in_words(report))


def _index() -> NameIndex:
    from riskapi.entities.resolver import load_name_index
    from riskapi.settings import Settings
    from riskapi.warehouse.open import open_warehouse
    from riskapi.workspace import ensure_warehouse

    with open_warehouse(ensure_warehouse(Settings.from_environment())) as connection:
        return load_name_index(connection)


def _read(source: Path) -> str:
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise _unreadable(source, error.strerror or "cannot be read") from None
    if len(raw) > MAX_BYTES:
        raise _unreadable(source, f"larger than {MAX_BYTES // 1_000_000} MB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(source, f"byte {error.start + 1} is not UTF-8") from None


def _unreadable(source: Path, why: str) -> RequestError:
    hint = "name a CSV file in UTF-8 with a column `query`"
    return RequestError(Problem(code="no-file", file=str(source), detail=f"the file cannot be used: {why}", hint=hint))


def _write(target: Path, rows: Any) -> None:  # noqa: ANN401  # rows of text
    """Write all or nothing: a file that stands there already stays whole until the new one is."""
    if not target.parent.is_dir():
        raise _unreadable(target, "its folder does not exist")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _report(judged: Sequence[Judged], without: Sequence[Judged]) -> dict[str, Any]:
    from riskapi.entities.evaluation import by_kind, by_part, figures, latency_ms

    median, slow = latency_ms(judged)
    return {
        "all": _plain(figures(judged)),
        "without_country_hints": _plain(figures(without)),
        "parts": {name: _plain(figures(rows)) for name, rows in by_part(judged).items()},
        "kinds": [
            {"sort": sort, "kind": kind, "right": found["right"], "wrong": found["wrong"], "missed": found["missed"]}
            for (sort, kind), found in by_kind(judged).items()
        ],
        "latency_ms": {"p50": round(median, 3), "p95": round(slow, 3)},
        "not_right": [
            {"line": item.case.line, "query": item.case.query, "verdict": item.verdict, "reason": item.answer.reason}
            for item in judged
            if item.verdict != "right"
        ],
    }


def _plain(found: Figures) -> dict[str, Any]:
    names = ("recall", "precision", "false_match_rate", "ambiguous_recall")
    rates = {name: getattr(found, name) for name in names}
    return {"cases": found.cases, **{name: None if rate is None else round(rate, 4) for name, rate in rates.items()}}


def _in_words(report: dict[str, Any]) -> str:
    lines = [f"{'':<28}{'cases':>7}{'recall@1':>10}{'precision':>11}{'false matches':>15}{'ambiguous told':>16}"]
    rows = [("all", report["all"]), ("without country hints", report["without_country_hints"])]
    rows += [(f"part: {name}", found) for name, found in report["parts"].items() if len(report["parts"]) > 1]
    lines += [
        f"{name:<28}{found['cases']:>7}{_percent(found['recall']):>10}{_percent(found['precision']):>11}"
        f"{_percent(found['false_match_rate']):>15}{_percent(found['ambiguous_recall']):>16}"
        for name, found in rows
    ]
    lines += ["", f"{'kind':<40}{'right':>7}{'wrong':>7}{'missed':>8}"]
    lines += [
        f"{kind['sort'] + ': ' + kind['kind']:<40}{kind['right']:>7}{kind['wrong']:>7}{kind['missed']:>8}"
        for kind in report["kinds"]
    ]
    time = report["latency_ms"]
    lines += ["", f"latency: p50 {time['p50']} ms, p95 {time['p95']} ms", ""]
    lines += [f"line {bad['line']}: {bad['query']!r} {bad['verdict']}: {bad['reason']}" for bad in report["not_right"]]
    return "\n".join(lines)


def _percent(rate: float | None) -> str:
    return "-" if rate is None else f"{100 * rate:.1f} %"
