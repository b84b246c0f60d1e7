"""Settings of the program, read once from the environment at its edge. Enters: environment variables. Leaves: paths and options.

RISKAPI_RULES     folders of rule files       (default: the shipped ones), see below
RISKAPI_DATASETS  folder of CSV tables        (default: the shipped ones)
RISKAPI_CACHE     folder of built warehouses  (default: the user's cache folder)
RISKAPI_STORE     address of the store        (default: a SQLite file in the user's data folder)

Several folders of rules are separated as in PATH. A folder with a `layer.yaml` lies over the shipped rules, one with
`extends: nothing` in it, or without such a file, stands in their place and can only be the first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from riskapi.errors import Problem, SettingsError

_PACKAGE = Path(__file__).parent


def _default_store() -> str:
    return str(user_data_path("riskapi") / "store.sqlite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where rules, datasets and built warehouses lie; `layers` lie over `rules`, each over those before it.

    `store` is the address of what the service keeps; it may hold a password and is therefore never printed.
    `snapshot` is the id of the snapshot of official lists to use, None the one in place.
    """

    rules: Path
    datasets: Path
    cache: Path
    layers: tuple[Path, ...] = ()
    store: str = field(default_factory=_default_store, repr=False)
    snapshot: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raises `SettingsError` when a folder that was named does not exist."""
        values = os.environ if environment is None else environment
        rules, layers = _rule_folders(values.get("RISKAPI_RULES") or "")
        return cls(
            rules=rules,
            layers=layers,
            datasets=_folder(values, "RISKAPI_DATASETS", "datasets"),
            cache=Path(values["RISKAPI_CACHE"]) if values.get("RISKAPI_CACHE") else user_cache_path("riskapi"),
            store=values.get("RISKAPI_STORE") or _default_store(),
        )


def shipped_folder(name: str) -> Path:
    """Where the shipped files of that kind lie: `rules`, `datasets` or `templates`."""
    shipped = _PACKAGE / "_data" / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name


def _rule_folders(given: str) -> tuple[Path, tuple[Path, ...]]:
    """The folder at the bottom, and those that lie over it."""
    folders = [_existing(name, "RISKAPI_RULES") for name in given.split(os.pathsep) if name.strip()]
    if not folders:
        return shipped_folder("rules"), ()
    layer = folders[0] / "layer.yaml"
    if not layer.is_file():
        return folders[0], tuple(folders[1:])
    # One line is looked for and nothing else judged: settings are read long before rule files are.
    alone = re.search(r"^extends:\s*['\"]?nothing\b", layer.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return (folders[0] / "rules", tuple(folders[1:])) if alone else (shipped_folder("rules"), tuple(folders))


def _folder(values: Mapping[str, str], variable: str, name: str) -> Path:
    given = values.get(variable)
    return _existing(given, variable) if given else shipped_folder(name)


def _existing(given: str, variable: str) -> Path:
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
