"""The number of a rule set: the file `VERSION` of a rules folder in, a semantic version out.

The number says what a change means for those who rely on the rules; beside it stands the hash of the files, which says
exactly what they held. Which step a change calls for, `workbench.diff_step` works out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from riskapi.errors import Problem, RuleError

#: The file of a rules folder that holds the number.
VERSION_FILE = "VERSION"
HASH_DIGITS = 12

_FORM = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})", re.ASCII)


class Step(IntEnum):
    """How far the number moves; a larger one covers the smaller."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        """Its name in lower case."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class SemanticVersion:
    """`major.minor.patch`, in the order of releases."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def after(self, step: Step) -> SemanticVersion:
        """The version that is this step further."""
        match step:
            case Step.MAJOR:
                return SemanticVersion(self.major + 1, 0, 0)
            case Step.MINOR:
                return SemanticVersion(self.major, self.minor + 1, 0)
            case Step.PATCH:
                return SemanticVersion(self.major, self.minor, self.patch + 1)
            case _:
                return self

    @classmethod
    def parse(cls, text: str) -> SemanticVersion | None:
        """The version that the text is, or None where it is none."""
        found = _FORM.fullmatch(text)
        return None if found is None else cls(*(int(number) for number in found.groups()))


#: What a folder without the file counts as.
UNVERSIONED = SemanticVersion(0, 0, 0)


def load_version(folder: Path) -> SemanticVersion:
    """The version that the folder states, `UNVERSIONED` where it states none; raises `RuleError` where it is not readable."""
    path = folder / VERSION_FILE
    if not path.is_file():
        return UNVERSIONED
    text = path.read_bytes()[:100].decode("utf-8", errors="replace").strip()
    found = SemanticVersion.parse(text)
    if found is None:
        raise RuleError(
            Problem(
                code="bad-version",
                file=VERSION_FILE,
                line=1,
                detail=f"`{text[:40]}` is no version",
                hint="write three numbers, such as 1.4.0, and nothing else",
            )
        )
    return found


def label(version: SemanticVersion, content: str) -> str:
    """How the rule set is called in answers: its number, and the beginning of the hash of its files."""
    return f"{version}+{content[:HASH_DIGITS]}"
