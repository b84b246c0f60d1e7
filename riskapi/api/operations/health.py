"""GET /health, /ready and /v1/datasets: whether the service lives, whether it can answer, and from which data."""

from __future__ import annotations

import duckdb

from riskapi import __version__
from riskapi.api.frame.operation import Asked, Example, Operation
from riskapi.api.http.problems import RefusedError
from riskapi.errors import Problem
from riskapi.records.datasets import DatasetsAnswer, TableAnswer
from riskapi.records.service import HealthAnswer, ReadyAnswer
from riskapi.warehouse.tables import TABLES
from riskapi.workspace import Workspace


def health(_: Workspace, __: Asked) -> HealthAnswer:
    """Asks nothing of rules or data."""
    return HealthAnswer(status="ok", engine=__version__)


def ready(workspace: Workspace, _: Asked) -> ReadyAnswer:
    """Asks the database; raises `RefusedError` (503) where it does not answer."""
    try:
        workspace.connection.cursor().execute("SELECT count(*) FROM meta").fetchone()
    except duckdb.Error as error:
        raise RefusedError("not-ready", Problem(code="not-ready", detail="the datasets cannot be read")) from error
    return ReadyAnswer(status="ready", rules=len(workspace.book.rules), versions=workspace.versions)


def list_datasets(workspace: Workspace, _: Asked) -> DatasetsAnswer:
    """The tables with their sizes and newest dates."""
    dataset = workspace.dataset
    newest = dataset.newest_as_of
    meanings = {table.name: table.meaning for table in TABLES}
    return DatasetsAnswer(
        version=dataset.version,
        digest=dataset.digest,
        schema_version=dataset.schema_version,
        tables=tuple(
            TableAnswer(table=name, meaning=meanings.get(name, ""), rows=rows, newest_as_of=newest.get(name))
            for name, rows in dataset.rows.items()
        ),
        versions=workspace.versions,
    )


OPERATIONS = (
    Operation(
        id="listDatasets",
        path="/v1/datasets",
        tag="datasets",
        summary="List the tables of the datasets",
        description="Version, number of rows and newest source date of each table.",
        run=list_datasets,
        answers=DatasetsAnswer,
        examples=(Example(name="all", summary="Every table"),),
    ),
    Operation(
        id="health",
        path="/health",
        tag="service",
        scope=None,
        summary="Tell that the process is alive",
        description="For a liveness probe.",
        run=health,
        answers=HealthAnswer,
        in_thread=False,
        examples=(Example(name="alive", summary="Alive"),),
    ),
    Operation(
        id="ready",
        path="/ready",
        tag="service",
        scope=None,
        summary="Tell whether questions can be answered",
        description="For a readiness probe; 503 while the datasets cannot be read.",
        run=ready,
        answers=ReadyAnswer,
        refusals=("not-ready",),
        examples=(Example(name="ready", summary="Ready"),),
    ),
)
