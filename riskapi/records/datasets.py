"""The answer about the datasets that the service answers from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from riskapi.assessment.answer import Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAnswer:
    """A table of the datasets; `newest_as_of` is the newest date on which the source of a row was read."""

    table: str
    meaning: str
    rows: int
    newest_as_of: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetsAnswer:
    """The state of the datasets: `digest` is a SHA-256 over every row, `version` its first twelve digits."""

    version: str
    digest: str
    schema_version: int
    tables: tuple[TableAnswer, ...]
    versions: Versions
