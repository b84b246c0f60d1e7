"""Watchlists for tests of the service: kept over HTTP, moved by a round, and stores that are made by copying."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from riskapi.api.operations.watch_samples import QUESTION
from riskapi.api.operations.watchlists import PATH
from riskapi.assessment.answer import Versions
from riskapi.store.database import open_store
from riskapi.watch.rounds import Rescorer
from riskapi.workspace import Workspace
from tests.api.kept import Service
from tests.shipped import AS_OF

LICENCE = {**QUESTION, "deal": {**QUESTION["deal"], "type": "licence"}}


@lru_cache(maxsize=1)
def _template() -> bytes:
    """A store with tables: to copy it takes less time than to make them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite"
        open_store(str(file)).close()
        return file.read_bytes()


def new_store(folder: Path) -> Path:
    """The file of an empty store."""
    file = folder / "store.sqlite"
    file.write_bytes(_template())
    return file


def made(one: Service, headers: dict[str, str] | None = None, *questions: object) -> Any:
    body = {"name": "Cars", "items": [{"question": question} for question in questions or (QUESTION,)]}
    response = one.ask("POST", PATH, headers, json=body)
    assert response.status_code == 201, response.text
    return response


def ident_of(response: Any) -> str:
    return str(response.json()["watchlist"]["id"])


def codes(response: Any, status: int) -> list[str]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return [entry["code"] for entry in response.json()["errors"]]


class Moved:
    """The shipped workspace under other versions and as of another day: what a new dataset looks like to watchers."""

    def __init__(self, workspace: Workspace, dataset: str, day: date | None = None) -> None:
        self._workspace, self._day = workspace, day
        self.versions: Versions = replace(workspace.versions, dataset=dataset)

    def ask(self, question: Any, *, today: date) -> Any:
        answer = self._workspace.ask({**question, "as_of": (self._day or today).isoformat()}, today=today)
        return replace(answer, versions=self.versions, as_of=today)


def moves(one: Service, workspace: Workspace, dataset: str, day: date | None = None) -> int:
    """A round by another dataset, which answers as on that day; how many results moved."""

    @contextmanager
    def lease(_: str | None) -> Iterator[Workspace]:
        yield cast(Workspace, Moved(workspace, dataset, day))

    again = Rescorer(store=one.store, workspaces=lease, now=one.clock)
    again.announce()
    return again.run(AS_OF).changes
