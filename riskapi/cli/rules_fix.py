"""`riskapi rules check --fix`: corrections with one right answer, made in the files or shown as a difference.

Enters: findings and rules of the check. Leaves: what was done, or a unified diff. Each file is corrected on a copy; the file
itself is written once, at the end, and only where something changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from riskapi.assessment.words import plural
from riskapi.errors import RuleError

if TYPE_CHECKING:
    from riskapi.facts.vocabulary import Vocabulary
    from riskapi.rules import Rule
    from riskapi.workbench.fix import Mended
    from riskapi.workbench.lint_finding import Finding


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; `path` is where it lies, `file` how findings name it."""

    file: str
    path: Path
    before: str
    mended: Mended


def fixed_files(findings: Iterable[Finding], rules: Iterable[Rule], folder: Path, *, unsafe: bool) -> list[Outcome]:
    """Every file that the findings or rules are of and that corrections change; nothing is written."""
    from riskapi.cli.facts import shipped_vocabulary

    vocabulary = shipped_vocabulary()
    listed = tuple(findings)
    names = dict.fromkeys([*(item.file for item in listed if item.file), *(rule.file for rule in rules)])
    mendable = {item.file for item in listed if item.fix and (unsafe or item.fix_is_safe)}
    found = [
        _fixed(name, path, vocabulary, only_layout=name not in mendable, unsafe=unsafe)
        for name in names
        if (path := place_of(name, folder))
    ]
    return sorted((item for item in found if item and item.mended.text != item.before), key=lambda item: item.file)


def place_of(file: str, folder: Path) -> Path | None:
    """Where a rule file lies that findings name in their short form."""
    inside = folder / file
    path = inside if inside.is_file() else Path(file)
    return path if path.is_file() and path.suffix == ".yaml" and path.name != "scorecard.yaml" else None


def text_of(file: str, folder: Path) -> str | None:
    """The text of a rule file, where it is text."""
    path = place_of(file, folder)
    try:
        return None if path is None else path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def _fixed(file: str, path: Path, vocabulary: Vocabulary, *, only_layout: bool, unsafe: bool) -> Outcome | None:
    from riskapi.workbench.fix import mended

    try:
        before = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    with TemporaryDirectory() as work:
        copy = Path(work) / path.name

        def check(text: str) -> Sequence[Finding]:
            if only_layout:
                return ()
            copy.write_text(text, encoding="utf-8")
            return _checked(copy, vocabulary)

        return Outcome(file, path, before, mended(before, file, check, vocabulary, unsafe=unsafe))


def _checked(path: Path, vocabulary: Vocabulary) -> Sequence[Finding]:
    """What is wrong with a file by itself."""
    from riskapi.cli.rules_check import of_problems
    from riskapi.rules import load_file
    from riskapi.workbench.lint import Checking, lint

    try:
        rules = load_file(path, vocabulary, path.name)
    except RuleError as error:
        return of_problems(error)
    return lint(rules, Checking(vocabulary=vocabulary, folder=path.parent, whole_book=False))


def show_difference(outcomes: Iterable[Outcome]) -> None:
    """Print what would change."""
    from riskapi.workbench.fix import difference

    for item in outcomes:
        typer.echo(difference(item.before, item.mended.text, item.file), nl=False)


def write(outcomes: Iterable[Outcome]) -> None:
    """Write the files."""
    for item in outcomes:
        item.path.write_bytes(item.mended.text.encode("utf-8"))


def tell(outcomes: Sequence[Outcome]) -> None:
    """Say what was done."""
    for line in _said(outcomes):
        typer.echo(line)


def _said(outcomes: Sequence[Outcome]) -> Iterator[str]:
    from riskapi.cli.terminal import clean

    for item in outcomes:
        for done in item.mended.done:
            yield clean(f"{item.file}:{done.line}: corrected: {done.fix.said} [{done.fix.code}]")
    count = sum(len(item.mended.done) for item in outcomes)
    files = len({item.file for item in outcomes})
    made = f"{plural(count, 'correction')} in {plural(files, 'file')}"
    yield f"{made}; read them before you commit" if count else "nothing to correct that has one right answer"
