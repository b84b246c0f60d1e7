"""Settings of the program, read once from the environment at its edge. Enters: environment variables. Leaves: paths and options.

RISKAPI_RULES     folder of rule files        (default: the shipped ones)
RISKAPI_DATASETS  folder of CSV tables        (default: the shipped ones)
RISKAPI_CACHE     folder of built warehouses  (default: the user's cache folder)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from riskapi.errors import Problem, SettingsError

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where rules, datasets and built warehouses lie."""

    rules: Path
    datasets: Path
    cache: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raises `SettingsError` when a folder that was named does not exist."""
        values = os.environ if environment is None else environment
        return cls(
            rules=_folder(values, "RISKAPI_RULES", "rules"),
            datasets=_folder(values, "RISKAPI_DATASETS", "datasets"),
            cache=Path(values["RISKAPI_CACHE"]) if values.get("RISKAPI_CACHE") else user_cache_path("riskapi"),
        )


def _folder(values: Mapping[str, str], variable: str, name: str) -> Path:
    given = values.get(variable)
    if given:
        if not Path(given).is_dir():
            raise SettingsError(
                Problem(
                    code="no-folder",
                    field=variable,
                    detail=f"there is no folder `{given}`",
                    hint="name an existing folder, or unset the variable to use the shipped files",
                )
            )
        return Path(given)
    shipped = _PACKAGE / "_data" / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name
