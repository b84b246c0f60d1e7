"""The rule book that a change is compared with: a folder or a git revision in, a loaded book and scorecard out.

A revision is unpacked into a temporary folder; the checkout and its index are not touched. Rules are read with the code
lists of the datasets folder: no database is opened.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from riskapi.errors import Problem, RequestError, RuleError
from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules import Rule, RuleBook, content_version, load_file, load_rules
from riskapi.rules.load import NOT_INSTRUMENTS
from riskapi.rules.version import load_version
from riskapi.scoring.scorecard import Scorecard, load_scorecard
from riskapi.workbench.diff import BookDiff, compare_books

GIT_SECONDS = 60


@dataclass(frozen=True)
class Base:
    """A book to compare with; `unreadable` are the problems of files that today's vocabulary cannot read, `left_out` these."""

    name: str
    book: RuleBook
    card: Scorecard
    unreadable: tuple[Problem, ...]
    left_out: frozenset[str] = frozenset()


@contextmanager
def base_folder(base: str, rules: Path) -> Iterator[Path]:
    """The rules folder of `base`: a folder itself, or `rules` as it was in a git revision.

    Raises `RequestError` where it is neither, or where `rules` lies in no repository.
    """
    if Path(base).is_dir():
        yield Path(base)
        return
    with TemporaryDirectory(prefix="riskapi-base-") as name:
        _unpack(base, rules.resolve(), Path(name))
        yield Path(name)


@dataclass(frozen=True)
class Sides:
    """Both states of the rules, with what changed between them. `after` is without files that the base cannot show."""

    base: Base
    after: RuleBook
    card: Scorecard
    diff: BookDiff

    @property
    def cards(self) -> tuple[Scorecard, Scorecard]:
        """The scorecards, before and after."""
        return self.base.card, self.card


def compared(base: str, rules: Path, vocabulary: Vocabulary) -> Sides:
    """The rules of a folder beside their base; raises `RequestError` for an unknown base, `RuleError` for broken files."""
    book, card = load_rules(rules, vocabulary), load_scorecard(rules)
    with base_folder(base, rules) as folder:
        before = load_base(base, folder, vocabulary)
    after = comparable(before, book)
    diff = replace(compare_books(before.book, after, (before.card, card)), not_compared=before.unreadable)
    return Sides(before, after, card, diff)


def load_base(name: str, folder: Path, vocabulary: Vocabulary) -> Base:
    """The book of a folder. Files that cannot be read are left out and told, since an old file may use old facts.

    Raises `RuleError` where the scorecard cannot be read or no file can.
    """
    rules: list[Rule] = []
    problems: list[Problem] = []
    left_out: set[str] = set()
    for path in sorted(folder.rglob("*.yaml")):
        shown = path.relative_to(folder).as_posix()
        if shown in NOT_INSTRUMENTS:
            continue
        try:
            rules += load_file(path, vocabulary, shown)
        except RuleError as error:
            problems += error.problems
            left_out.add(shown)
    if not rules:
        raise RuleError(
            problems
            or Problem(
                code="no-rules",
                detail=f"there is no rule file in the base `{name}`",
                hint="name a folder of rule files, or a git revision that has some",
            )
        )
    instruments = {rule.instrument.id: rule.instrument for rule in rules}
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    number = load_version(folder)
    book = RuleBook(ordered, dict(sorted(instruments.items())), vocabulary, content_version(folder), number)
    return Base(name, book, load_scorecard(folder), tuple(problems), frozenset(left_out))


def _unpack(revision: str, rules: Path, target: Path) -> None:
    top = _git(rules, "rev-parse", "--show-toplevel")
    if top is None:
        raise _refused(
            revision,
            f"`{revision[:80]}` is no folder, and the rules folder lies in no git repository",
            "name a folder with the earlier rule files, or run this inside a checkout of the rules",
        )
    commit = _git(rules, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise _refused(
            revision,
            f"`{revision[:80]}` is neither a folder nor a revision of the git repository",
            "name a branch, a tag or a commit, such as HEAD or origin/main; in CI fetch it first",
        )
    inside = rules.relative_to(Path(top.decode().strip()).resolve()).as_posix()
    tree = commit.decode().strip() + ("" if inside == "." else f":{inside}")
    packed = _git(rules, "archive", "--format=tar", tree)
    if packed is None:
        raise _refused(
            revision,
            f"`{revision[:80]}` has no folder `{inside}`",
            "choose a later revision, or name a folder with the earlier rule files",
        )
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(target, filter="data")


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git prints, or None where it fails."""
    # `-C` a folder that may lie deeper than the tree: archive speaks of the whole repository only from its top.
    place = folder if arguments[0] == "rev-parse" else _top(folder)
    command = ["git", "-C", str(place), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=GIT_SECONDS, check=False)  # noqa: S603  # fixed words
    except FileNotFoundError:
        raise RequestError(
            Problem(
                code="no-base",
                field="BASE",
                detail="git is not installed",
                hint="install git, or name a folder with the earlier rule files",
            )
        ) from None
    return done.stdout if done.returncode == 0 else None


def _top(folder: Path) -> Path:
    found = _git(folder, "rev-parse", "--show-toplevel")
    return folder if found is None else Path(found.decode().strip())


def _refused(revision: str, detail: str, hint: str) -> RequestError:
    return RequestError(Problem(code="no-base", field=f"BASE {revision[:40]}", detail=detail, hint=hint))


def comparable(base: Base, book: RuleBook) -> RuleBook:
    """The book without the files that could not be read in the base: their rules would all look new."""
    kept = tuple(rule for rule in book.rules if rule.file not in base.left_out)
    instruments = {rule.instrument.id: rule.instrument for rule in kept}
    return RuleBook(kept, instruments, book.vocabulary, book.version, book.number)
