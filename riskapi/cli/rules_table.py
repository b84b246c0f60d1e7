"""`riskapi rules table`: decision tables listed, written as a workbook, and read back from one.

Enters: ids and files. Leaves: text, a workbook, changed rule files; exit code 1 where the workbook is not clean.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import NotFoundError, Problem, RequestError, RuleError, did_you_mean

if TYPE_CHECKING:
    from riskapi.workbench.table_file import TableFile

table = typer.Typer(no_args_is_help=True, help="List decision tables; write them as a workbook, and read it back.")


def add_to(group: typer.Typer) -> None:
    """Add the commands to `riskapi rules`."""
    group.add_typer(table, name="table")


@table.command("list")
def list_tables() -> None:
    """List the decision tables of the rule files."""
    for item in _tables():
        place = item.csv.name if item.csv else item.shown
        typer.echo(f"{item.id}  {len(item.rows.rows)} rows, {len(item.examples.rows)} examples  {place}")


@table.command("export")
def export_tables(
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help="The id of a table, of a rule that is one of its rows, or of an instrument."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.xlsx", help="The workbook to write; it must not exist.")],
) -> None:
    """Write a table, with its examples, as a workbook for a spreadsheet."""
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.workbench.table_sheets import workbook_of

    chosen = _chosen(_tables(), name)
    problems = [problem for item in chosen for problem in item.rows.problems]
    if problems:
        raise RuleError(problems)
    if out.suffix != ".xlsx":
        raise _refused("--out", f"`{out.name}` is no name of a workbook", "end it with .xlsx")
    if out.exists():
        raise _refused("--out", f"`{out.name}` is there already", "choose another name; it may hold somebody's work")
    workbook_of(chosen, shipped_vocabulary()).save(out)
    rows = sum(len(item.rows.rows) for item in chosen)
    typer.echo(f"{out}: {len(chosen)} tables, {rows} rows; read back with `riskapi rules table import`")


@table.command("import")
def import_tables(
    workbook: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="A workbook that `export` made.")],
    check: Annotated[bool, typer.Option("--check", help="Change nothing, only tell (as without --write).")] = False,
    write: Annotated[bool, typer.Option("--write", help="Change the rule files, if nothing is left to mend.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also where the rule files have changed since the export.")
    ] = False,
) -> None:
    """Read a workbook back: every problem is told with its sheet and cell; rule files change only with --write."""
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.workbench.table_import import imported
    from riskapi.workbench.table_reading import read_workbook

    if check and write:
        raise _refused("--check", "--check and --write contradict each other", "give one of them")
    if not workbook.is_file():
        raise RequestError(Problem(code="no-file", file=str(workbook), detail="there is no such file"))
    vocabulary = shipped_vocabulary()
    tables = {item.id: item for item in _tables()}
    found = imported(read_workbook(workbook, tables, vocabulary), vocabulary, overwrite=overwrite)
    for line in found.changes:
        typer.echo(line)
    for path, content in found.files.items() if write else ():
        path.write_bytes(content)
    typer.echo(_summary(found.files, written=write))


def _summary(files: object, *, written: bool) -> str:
    names = ", ".join(path.name for path in files) if isinstance(files, dict) else ""
    if not names:
        return "the workbook says what the rule files say; nothing to change"
    return f"changed: {names}" if written else f"no problems; with --write these files change: {names}"


def _tables() -> list[TableFile]:
    from riskapi.settings import Settings
    from riskapi.workbench.table_file import find_tables

    settings = Settings.from_environment()
    return find_tables([settings.rules, *(folder / "rules" for folder in settings.layers)])


def _chosen(tables: Sequence[TableFile], name: str) -> list[TableFile]:
    """The tables that the name means."""
    rows = {f"{item.id}.{row.text('key')}": item for item in tables for row in item.rows.rows}
    chosen = [item for item in tables if name in (item.id, item.instrument)]
    if chosen or name in rows:
        return chosen or [rows[name]]
    hint = did_you_mean(name, [*(item.id for item in tables), *rows]) or "list them with `riskapi rules table list`"
    raise NotFoundError(Problem(code="table-unknown", detail=f"there is no table `{name[:120]}`", hint=hint))


def _refused(field: str, detail: str, hint: str) -> RequestError:
    return RequestError(Problem(code="bad-value", field=field, detail=detail, hint=hint))
