"""Where a rule set keeps its number and its changelog: settings in, both files as values, and written, out.

The shipped rules, and a folder in their place, have `VERSION`; a private layer has its number in `layer.yaml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from riskapi.rules import SemanticVersion
from riskapi.rules.layer_files import LAYER_FILE
from riskapi.rules.version import VERSION_FILE
from riskapi.settings import Settings
from riskapi.workbench.changelog import CHANGELOG_FILE

_NUMBER = re.compile(r"^(version:[ \t]*['\"]?)\d+\.\d+\.\d+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Home:
    """The folder with the changelog, and the file in it that holds the number."""

    folder: Path
    version_file: str

    @property
    def changelog(self) -> Path:
        """The file of the changelog."""
        return self.folder / CHANGELOG_FILE

    def text(self) -> str:
        """The changelog; nothing where there is none yet."""
        return self.changelog.read_text(encoding="utf-8") if self.changelog.is_file() else ""

    def write(self, text: str, version: SemanticVersion) -> None:
        """Write the changelog and the number; what else stands in the file of the number, stays."""
        self.changelog.write_text(text, encoding="utf-8", newline="\n")
        path, after = self.folder / self.version_file, f"{version}\n"
        if self.version_file == LAYER_FILE:
            after = _NUMBER.sub(rf"\g<1>{version}", path.read_text(encoding="utf-8"), count=1)
        path.write_text(after, encoding="utf-8", newline="\n")


def home_of(settings: Settings) -> Home:
    """The uppermost layer, or else the one folder of rules."""
    return Home(settings.layers[-1], LAYER_FILE) if settings.layers else Home(settings.rules, VERSION_FILE)
