"""Results in the form that is wanted: a scored file and an ending in, bytes out; templates likewise."""

from __future__ import annotations

from typing import Final

from riskapi.spreadsheet.columns import catalogue
from riskapi.spreadsheet.results import ScoredFile
from riskapi.spreadsheet.scored_flat import scored_csv, scored_json, scored_parquet
from riskapi.spreadsheet.scored_workbook import scored_workbook
from riskapi.spreadsheet.template import Places, template_csv, template_workbook
from riskapi.workspace import Workspace

ENDINGS: Final = (".xlsx", ".csv", ".json", ".parquet")
TEMPLATES: Final = (".xlsx", ".csv")


def written(scored: ScoredFile, ending: str, workspace: Workspace) -> bytes:
    """The result; `ending` is one of `ENDINGS`."""
    if ending == ".xlsx":
        known = catalogue(workspace.vocabulary)
        return scored_workbook(scored, known, Places.over(known, workspace.vocabulary))
    return {".csv": scored_csv, ".json": scored_json, ".parquet": scored_parquet}[ending](scored)


def template(ending: str, workspace: Workspace) -> bytes:
    """The file to fill in; `ending` is one of `TEMPLATES`."""
    return (template_workbook if ending == ".xlsx" else template_csv)(workspace.vocabulary)
