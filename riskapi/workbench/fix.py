"""Rule files mended: a text and a way to check it in, the corrected text and what was done out.

Corrections are made in rounds, since a file that cannot be read shows its further mistakes only when it can. Comments and
layout stay; nothing but the values that the corrections name may differ afterwards, or the text comes back as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff

from riskapi.errors import RuleError
from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules.source import Data, Path_, parse_source
from riskapi.workbench.fix_finders import Fix, proposed
from riskapi.workbench.fix_page import Edit, Page, exchanged
from riskapi.workbench.layout import laid_out
from riskapi.workbench.lint_finding import Finding, Replacement, Severity

_MOST_ROUNDS = 12
LAYOUT = "layout"


@dataclass(frozen=True, slots=True)
class Done:
    """A correction that was made, and the line on which it stood then."""

    fix: Fix
    line: int


@dataclass(frozen=True, slots=True)
class Mended:
    """The text after all corrections, and these in the order in which they were made."""

    text: str
    done: tuple[Done, ...]


Check = Callable[[str], Sequence[Finding]]


def mended(text: str, name: str, check: Check, vocabulary: Vocabulary, *, unsafe: bool = False) -> Mended:
    """Correct what has one right correction; with `unsafe` the proposals, too. `check` finds what is wrong with a text."""
    done: list[Done] = []
    now, seen = text, {text}
    for _ in range(_MOST_ROUNDS):
        page = Page(now)
        chosen = _apart(_wanted(check(now), page, vocabulary, unsafe=unsafe))
        after = exchanged(now, (edit for fix in chosen for edit in fix.edits))
        if not chosen or after in seen or not _only_these(now, after, chosen, name):
            break
        done += [Done(fix, page.place(fix.edits[0].start)[0]) for fix in chosen]
        now = after
        seen.add(now)
    tidy = _tidied(now, name)
    if tidy != now:
        done.append(Done(Fix(code=LAYOUT, said="fields in the usual order and layout", edits=(), path=()), 1))
    return Mended(tidy, tuple(done))


def _wanted(found: Iterable[Finding], page: Page, vocabulary: Vocabulary, *, unsafe: bool) -> Iterator[Fix]:
    for item in found:
        fix = proposed(item, page, vocabulary)
        if fix is not None and (fix.safe or unsafe):
            yield fix


def _apart(fixes: Iterable[Fix]) -> list[Fix]:
    """Corrections that do not touch the same characters; what is left out comes in the next round."""
    taken: list[Edit] = []
    chosen = []
    for fix in fixes:
        if not any(one.start < other.end and other.start < one.end for one in fix.edits for other in taken):
            taken += fix.edits
            chosen.append(fix)
    return chosen


def _tidied(text: str, name: str) -> str:
    try:
        return laid_out(text, name)
    except RuleError:
        return text


def _only_these(before: str, after: str, fixes: Sequence[Fix], name: str) -> bool:
    """Whether nothing differs but the values that the corrections name; where the text was no YAML, that it now is better."""
    try:
        new = parse_source(after, name).data
    except RuleError as error:
        return _unreadable_line(before, name) < _line_of(error)
    try:
        old = parse_source(before, name).data
    except RuleError:
        return True
    allowed = [fix.path for fix in fixes]
    return all(any(path[: len(head)] == head for head in allowed) for path in _differing(old, new, ()))


def _unreadable_line(text: str, name: str) -> int:
    try:
        parse_source(text, name)
    except RuleError as error:
        return _line_of(error)
    return 10**9  # it could be read before: nothing that cannot is better


def _line_of(error: RuleError) -> int:
    return min(problem.line or 0 for problem in error.problems)


def _differing(old: Data, new: Data, path: Path_) -> Iterator[Path_]:
    if isinstance(old, dict) and isinstance(new, dict) and list(old) == list(new):
        for name in old:
            yield from _differing(old[name], new[name], (*path, name))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _differing(one, other, (*path, index))
    elif old != new:
        yield path


def with_fixes(
    found: Iterable[Finding], read: Callable[[str], str | None], vocabulary: Vocabulary
) -> tuple[Finding, ...]:
    """The findings, each with what would mend it; `read` gives the text of a file."""
    pages: dict[str, Page | None] = {}
    return tuple(_with_fix(item, _page(item, pages, read), vocabulary) for item in found)


def _page(item: Finding, pages: dict[str, Page | None], read: Callable[[str], str | None]) -> Page | None:
    if item.file is None:
        return None
    if item.file not in pages:
        text = read(item.file)
        pages[item.file] = None if text is None else Page(text)
    return pages[item.file]


def _with_fix(item: Finding, page: Page | None, vocabulary: Vocabulary) -> Finding:
    fix = None if page is None else proposed(item, page, vocabulary)
    if fix is None or page is None:
        return item
    changes = tuple(Replacement(page.place(edit.start), page.place(edit.end), edit.text) for edit in fix.edits)
    return replace(item, fix=fix.said, fix_is_safe=fix.safe, replacements=changes)


def as_finding(name: str, text: str) -> Finding | None:
    """The finding that a file is not in the usual layout."""
    if _tidied(text, name) == text:
        return None
    return Finding(
        code=LAYOUT,
        severity=Severity.NOTE,
        detail="the fields are not in the usual order or layout",
        file=name,
        line=1,
        fix="fields in the usual order and layout",
        fix_is_safe=True,
    )


def difference(before: str, after: str, name: str) -> str:
    """The change as a unified diff."""
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
